#include "processes.h"
#include <algorithm>
#include <cstring>
#include <cxxabi.h>
#include <elf.h>
#include <sys/auxv.h>

static const size_t MAX_PROCESSES = 512;
// An address in no mapping is mostly the end of a broken stack, and reading the maps is not free: twice as
// long to the next time when there was nothing new.
static const std::chrono::milliseconds REREAD(100);
// As for maps, so for the names that a runtime may write: most never do.
static const std::chrono::milliseconds LOOK_AGAIN(1000);

static std::string demangled(const char *name) {
  if (std::strncmp(name, "_Z", 2)) return name;
  int status;
  char *text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = text ? text : name;
  free(text);
  return result;
}

// Every process has the same image; ours is at hand, and in no file.
static const ElfSymbols &vdso() {
  static const ElfSymbols symbols = [] {
    auto image = reinterpret_cast<const Elf64_Ehdr *>(getauxval(AT_SYSINFO_EHDR));
    if (!image) return ElfSymbols();
    return ElfSymbols::of_memory(image, image->e_shoff + uint64_t(image->e_shnum) * image->e_shentsize);
  }();
  return symbols;
}

static std::string base_name(const std::string &path) {
  std::string name = path.substr(path.rfind('/') + 1);
  size_t deleted = name.find(" (deleted)");
  return name.substr(0, deleted);
}

static bool is_file(const Mapping &mapping) {
  return mapping.inode && mapping.path[0] == '/' && mapping.path.rfind("/memfd:", 0) &&
         mapping.path.rfind("/dev/zero", 0);
}

Process::Process(uint32_t pid) : pid_(pid), proc_("/proc/" + std::to_string(pid)), reread_(REREAD) {}

void Process::check(uint64_t request) {
  if (request == request_) return;
  request_ = request;
  Identity now = identity_of(proc_);
  // Of a process that ended, what is known still holds.
  if (!now.directory || now.is_still(identity_)) return;
  *this = Process(pid_);
  request_ = request;
  identity_ = now;
  read_mappings();
}

void Process::read_mappings() {
  read_at_ = std::chrono::steady_clock::now();
  std::vector<Mapping> fresh = executable_mappings(proc_);
  // What was unmapped since may still be in stacks, unless something else lies there now.
  for (Mapping &old : mappings_) {
    bool replaced = std::any_of(fresh.begin(), fresh.end(), [&](const Mapping &mapping) {
      return mapping.start < old.end && old.start < mapping.end;
    });
    if (!replaced) fresh.push_back(std::move(old));
  }
  std::sort(fresh.begin(), fresh.end(), [](const Mapping &a, const Mapping &b) { return a.start < b.start; });
  mappings_ = std::move(fresh);
  may_have_jit_ = std::any_of(mappings_.begin(), mappings_.end(), [](const Mapping &mapping) {
    return !is_file(mapping) && mapping.path != "[vdso]" && mapping.path != "[vsyscall]";
  });
}

const Mapping *Process::known(uint64_t address) const {
  auto after = std::upper_bound(mappings_.begin(), mappings_.end(), address,
                                [](uint64_t at, const Mapping &mapping) { return at < mapping.start; });
  if (after == mappings_.begin() || address >= std::prev(after)->end) return nullptr;
  return &*std::prev(after);
}

const Mapping *Process::find(uint64_t address) {
  const Mapping *mapping = known(address);
  if (mapping || std::chrono::steady_clock::now() - read_at_ < reread_) return mapping;
  read_mappings();
  mapping = known(address);
  reread_ = mapping ? REREAD : std::min(2 * reread_, LOOK_AGAIN);
  return mapping;
}

const ElfFile *Process::file(const Mapping &mapping, ElfFiles &files) {
  if (!is_file(mapping)) return nullptr;
  std::string range = hex(mapping.start).substr(2) + "-" + hex(mapping.end).substr(2);
  // By way of the process, which may have another root; then as it is mapped, should the path be gone.
  file_ = files.open(mapping.device + ":" + std::to_string(mapping.inode) + mapping.path, mapping.inode,
                     {proc_ + "/root" + mapping.path, proc_ + "/map_files/" + range, mapping.path});
  return file_.get();
}

const std::string *Process::jit_symbol(uint64_t address) {
  if (!may_have_jit_) return nullptr;
  if (jit_path_.empty()) jit_path_ = proc_ + "/root/tmp/perf-" + inner_pid(proc_, pid_) + ".map";
  auto now = std::chrono::steady_clock::now();
  if (jit_request_ != request_ && now >= jit_again_at_) {
    jit_request_ = request_;
    if (!jit_.read(jit_path_, identity_.owner)) jit_again_at_ = now + LOOK_AGAIN;
  }
  return jit_.at(address);
}

void Process::name(uint64_t address, uint64_t shown, ElfFiles &files, std::vector<Frame> &frames) {
  const Mapping *mapping = find(address);
  if (!mapping || !is_file(*mapping))
    if (const std::string *code = jit_symbol(address)) return frames.push_back({*code, "", FrameKind::Jit});
  if (!mapping) return frames.push_back({hex(shown), "", FrameKind::Unknown});
  std::string module = mapping->path.empty() ? "[anon]" : base_name(mapping->path);
  bool is_vdso = mapping->path == "[vdso]";
  FrameKind kind = is_file(*mapping) || is_vdso ? FrameKind::User : FrameKind::Jit;
  uint64_t offset = address - mapping->start + mapping->offset;
  const ElfFile *file = this->file(*mapping, files);
  const char *symbol = is_vdso ? vdso().at(offset) : file ? file->symbols.at(offset) : nullptr;
  if (file && file->inlines) {
    const auto &functions = files.functions_at(*file, file->symbols.address_of(offset).value_or(0));
    for (size_t i = 0; i + 1 < functions.size(); i++)
      frames.push_back({demangled(functions[i].c_str()), module, FrameKind::Inlined});
    if (!symbol && !functions.empty()) symbol = functions.back().c_str();
  }
  if (symbol) return frames.push_back({demangled(symbol), module, kind});
  std::string name = module + "+" + hex(shown - mapping->start + mapping->offset);
  frames.push_back({name, kind == FrameKind::Jit ? "" : module, kind});
}

Process &Processes::open(uint32_t pid) {
  auto at =
      std::find_if(processes_.begin(), processes_.end(), [&](auto &entry) { return entry.first == pid; });
  if (at == processes_.end())
    processes_.emplace_front(pid, Process(pid));
  else
    processes_.splice(processes_.begin(), processes_, at);
  if (processes_.size() > MAX_PROCESSES) processes_.pop_back();
  Process &process = processes_.front().second;
  process.check(request_);
  return process;
}

std::vector<Frame> Processes::name(uint32_t pid, const std::vector<uint64_t> &addresses) {
  Process &process = open(pid);
  std::vector<Frame> frames;
  // A caller's address is where it goes on, which may be the next function's first byte.
  for (uint64_t address : addresses)
    process.name(frames.empty() || !address ? address : address - 1, address, files_, frames);
  return frames;
}
