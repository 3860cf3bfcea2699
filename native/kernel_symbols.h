// Names of kernel addresses, from /proc/kallsyms.
#pragma once
#include "frame.h"
#include <chrono>
#include <vector>

class KernelSymbols {
public:
  // Without CAP_SYSLOG the kernel hides its addresses, and the frame's name is the address.
  Frame name(uint64_t address);

private:
  struct Symbol {
    uint64_t address;
    uint32_t name;   // index into names_
    uint32_t module; // likewise; 0, the empty text: the kernel itself
  };
  const Symbol *find(uint64_t address) const;
  void read();
  void add(char *line);

  std::vector<Symbol> symbols_; // functions only, by address
  std::string names_;           // each ends in a NUL
  std::chrono::steady_clock::time_point read_at_;
};
