// Rows gathered column by column, then laid out as one batch (native/index.ts tells the layout).
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
  // The same without what aligns it: cheap enough to ask after each record.
  size_t about_bytes() const { return size_t(rows_) * row_bytes_ + text_bytes_; }
  // Writes bytes() bytes.
  void write(uint8_t *out) const;

private:
  struct Store {
    Column column;
    std::vector<uint8_t> cells; // text: the UTF-8 bytes
    std::vector<uint32_t> ends; // text only: where each row's bytes end
  };
  void grow();
  void put(Store &store, const uint8_t *at);
  void put_text(Store &store, const uint8_t *at, size_t length);

  std::vector<Store> stores_;
  Stacks *stacks_;
  bool tail_;              // the last column of a ring is a text, and may be cut short
  uint32_t whole_ = 0;     // where the columns before the tail end
  uint32_t row_bytes_ = 0; // without the texts themselves
  size_t text_bytes_ = 0;
  uint32_t rows_ = 0, capacity_ = 0;
  std::vector<uint8_t> padded_;
};
