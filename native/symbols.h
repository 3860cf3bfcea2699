// Names for stacks, off the main thread. index.ts makes one request at a time.
#pragma once
#include "kernel_symbols.h"
#include "processes.h"
#include <memory>
#include <napi.h>

class Symbols : public Napi::ObjectWrap<Symbols> {
public:
  static Napi::Function define(Napi::Env env);
  explicit Symbols(const Napi::CallbackInfo &info);

private:
  struct Sources {
    KernelSymbols kernel;
    Processes processes;
  };
  Napi::Value resolve(const Napi::CallbackInfo &info);
  Napi::Value functions(const Napi::CallbackInfo &info);
  void rest(const Napi::CallbackInfo &info);
  void close(const Napi::CallbackInfo &info);

  std::shared_ptr<Sources> sources_; // a request under way keeps them, should this be closed meanwhile
};
