#include "columns.h"
#include <algorithm>
#include <cstring>

static size_t aligned(size_t size) {
  return (size + 7) & ~size_t(7);
}

Columns::Columns(const Table &table, Stacks *stacks) : stacks_(stacks) {
  for (const Column &column : table.columns) {
    stores_.push_back({column, {}, {}});
    row_bytes_ += column.type == Type::Text ? 4 : column.batch_size();
  }
  tail_ = table.ring && !stores_.empty() && stores_.back().column.type == Type::Text;
  for (size_t i = 0; i + tail_ < stores_.size(); i++)
    whole_ = std::max(whole_, stores_[i].column.offset + stores_[i].column.size);
}

void Columns::grow() {
  if (rows_ < capacity_) return;
  capacity_ = std::max(256u, capacity_ * 2);
  for (Store &store : stores_)
    if (store.column.type != Type::Text) store.cells.resize(size_t(capacity_) * store.column.batch_size());
}

// The sizes of integers are constants here, so that each becomes one move.
inline void Columns::put(Store &store, const uint8_t *at) {
  const Column &column = store.column;
  if (column.type == Type::Text) return put_text(store, at, strnlen((const char *)at, column.size));
  uint8_t *cell = &store.cells[size_t(rows_) * column.batch_size()];
  if (column.type == Type::Stack) {
    uint64_t key;
    std::memcpy(&key, at, 8);
    uint32_t id = stacks_->intern(key);
    std::memcpy(cell, &id, 4);
    return;
  }
  switch (column.size) {
  case 8:
    std::memcpy(cell, at, 8);
    break;
  case 4:
    std::memcpy(cell, at, 4);
    break;
  case 2:
    std::memcpy(cell, at, 2);
    break;
  case 1:
    *cell = *at;
    break;
  default:
    std::memcpy(cell, at, column.size);
  }
}

void Columns::put_text(Store &store, const uint8_t *at, size_t length) {
  store.cells.insert(store.cells.end(), at, at + length);
  store.ends.push_back(uint32_t(store.cells.size()));
  text_bytes_ += length;
}

void Columns::append(const uint8_t *record, size_t size) {
  grow();
  if (size < whole_) {
    padded_.assign(whole_, 0);
    std::memcpy(padded_.data(), record, size);
    record = padded_.data();
  }
  for (size_t i = 0; i + tail_ < stores_.size(); i++)
    put(stores_[i], record + stores_[i].column.offset);
  if (tail_) {
    const Column &column = stores_.back().column;
    size_t length = size > column.offset ? std::min<size_t>(size - column.offset, column.size) : 0;
    const uint8_t *text = record + column.offset;
    // Argument vectors hold NULs between their parts: only those at the end go.
    while (length && !text[length - 1])
      length--;
    put_text(stores_.back(), text, length);
  }
  rows_++;
}

void Columns::append(const uint8_t *key, const uint8_t *value) {
  grow();
  for (Store &store : stores_)
    put(store, (store.column.key ? key : value) + store.column.offset);
  rows_++;
}

void Columns::clear() {
  rows_ = 0;
  text_bytes_ = 0;
  for (Store &store : stores_) {
    store.ends.clear();
    if (store.column.type == Type::Text) store.cells.clear();
  }
}

size_t Columns::bytes() const {
  size_t total = 8;
  for (const Store &store : stores_) {
    if (store.column.type == Type::Text)
      total += aligned(4 * (size_t(rows_) + 1)) + aligned(store.cells.size());
    else
      total += aligned(size_t(rows_) * store.column.batch_size());
  }
  return total;
}

void Columns::write(uint8_t *out) const {
  auto put = [&](const void *from, size_t size) {
    if (size) std::memcpy(out, from, size);
    std::memset(out + size, 0, aligned(size) - size);
    out += aligned(size);
  };
  uint32_t head[2] = {rows_, 0};
  put(head, sizeof head);
  for (const Store &store : stores_) {
    if (store.column.type == Type::Text) {
      std::vector<uint32_t> offsets(1, 0);
      offsets.insert(offsets.end(), store.ends.begin(), store.ends.end());
      put(offsets.data(), offsets.size() * 4);
      put(store.cells.data(), store.cells.size());
    } else {
      put(store.cells.data(), size_t(rows_) * store.column.batch_size());
    }
  }
}
