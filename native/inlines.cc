#include "inlines.h"
#include <atomic>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// It reads the whole index of a large file before it answers at all.
static const auto FIRST_ANSWER = std::chrono::seconds(5);
static const auto NEXT_ANSWER = std::chrono::seconds(1);
// Longer and deeper than compilers make them: something is wrong.
static const size_t MAX_NAME = 4096;
static const size_t MAX_INLINED = 64;
static const size_t MAX_BYTES = 1 << 20;
// Each costs its time once; a host with more of them gets no inlined functions rather than late names.
static const int MAX_GIVEN_UP = 8;
static std::atomic<int> given_up{0};

Inlines::~Inlines() {
  rest();
  close(file_);
}

void Inlines::rest() {
  if (reader_ <= 0) return;
  close(socket_);
  kill(reader_, SIGKILL);
  waitpid(reader_, nullptr, 0);
  reader_ = 0;
  rest_.clear();
}

const std::vector<std::string> *Inlines::known(uint64_t address) const {
  auto at = known_.find(address);
  return at == known_.end() ? nullptr : &at->second;
}

const std::vector<std::string> &Inlines::at(uint64_t address) {
  static const std::vector<std::string> none;
  if (const auto *names = known(address)) return *names;
  if (given_up_ || given_up >= MAX_GIVEN_UP) return none;
  std::vector<std::string> names;
  if (!ask(address, names)) {
    rest();
    given_up_ = true;
    given_up++;
    return none;
  }
  size_t size = 64;
  for (const std::string &name : names)
    size += sizeof name + name.capacity();
  if (bytes_ + size > MAX_BYTES) {
    known_.clear();
    bytes_ = 0;
  }
  bytes_ += size;
  return known_[address] = std::move(names);
}

// A socket rather than pipes: writing to a reader that died is then an error and no signal.
bool Inlines::start() {
  struct stat status;
  // It is nobody, and opens the file again.
  if (fstat(file_, &status) || !(status.st_mode & S_IROTH)) return false;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return false;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, file_, 3);
  posix_spawn_file_actions_addclosefrom_np(&actions, 4);
  std::vector<const char *> command = {"setpriv", "--no-new-privs", "--inh-caps=-all"};
  if (geteuid())
    command.push_back("--ambient-caps=-all");
  else
    command.insert(command.end(), {"--reuid=65534", "--regid=65534", "--clear-groups"});
  command.insert(command.end(),
                 {"prlimit", "--data=536870912", "--cpu=60", "--core=0", "--fsize=0", "llvm-symbolizer",
                  "--obj=/proc/self/fd/3", "--inlines", "--functions=linkage", "--no-demangle", nullptr});
  // Nothing of this process's environment: with DEBUGINFOD_URLS it would ask the network.
  const char *environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", nullptr};
  int error = posix_spawnp(&reader_, command[0], &actions, nullptr, const_cast<char **>(command.data()),
                           const_cast<char **>(environment));
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  socket_ = ends[0];
  if (!error) return true;
  close(socket_);
  reader_ = 0;
  return false;
}

// Answers with two lines for each function, its name and where it is, innermost first, and an empty line
// behind.
bool Inlines::ask(uint64_t address, std::vector<std::string> &names) {
  bool first = !running();
  if (first && !start()) return false;
  char question[24];
  int length = snprintf(question, sizeof question, "0x%llx\n", static_cast<unsigned long long>(address));
  if (send(socket_, question, length, MSG_NOSIGNAL) != length) return false;
  Deadline deadline = std::chrono::steady_clock::now() + (first ? FIRST_ANSWER : NEXT_ANSWER);
  std::string name, place;
  while (read_line(name, deadline)) {
    if (name.empty()) {
      if (names.size() == 1 && !place.compare(0, 2, "??")) names.clear(); // by a symbol that lies before
      return true;
    }
    if (names.size() > MAX_INLINED || !read_line(place, deadline)) return false;
    names.push_back(name);
  }
  return false;
}

bool Inlines::read_line(std::string &line, Deadline deadline) {
  for (;;) {
    size_t end = rest_.find('\n');
    if (end != std::string::npos) {
      line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      return true;
    }
    if (rest_.size() > MAX_NAME) return false;
    auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting = {socket_, POLLIN, 0};
    if (left.count() <= 0 || poll(&waiting, 1, int(left.count())) <= 0) return false;
    char chunk[MAX_NAME];
    ssize_t size = read(socket_, chunk, sizeof chunk);
    if (size <= 0) return false;
    rest_.append(chunk, size);
  }
}
