#include "symbols.h"
#include "task.h"

namespace {
struct Request {
  std::vector<uint32_t> pids, depths;
  std::vector<uint64_t> addresses;
  std::vector<Frame> frames; // of all stacks, one behind the other; `depths` then says how many each has
};
} // namespace

Symbols::Symbols(const Napi::CallbackInfo &info) : ObjectWrap(info), sources_(std::make_shared<Sources>()) {}

template <typename Array> static auto copy(const Napi::Value &value) {
  auto array = value.As<Array>();
  return std::vector(array.Data(), array.Data() + array.ElementLength());
}

static Napi::Value to_object(Napi::Env env, const Request &request) {
  const std::vector<Frame> &frames = request.frames;
  Napi::Array names = Napi::Array::New(env, frames.size()), modules = Napi::Array::New(env, frames.size());
  auto kinds = Napi::Uint8Array::New(env, frames.size());
  for (uint32_t i = 0; i < frames.size(); i++) {
    names.Set(i, frames[i].name);
    modules.Set(i, frames[i].module);
    kinds[i] = uint8_t(frames[i].kind);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("names", names);
  object.Set("modules", modules);
  object.Set("kinds", kinds);
  auto depths = Napi::Uint32Array::New(env, request.depths.size());
  std::copy(request.depths.begin(), request.depths.end(), depths.Data());
  object.Set("depths", depths);
  return object;
}

// resolve(pids, depths, addresses): the stacks one behind the other.
Napi::Value Symbols::resolve(const Napi::CallbackInfo &info) {
  auto request = std::make_shared<Request>();
  request->pids = copy<Napi::Uint32Array>(info[0]);
  request->depths = copy<Napi::Uint32Array>(info[1]);
  request->addresses = copy<Napi::BigUint64Array>(info[2]);
  auto work = [request, sources = sources_] {
    sources->processes.begin();
    auto from = request->addresses.begin();
    for (size_t i = 0; i < request->pids.size(); i++) {
      std::vector<uint64_t> stack(from, from + request->depths[i]);
      from += request->depths[i];
      if (request->pids[i]) {
        auto named = sources->processes.name(request->pids[i], stack);
        request->depths[i] = named.size();
        for (Frame &frame : named)
          request->frames.push_back(std::move(frame));
        continue;
      }
      for (size_t depth = 0; depth < stack.size(); depth++)
        request->frames.push_back(sources->kernel.name(stack[depth] - (depth && stack[depth])));
    }
  };
  auto result = [request](Napi::Env env) { return to_object(env, *request); };
  return (new Task(info.Env(), work, result))->start();
}

Napi::Value Symbols::functions(const Napi::CallbackInfo &info) {
  auto found = std::make_shared<std::vector<std::pair<std::string, uint64_t>>>();
  auto work = [found, path = std::string(info[0].As<Napi::String>())] { *found = functions_of(path); };
  auto result = [found](Napi::Env env) {
    Napi::Array names = Napi::Array::New(env, found->size());
    auto offsets = Napi::Float64Array::New(env, found->size());
    for (uint32_t i = 0; i < found->size(); i++) {
      names.Set(i, (*found)[i].first);
      offsets[i] = double((*found)[i].second);
    }
    Napi::Object object = Napi::Object::New(env);
    object.Set("names", names);
    object.Set("offsets", offsets);
    return object;
  };
  return (new Task(info.Env(), work, result))->start();
}

void Symbols::rest(const Napi::CallbackInfo &) {
  if (sources_) sources_->processes.rest();
}

void Symbols::close(const Napi::CallbackInfo &) {
  sources_.reset();
}

Napi::Function Symbols::define(Napi::Env env) {
  return DefineClass(env, "Symbols",
                     {InstanceMethod("resolve", &Symbols::resolve),
                      InstanceMethod("functions", &Symbols::functions),
                      InstanceMethod("rest", &Symbols::rest), InstanceMethod("close", &Symbols::close)});
}
