// What changed in a map since it was read before.
#pragma once
#include "columns.h"
#include <unordered_map>

class MapReader {
public:
  // The table's map must be loaded.
  MapReader(const Table &table, Stacks *stacks);
  // The changed rows, valid until the next call. Throws Failure when the kernel refuses.
  const Columns &read();

private:
  void visit(const uint8_t *key, const uint8_t *value);
  void sum_cpus(const uint8_t *value);
  bool subtract(const std::string &before);
  bool read_batches();
  void read_one_by_one();

  int fd_;
  bool per_cpu_;
  uint32_t key_size_, value_size_, stride_, max_entries_, cpus_ = 1;
  std::vector<Column> values_;
  Columns rows_;
  struct Seen {
    std::string value;
    uint32_t round;
  };
  std::unordered_map<std::string, Seen> before_;
  uint32_t round_ = 0, batch_;
  bool batches_ = true; // until the kernel says that it cannot
  std::vector<uint8_t> keys_, found_, position_;
  std::string now_, difference_;
};
