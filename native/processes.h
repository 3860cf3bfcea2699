// Names of user addresses, by what each process had mapped when it was first seen: many are gone soon after.
#pragma once
#include "elf_files.h"
#include "frame.h"
#include "jit_symbols.h"
#include "proc.h"
#include <chrono>
#include <list>

class Process {
public:
  explicit Process(uint32_t pid);
  // Forgets everything when the pid is another process by now, or runs another program. Looks once a request:
  // what is looked at shows in what other tracers record.
  void check(uint64_t request);
  // Appends the function at an address, behind those that were inlined there. `address`: the one to look up;
  // `shown`: the one to print.
  void name(uint64_t address, uint64_t shown, ElfFiles &files, std::vector<Frame> &frames);

private:
  const Mapping *find(uint64_t address);
  const Mapping *known(uint64_t address) const;
  void read_mappings();
  const ElfFile *file(const Mapping &mapping, ElfFiles &files);
  const std::string *jit_symbol(uint64_t address);

  uint32_t pid_;
  std::string proc_; // "/proc/PID"
  Identity identity_;
  std::vector<Mapping> mappings_; // by start
  std::chrono::steady_clock::time_point read_at_;
  std::chrono::milliseconds reread_;
  bool may_have_jit_ = false;                          // some executable mapping is of no file
  std::string jit_path_;                               // empty: not looked for yet
  uint64_t jit_request_ = 0;                           // the one in which its file was last read
  std::chrono::steady_clock::time_point jit_again_at_; // it was not there
  uint64_t request_ = 0;
  JitSymbols jit_;
  std::shared_ptr<const ElfFile> file_; // holds the one last returned
};

class Processes {
public:
  // Leaf first, as the kernel gives them; an address may be several functions.
  std::vector<Frame> name(uint32_t pid, const std::vector<uint64_t> &addresses);
  // A request begins.
  void begin() {
    request_++;
    files_.begin();
  }
  // When nothing was asked for a while: ends the readers of DWARF.
  void rest() { files_.rest(0); }

private:
  Process &open(uint32_t pid);

  ElfFiles files_;
  std::list<std::pair<uint32_t, Process>> processes_; // the latest used first
  uint64_t request_ = 0;
};
