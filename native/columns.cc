#include "columns.h"
#include <algorithm>
#include <cstring>

static size_t aligned(size_t size) {
  return (size + 7) & ~size_t(7);
}

// Rows whose cells are gathered while they lie in the nearest cache: a whole batch does not fit there, and
// would come from further away once for each column.
static const size_t BLOCK = 256;

// The size is a constant here, so that each cell is one move.
template <size_t SIZE>
static void gather(uint8_t *out, const uint8_t *const *rows, size_t count, uint32_t at) {
  for (size_t row = 0; row < count; row++)
    std::memcpy(out + row * SIZE, rows[row] + at, SIZE);
}

Columns::Columns(const Table &table, Stacks *stacks) : stacks_(stacks) {
  tail_ = table.ring && !table.columns.empty() && table.columns.back().type == Type::Text;
  size_t in_rows = table.columns.size() - tail_;
  uint32_t value_bytes = 0;
  for (size_t i = 0; i < in_rows; i++) {
    const Column &column = table.columns[i];
    uint32_t &bytes = column.key ? key_bytes_ : value_bytes;
    bytes = std::max(bytes, uint32_t(column.offset + column.size));
  }
  row_bytes_ = key_bytes_ + value_bytes;
  for (const Column &column : table.columns) {
    if (column.type == Type::Text && stores_.size() < in_rows) texts_.push_back(stores_.size());
    cell_bytes_ += column.type == Type::Text ? 4 : column.batch_size();
    if (column.type == Type::Text) most_text_bytes_ += column.size;
    frame_bytes_ += 20; // a text's first offset, and twice up to 7 bytes
    stores_.push_back({column, uint32_t((column.key ? 0 : key_bytes_) + column.offset), {}});
  }
}

uint8_t *Columns::new_copy() {
  const size_t in_one = 256;
  if (copied_ == copies_.size() * in_one) copies_.emplace_back(new uint8_t[in_one * row_bytes_]);
  uint8_t *row = copies_[copied_ / in_one].get() + copied_ % in_one * row_bytes_;
  copied_++;
  return row;
}

void Columns::end_text(Store &store, size_t length) {
  store.ends.push_back(uint32_t(store.text_bytes() + length));
  text_bytes_ += length;
}

void Columns::add(const uint8_t *row) {
  rows_.push_back(row);
  for (size_t i : texts_) {
    Store &store = stores_[i];
    end_text(store, strnlen(reinterpret_cast<const char *>(row + store.at), store.column.size));
  }
}

void Columns::append(const uint8_t *record, size_t size) {
  if (size < row_bytes_) {
    uint8_t *copy = new_copy();
    std::memset(copy, 0, row_bytes_);
    if (size) std::memcpy(copy, record, size);
    record = copy;
  }
  add(record);
  if (!tail_) return;
  const Column &column = stores_.back().column;
  size_t length = size > column.offset ? std::min<size_t>(size - column.offset, column.size) : 0;
  const uint8_t *text = record + column.offset;
  // A whole member is padded with NULs. One that was cut short ends with its own, and one before that is the
  // end of an empty argument.
  bool whole = size >= column.offset + column.size;
  if (length && !text[length - 1]) length--;
  while (whole && length && !text[length - 1])
    length--;
  end_text(stores_.back(), length);
}

void Columns::append(const uint8_t *key, const uint8_t *value) {
  uint8_t *row = new_copy();
  std::memcpy(row, key, key_bytes_);
  std::memcpy(row + key_bytes_, value, row_bytes_ - key_bytes_);
  add(row);
}

void Columns::clear() {
  rows_.clear();
  copied_ = 0;
  text_bytes_ = 0;
  for (Store &store : stores_)
    store.ends.clear();
}

size_t Columns::bytes() const {
  size_t total = 8;
  for (const Store &store : stores_) {
    if (store.column.type == Type::Text)
      total += aligned(4 * (rows_.size() + 1)) + aligned(store.text_bytes());
    else
      total += aligned(rows_.size() * store.column.batch_size());
  }
  return total;
}

// Fills up to a multiple of 8, and returns where that ends.
static uint8_t *pad(uint8_t *out, size_t size) {
  std::memset(out + size, 0, aligned(size) - size);
  return out + aligned(size);
}

void Columns::write_texts(const Store &store, size_t from, size_t to, uint8_t *out) const {
  uint32_t start = from ? store.ends[from - 1] : 0;
  for (size_t row = from; row < to; row++) {
    std::memcpy(out + start, rows_[row] + store.at, store.ends[row] - start);
    start = store.ends[row];
  }
}

void Columns::write_stacks(const Store &store, size_t from, size_t to, uint8_t *out) const {
  for (size_t row = from; row < to; row++) {
    uint64_t key;
    std::memcpy(&key, rows_[row] + store.at, 8);
    uint32_t id = stacks_->intern(key);
    std::memcpy(out + row * 4, &id, 4);
  }
}

void Columns::write_cells(const Store &store, size_t from, size_t to, uint8_t *out) const {
  const Column &column = store.column;
  if (column.type == Type::Text) return write_texts(store, from, to, out);
  if (column.type == Type::Stack) return write_stacks(store, from, to, out);
  const uint8_t *const *rows = rows_.data() + from;
  size_t count = to - from;
  out += from * column.size;
  switch (column.size) {
  case 8:
    return gather<8>(out, rows, count, store.at);
  case 4:
    return gather<4>(out, rows, count, store.at);
  case 2:
    return gather<2>(out, rows, count, store.at);
  case 1:
    return gather<1>(out, rows, count, store.at);
  default:
    for (size_t row = 0; row < count; row++)
      std::memcpy(out + row * column.size, rows[row] + store.at, column.size);
  }
}

void Columns::write(uint8_t *out) const {
  uint32_t head[2] = {rows(), 0};
  std::memcpy(out, head, sizeof head);
  out += sizeof head;
  std::vector<uint8_t *> cells; // where each column's begin
  for (const Store &store : stores_) {
    bool is_text = store.column.type == Type::Text;
    if (is_text) {
      std::memset(out, 0, 4);
      if (!rows_.empty()) std::memcpy(out + 4, store.ends.data(), 4 * rows_.size());
      out = pad(out, 4 * (rows_.size() + 1));
    }
    cells.push_back(out);
    out = pad(out, is_text ? store.text_bytes() : rows_.size() * store.column.batch_size());
  }
  for (size_t from = 0; from < rows_.size(); from += BLOCK)
    for (size_t i = 0; i < stores_.size(); i++)
      write_cells(stores_[i], from, std::min(from + BLOCK, rows_.size()), cells[i]);
}
