// Between C++ and JavaScript: failures become errors with `code`, `errno` and `detail`.
#pragma once
#include "diagnostics.h"
#include "failure.h"
#include <napi.h>
#include <new>
#include <string>
#include <vector>

inline Napi::Error to_error(Napi::Env env, const Failure &failure, const std::string &detail) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  error.Set("errno", Napi::Number::New(env, failure.error));
  error.Set("detail", Napi::String::New(env, detail));
  return error;
}

template <typename Work> auto guarded(Napi::Env env, Work work) -> decltype(work()) {
  clear_diagnostics();
  try {
    return work();
  } catch (const Failure &failure) {
    throw to_error(env, failure, diagnostics());
  } catch (const std::bad_alloc &) {
    throw to_error(env, {"LIMIT", 0, "Out of memory"}, "");
  }
}

inline std::vector<std::string> strings(const Napi::Value &value) {
  auto array = value.As<Napi::Array>();
  std::vector<std::string> result;
  for (uint32_t i = 0; i < array.Length(); i++)
    result.push_back(array.Get(i).As<Napi::String>());
  return result;
}
