// Attachments of an object's programs, one call for each kind of target; all of them end with this object.
#pragma once
#include <bpf/libbpf.h>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

class Links {
public:
  Links() = default;
  Links(const Links &) = delete;
  ~Links() { detach(); }
  // Ends them all, for good. From any thread; a second caller waits for the first.
  void detach();
  // Runs one of the calls below; from any thread, one at a time, and none after `detach`.
  void use(const std::function<void()> &call);

  // Each of these throws Failure and then has attached nothing. A pid of 0 stands for every process.
  void automatic(bpf_program *program);
  void tracepoint(bpf_program *program, const std::string &category, const std::string &name,
                  uint64_t cookie);
  void functions(bpf_program *program, const std::vector<std::string> &names,
                 const std::vector<uint64_t> &cookies);
  void symbol(bpf_program *program, const std::string &binary, const std::string &symbol, int pid,
              uint64_t cookie);
  void offset(bpf_program *program, const std::string &binary, uint64_t offset, int pid, uint64_t cookie);
  void interface(bpf_program *program, const std::string &name);
  void cgroup(bpf_program *program, const std::string &directory);
  void frequency(bpf_program *program, uint64_t hertz, int pid);

  // Runs an iterator, which `automatic` has attached, over everything once; what it prints is dropped.
  void iterate(const bpf_program *program);

private:
  std::mutex one_at_a_time_;
  bool detached_ = false;
  std::vector<bpf_link *> links_;
  std::vector<int> link_fds_;                           // closing one detaches it
  std::map<const bpf_program *, bpf_link *> iterators_; // those of links_ that are one
};
