// The calls of JavaScript that attach: each takes the program, its target, and where there is one, a cookie.
#include "bpf_object.h"

template <typename Attach> void BpfObject::attach(const Napi::CallbackInfo &info, Attach attach) {
  guarded(info.Env(), [&] {
    expect_attachable("attach");
    bpf_program *program = this->program(info[0].As<Napi::String>());
    if (!bpf_program__autoload(program))
      fail("STATE", name_ + ": program " + bpf_program__name(program) + " was not loaded");
    attach(program);
  });
}

static std::string text(const Napi::Value &value) {
  return value.As<Napi::String>();
}

static uint64_t number(const Napi::Value &value) {
  return uint64_t(value.As<Napi::Number>().Int64Value());
}

void BpfObject::attach_auto(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) { links_->automatic(program); });
}

void BpfObject::attach_tracepoint(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) {
    links_->tracepoint(program, text(info[1]), text(info[2]), number(info[3]));
  });
}

void BpfObject::attach_functions(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) {
    auto names = info[1].As<Napi::Array>(), cookies = info[2].As<Napi::Array>();
    std::vector<std::string> functions;
    std::vector<uint64_t> numbers;
    for (uint32_t i = 0; i < names.Length(); i++)
      functions.push_back(text(names.Get(i)));
    for (uint32_t i = 0; i < cookies.Length(); i++)
      numbers.push_back(number(cookies.Get(i)));
    links_->functions(program, functions, numbers);
  });
}

void BpfObject::attach_symbol(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) {
    links_->symbol(program, text(info[1]), text(info[2]), int(number(info[3])), number(info[4]));
  });
}

void BpfObject::attach_offset(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) {
    links_->offset(program, text(info[1]), number(info[2]), int(number(info[3])), number(info[4]));
  });
}

void BpfObject::attach_interface(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) { links_->interface(program, text(info[1])); });
}

void BpfObject::attach_cgroup(const Napi::CallbackInfo &info) {
  attach(info, [&](bpf_program *program) { links_->cgroup(program, text(info[1])); });
}

void BpfObject::attach_frequency(const Napi::CallbackInfo &info) {
  attach(info,
         [&](bpf_program *program) { links_->frequency(program, number(info[1]), int(number(info[2]))); });
}

void BpfObject::iterate(const Napi::CallbackInfo &info) {
  guarded(info.Env(), [&] {
    expect_attachable("iterate");
    links_->iterate(program(text(info[0])));
  });
}

Napi::Function BpfObject::define(Napi::Env env) {
  return DefineClass(env, "BpfObject",
                     {
                         InstanceMethod("schema", &BpfObject::schema),
                         InstanceMethod("configure", &BpfObject::configure),
                         InstanceMethod("load", &BpfObject::load),
                         InstanceMethod("attachAuto", &BpfObject::attach_auto),
                         InstanceMethod("attachTracepoint", &BpfObject::attach_tracepoint),
                         InstanceMethod("attachFunctions", &BpfObject::attach_functions),
                         InstanceMethod("attachSymbol", &BpfObject::attach_symbol),
                         InstanceMethod("attachOffset", &BpfObject::attach_offset),
                         InstanceMethod("attachInterface", &BpfObject::attach_interface),
                         InstanceMethod("attachCgroup", &BpfObject::attach_cgroup),
                         InstanceMethod("attachFrequency", &BpfObject::attach_frequency),
                         InstanceMethod("iterate", &BpfObject::iterate),
                         InstanceMethod("detach", &BpfObject::detach),
                         InstanceMethod("drain", &BpfObject::drain),
                         InstanceMethod("read", &BpfObject::read),
                         InstanceMethod("newStacks", &BpfObject::new_stacks),
                         InstanceMethod("missingStacks", &BpfObject::missing_stacks),
                         InstanceMethod("stats", &BpfObject::stats),
                         InstanceMethod("mapBytes", &BpfObject::map_bytes),
                         InstanceMethod("set", &BpfObject::set),
                         InstanceMethod("close", &BpfObject::close),
                     });
}
