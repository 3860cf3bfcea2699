// 64-bit stack ids of the kernel side to the dense numbers of batches, and their addresses, each read once.
#pragma once
#include "schema.h"
#include <unordered_map>

struct Stack {
  uint32_t id;  // dense, from 1
  uint32_t pid; // 0: kernel addresses
  std::vector<uint64_t> frames;
};

class Stacks {
public:
  // The table's map must be loaded.
  explicit Stacks(const Table &store);
  // 0 stays 0, and so becomes what is missing.
  uint32_t intern(uint64_t key);
  // How many rows named a stack that the kernel side no longer had.
  uint64_t missing() const { return missing_; }
  // Those read since the last call.
  std::vector<Stack> take();
  // Ids are hashes of the content, so what was read can go: the kernel side stores it again when it comes
  // again.
  void make_room();

private:
  bool read(uint64_t key, uint32_t id);

  int fd_;
  uint32_t max_entries_;
  Column pid_, depth_, frames_;
  std::vector<uint8_t> value_;
  struct Known {
    uint32_t id;
    bool read;
  };
  std::unordered_map<uint64_t, Known> known_;
  std::vector<uint64_t> in_kernel_; // read, and not deleted since
  std::vector<Stack> fresh_;
  uint64_t missing_ = 0;
};
