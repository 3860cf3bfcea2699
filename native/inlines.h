// Functions that the compiler put into others, by a file's DWARF. Another user wrote it, and readers of DWARF
// are large and break: so llvm-symbolizer reads it, in a process of its own without privileges, with bounds
// of memory and time.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

class Inlines {
public:
  // `fd`: the file, kept open from now on; closed by this.
  explicit Inlines(int fd) : file_(fd) {}
  Inlines(const Inlines &) = delete;
  ~Inlines();

  // The functions at an address of the file, the innermost first and last the one that they are part of, by
  // their mangled names; empty where DWARF has nothing.
  const std::vector<std::string> &at(uint64_t address);
  // The same without asking; null: not known.
  const std::vector<std::string> *known(uint64_t address) const;
  // Ends the reader; the next question starts another.
  void rest();
  bool running() const { return reader_ > 0; }

private:
  using Deadline = std::chrono::steady_clock::time_point;
  bool start();
  bool ask(uint64_t address, std::vector<std::string> &names);
  bool read_line(std::string &line, Deadline deadline);

  int file_;
  pid_t reader_ = 0;
  int socket_ = -1;  // its standard input and output
  std::string rest_; // read and no line yet
  bool given_up_ = false;
  std::unordered_map<uint64_t, std::vector<std::string>> known_;
  size_t bytes_ = 0;
};
