// What libFuzzer does to the reading of whole objects, as far as it goes without the kernel. Built and run by
// scripts/fuzz-native.mjs. Input: an object file. libbpf itself is not instrumented here.
#include "../failure.h"
#include "../types.h"
#include <cstdio>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

static int silent(libbpf_print_level, const char *, va_list) {
  return 0;
}

// As BpfObject::open() does it.
static void open_object(const std::string &path) {
  std::unique_ptr<btf, decltype(&btf__free)> types(btf__parse(path.c_str(), nullptr), btf__free);
  if (types) check_types(types.get());
  std::unique_ptr<bpf_object, decltype(&bpf_object__close)> object(
      bpf_object__open_file(path.c_str(), nullptr), bpf_object__close);
  if (object) read_schema(object.get());
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
  static bool quiet = (libbpf_set_print(silent), true);
  (void)quiet;
  static int file = memfd_create("object", MFD_CLOEXEC);
  if (ftruncate(file, 0) || pwrite(file, input, size, 0) != ssize_t(size)) return 0;
  try {
    open_object("/proc/self/fd/" + std::to_string(file));
  } catch (const Failure &) {
    // Refused, in words.
  }
  return 0;
}
