#include "bpf_object.h"
#include "calibration.h"
#include "features.h"
#include "kernel_types.h"
#include "loaded.h"
#include "privileges.h"
#include "symbols.h"
#include "watchdog.h"
#include <malloc.h>

// Batches and symbol tables are large and short-lived: each gets pages of its own, which go back when it is
// freed. Left alone, malloc raises these limits as it sees such blocks, and keeps 20 MiB of them.
static void keep_memory_small() {
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_ARENA_MAX, 2);
}

static Napi::Value release_memory(const Napi::CallbackInfo &info) {
  malloc_trim(0);
  return info.Env().Undefined();
}

static Napi::Object define(Napi::Env env, Napi::Object exports) {
  keep_memory_small();
  capture_diagnostics();
  exports.Set("BpfObject", BpfObject::define(env));
  exports.Set("Symbols", Symbols::define(env));
  auto function = [&](const char *name, Napi::Value (*call)(const Napi::CallbackInfo &)) {
    exports.Set(name, Napi::Function::New(env, call, name));
  };
  function("releaseMemory", release_memory);
  function("keepKernelTypes", keep_kernel_types);
  function("probeFeatures", probe_features);
  function("tryTracing", try_tracing);
  function("listPrograms", list_programs);
  function("listMaps", list_maps);
  function("listLinks", list_links);
  function("listHolders", list_holders);
  function("readProgram", read_program);
  function("nameCalls", name_calls);
  function("readMap", read_map);
  function("countMap", count_map);
  function("enableStatistics", enable_statistics);
  function("restartWithLess", restart_with_less);
  function("giveNoneOn", give_none_on);
  function("startWatchdog", start_watchdog);
  function("beat", beat);
  define_calibration(env, exports);
  return exports;
}

NODE_API_MODULE(ringside, define)
