// What this kernel has: program types, map types and helpers, each found by trying.
#include "features.h"
#include "helper_names.h"
#include "task.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <algorithm>
#include <cstring>
#include <memory>
#include <unistd.h>

namespace {
struct One {
  std::string name;
  bool there;
  std::vector<std::string> helpers;
};
struct Found {
  std::vector<One> programs, maps;
};

// A program of one type that can be loaded, but for what its first instruction calls.
class Attempt {
public:
  explicit Attempt(bpf_prog_type type);
  // The verifier's log is kept for `words`.
  bool loads(const bpf_insn *program, size_t instructions);
  const char *words() const { return log_; }

private:
  bpf_prog_type type_;
  bpf_prog_load_opts options_{};
  char log_[4096];
};
} // namespace

Attempt::Attempt(bpf_prog_type type) : type_(type) {
  options_.sz = sizeof options_;
  options_.log_buf = log_;
  options_.log_size = sizeof log_;
  // Types that want to know where they will go.
  switch (type) {
  case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
    options_.expected_attach_type = BPF_CGROUP_INET4_CONNECT;
    break;
  case BPF_PROG_TYPE_CGROUP_SOCKOPT:
    options_.expected_attach_type = BPF_CGROUP_GETSOCKOPT;
    break;
  case BPF_PROG_TYPE_SK_LOOKUP:
    options_.expected_attach_type = BPF_SK_LOOKUP;
    break;
  case BPF_PROG_TYPE_SYSCALL:
    options_.prog_flags = BPF_F_SLEEPABLE;
    break;
  case BPF_PROG_TYPE_TRACING:
    options_.expected_attach_type = BPF_TRACE_RAW_TP;
    options_.attach_btf_id = std::max(0, libbpf_find_vmlinux_btf_id("bpf_test_finish", BPF_TRACE_RAW_TP));
    break;
  case BPF_PROG_TYPE_LSM:
    options_.expected_attach_type = BPF_LSM_MAC;
    options_.attach_btf_id = std::max(0, libbpf_find_vmlinux_btf_id("file_open", BPF_LSM_MAC));
    break;
  default:
    break;
  }
}

bool Attempt::loads(const bpf_insn *program, size_t instructions) {
  log_[0] = '\0';
  options_.log_level = 1;
  int fd = bpf_prog_load(type_, nullptr, "GPL", program, instructions, &options_);
  if (fd < 0) return false;
  close(fd);
  return true;
}

// libbpf's own trial of these types uses a number of a BTF type that newer kernels judge otherwise.
static bool has_type(bpf_prog_type type, Attempt &attempt) {
  if (type != BPF_PROG_TYPE_TRACING && type != BPF_PROG_TYPE_LSM)
    return libbpf_probe_bpf_prog_type(type, nullptr) > 0;
  bpf_insn nothing[2] = {};
  nothing[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  nothing[1].code = BPF_JMP | BPF_EXIT;
  return attempt.loads(nothing, 2);
}

static bool says(const char *log, const char *words) {
  return std::strstr(log, words);
}

// The verifier knows the helper when it complains of anything but the helper. libbpf up to 1.4 does not know
// the last of these sentences (Linux 6.10) and takes every helper for one that is there.
static bool has_helper(Attempt &attempt, uint32_t number) {
  bpf_insn call[2] = {};
  call[0].code = BPF_JMP | BPF_CALL;
  call[0].imm = int32_t(number);
  call[1].code = BPF_JMP | BPF_EXIT;
  if (attempt.loads(call, 2)) return true;
  const char *log = attempt.words();
  return *log && !says(log, "invalid func ") && !says(log, "unknown func ") &&
         !says(log, "program of this type cannot use helper ");
}

// Loading a program that calls one of these makes the kernel warn of it in its log, as if somebody meant it.
static bool leaves_traces(uint32_t helper) {
  return helper == BPF_FUNC_trace_printk || helper == BPF_FUNC_trace_vprintk ||
         helper == BPF_FUNC_probe_write_user;
}

static void probe(Found &found) {
  const char *name;
  for (int number = 1; (name = libbpf_bpf_prog_type_str(bpf_prog_type(number))); number++) {
    auto type = bpf_prog_type(number);
    if (type == BPF_PROG_TYPE_EXT) continue; // cannot be tried without a program that it extends
    Attempt attempt(type);
    One one{name, has_type(type, attempt), {}};
    // Programs for a struct_ops are made for one of its members, so a trial without one tells nothing of
    // helpers.
    bool tells = one.there && type != BPF_PROG_TYPE_STRUCT_OPS;
    for (uint32_t id = 1; tells && id < HELPERS; id++)
      if (!leaves_traces(id) && has_helper(attempt, id)) one.helpers.push_back(helper_name(id));
    found.programs.push_back(std::move(one));
  }
  for (int number = 1; (name = libbpf_bpf_map_type_str(bpf_map_type(number))); number++)
    found.maps.push_back({name, libbpf_probe_bpf_map_type(bpf_map_type(number), nullptr) > 0, {}});
}

static Napi::Array to_array(Napi::Env env, const std::vector<One> &all, bool with_helpers) {
  Napi::Array result = Napi::Array::New(env);
  for (const One &one : all) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", one.name);
    object.Set("there", one.there);
    if (with_helpers) {
      Napi::Array helpers = Napi::Array::New(env);
      for (const std::string &helper : one.helpers)
        helpers.Set(helpers.Length(), helper);
      object.Set("helpers", helpers);
    }
    result.Set(result.Length(), object);
  }
  return result;
}

Napi::Value probe_features(const Napi::CallbackInfo &info) {
  auto found = std::make_shared<Found>();
  auto work = [found] { probe(*found); };
  auto result = [found](Napi::Env env) -> Napi::Value {
    Napi::Object object = Napi::Object::New(env);
    object.Set("programTypes", to_array(env, found->programs, true));
    object.Set("mapTypes", to_array(env, found->maps, false));
    Napi::Array untried = Napi::Array::New(env);
    for (uint32_t id = 1; id < HELPERS; id++)
      if (leaves_traces(id)) untried.Set(untried.Length(), helper_name(id));
    object.Set("untried", untried);
    return object;
  };
  return (new Task(info.Env(), work, result))->start();
}
