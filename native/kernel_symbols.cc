#include "kernel_symbols.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

// Modules and BPF programs come and go, but reading 10 MB of text takes a tenth of a second.
static const auto REREAD = std::chrono::seconds(10);
// kallsyms tells no sizes. Where the next symbol is not of the same module, only this much is surely of this
// one.
static const uint64_t LAST_FUNCTION = 4096;

std::string hex(uint64_t number) {
  char text[24];
  snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number));
  return text;
}

Frame KernelSymbols::name(uint64_t address) {
  const Symbol *symbol = find(address);
  auto now = std::chrono::steady_clock::now();
  if (!symbol && (names_.empty() || now - read_at_ >= REREAD)) {
    read_at_ = now;
    read();
    symbol = find(address);
  }
  if (!symbol) return {hex(address), "", FrameKind::Kernel};
  return {&names_[symbol->name], &names_[symbol->module], FrameKind::Kernel};
}

const KernelSymbols::Symbol *KernelSymbols::find(uint64_t address) const {
  auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                [](uint64_t at, const Symbol &symbol) { return at < symbol.address; });
  if (after == symbols_.begin()) return nullptr;
  const Symbol &symbol = *std::prev(after);
  bool inside = after != symbols_.end() && after->module == symbol.module;
  return inside || address - symbol.address < LAST_FUNCTION ? &symbol : nullptr;
}

void KernelSymbols::read() {
  symbols_.clear();
  names_.assign(1, '\0');
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen("/proc/kallsyms", "re"), fclose);
  char line[1024];
  while (file && fgets(line, sizeof line, file.get()))
    add(line);
  std::stable_sort(symbols_.begin(), symbols_.end(),
                   [](const Symbol &a, const Symbol &b) { return a.address < b.address; });
  symbols_.shrink_to_fit();
  names_.shrink_to_fit();
}

// "ffffffff81000000 T _text" or "ffffffffc0400000 t name\t[module]"
void KernelSymbols::add(char *line) {
  char *at;
  uint64_t address = strtoull(line, &at, 16);
  if (!address || *at != ' ' || !std::strchr("tTwW", at[1]) || at[2] != ' ') return;
  char *name = at + 3, *name_end = name + std::strcspn(name, "\t\n");
  uint32_t module = 0;
  if (char *bracket = std::strchr(name_end, '[')) {
    std::string text(bracket + 1, std::strcspn(bracket + 1, "]\n"));
    const char *before = symbols_.empty() ? "" : &names_[symbols_.back().module];
    module = text == before ? symbols_.back().module : uint32_t(names_.size());
    if (text != before) names_.append(text.c_str(), text.size() + 1);
  }
  symbols_.push_back({address, uint32_t(names_.size()), module});
  names_.append(name, name_end - name);
  names_ += '\0';
}
