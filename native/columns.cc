#include "columns.h"
#include <algorithm>
#include <cstring>

static size_t aligned(size_t size) {
  return (size + 7) & ~size_t(7);
}

// The size is a constant here, so that each cell is one move.
template <size_t SIZE> static void gather(uint8_t *out, const uint8_t *from, size_t stride, uint32_t rows) {
  for (uint32_t row = 0; row < rows; row++)
    std::memcpy(out + row * SIZE, from + row * stride, SIZE);
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

uint8_t *Columns::new_row() {
  size_t at = size_t(rows_++) * row_bytes_;
  if (at + row_bytes_ > kept_.size()) kept_.resize(std::max(size_t(256) * row_bytes_, 2 * kept_.size()));
  return kept_.data() + at;
}

void Columns::end_text(Store &store, size_t length) {
  store.ends.push_back((store.ends.empty() ? 0 : store.ends.back()) + uint32_t(length));
  text_bytes_ += length;
}

void Columns::end_texts(const uint8_t *row) {
  for (size_t i : texts_) {
    const Store &store = stores_[i];
    end_text(stores_[i], strnlen(reinterpret_cast<const char *>(row + store.at), store.column.size));
  }
}

void Columns::append(const uint8_t *record, size_t size) {
  uint8_t *row = new_row();
  size_t there = std::min<size_t>(size, row_bytes_);
  std::memcpy(row, record, there);
  std::memset(row + there, 0, row_bytes_ - there);
  end_texts(row);
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
  tails_.insert(tails_.end(), text, text + length);
  end_text(stores_.back(), length);
}

void Columns::append(const uint8_t *key, const uint8_t *value) {
  uint8_t *row = new_row();
  std::memcpy(row, key, key_bytes_);
  std::memcpy(row + key_bytes_, value, row_bytes_ - key_bytes_);
  end_texts(row);
}

void Columns::clear() {
  rows_ = 0;
  text_bytes_ = 0;
  tails_.clear();
  for (Store &store : stores_)
    store.ends.clear();
}

size_t Columns::bytes() const {
  size_t total = 8;
  for (const Store &store : stores_) {
    if (store.column.type == Type::Text)
      total += aligned(4 * (size_t(rows_) + 1)) + aligned(rows_ ? store.ends.back() : 0);
    else
      total += aligned(size_t(rows_) * store.column.batch_size());
  }
  return total;
}

uint8_t *Columns::write_text(const Store &store, uint8_t *out) const {
  std::memset(out, 0, 4);
  if (rows_) std::memcpy(out + 4, store.ends.data(), 4 * size_t(rows_));
  size_t offsets = 4 * (size_t(rows_) + 1);
  std::memset(out + offsets, 0, aligned(offsets) - offsets);
  out += aligned(offsets);
  if (tail_ && &store == &stores_.back()) {
    if (!tails_.empty()) std::memcpy(out, tails_.data(), tails_.size());
    return out + tails_.size();
  }
  uint32_t start = 0;
  for (uint32_t row = 0; row < rows_; row++) {
    std::memcpy(out + start, &kept_[size_t(row) * row_bytes_ + store.at], store.ends[row] - start);
    start = store.ends[row];
  }
  return out + start;
}

void Columns::write(uint8_t *out) const {
  uint32_t head[2] = {rows_, 0};
  std::memcpy(out, head, sizeof head);
  uint8_t *begin = out;
  out += sizeof head;
  for (const Store &store : stores_) {
    const Column &column = store.column;
    const uint8_t *from = kept_.data() + store.at;
    if (column.type == Type::Text) {
      out = write_text(store, out);
    } else {
      if (column.type == Type::Stack) {
        for (uint32_t row = 0; row < rows_; row++) {
          uint64_t key;
          std::memcpy(&key, from + size_t(row) * row_bytes_, 8);
          uint32_t id = stacks_->intern(key);
          std::memcpy(out + size_t(row) * 4, &id, 4);
        }
      } else if (column.size == 8) {
        gather<8>(out, from, row_bytes_, rows_);
      } else if (column.size == 4) {
        gather<4>(out, from, row_bytes_, rows_);
      } else if (column.size == 2) {
        gather<2>(out, from, row_bytes_, rows_);
      } else if (column.size == 1) {
        gather<1>(out, from, row_bytes_, rows_);
      } else {
        for (uint32_t row = 0; row < rows_; row++)
          std::memcpy(out + size_t(row) * column.size, from + size_t(row) * row_bytes_, column.size);
      }
      out += size_t(rows_) * column.batch_size();
    }
    size_t written = size_t(out - begin);
    std::memset(out, 0, aligned(written) - written);
    out += aligned(written) - written;
  }
}
