// Programs, maps, links and types that are loaded, opened by id.
#include "loaded.h"
#include <bpf/bpf.h>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>

static const char *const OWN = "/proc/self/fd";

static const char *link_text(Kind kind) {
  switch (kind) {
  case Kind::Program:
    return "anon_inode:bpf-prog";
  case Kind::Map:
    return "anon_inode:bpf-map";
  case Kind::Link:
    return "anon_inode:bpf_link";
  default:
    return "anon_inode:btf";
  }
}

static bool starts_with(const char *text, const char *start) {
  return !std::strncmp(text, start, std::strlen(start));
}

std::vector<Fd> own_loaded(Kind kind) {
  std::vector<Fd> result;
  std::unique_ptr<DIR, int (*)(DIR *)> folder(opendir(OWN), closedir);
  while (dirent *entry = folder ? readdir(folder.get()) : nullptr) {
    char text[64];
    ssize_t length = readlinkat(dirfd(folder.get()), entry->d_name, text, sizeof text - 1);
    if (length <= 0) continue;
    text[length] = '\0';
    if (!starts_with(text, link_text(kind))) continue;
    Fd fd(fcntl(atoi(entry->d_name), F_DUPFD_CLOEXEC, 0));
    if (!fd.error()) result.push_back(std::move(fd));
  }
  return result;
}

static uint32_t id_of(Kind kind, const Fd &fd) {
  if (kind == Kind::Program) {
    bpf_prog_info about{};
    return describe(fd, about) ? about.id : 0;
  }
  if (kind == Kind::Map) {
    bpf_map_info about{};
    return describe(fd, about) ? about.id : 0;
  }
  if (kind == Kind::Link) {
    bpf_link_info about{};
    return describe(fd, about) ? about.id : 0;
  }
  bpf_btf_info about{};
  return describe(fd, about) ? about.id : 0;
}

int loaded_fd(Kind kind, uint32_t id) {
  switch (kind) {
  case Kind::Program:
    return bpf_prog_get_fd_by_id(id);
  case Kind::Map:
    return bpf_map_get_fd_by_id(id);
  case Kind::Link:
    return bpf_link_get_fd_by_id(id);
  default:
    return bpf_btf_get_fd_by_id(id);
  }
}

Fd open_loaded(Kind kind, uint32_t id) {
  Fd fd(loaded_fd(kind, id));
  if (fd.error() != EPERM) return fd;
  for (Fd &own : own_loaded(kind))
    if (id_of(kind, own) == id) return std::move(own);
  return fd;
}

std::shared_ptr<btf> types_of(uint32_t id) {
  if (!id) return nullptr;
  Fd fd = open_loaded(Kind::Types, id);
  bpf_btf_info about{};
  if (fd.error() || !describe(fd, about)) return nullptr;
  std::vector<char> bytes(about.btf_size), name(1);
  about = {};
  about.btf = uint64_t(uintptr_t(bytes.data()));
  about.btf_size = uint32_t(bytes.size());
  if (!describe(fd, about)) return nullptr;
  btf *types = btf__new(bytes.data(), uint32_t(bytes.size()));
  return types ? std::shared_ptr<btf>(types, btf__free) : nullptr;
}
