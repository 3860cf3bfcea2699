// Each way to attach a program, tried on something that happens to nobody: a function that the kernel keeps
// for tests, a tracepoint that fires in test runs of programs, a function of this addon that is never called.
#include "fd.h"
#include "features.h"
#include "task.h"
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <memory>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char FUNCTION[] = "bpf_fentry_test1", TRACEPOINT[] = "bpf_test_finish";

extern "C" __attribute__((noinline, used)) void ringside_never_called() {
  asm volatile("");
}

namespace {
struct Trial {
  const char *name;
  int error;
  std::string words;
};

class Trials {
public:
  Trials() : types_(btf__load_vmlinux_btf(), btf__free) {}
  std::vector<Trial> all();

private:
  Fd load(bpf_prog_type type, bpf_attach_type attach, const char *function, uint32_t kind);
  int typed(bpf_attach_type attach, bpf_prog_type type, const char *name, uint32_t kind);
  int raw_tracepoint();
  int tracepoint();
  int probe(const char *source, const char *path, uint64_t offset);
  int kprobe() { return probe("kprobe", FUNCTION, 0); }
  int kprobe_multi();
  int uprobe();
  int perf_event();
  int attach_event(bpf_prog_type type, perf_event_attr attributes);

  std::unique_ptr<btf, decltype(&btf__free)> types_;
  std::string words_; // the verifier's, of the last load
};
} // namespace

Fd Trials::load(bpf_prog_type type, bpf_attach_type attach, const char *name, uint32_t kind) {
  bpf_insn program[2] = {};
  program[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  program[1].code = BPF_JMP | BPF_EXIT;
  char log[4096] = "";
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach, .log_size = sizeof log,
              .log_buf = log);
  if (name) {
    int id = types_ ? btf__find_by_name_kind(types_.get(), name, kind) : -ENOENT;
    if (id < 0) return Fd::failed(ENOENT);
    options.attach_btf_id = id;
  }
  Fd fd(bpf_prog_load(type, "ringside_trial", "GPL", program, 2, &options));
  if (fd.error()) words_ = log;
  return fd;
}

// fentry, tp_btf and lsm programs: attached by the type that they were loaded for.
int Trials::typed(bpf_attach_type attach, bpf_prog_type type, const char *name, uint32_t kind) {
  Fd program = load(type, attach, name, kind);
  if (program.error() || type == BPF_PROG_TYPE_LSM) return program.error();
  return Fd(bpf_raw_tracepoint_open(nullptr, program.get())).error();
}

int Trials::raw_tracepoint() {
  Fd program = load(BPF_PROG_TYPE_RAW_TRACEPOINT, bpf_attach_type(0), nullptr, 0);
  return program.error() ? program.error() : Fd(bpf_raw_tracepoint_open(TRACEPOINT, program.get())).error();
}

int Trials::attach_event(bpf_prog_type type, perf_event_attr attributes) {
  Fd program = load(type, bpf_attach_type(0), nullptr, 0);
  if (program.error()) return program.error();
  attributes.size = sizeof attributes;
  Fd event(int(syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
  if (event.error()) return event.error();
  return ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program.get()) ? errno : 0;
}

static int read_number(const std::string &path, uint64_t &number) {
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path.c_str(), "re"), fclose);
  unsigned long long found;
  if (!file) return errno;
  if (fscanf(file.get(), "%llu", &found) != 1) return errno ? errno : EINVAL;
  number = found;
  return 0;
}

int Trials::tracepoint() {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  uint64_t id;
  std::string event = std::string("/events/bpf_test_run/") + TRACEPOINT + "/id";
  int error = read_number("/sys/kernel/tracing" + event, id);
  if (error == ENOENT) error = read_number("/sys/kernel/debug/tracing" + event, id);
  if (error) return error;
  attributes.config = id;
  return attach_event(BPF_PROG_TYPE_TRACEPOINT, attributes);
}

int Trials::probe(const char *source, const char *path, uint64_t offset) {
  uint64_t type;
  int error = read_number(std::string("/sys/bus/event_source/devices/") + source + "/type", type);
  if (error) return error;
  perf_event_attr attributes{};
  attributes.type = uint32_t(type);
  attributes.config1 = uint64_t(uintptr_t(path));
  attributes.config2 = offset;
  return attach_event(BPF_PROG_TYPE_KPROBE, attributes);
}

int Trials::kprobe_multi() {
  Fd program = load(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, nullptr, 0);
  if (program.error()) return program.error();
  const char *functions[] = {FUNCTION};
  LIBBPF_OPTS(bpf_link_create_opts, options);
  options.kprobe_multi.syms = functions;
  options.kprobe_multi.cnt = 1;
  return Fd(bpf_link_create(program.get(), 0, BPF_TRACE_KPROBE_MULTI, &options)).error();
}

int Trials::uprobe() {
  std::unique_ptr<FILE, int (*)(FILE *)> maps(fopen("/proc/self/maps", "re"), fclose);
  if (!maps) return errno;
  auto address = uint64_t(uintptr_t(&ringside_never_called));
  char line[4608], path[4096];
  unsigned long long start, end, offset;
  while (fgets(line, sizeof line, maps.get()))
    if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %4095[^\n]", &start, &end, &offset, path) == 4 &&
        address >= start && address < end)
      return probe("uprobe", path, address - start + offset);
  return ENOENT;
}

int Trials::perf_event() {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_CPU_CLOCK;
  attributes.freq = 1;
  attributes.sample_freq = 1;
  return attach_event(BPF_PROG_TYPE_PERF_EVENT, attributes);
}

static int list_programs() {
  uint32_t id;
  int error = -bpf_prog_get_next_id(0, &id);
  return error == ENOENT ? 0 : error;
}

std::vector<Trial> Trials::all() {
  std::vector<Trial> result;
  auto take = [&](const char *name, int error) {
    result.push_back({name, error, error ? words_ : ""});
    words_.clear();
  };
  std::string traced = std::string("btf_trace_") + TRACEPOINT;
  take("tp_btf", typed(BPF_TRACE_RAW_TP, BPF_PROG_TYPE_TRACING, traced.c_str(), BTF_KIND_TYPEDEF));
  take("raw_tp", raw_tracepoint());
  take("tp", tracepoint());
  take("fentry", typed(BPF_TRACE_FENTRY, BPF_PROG_TYPE_TRACING, FUNCTION, BTF_KIND_FUNC));
  take("kprobe", kprobe());
  take("kprobe.multi", kprobe_multi());
  take("uprobe", uprobe());
  take("perf_event", perf_event());
  take("lsm", typed(BPF_LSM_MAC, BPF_PROG_TYPE_LSM, "bpf_lsm_file_open", BTF_KIND_FUNC));
  take("statistics", Fd(bpf_enable_stats(BPF_STATS_RUN_TIME)).error());
  take("list", list_programs());
  return result;
}

Napi::Value try_tracing(const Napi::CallbackInfo &info) {
  auto trials = std::make_shared<std::vector<Trial>>();
  auto work = [trials] { *trials = Trials().all(); };
  auto result = [trials](Napi::Env env) -> Napi::Value {
    Napi::Array array = Napi::Array::New(env);
    for (const Trial &trial : *trials) {
      Napi::Object object = Napi::Object::New(env);
      object.Set("name", trial.name);
      object.Set("errno", trial.error);
      object.Set("detail", trial.words);
      array.Set(array.Length(), object);
    }
    return array;
  };
  return (new Task(info.Env(), work, result))->start();
}
