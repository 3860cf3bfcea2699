#include "bpf_object.h"

static Napi::Object define(Napi::Env env, Napi::Object exports) {
  capture_diagnostics();
  exports.Set("BpfObject", BpfObject::define(env));
  return exports;
}

NODE_API_MODULE(ringside, define)
