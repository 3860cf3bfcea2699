// What libFuzzer does to the reading of BTF and of records: any bytes as BTF, each type of it as a table, and
// any bytes as that table's records. Built and run by scripts/fuzz-native.mjs. Input: u16, the length of the
// BTF; the BTF; records.
#include "../columns.h"
#include "../failure.h"
#include "../types.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

static int silent(libbpf_print_level, const char *, va_list) {
  return 0;
}

static void must(bool holds) {
  if (!holds) abort();
}

static bool has_stack(const std::vector<Column> &columns) {
  for (const Column &column : columns)
    if (column.type == Type::Stack) return true; // interning asks the kernel
  return false;
}

static uint32_t extent(const std::vector<Column> &columns, bool key) {
  uint64_t most = 0;
  for (const Column &column : columns)
    if (column.key == key) most = std::max(most, uint64_t(column.offset) + column.size);
  return most > (1 << 12) ? UINT32_MAX : uint32_t(most); // as check_extent() bounds it by the map's own size
}

// Rows of one column-wise batch: what write() writes is what bytes() said, and has_room() never promises too
// much.
static void batch(const Table &table, const uint8_t *records, size_t size) {
  Columns rows(table, nullptr);
  uint32_t key = extent(table.columns, true), value = extent(table.columns, false);
  if (key == UINT32_MAX || value == UINT32_MAX) return;
  size_t room = 4096;
  std::vector<std::unique_ptr<uint8_t[]>> ring; // each of its own size, so that a read past one is seen
  for (int i = 0; i < 8 && rows.has_room(room); i++) {
    if (table.ring) {
      // Of any length, also shorter than the table's record, as a text at its end may be cut.
      size_t length = size ? records[0] * (size_t(value) + 8) / 255 : 0;
      length = std::min(length, size);
      ring.emplace_back(new uint8_t[length]);
      if (length) std::memcpy(ring.back().get(), records, length);
      rows.append(ring.back().get(), length);
      records += length;
      size -= length;
    } else {
      if (size < size_t(key) + value) break;
      rows.append(records, records + key);
      records += key + value;
      size -= key + value;
    }
    must(rows.bytes() <= room && rows.bytes() % 8 == 0);
    std::unique_ptr<uint8_t[]> out(new uint8_t[rows.bytes()]);
    rows.write(out.get());
    uint32_t written;
    std::memcpy(&written, out.get(), sizeof written);
    must(written == rows.rows());
  }
}

static void all(const uint8_t *types_bytes, size_t types_size, const uint8_t *records, size_t size) {
  std::unique_ptr<btf, decltype(&btf__free)> types(btf__new(types_bytes, uint32_t(types_size)), btf__free);
  if (!types) return;
  check_types(types.get());
  uint32_t count = std::min(btf__type_cnt(types.get()), 64u);
  for (uint32_t id = 1; id < count; id++) {
    is_const_volatile(types.get(), id);
    try {
      Table ring{"ring", true, {}, nullptr};
      add_columns(types.get(), id, "value", ring.name, ring.columns);
      if (has_stack(ring.columns)) continue;
      batch(ring, records, size);
      Table map{"map", false, {}, nullptr};
      add_columns(types.get(), id, "key", map.name, map.columns);
      add_columns(types.get(), 1 + id % (count - 1), "value", map.name, map.columns);
      if (!has_stack(map.columns)) batch(map, records, size);
    } catch (const Failure &) {
      // Refused, in words.
    }
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  static bool quiet = (libbpf_set_print(silent), true);
  (void)quiet;
  uint16_t length;
  if (size < sizeof length) return 0;
  std::memcpy(&length, input, sizeof length);
  input += sizeof length;
  size -= sizeof length;
  size_t types = std::min<size_t>(length, size);
  try {
    all(input, types, input + types, size - types);
  } catch (const Failure &) {
    // Refused, in words.
  }
  return 0;
}
