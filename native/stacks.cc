#include "stacks.h"
#include <algorithm>
#include <bpf/bpf.h>
#include <cstring>
#include <utility>

static const Column &column(const Table &table, const char *name) {
  return *std::find_if(table.columns.begin(), table.columns.end(),
                       [&](const Column &column) { return column.name == name; });
}

Stacks::Stacks(const Table &store)
    : fd_(bpf_map__fd(store.map)), max_entries_(bpf_map__max_entries(store.map)), pid_(column(store, "pid")),
      depth_(column(store, "depth")), frames_(column(store, "frames")),
      value_(bpf_map__value_size(store.map)) {}

uint32_t Stacks::intern(uint64_t key) {
  if (!key) return 0;
  auto [at, is_new] = known_.try_emplace(key, Known{uint32_t(known_.size() + 1), false});
  Known &known = at->second;
  if (!known.read) known.read = read(key, known.id);
  missing_ += !known.read;
  return known.read ? known.id : 0;
}

// False when the kernel side has not got it (any more): tried again when the id is seen again.
bool Stacks::read(uint64_t key, uint32_t id) {
  if (bpf_map_lookup_elem(fd_, &key, value_.data())) return false;
  Stack stack{id, 0, {}};
  uint32_t depth;
  std::memcpy(&stack.pid, &value_[pid_.offset], 4);
  std::memcpy(&depth, &value_[depth_.offset], 4);
  stack.frames.resize(std::min(depth, frames_.size / 8));
  if (!stack.frames.empty())
    std::memcpy(stack.frames.data(), &value_[frames_.offset], stack.frames.size() * 8);
  fresh_.push_back(std::move(stack));
  in_kernel_.push_back(key);
  return true;
}

std::vector<Stack> Stacks::take() {
  return std::exchange(fresh_, {});
}

void Stacks::make_room() {
  if (in_kernel_.size() <= max_entries_ / 2) return;
  for (uint64_t key : in_kernel_)
    bpf_map_delete_elem(fd_, &key);
  in_kernel_.clear();
}
