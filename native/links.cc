#include "links.h"
#include "diagnostics.h"
#include "elf_symbols.h"
#include "failure.h"
#include <bpf/bpf.h>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
// Links of one call: kept by the object only when all of them came about.
struct Pending {
  std::vector<bpf_link *> links;
  ~Pending() {
    for (bpf_link *link : links)
      bpf_link__destroy(link);
  }
  void keep(std::vector<bpf_link *> &in) {
    in.insert(in.end(), links.begin(), links.end());
    links.clear();
  }
};
} // namespace

static std::string section_of(const bpf_program *program) {
  return bpf_program__section_name(program);
}

static bool starts_with(const std::string &text, const char *start) {
  return text.rfind(start, 0) == 0;
}

static std::string attaching(const bpf_program *program, const std::string &target) {
  return std::string("Cannot attach ") + bpf_program__name(program) + " to " + target;
}

static void check_process(int pid, const std::string &message) {
  if (pid && kill(pid, 0) && errno == ESRCH)
    fail("NOT_FOUND", message + ": there is no process " + std::to_string(pid));
}

static bool exists(const char *path) {
  return !faccessat(AT_FDCWD, path, F_OK, AT_EACCESS); // access() would leave out ambient capabilities
}

static void check_tracefs(const std::string &message) {
  for (const char *events : {"/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"}) {
    if (exists(events)) return;
    if (errno == EACCES) fail_errno(EACCES, message + ": " + events);
  }
  fail("UNSUPPORTED", message + ": tracefs is not mounted; mount -t tracefs tracefs /sys/kernel/tracing");
}

// libbpf's own answer where the kernel has no cookies, by which the programs know the second target from the
// first.
static void check_cookie(int error, uint64_t cookie, const std::string &message) {
  if (cookie && error == EOPNOTSUPP)
    fail("UNSUPPORTED", message + ": several targets at once need Linux 5.15 (BPF cookies)");
}

void Links::detach() {
  std::lock_guard<std::mutex> lock(one_at_a_time_);
  detached_ = true;
  for (bpf_link *link : links_)
    bpf_link__destroy(link);
  for (int fd : link_fds_)
    close(fd);
  links_.clear();
  link_fds_.clear();
  iterators_.clear();
}

void Links::use(const std::function<void()> &call) {
  std::lock_guard<std::mutex> lock(one_at_a_time_);
  if (detached_) fail("CLOSED", "It was detached before its turn came");
  call();
}

void Links::automatic(bpf_program *program) {
  std::string section = section_of(program), message = attaching(program, section);
  bpf_link *link = bpf_program__attach(program);
  if (link) {
    links_.push_back(link);
    if (starts_with(section, "iter/")) iterators_[program] = link;
    return;
  }
  int error = errno;
  // libbpf says nothing of sections that it has no way to attach.
  if (error == EOPNOTSUPP && diagnostics().empty())
    fail("ARGUMENT",
         std::string("Program ") + bpf_program__name(program) + " (" + section + ") needs a target");
  if (starts_with(section, "tracepoint/") || starts_with(section, "tp/")) check_tracefs(message);
  fail_errno(error, message, error == EINVAL ? "UNSUPPORTED" : "");
}

void Links::tracepoint(bpf_program *program, const std::string &category, const std::string &name,
                       uint64_t cookie) {
  std::string message = attaching(program, "tracepoint " + category + ":" + name);
  LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = cookie);
  bpf_link *link = bpf_program__attach_tracepoint_opts(program, category.c_str(), name.c_str(), &opts);
  if (!link) {
    int error = errno;
    check_tracefs(message);
    check_cookie(error, cookie, message);
    fail_errno(error, message);
  }
  links_.push_back(link);
}

static bpf_link *attach_multi(bpf_program *program, const std::vector<std::string> &names,
                              const std::vector<uint64_t> &cookies, const std::string &message) {
  std::vector<const char *> symbols;
  for (const std::string &name : names)
    symbols.push_back(name.c_str());
  LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = symbols.data(),
              .cookies = cookies.empty() ? nullptr : reinterpret_cast<const __u64 *>(cookies.data()),
              .cnt = symbols.size(), .retprobe = starts_with(section_of(program), "kret"));
  bpf_link *link = bpf_program__attach_kprobe_multi_opts(program, nullptr, &opts);
  // An old kernel calls the whole kind of link invalid.
  if (!link) fail_errno(errno, message, errno == EINVAL ? "UNSUPPORTED" : "");
  return link;
}

static bpf_link *attach_kprobe(bpf_program *program, const std::string &name, uint64_t cookie,
                               const std::string &message) {
  LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = cookie,
              .retprobe = starts_with(section_of(program), "kret"));
  bpf_link *link = bpf_program__attach_kprobe_opts(program, name.c_str(), &opts);
  if (link) return link;
  int error = errno;
  if (!exists("/sys/bus/event_source/devices/kprobe") && !exists("/sys/kernel/tracing/kprobe_events"))
    fail("UNSUPPORTED", message + ": this kernel has no kprobes");
  check_cookie(error, cookie, message);
  // What the kernel says of functions that are not to be probed.
  fail_errno(error, message, error == EINVAL || error == EADDRNOTAVAIL ? "NOT_FOUND" : "");
}

void Links::functions(bpf_program *program, const std::vector<std::string> &names,
                      const std::vector<uint64_t> &cookies) {
  std::string section = section_of(program);
  auto target = [&](size_t count) {
    return attaching(program, count == 1 ? names[0] : std::to_string(count) + " functions");
  };
  if (starts_with(section, "kprobe.multi") || starts_with(section, "kretprobe.multi")) {
    links_.push_back(attach_multi(program, names, cookies, target(names.size())));
    return;
  }
  if (!starts_with(section, "kprobe") && !starts_with(section, "kretprobe"))
    fail("ARGUMENT", target(names.size()) + ": its section is " + section);
  Pending pending;
  for (size_t i = 0; i < names.size(); i++)
    pending.links.push_back(
        attach_kprobe(program, names[i], cookies.empty() ? 0 : cookies[i], attaching(program, names[i])));
  pending.keep(links_);
}

void Links::symbol(bpf_program *program, const std::string &binary, const std::string &symbol, int pid,
                   uint64_t cookie) {
  offset(program, binary, function_offset(binary, symbol), pid, cookie);
}

void Links::offset(bpf_program *program, const std::string &binary, uint64_t offset, int pid,
                   uint64_t cookie) {
  std::string section = section_of(program), message = attaching(program, binary);
  if (!starts_with(section, "uprobe") && !starts_with(section, "uretprobe"))
    fail("ARGUMENT", message + ": its section is " + section);
  check_process(pid, message);
  LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = cookie, .retprobe = starts_with(section, "uret"));
  bpf_link *link = bpf_program__attach_uprobe_opts(program, pid ? pid : -1, binary.c_str(), offset, &opts);
  if (!link) {
    int error = errno;
    check_cookie(error, cookie, message);
    fail_errno(error, message);
  }
  links_.push_back(link);
}

void Links::interface(bpf_program *program, const std::string &name) {
  std::string message = attaching(program, "interface " + name);
  unsigned index = if_nametoindex(name.c_str());
  if (!index) fail_errno(errno, message, "NOT_FOUND");
  LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);
  int fd = bpf_link_create(bpf_program__fd(program), int(index), BPF_XDP, &opts);
  if (fd < 0) fail_errno(fd, message, fd == -EINVAL ? "UNSUPPORTED" : "");
  link_fds_.push_back(fd);
}

void Links::cgroup(bpf_program *program, const std::string &directory) {
  std::string message = attaching(program, "cgroup " + directory);
  int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail_errno(errno, message, errno == ENOTDIR ? "NOT_FOUND" : "");
  bpf_link *link = bpf_program__attach_cgroup(program, fd);
  int error = errno;
  close(fd);
  // EBADF: a directory, but not of cgroup v2.
  if (!link) fail_errno(error, message, error == EBADF ? "NOT_FOUND" : "");
  links_.push_back(link);
}

void Links::iterate(const bpf_program *program) {
  std::string name = bpf_program__name(program);
  auto at = iterators_.find(program);
  if (at == iterators_.end()) fail("STATE", "Program " + name + " is not attached as an iterator");
  int fd = bpf_iter_create(bpf_link__fd(at->second));
  if (fd < 0) fail_errno(fd, "Cannot run the iterator " + name);
  char printed[4096];
  ssize_t size;
  // EAGAIN: a million things were visited and nothing was printed; it goes on from there.
  do
    size = read(fd, printed, sizeof printed);
  while (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)));
  int error = size < 0 ? errno : 0;
  close(fd);
  if (error) fail_errno(error, "Cannot run the iterator " + name);
}

static std::vector<int> threads_of(int pid, const std::string &message) {
  DIR *directory = opendir(("/proc/" + std::to_string(pid) + "/task").c_str());
  if (!directory) fail("NOT_FOUND", message + ": there is no process " + std::to_string(pid));
  std::vector<int> threads;
  while (dirent *entry = readdir(directory))
    if (entry->d_name[0] != '.') threads.push_back(atoi(entry->d_name));
  closedir(directory);
  return threads;
}

void Links::frequency(bpf_program *program, uint64_t hertz, int pid) {
  std::string message = attaching(program, "the CPU clock at " + std::to_string(hertz) + " Hz");
  perf_event_attr attr{};
  attr.type = PERF_TYPE_SOFTWARE;
  attr.size = sizeof attr;
  attr.config = PERF_COUNT_SW_CPU_CLOCK;
  attr.freq = 1;
  attr.sample_freq = hertz;
  attr.inherit = attr.inherit_thread = pid != 0; // to threads that start later, not to children
  Pending pending;
  auto add = [&](int thread, int cpu) {
    int fd = int(syscall(SYS_perf_event_open, &attr, thread, cpu, -1, PERF_FLAG_FD_CLOEXEC));
    if (fd < 0) {
      if (errno == ENODEV || errno == ESRCH) return; // a CPU that is offline, a thread that ended meanwhile
      fail_errno(errno, message, errno == EINVAL ? "ARGUMENT" : "");
    }
    bpf_link *link = bpf_program__attach_perf_event(program, fd);
    if (!link) {
      int error = errno;
      close(fd);
      fail_errno(error, message);
    }
    pending.links.push_back(link);
  };
  if (pid)
    for (int thread : threads_of(pid, message))
      add(thread, -1);
  else
    for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
      add(-1, cpu);
  if (pending.links.empty()) fail("NOT_FOUND", message + ": there is nothing to sample");
  pending.keep(links_);
}
