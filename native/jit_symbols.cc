#include "jit_symbols.h"
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// Some 400,000 functions.
static const int64_t MAX_BYTES = 32 << 20;

bool JitSymbols::read(const std::string &path, unsigned owner) {
  struct stat status;
  // Anyone may put a file there, a FIFO or a link to somewhere else included.
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return false;
  bool believed =
      !fstat(fd, &status) && S_ISREG(status.st_mode) && (status.st_uid == owner || !status.st_uid);
  char chunk[1 << 16];
  while (believed && offset_ < MAX_BYTES) {
    ssize_t size = pread(fd, chunk, sizeof chunk, offset_);
    if (size <= 0) break;
    offset_ += size;
    rest_.append(chunk, size);
    size_t from = 0, end;
    while ((end = rest_.find('\n', from)) != std::string::npos) {
      rest_[end] = '\0';
      add(&rest_[from]);
      from = end + 1;
    }
    rest_.erase(0, from);
  }
  close(fd);
  return true;
}

void JitSymbols::add(const char *line) {
  char *at;
  uint64_t start = strtoull(line, &at, 16);
  if (*at != ' ') return;
  uint64_t size = strtoull(at + 1, &at, 16);
  if (*at != ' ' || !size || start + size < start) return;
  // Later code lies where earlier code was thrown away.
  auto next = codes_.lower_bound(start);
  if (next != codes_.begin() && std::prev(next)->second.end > start) --next;
  while (next != codes_.end() && next->first < start + size)
    next = codes_.erase(next);
  codes_[start] = {start + size, at + 1};
}

const std::string *JitSymbols::at(uint64_t address) const {
  auto after = codes_.upper_bound(address);
  if (after == codes_.begin()) return nullptr;
  const Code &code = std::prev(after)->second;
  return address < code.end ? &code.name : nullptr;
}
