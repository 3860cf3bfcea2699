// Rows as they came, then laid out column by column as one batch (native/index.ts tells the layout).
#pragma once
#include "schema.h"
#include "stacks.h"

class Columns {
public:
  // `stacks` may be null when no column is a stack.
  Columns(const Table &table, Stacks *stacks);
  // One record of a ring; what is missing at its end is zero.
  void append(const uint8_t *record, size_t size);
  // One row of a map; both as long as the map says.
  void append(const uint8_t *key, const uint8_t *value);
  void clear();
  uint32_t rows() const { return rows_; }
  // Size of the batch, a multiple of 8.
  size_t bytes() const;
  // Whether the batch fits into `size` bytes after one more row, whatever its texts: cheap enough to ask
  // after each.
  bool has_room(size_t size) const {
    return size_t(rows_ + 1) * cell_bytes_ + text_bytes_ + most_text_bytes_ + frame_bytes_ <= size;
  }
  // Writes bytes() bytes.
  void write(uint8_t *out) const;

private:
  struct Store {
    Column column;
    uint32_t at;                // where it lies in a kept row
    std::vector<uint32_t> ends; // text only: where each row's bytes end
  };
  uint8_t *new_row();
  void end_text(Store &store, size_t length);
  void end_texts(const uint8_t *row);
  uint8_t *write_text(const Store &store, uint8_t *out) const;

  std::vector<Store> stores_;
  std::vector<size_t> texts_; // places of the texts that lie in kept rows
  Stacks *stacks_;
  bool tail_;                  // the last column of a ring is a text, and may be cut short
  uint32_t key_bytes_ = 0;     // of a map's row, in front of its value
  uint32_t row_bytes_ = 0;     // of a kept row: all but the tail
  uint32_t cell_bytes_ = 0;    // of a row of the batch, without the texts themselves
  size_t most_text_bytes_ = 0; // of a row
  size_t frame_bytes_ = 8;     // of a batch: its head, and at most what aligns its columns
  size_t text_bytes_ = 0;
  uint32_t rows_ = 0;
  std::vector<uint8_t> kept_ = std::vector<uint8_t>(1); // never null, also where rows have no bytes
  std::vector<uint8_t> tails_;
};
