// Function symbols of one ELF file: names for addresses, file offsets for names.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class ElfSymbols {
public:
  // Empty when the file cannot be read or is no ELF file.
  static ElfSymbols of_file(int fd);
  // An image in memory, such as the vdso.
  static ElfSymbols of_memory(const void *image, size_t size);

  // The mangled name of the function that holds this place of the file; null: there is none, so nothing is
  // guessed.
  const char *at(uint64_t file_offset) const;
  // Where the file says that this place of it is loaded.
  std::optional<uint64_t> address_of(uint64_t file_offset) const;
  // It has DWARF, or the distribution has put its DWARF into /usr/lib/debug.
  bool has_dwarf() const { return has_dwarf_; }
  // Defined functions that can be probed, unsorted: name and file offset.
  std::vector<std::pair<std::string, uint64_t>> functions() const;
  bool empty() const { return symbols_.empty(); }
  size_t bytes() const;

private:
  struct Symbol {
    uint64_t start, end; // addresses of the file; equal when the symbol has no size
    uint32_t name;       // index into names_
    uint16_t section;
    uint8_t rank; // of two at one address the higher names it
    bool probed;  // not for an IFUNC, which is the resolver and not the function
  };
  struct Range {
    uint64_t offset, size, address;
  };
  void read(void *elf);
  void read_symbols(void *elf, uint32_t type);
  void find_dwarf(void *elf);
  void sort();

  std::vector<Range> segments_, sections_; // sections_ by section number
  std::vector<Symbol> symbols_;            // by address
  std::string names_;                      // each ends in a NUL
  bool has_dwarf_ = false;
};

// Where a uprobe on this function goes. Throws Failure NOT_FOUND, PERMISSION or OBJECT.
uint64_t function_offset(const std::string &path, const std::string &symbol);

// All functions of the file, sorted by name, each name once. Throws as above.
std::vector<std::pair<std::string, uint64_t>> functions_of(const std::string &path);
