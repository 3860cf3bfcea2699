#include "bpf_object.h"
#include "symbols.h"
#include <malloc.h>

// Batches and symbol tables are large and short-lived: each gets pages of its own, which go back when it is
// freed. Left alone, malloc raises these limits as it sees such blocks, and keeps 20 MiB of them.
static void keep_memory_small() {
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_ARENA_MAX, 2);
}

static Napi::Object define(Napi::Env env, Napi::Object exports) {
  keep_memory_small();
  capture_diagnostics();
  exports.Set("BpfObject", BpfObject::define(env));
  exports.Set("Symbols", Symbols::define(env));
  return exports;
}

NODE_API_MODULE(ringside, define)
