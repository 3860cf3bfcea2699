#include "elf_files.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t MAX_FILES = 64;
// Ten times the symbols of node.
static const size_t MAX_BYTES = 64 << 20;
static const auto FOR_DWARF = std::chrono::seconds(3);
// Each some 60 MiB, of which 50 are one library that they share; more while it reads a large file.
static const size_t MAX_READERS = 6;

static std::shared_ptr<const ElfFile> read(int fd) {
  ElfSymbols symbols = ElfSymbols::of_file(fd);
  int copy = symbols.has_dwarf() ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
  return std::make_shared<ElfFile>(
      ElfFile{std::move(symbols), copy < 0 ? nullptr : std::make_unique<Inlines>(copy)});
}

std::shared_ptr<const ElfFile> ElfFiles::open(const std::string &key, uint64_t inode,
                                              const std::vector<std::string> &paths) {
  auto known = by_key_.find(key);
  if (known != by_key_.end()) {
    files_.splice(files_.begin(), files_, known->second);
    return files_.front().file;
  }
  for (const std::string &path : paths) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) continue;
    struct stat status;
    bool right = !fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_ino == inode;
    if (right) files_.push_front({key, read(fd)});
    close(fd);
    if (!right) continue;
    by_key_[key] = files_.begin();
    bytes_ += files_.front().file->symbols.bytes();
    while (files_.size() > 1 && (files_.size() > MAX_FILES || bytes_ > MAX_BYTES)) {
      bytes_ -= files_.back().file->symbols.bytes();
      by_key_.erase(files_.back().key);
      files_.pop_back();
    }
    return files_.front().file;
  }
  return nullptr;
}

void ElfFiles::begin() {
  end_ = std::chrono::steady_clock::now() + FOR_DWARF;
}

const std::vector<std::string> &ElfFiles::functions_at(const ElfFile &file, uint64_t address) {
  static const std::vector<std::string> none;
  if (!file.inlines) return none;
  if (const auto *known = file.inlines->known(address)) return *known;
  if (std::chrono::steady_clock::now() > end_) return none;
  const auto &names = file.inlines->at(address);
  rest(MAX_READERS);
  return names;
}

void ElfFiles::rest(size_t keep) {
  for (const File &known : files_) {
    Inlines *inlines = known.file->inlines.get();
    if (!inlines || !inlines->running()) continue;
    if (keep)
      keep--;
    else
      inlines->rest();
  }
}
