// Names of compiled code that a runtime writes to /tmp/perf-PID.map: lines of "start size name" in
// hexadecimal.
#pragma once
#include <cstdint>
#include <map>
#include <string>

class JitSymbols {
public:
  // Reads what was added since the last call; false: there is no file. `owner`: the only user, beside root,
  // whose file is believed.
  bool read(const std::string &path, unsigned owner);
  // Null: no code with a name is there.
  const std::string *at(uint64_t address) const;

private:
  struct Code {
    uint64_t end;
    std::string name;
  };
  void add(const char *line);

  std::map<uint64_t, Code> codes_; // by start; they do not overlap
  std::string rest_;               // a line whose end is not written yet
  int64_t offset_ = 0;
};
