// Who holds what: every process's file descriptors that are programs, maps or links. Two system calls a
// process and one a descriptor, and two more for each that is eBPF.
#include "loaded.h"
#include "task.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>

namespace {
struct Holder {
  uint32_t pid, kind, id;
};
// How the kernel calls them in /proc/PID/fd and in /proc/PID/fdinfo, in the order of Kind.
const char *const LINKS[] = {"anon_inode:bpf-prog", "anon_inode:bpf-map", "anon_inode:bpf_link"};
const char *const IDS[] = {"prog_id:\t%u", "map_id:\t%u", "link_id:\t%u"};
} // namespace

static bool read_id(int process, const char *fd, uint32_t kind, uint32_t &id) {
  char path[272], line[256];
  snprintf(path, sizeof path, "fdinfo/%s", fd);
  Fd file(openat(process, path, O_RDONLY | O_CLOEXEC));
  if (file.error()) return false;
  std::unique_ptr<FILE, int (*)(FILE *)> stream(fdopen(dup(file.get()), "r"), fclose);
  while (stream && fgets(line, sizeof line, stream.get()))
    if (sscanf(line, IDS[kind], &id) == 1) return true;
  return false;
}

static void look_at(uint32_t pid, std::vector<Holder> &holders) {
  char path[32], text[64];
  snprintf(path, sizeof path, "/proc/%u", pid);
  Fd process(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (process.error()) return;
  int folder = openat(process.get(), "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR *)> fds(folder < 0 ? nullptr : fdopendir(folder), closedir);
  while (dirent *entry = fds ? readdir(fds.get()) : nullptr) {
    ssize_t length = readlinkat(dirfd(fds.get()), entry->d_name, text, sizeof text - 1);
    if (length <= 0) continue;
    text[length] = '\0';
    for (uint32_t kind = 0; kind < 3; kind++) {
      uint32_t id;
      if (std::strncmp(text, LINKS[kind], std::strlen(LINKS[kind]))) continue;
      if (read_id(process.get(), entry->d_name, kind, id)) holders.push_back({pid, kind, id});
    }
  }
}

Napi::Value list_holders(const Napi::CallbackInfo &info) {
  auto holders = std::make_shared<std::vector<Holder>>();
  auto work = [=] {
    std::unique_ptr<DIR, int (*)(DIR *)> processes(opendir("/proc"), closedir);
    while (dirent *entry = processes ? readdir(processes.get()) : nullptr)
      if (uint32_t pid = uint32_t(atoi(entry->d_name))) look_at(pid, *holders);
  };
  auto result = [=](Napi::Env env) -> Napi::Value {
    auto numbers = Napi::Uint32Array::New(env, 3 * holders->size());
    for (size_t i = 0; i < holders->size(); i++) {
      const Holder &holder = (*holders)[i];
      numbers[3 * i] = holder.pid;
      numbers[3 * i + 1] = holder.kind;
      numbers[3 * i + 2] = holder.id;
    }
    return numbers;
  };
  return (new Task(info.Env(), work, result))->start();
}
