#include "map_reader.h"
#include "failure.h"
#include <algorithm>
#include <bpf/bpf.h>
#include <cerrno>
#include <cstring>
#include <set>

// What one look-up may take: some hundred keys even on hosts with many CPUs.
static const uint32_t BATCH_BYTES = 1 << 20;

MapReader::MapReader(const Table &table, Stacks *stacks)
    : fd_(bpf_map__fd(table.map)), key_size_(bpf_map__key_size(table.map)),
      value_size_(bpf_map__value_size(table.map)), max_entries_(bpf_map__max_entries(table.map)),
      rows_(table, stacks) {
  bpf_map_type type = bpf_map__type(table.map);
  per_cpu_ = type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
             type == BPF_MAP_TYPE_PERCPU_ARRAY;
  if (per_cpu_) cpus_ = std::max(1, libbpf_num_possible_cpus());
  stride_ = per_cpu_ ? (value_size_ + 7) & ~7u : value_size_;
  uint64_t entry = key_size_ + uint64_t(stride_) * cpus_;
  batch_ = std::clamp<uint64_t>(BATCH_BYTES / entry, 1, std::max(1u, max_entries_));
  position_.resize(std::max(key_size_, 8u));
  for (const Column &column : table.columns)
    if (!column.key) values_.push_back(column);
}

static bool is_integer(Type type) {
  return type <= Type::S64;
}

// An amount, which grows and of which the difference is told. A name, an instant or a level is told as it is
// now.
static bool is_amount(const Column &column) {
  static const std::set<std::string> others = {"pid_n", "tid_n",    "uid_n",   "cgroup_id",
                                               "ktime", "boottime", "level_n", "task_state"};
  return is_integer(column.type) && !others.count(column.meaning);
}

static bool is_signed(Type type) {
  return type == Type::S8 || type == Type::S16 || type == Type::S32 || type == Type::S64;
}

static uint64_t load(const char *at, uint32_t size) {
  uint64_t value = 0;
  std::memcpy(&value, at, size); // little-endian, as every kernel that we support
  return value;
}

static void store(char *at, uint32_t size, uint64_t value) {
  std::memcpy(at, &value, size);
}

// Amounts are added up; of anything else the first CPU that has something counts.
void MapReader::sum_cpus(const uint8_t *value) {
  const char *first = reinterpret_cast<const char *>(value);
  now_.assign(first, value_size_);
  for (uint32_t cpu = 1; cpu < cpus_; cpu++) {
    const char *other = first + size_t(cpu) * stride_;
    for (const Column &column : values_) {
      char *at = &now_[column.offset];
      if (is_amount(column))
        store(at, column.size, load(at, column.size) + load(other + column.offset, column.size));
      else if (std::all_of(at, at + column.size, [](char byte) { return !byte; }))
        std::memcpy(at, other + column.offset, column.size);
    }
  }
}

// False when nothing changed. A counter that went back was deleted and came again: it counts from 0.
bool MapReader::subtract(const std::string &before) {
  difference_ = now_;
  bool changed = false;
  for (const Column &column : values_) {
    const char *then = before.data() + column.offset, *now = now_.data() + column.offset;
    if (!std::memcmp(then, now, column.size)) {
      if (is_amount(column)) std::memset(&difference_[column.offset], 0, column.size);
      continue;
    }
    changed = true;
    if (!is_amount(column)) continue;
    uint64_t old = load(then, column.size), current = load(now, column.size);
    if (is_signed(column.type) || current > old)
      store(&difference_[column.offset], column.size, current - old);
  }
  return changed;
}

void MapReader::visit(const uint8_t *key, const uint8_t *value) {
  std::string name(reinterpret_cast<const char *>(key), key_size_);
  auto [at, is_new] = before_.try_emplace(std::move(name), Seen{std::string(value_size_, '\0'), 0});
  Seen &seen = at->second;
  if (seen.round == round_) return; // a walk over a map that changes may come by twice
  seen.round = round_;
  sum_cpus(value);
  if (!subtract(seen.value)) return;
  rows_.append(key, reinterpret_cast<const uint8_t *>(difference_.data()));
  seen.value.swap(now_);
}

// False when this kernel has no batch look-up for this type of map.
bool MapReader::read_batches() {
  bool first = true;
  for (;;) {
    keys_.resize(size_t(batch_) * key_size_);
    found_.resize(size_t(batch_) * stride_ * cpus_);
    uint32_t count = batch_;
    int error = bpf_map_lookup_batch(fd_, first ? nullptr : position_.data(), position_.data(), keys_.data(),
                                     found_.data(), &count, nullptr);
    if (error == -ENOSPC) { // a bucket of the hash table holds more than the batch
      batch_ *= 2;
      continue;
    }
    if (error == -EINTR || error == -EAGAIN) continue;
    if (error && error != -ENOENT) {
      if (first) return false;
      fail_errno(error, "Cannot read a map");
    }
    for (uint32_t i = 0; i < count; i++)
      visit(&keys_[size_t(i) * key_size_], &found_[size_t(i) * stride_ * cpus_]);
    if (error) return true;
    first = false;
  }
}

void MapReader::read_one_by_one() {
  keys_.resize(size_t(key_size_) * 2);
  found_.resize(size_t(stride_) * cpus_);
  uint8_t *key = nullptr, *next = keys_.data();
  // A key deleted meanwhile sends the walk back to the start: the bound ends it.
  for (uint64_t steps = 0; steps < 2 * uint64_t(max_entries_); steps++) {
    int error = bpf_map_get_next_key(fd_, key, next);
    if (error == -ENOENT) return;
    if (error) fail_errno(error, "Cannot walk a map");
    if (!bpf_map_lookup_elem(fd_, next, found_.data())) visit(next, found_.data());
    key = next;
    next = key == keys_.data() ? keys_.data() + key_size_ : keys_.data();
  }
}

const Columns &MapReader::read() {
  rows_.clear();
  round_++;
  if (batches_) batches_ = read_batches();
  if (!batches_) read_one_by_one();
  for (auto at = before_.begin(); at != before_.end();)
    at = at->second.round == round_ ? std::next(at) : before_.erase(at);
  return rows_;
}
