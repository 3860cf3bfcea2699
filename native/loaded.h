// What eBPF the kernel has loaded, of whoever: programs, maps, links, who holds them, and what is in them.
// All of it off the main thread. Ids are those of the kernel; without CAP_SYS_ADMIN only what this process
// itself holds is to be had.
#pragma once
#include "fd.h"
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <memory>
#include <napi.h>
#include <string>
#include <vector>

enum class Kind { Program, Map, Link, Types };

// { all: boolean, loaded: {…}[] } of one kind; `all` is false where only this process's own could be listed.
Napi::Value list_programs(const Napi::CallbackInfo &info);
Napi::Value list_maps(const Napi::CallbackInfo &info);
Napi::Value list_links(const Napi::CallbackInfo &info);

// (program's id): its translated and compiled code, and the lines of source that both come from.
Napi::Value read_program(const Napi::CallbackInfo &info);

// (map's id, the key to go on behind or an empty buffer, at most so many): rows, as bytes and by BTF as text.
Napi::Value read_map(const Napi::CallbackInfo &info);

// (map's id): how many keys it has, by walking it.
Napi::Value count_map(const Napi::CallbackInfo &info);

// A Uint32Array of three numbers each, process, Kind and id: which process holds which program, map or link
// by a file descriptor.
Napi::Value list_holders(const Napi::CallbackInfo &info);

// (offsets of helpers from __bpf_call_base, addresses): the kernel's names for both, "" where it hides its
// addresses.
Napi::Value name_calls(const Napi::CallbackInfo &info);

// A file descriptor that keeps the statistics of all programs switched on; whoever asked closes it.
Napi::Value enable_statistics(const Napi::CallbackInfo &info);

// One by its id, through the kernel or, where that is not allowed, through a descriptor of this process.
Fd open_loaded(Kind kind, uint32_t id);

// As the kernel gives it: a descriptor, or -1 and errno.
int loaded_fd(Kind kind, uint32_t id);

// One of libbpf's info structs of what `fd` is; false where it has gone.
template <typename Info> bool describe(const Fd &fd, Info &about) {
  uint32_t size = sizeof about;
  return !bpf_obj_get_info_by_fd(fd.get(), &about, &size);
}

// Those of this process.
std::vector<Fd> own_loaded(Kind kind);

// The types with this id of the kernel; null: there are none, or they are not to be had.
std::shared_ptr<btf> types_of(uint32_t id);
