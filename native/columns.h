// Rows as they came, then laid out column by column as one batch (native/index.ts tells the layout).
#pragma once
#include "schema.h"
#include "stacks.h"
#include <memory>

class Columns {
public:
  // `stacks` may be null when no column is a stack.
  Columns(const Table &table, Stacks *stacks);
  // One record of a ring, which must stay where it is until clear(); what is missing at its end is zero.
  void append(const uint8_t *record, size_t size);
  // One row of a map, both as long as the map says. They are copied.
  void append(const uint8_t *key, const uint8_t *value);
  void clear();
  uint32_t rows() const { return uint32_t(rows_.size()); }
  // Size of the batch, a multiple of 8.
  size_t bytes() const;
  // Whether the batch fits into `size` bytes after one more row, whatever its texts: cheap enough to ask
  // after each.
  bool has_room(size_t size) const {
    return (rows_.size() + 1) * cell_bytes_ + text_bytes_ + most_text_bytes_ + frame_bytes_ <= size;
  }
  // Writes bytes() bytes.
  void write(uint8_t *out) const;

private:
  struct Store {
    Column column;
    uint32_t at;                // where it lies in a row
    std::vector<uint32_t> ends; // text only: where each row's bytes end
    size_t text_bytes() const { return ends.empty() ? 0 : ends.back(); }
  };
  uint8_t *new_copy();
  void add(const uint8_t *row);
  void end_text(Store &store, size_t length);
  // Of some rows, into the cells of all of them.
  void write_cells(const Store &store, size_t from, size_t to, uint8_t *out) const;
  void write_texts(const Store &store, size_t from, size_t to, uint8_t *out) const;
  void write_stacks(const Store &store, size_t from, size_t to, uint8_t *out) const;

  std::vector<Store> stores_;
  std::vector<size_t> texts_; // places of the texts but for the tail
  Stacks *stacks_;
  bool tail_;                  // the last column of a ring is a text, and may be cut short
  uint32_t key_bytes_ = 0;     // of a map's row, in front of its value
  uint32_t row_bytes_ = 0;     // of a row: all but the tail
  uint32_t cell_bytes_ = 0;    // of a row of the batch, without the texts themselves
  size_t most_text_bytes_ = 0; // of a row
  size_t frame_bytes_ = 8;     // of a batch: its head, and at most what aligns its columns
  size_t text_bytes_ = 0;
  std::vector<const uint8_t *> rows_;              // where each lies
  std::vector<std::unique_ptr<uint8_t[]>> copies_; // some hundred rows each, so that none moves
  size_t copied_ = 0;
};
