// Reads a BPF ring buffer where it lies, a batch at a time. libbpf's reader gives each record back to the
// kernel before it comes to the next, so each would have to be copied first.
#pragma once
#include "columns.h"

class RingReader {
public:
  // The table's map must be loaded. `stacks` may be null when no column is a stack.
  RingReader(const Table &table, Stacks *stacks);
  ~RingReader();
  RingReader(const RingReader &) = delete;

  // Whether `room` bytes hold a batch of one row, whatever its texts.
  bool holds_row(size_t room);
  // The oldest rows, as many as a batch of `room` bytes holds for sure; they lie in the ring until release().
  const Columns &read(size_t room);
  // What was read is the kernel's again.
  void release();

private:
  Columns rows_;
  size_t page_bytes_, ring_bytes_;
  unsigned long next_ = 0;            // position of the next record, since the ring was made
  unsigned long *consumer_ = nullptr; // its first page, which is ours to write
  const uint8_t *producer_ = nullptr; // the rest: a page with the kernel's position, and twice the data
};
