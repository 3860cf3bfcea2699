#include "kernel_types.h"
#include "binding.h"
#include "fd.h"
#include "types.h"
#include <bpf/libbpf.h>
#include <bpf/libbpf_legacy.h>
#include <algorithm>
#include <linux/bpf.h>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <sys/mman.h>
#include <tuple>
#include <unordered_map>

using Types = std::unique_ptr<btf, decltype(&btf__free)>;

// A name and a kind, as libbpf looks for the kernel's side of a relocation: without a flavour
// ("task_struct___old"), and the two kinds of enum are one.
using Sought = std::pair<std::string_view, uint32_t>;

static Sought sought(const btf *types, const btf_type *type) {
  const char *text = btf__name_by_offset(types, type->name_off);
  std::string_view name = text ? text : "";
  for (size_t at = name.size(); at-- > 1;)
    if (name.compare(at, 3, "___") == 0 && name[at - 1] != '_' && at + 3 < name.size() && name[at + 3] != '_')
      name = name.substr(0, at);
  return {name, btf_is_any_enum(type) ? uint32_t(BTF_KIND_ENUM) : btf_kind(type)};
}

namespace {
// How .BTF.ext begins, and each of its sections (Documentation/bpf/btf.rst). libbpf has checked what it hands
// out.
struct ExtHeader {
  uint16_t magic;
  uint8_t version, flags;
  uint32_t length;
  uint32_t func_info_offset, func_info_length, line_info_offset, line_info_length;
  uint32_t relocations_offset, relocations_length;
};
struct ExtSection {
  uint32_t name_offset, count;
};

// What the relocations of one object file look for; the names live as long as it does.
class Relocations {
public:
  explicit Relocations(const std::string &path);
  bool known() const { return known_; }
  const std::set<Sought> &all() const { return all_; }

private:
  bool read();
  bool add(const bpf_core_relo *relocation);
  Types types_{nullptr, btf__free};
  std::unique_ptr<btf_ext, decltype(&btf_ext__free)> ext_{nullptr, btf_ext__free};
  std::set<Sought> all_;
  bool known_ = false;
};
} // namespace

Relocations::Relocations(const std::string &path) {
  btf_ext *ext = nullptr;
  types_.reset(btf__parse_elf(path.c_str(), &ext));
  ext_.reset(ext);
  known_ = types_ && ext_ && read();
}

bool Relocations::read() {
  uint32_t size = 0;
  auto data = static_cast<const uint8_t *>(btf_ext__get_raw_data(ext_.get(), &size));
  auto header = reinterpret_cast<const ExtHeader *>(data);
  if (header->length < sizeof *header || !header->relocations_length) return true;
  const uint8_t *at = data + header->length + header->relocations_offset;
  const uint8_t *end = at + header->relocations_length;
  uint32_t record = *reinterpret_cast<const uint32_t *>(at);
  at += sizeof record;
  while (at < end) {
    auto section = reinterpret_cast<const ExtSection *>(at);
    at += sizeof *section;
    for (uint32_t i = 0; i < section->count; i++, at += record)
      if (!add(reinterpret_cast<const bpf_core_relo *>(at))) return false;
  }
  return true;
}

// False for what some of the kernel's types cannot answer: an id among all of them, a match behind pointers.
bool Relocations::add(const bpf_core_relo *relocation) {
  if (relocation->kind == BPF_CORE_TYPE_ID_LOCAL) return true;
  if (relocation->kind == BPF_CORE_TYPE_ID_TARGET || relocation->kind > BPF_CORE_ENUMVAL_VALUE) return false;
  const btf_type *type = btf__type_by_id(types_.get(), relocation->type_id);
  if (!type) return false;
  all_.insert(sought(types_.get(), type));
  return true;
}

// Calls `use` with each id that a type refers to, in place.
template <typename Use> static void each_reference(const btf_type *type, Use use) {
  int count = btf_vlen(type);
  if (btf_is_composite(type)) {
    for (btf_member *member = btf_members(type); count--; member++)
      use(member->type);
  } else if (btf_is_array(type)) {
    use(btf_array(type)->type);
    use(btf_array(type)->index_type);
  } else if (btf_is_func_proto(type)) {
    use(const_cast<btf_type *>(type)->type);
    for (btf_param *parameter = btf_params(type); count--; parameter++)
      use(parameter->type);
  } else if (btf_is_ptr(type) || btf_is_mod(type) || btf_is_typedef(type)) {
    use(const_cast<btf_type *>(type)->type);
  }
}

namespace {
// Some of the kernel's types and what they are made of. A relocation looks behind no pointer to a struct or a
// union: an empty one stands there, which leaves out nearly all of the kernel.
class Selection {
public:
  explicit Selection(const btf *all) : all_(all) {}
  void add(uint32_t id);
  Types made() const; // null: no memory

private:
  const btf_type *composite_behind(const btf_type *type) const;
  const btf *all_;
  std::vector<uint32_t> ids_; // of all_, in their new order
  std::unordered_map<uint32_t, uint32_t> new_ids_;
};

const uint32_t EMPTY_STRUCT = 1, EMPTY_UNION = 2;
} // namespace

const btf_type *Selection::composite_behind(const btf_type *type) const {
  if (!btf_is_ptr(type)) return nullptr;
  const btf_type *to = btf__type_by_id(all_, type->type);
  while (btf_is_mod(to) || btf_is_typedef(to))
    to = btf__type_by_id(all_, to->type);
  return btf_is_composite(to) ? to : nullptr;
}

void Selection::add(uint32_t first) {
  std::vector<uint32_t> waiting{first};
  while (!waiting.empty()) {
    uint32_t id = waiting.back();
    waiting.pop_back();
    if (!id || !new_ids_.emplace(id, EMPTY_UNION + 1 + ids_.size()).second) continue;
    ids_.push_back(id);
    const btf_type *type = btf__type_by_id(all_, id);
    if (!composite_behind(type)) each_reference(type, [&](uint32_t to) { waiting.push_back(to); });
  }
}

Types Selection::made() const {
  Types types(btf__new_empty(), btf__free);
  bool whole = types && btf__add_struct(types.get(), nullptr, 0) == int(EMPTY_STRUCT) &&
               btf__add_union(types.get(), nullptr, 0) == int(EMPTY_UNION);
  for (size_t i = 0; whole && i < ids_.size(); i++) {
    const btf_type *type = btf__type_by_id(all_, ids_[i]), *behind = composite_behind(type);
    int added = btf__add_type(types.get(), all_, type);
    whole = added > 0;
    if (!whole) break;
    each_reference(btf__type_by_id(types.get(), added), [&](uint32_t &to) {
      if (behind)
        to = btf_is_union(behind) ? EMPTY_UNION : EMPTY_STRUCT;
      else if (to)
        to = new_ids_.at(to);
    });
  }
  if (!whole) types.reset();
  return types;
}

static Fd in_memory(const btf *types) {
  uint32_t size = 0;
  const void *data = btf__raw_data(types, &size);
  if (!data) return Fd::failed(ENOMEM);
  Fd fd(memfd_create("kernel types", MFD_CLOEXEC));
  if (fd.get() >= 0 && write(fd.get(), data, size) != ssize_t(size)) return Fd::failed(ENOSPC);
  return fd;
}

// A file as it was: one that was built anew since is another.
using File = std::tuple<dev_t, ino_t, time_t, long>;

static File file_of(const struct stat &status) {
  return {status.st_dev, status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

static Fd kept = Fd::failed(ENOENT);
static std::string kept_path;
static std::set<File> kept_for;

static size_t keep(const std::vector<std::string> &objects) {
  Types kernel(btf__parse("/sys/kernel/btf/vmlinux", nullptr), btf__free);
  if (!kernel) return 0;
  std::map<File, Relocations> read;
  std::map<Sought, std::vector<uint32_t>> found;
  for (const std::string &path : objects) {
    struct stat status;
    if (stat(path.c_str(), &status)) continue;
    for (const Sought &one : read.try_emplace(file_of(status), path).first->second.all())
      found[one];
  }
  for (uint32_t id = 1; id < btf__type_cnt(kernel.get()); id++) {
    auto at = found.find(sought(kernel.get(), btf__type_by_id(kernel.get(), id)));
    if (at != found.end()) at->second.push_back(id);
  }

  Selection selection(kernel.get());
  std::set<File> files;
  for (const auto &[file, relocations] : read) {
    const std::set<Sought> &all = relocations.all();
    // What the kernel itself does not have, libbpf looks for among the types of its modules.
    auto is_found = [&](const Sought &one) { return !found[one].empty(); };
    if (!relocations.known() || !std::all_of(all.begin(), all.end(), is_found)) continue;
    files.insert(file);
    for (const Sought &one : all)
      for (uint32_t id : found[one])
        selection.add(id);
  }
  Types types = selection.made();
  Fd fd = types ? in_memory(types.get()) : Fd::failed(ENOMEM);
  if (fd.get() < 0) return 0;
  kept = std::move(fd);
  kept_path = "/proc/self/fd/" + std::to_string(kept.get());
  kept_for = std::move(files);
  return kept_for.size();
}

Napi::Value keep_kernel_types(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), double(keep(strings(info[0])))); });
}

const char *kept_kernel_types(const struct stat &object) {
  return kept_for.count(file_of(object)) ? kept_path.c_str() : nullptr;
}
