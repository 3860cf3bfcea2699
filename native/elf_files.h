// Symbols of the files that processes have mapped, kept while they are in use and within a bound of memory.
#pragma once
#include "elf_symbols.h"
#include "inlines.h"
#include <list>
#include <memory>
#include <unordered_map>

struct ElfFile {
  ElfSymbols symbols;
  std::unique_ptr<Inlines> inlines; // null: it has no DWARF
};

class ElfFiles {
public:
  // `paths` lead to the file, the first whose inode is right is read; null: none is.
  std::shared_ptr<const ElfFile> open(const std::string &key, uint64_t inode,
                                      const std::vector<std::string> &paths);
  // A request begins: what DWARF is asked for it may take some seconds, what comes later in it goes without.
  void begin();
  // The functions at an address of the file by its DWARF, as Inlines has them.
  const std::vector<std::string> &functions_at(const ElfFile &file, uint64_t address);
  // Ends the readers of DWARF, but for those of the `keep` files that were used last.
  void rest(size_t keep);

private:
  struct File {
    std::string key;
    std::shared_ptr<const ElfFile> file;
  };
  std::list<File> files_; // the latest used first
  std::unordered_map<std::string, std::list<File>::iterator> by_key_;
  size_t bytes_ = 0;
  std::chrono::steady_clock::time_point end_;
};
