// Work off the main thread, whose result becomes a promise's.
#pragma once
#include "binding.h"
#include <functional>
#include <optional>

// One request: `work` on a thread of the pool, then on the main thread `result`, or `failed`.
class Task : public Napi::AsyncWorker {
public:
  Task(
      Napi::Env env, std::function<void()> work, std::function<Napi::Value(Napi::Env)> result,
      std::function<void()> failed = [] {})
      : AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)), work_(std::move(work)),
        result_(std::move(result)), failed_(std::move(failed)) {}
  Napi::Promise start() {
    Napi::Promise promise = deferred_.Promise();
    Queue();
    return promise;
  }

protected:
  void Execute() override {
    clear_diagnostics();
    try {
      work_();
    } catch (const Failure &failure) {
      failure_ = failure;
      detail_ = diagnostics();
    } catch (const std::bad_alloc &) {
      failure_ = Failure{"LIMIT", 0, "Out of memory"};
    }
  }
  void OnOK() override {
    if (failure_) {
      failed_();
      deferred_.Reject(to_error(Env(), *failure_, detail_).Value());
    } else {
      deferred_.Resolve(result_(Env()));
    }
  }

private:
  Napi::Promise::Deferred deferred_;
  std::function<void()> work_;
  std::function<Napi::Value(Napi::Env)> result_;
  std::function<void()> failed_;
  std::optional<Failure> failure_;
  std::string detail_;
};
