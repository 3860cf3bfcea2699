#include "elf_symbols.h"
#include "failure.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

ElfSymbols ElfSymbols::of_file(int fd) {
  ElfSymbols symbols;
  elf_version(EV_CURRENT);
  // Read, not mapped: a file that shrinks under a mapping would end this process.
  Elf *elf = elf_begin(fd, ELF_C_READ, nullptr);
  if (elf) symbols.read(elf);
  elf_end(elf);
  return symbols;
}

ElfSymbols ElfSymbols::of_memory(const void *image, size_t size) {
  ElfSymbols symbols;
  elf_version(EV_CURRENT);
  Elf *elf = elf_memory(static_cast<char *>(const_cast<void *>(image)), size);
  if (elf) symbols.read(elf);
  elf_end(elf);
  return symbols;
}

void ElfSymbols::read(void *handle) {
  Elf *elf = static_cast<Elf *>(handle);
  size_t count = 0;
  if (elf_kind(elf) != ELF_K_ELF) return;
  elf_getphdrnum(elf, &count);
  for (size_t i = 0; i < count; i++) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, int(i), &header) && header.p_type == PT_LOAD)
      segments_.push_back({header.p_offset, header.p_filesz, header.p_vaddr});
  }
  elf_getshdrnum(elf, &count);
  sections_.resize(std::min<size_t>(count, SHN_LORESERVE));
  for (size_t i = 1; i < sections_.size(); i++) {
    Elf_Scn *section = elf_getscn(elf, i);
    GElf_Shdr header;
    if (section && gelf_getshdr(section, &header))
      sections_[i] = {header.sh_offset, header.sh_size, header.sh_addr};
  }
  find_dwarf(elf);
  read_symbols(elf, SHT_SYMTAB);
  if (symbols_.empty()) read_symbols(elf, SHT_DYNSYM);
  sort();
}

// "/usr/lib/debug/.build-id/ab/cdef….debug" of a note's id.
static std::string debug_file(const uint8_t *id, size_t size) {
  std::string path = "/usr/lib/debug/.build-id/";
  for (size_t i = 0; i < size; i++) {
    char byte[4];
    snprintf(byte, sizeof byte, i == 1 ? "/%02x" : "%02x", id[i]);
    path += byte;
  }
  return path + ".debug";
}

void ElfSymbols::find_dwarf(void *handle) {
  Elf *elf = static_cast<Elf *>(handle);
  size_t names;
  if (elf_getshdrstrndx(elf, &names)) return;
  for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf, section)) && !has_dwarf_;) {
    GElf_Shdr header;
    const char *name = gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : nullptr;
    if (!name) continue;
    if (!std::strcmp(name, ".debug_info")) has_dwarf_ = header.sh_type != SHT_NOBITS && header.sh_size;
    if (std::strcmp(name, ".note.gnu.build-id") || header.sh_size > 256) continue;
    Elf_Data *note = elf_getdata(section, nullptr);
    GElf_Nhdr found;
    size_t name_at, id_at;
    if (note && note->d_buf && gelf_getnote(note, 0, &found, &name_at, &id_at) && found.n_descsz > 2)
      has_dwarf_ = !faccessat(AT_FDCWD,
                              debug_file(static_cast<uint8_t *>(note->d_buf) + id_at, found.n_descsz).c_str(),
                              R_OK, AT_EACCESS);
  }
}

static uint8_t rank_of(const GElf_Sym &symbol) {
  switch (GELF_ST_BIND(symbol.st_info)) {
  case STB_GLOBAL:
    return 2;
  case STB_WEAK:
    return 1;
  default:
    return 0;
  }
}

void ElfSymbols::read_symbols(void *handle, uint32_t type) {
  Elf *elf = static_cast<Elf *>(handle);
  for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || header.sh_type != type || !header.sh_entsize) continue;
    Elf_Data *entries = elf_getdata(section, nullptr);
    if (!entries || !entries->d_buf || entries->d_type != ELF_T_SYM) continue;
    size_t count = entries->d_size / header.sh_entsize;
    for (size_t i = 0; i < count; i++) {
      GElf_Sym symbol;
      if (!gelf_getsym(entries, int(i), &symbol)) break;
      unsigned kind = GELF_ST_TYPE(symbol.st_info);
      if ((kind != STT_FUNC && kind != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF) continue;
      const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
      if (!name || !*name || symbol.st_shndx >= sections_.size()) continue;
      if (symbol.st_size > UINT64_MAX - symbol.st_value) continue;
      symbols_.push_back({symbol.st_value, symbol.st_value + symbol.st_size, uint32_t(names_.size()),
                          symbol.st_shndx, rank_of(symbol), kind == STT_FUNC});
      // "memcpy@@GLIBC_2.14" is known as memcpy.
      names_.append(name, std::strcspn(name, "@"));
      names_ += '\0';
    }
  }
}

void ElfSymbols::sort() {
  std::sort(symbols_.begin(), symbols_.end(), [&](const Symbol &a, const Symbol &b) {
    if (a.start != b.start) return a.start < b.start;
    if (a.end != b.end) return a.end < b.end;
    if (a.rank != b.rank) return a.rank < b.rank;
    return std::strcmp(&names_[a.name], &names_[b.name]) > 0;
  });
  symbols_.shrink_to_fit();
  names_.shrink_to_fit();
}

std::optional<uint64_t> ElfSymbols::address_of(uint64_t file_offset) const {
  auto segment = std::find_if(segments_.begin(), segments_.end(), [&](const Range &range) {
    return file_offset >= range.offset && file_offset - range.offset < range.size;
  });
  if (segment == segments_.end()) return {};
  return file_offset - segment->offset + segment->address;
}

const char *ElfSymbols::at(uint64_t file_offset) const {
  std::optional<uint64_t> found = address_of(file_offset);
  if (!found) return nullptr;
  uint64_t address = *found;
  auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                [](uint64_t at, const Symbol &symbol) { return at < symbol.start; });
  if (after == symbols_.begin()) return nullptr;
  const Symbol &nearest = *std::prev(after);
  // Functions seldom lie in one another: what encloses the address is among the nearest before it.
  for (int steps = 0; steps < 64 && after != symbols_.begin(); steps++)
    if (address < (--after)->end) return &names_[after->name];
  // A label of assembly: its code goes on to the next symbol, but never into another section.
  const Range &section = sections_[nearest.section];
  bool holds = nearest.start == nearest.end && address - section.address < section.size;
  return holds ? &names_[nearest.name] : nullptr;
}

std::vector<std::pair<std::string, uint64_t>> ElfSymbols::functions() const {
  std::vector<std::pair<std::string, uint64_t>> found;
  for (const Symbol &symbol : symbols_) {
    if (!symbol.probed) continue;
    for (const Range &range : segments_)
      if (symbol.start >= range.address && symbol.start - range.address < range.size) {
        found.emplace_back(&names_[symbol.name], symbol.start - range.address + range.offset);
        break;
      }
  }
  return found;
}

size_t ElfSymbols::bytes() const {
  return symbols_.capacity() * sizeof(Symbol) + names_.capacity();
}

std::vector<std::pair<std::string, uint64_t>> functions_of(const std::string &path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) fail_errno(errno, "Cannot open " + path);
  struct stat status;
  bool regular = !fstat(fd, &status) && S_ISREG(status.st_mode);
  ElfSymbols symbols;
  if (regular) symbols = ElfSymbols::of_file(fd);
  close(fd);
  if (symbols.empty()) fail("OBJECT", path + " is not an ELF file with symbols of functions");
  auto functions = symbols.functions();
  std::sort(functions.begin(), functions.end());
  auto same_name = [](const auto &a, const auto &b) { return a.first == b.first; };
  functions.erase(std::unique(functions.begin(), functions.end(), same_name), functions.end());
  return functions;
}

uint64_t function_offset(const std::string &path, const std::string &symbol) {
  for (const auto &[name, offset] : functions_of(path))
    if (name == symbol) return offset;
  fail("NOT_FOUND", "There is no function " + symbol + " in " + path);
}
