// The lists of what is loaded.
#include "loaded.h"
#include "task.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

static int next_id(Kind kind, uint32_t id, uint32_t *next) {
  switch (kind) {
  case Kind::Program:
    return bpf_prog_get_next_id(id, next);
  case Kind::Map:
    return bpf_map_get_next_id(id, next);
  default:
    return bpf_link_get_next_id(id, next);
  }
}

namespace {
// A number or a text of one thing that is loaded.
struct Field {
  const char *name;
  double number;
  std::string text;
  bool is_text;
};
struct Entry {
  std::vector<Field> fields;
  std::vector<uint32_t> maps;
  void add(const char *name, double number) { fields.push_back({name, number, "", false}); }
  void add(const char *name, std::string text) { fields.push_back({name, 0, std::move(text), true}); }
};
struct Listing {
  bool all = true;
  std::vector<Entry> entries;
};
using Describe = bool (*)(const Fd &, Entry &);
} // namespace

// The kernel tells the memory of a program or map only here.
static double memory_of(const Fd &fd, bool *frozen = nullptr) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd.get());
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "re"), fclose);
  unsigned long long bytes = 0, number;
  while (file && fgets(line, sizeof line, file.get())) {
    sscanf(line, "memlock: %llu", &bytes);
    if (frozen && sscanf(line, "frozen: %llu", &number) == 1) *frozen = number;
  }
  return double(bytes);
}

// What a kernel newer than this libbpf has, by its number.
static std::string word(const char *text, uint32_t number) {
  return text ? text : "type " + std::to_string(number);
}

static std::string text(const char *name, size_t size) {
  return std::string(name, strnlen(name, size));
}

static std::string type_name(uint32_t object, uint32_t id) {
  static std::mutex one_at_a_time; // lists of two kinds may be under way
  static std::map<std::pair<uint32_t, uint32_t>, std::string> known;
  if (!id) return "";
  std::lock_guard<std::mutex> guard(one_at_a_time);
  auto at = known.find({object, id});
  if (at != known.end()) return at->second;
  std::shared_ptr<btf> types = types_of(object);
  const btf_type *type = types ? btf__type_by_id(types.get(), id) : nullptr;
  const char *name = type ? btf__name_by_offset(types.get(), type->name_off) : nullptr;
  return known[{object, id}] = name ? name : "";
}

static bool describe_program(const Fd &fd, Entry &entry) {
  bpf_prog_info about{};
  if (!describe(fd, about)) return false;
  entry.maps.resize(about.nr_map_ids);
  uint32_t count = about.nr_map_ids;
  bpf_prog_info again{};
  again.nr_map_ids = count;
  again.map_ids = uint64_t(uintptr_t(entry.maps.data()));
  if (count && !describe(fd, again)) entry.maps.clear();
  char tag[2 * BPF_TAG_SIZE + 1];
  for (size_t i = 0; i < BPF_TAG_SIZE; i++)
    snprintf(tag + 2 * i, 3, "%02x", about.tag[i]);
  entry.add("id", about.id);
  entry.add("type", word(libbpf_bpf_prog_type_str(bpf_prog_type(about.type)), about.type));
  entry.add("name", text(about.name, sizeof about.name));
  entry.add("tag", tag);
  entry.add("gpl", about.gpl_compatible);
  entry.add("loadedAt", double(about.load_time));
  entry.add("uid", about.created_by_uid);
  entry.add("translatedBytes", about.xlated_prog_len);
  entry.add("compiledBytes", about.jited_prog_len);
  entry.add("memory", memory_of(fd));
  entry.add("btf", about.btf_id);
  entry.add("runs", double(about.run_cnt));
  entry.add("nsec", double(about.run_time_ns));
  entry.add("missed", double(about.recursion_misses));
  entry.add("verified", about.verified_insns);
  entry.add("target", type_name(about.attach_btf_obj_id, about.attach_btf_id));
  return true;
}

static bool describe_map(const Fd &fd, Entry &entry) {
  bpf_map_info about{};
  if (!describe(fd, about)) return false;
  bool frozen = false;
  entry.add("id", about.id);
  entry.add("type", word(libbpf_bpf_map_type_str(bpf_map_type(about.type)), about.type));
  entry.add("name", text(about.name, sizeof about.name));
  entry.add("flags", about.map_flags);
  entry.add("keySize", about.key_size);
  entry.add("valueSize", about.value_size);
  entry.add("maxEntries", about.max_entries);
  entry.add("memory", memory_of(fd, &frozen));
  entry.add("frozen", frozen);
  entry.add("btf", about.btf_id);
  return true;
}

// What perf events and links over many functions say since Linux 6.6 to 6.8: the header of an older build
// machine has no names for it. Laid out as in include/uapi/linux/bpf.h, behind the type, the id and the
// program's id.
namespace {
union Attached {
  bpf_link_info known;
  struct {
    uint32_t type, id, program, hole;
    union {
      struct {
        uint32_t event, hole; // enum bpf_perf_event_type
        uint64_t name;        // of a file, a function or a tracepoint
        uint32_t name_size, offset;
      } perf;
      struct {
        uint64_t addresses;
        uint32_t count, flags;
      } kprobes;
      struct {
        uint64_t path, offsets, reference_counters, cookies;
        uint32_t path_size, count;
      } uprobes;
    };
  } newer;
  char room[512];
};
} // namespace
// Numbers of enum bpf_link_type that come after those of Linux 6.1's header.
static const uint32_t UPROBE_MULTI = 12;

static bool describe_link(const Fd &fd, Entry &entry) {
  Attached about{};
  char name[256] = "";
  uint32_t size = sizeof about;
  if (bpf_obj_get_info_by_fd(fd.get(), &about.known, &size)) return false;
  uint32_t type = about.known.type;
  // Asks again, with room for the text that `place` of `about` points at.
  auto ask_name = [&](auto &place, auto &length) {
    about = {};
    place = uintptr_t(name);
    length = sizeof name;
    size = sizeof about;
    return !bpf_obj_get_info_by_fd(fd.get(), &about.known, &size);
  };
  entry.add("id", about.known.id);
  entry.add("type", word(libbpf_bpf_link_type_str(bpf_link_type(type)), type));
  entry.add("program", about.known.prog_id);
  auto attach_type = [&](uint32_t number) {
    entry.add("attachType", word(libbpf_bpf_attach_type_str(bpf_attach_type(number)), number));
  };
  switch (type) {
  case BPF_LINK_TYPE_RAW_TRACEPOINT:
    if (ask_name(about.known.raw_tracepoint.tp_name, about.known.raw_tracepoint.tp_name_len))
      entry.add("target", name);
    break;
  case BPF_LINK_TYPE_TRACING:
    attach_type(about.known.tracing.attach_type);
    entry.add("targetObject", about.known.tracing.target_obj_id);
    entry.add("targetType", about.known.tracing.target_btf_id);
    entry.add("target", type_name(about.known.tracing.target_obj_id, about.known.tracing.target_btf_id));
    break;
  case BPF_LINK_TYPE_CGROUP:
    attach_type(about.known.cgroup.attach_type);
    entry.add("cgroup", std::to_string(about.known.cgroup.cgroup_id));
    break;
  case BPF_LINK_TYPE_ITER:
    if (ask_name(about.known.iter.target_name, about.known.iter.target_name_len)) entry.add("target", name);
    break;
  case BPF_LINK_TYPE_NETNS:
    attach_type(about.known.netns.attach_type);
    entry.add("netns", about.known.netns.netns_ino);
    break;
  case BPF_LINK_TYPE_XDP:
    entry.add("interface", about.known.xdp.ifindex);
    break;
  case BPF_LINK_TYPE_PERF_EVENT:
    if (ask_name(about.newer.perf.name, about.newer.perf.name_size)) {
      entry.add("event", about.newer.perf.event);
      entry.add("target", name);
      entry.add("offset", about.newer.perf.offset);
    }
    break;
  case BPF_LINK_TYPE_KPROBE_MULTI:
    entry.add("functions", about.newer.kprobes.count);
    break;
  case UPROBE_MULTI:
    if (ask_name(about.newer.uprobes.path, about.newer.uprobes.path_size)) {
      entry.add("functions", about.newer.uprobes.count);
      entry.add("target", name);
    }
    break;
  default:
    break;
  }
  return true;
}

static void list(Kind kind, Describe describe, Listing &listing) {
  std::set<double> seen; // this process may hold one by several descriptors
  auto add = [&](const Fd &fd) {
    Entry entry;
    if (fd.error() || !describe(fd, entry) || !seen.insert(entry.fields[0].number).second) return;
    listing.entries.push_back(std::move(entry));
  };
  uint32_t id = 0;
  int error;
  // What goes away between two calls is left out.
  while (!(error = -next_id(kind, id, &id)))
    add(Fd(loaded_fd(kind, id)));
  if (error == ENOENT) return;
  if (error != EPERM && error != EACCES) fail_errno(error, "Cannot list what is loaded");
  listing.all = false;
  for (const Fd &fd : own_loaded(kind))
    add(fd);
}

static Napi::Value start_listing(const Napi::CallbackInfo &info, Kind kind, Describe describe) {
  auto listing = std::make_shared<Listing>();
  auto work = [=] { list(kind, describe, *listing); };
  auto result = [=](Napi::Env env) -> Napi::Value {
    Napi::Array loaded = Napi::Array::New(env, listing->entries.size());
    uint32_t index = 0;
    for (const Entry &entry : listing->entries) {
      Napi::Object object = Napi::Object::New(env);
      for (const Field &field : entry.fields)
        if (field.is_text)
          object.Set(field.name, field.text);
        else
          object.Set(field.name, field.number);
      if (kind == Kind::Program) {
        Napi::Array maps = Napi::Array::New(env);
        for (uint32_t map : entry.maps)
          maps.Set(maps.Length(), map);
        object.Set("maps", maps);
      }
      loaded.Set(index++, object);
    }
    Napi::Object object = Napi::Object::New(env);
    object.Set("all", listing->all);
    object.Set("loaded", loaded);
    return object;
  };
  return (new Task(info.Env(), work, result))->start();
}

Napi::Value list_programs(const Napi::CallbackInfo &info) {
  return start_listing(info, Kind::Program, describe_program);
}
Napi::Value list_maps(const Napi::CallbackInfo &info) {
  return start_listing(info, Kind::Map, describe_map);
}
Napi::Value list_links(const Napi::CallbackInfo &info) {
  return start_listing(info, Kind::Link, describe_link);
}

Napi::Value enable_statistics(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
    if (fd < 0) fail_errno(errno, "The kernel does not switch on its statistics of programs");
    return Napi::Number::New(info.Env(), fd);
  });
}
