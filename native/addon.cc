#include "bpf_object.h"
#include "symbols.h"

static Napi::Object define(Napi::Env env, Napi::Object exports) {
  capture_diagnostics();
  exports.Set("BpfObject", BpfObject::define(env));
  exports.Set("Symbols", Symbols::define(env));
  return exports;
}

NODE_API_MODULE(ringside, define)
