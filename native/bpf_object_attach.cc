// The calls of JavaScript that attach: each takes the program, its target, and where there is one, a cookie.
#include "bpf_object.h"
#include "task.h"

// `attach` runs on a thread of the pool: a glob of a thousand functions takes the kernel a second.
template <typename Attach> Napi::Value BpfObject::attach(const Napi::CallbackInfo &info, Attach attach) {
  return guarded(info.Env(), [&] {
    expect_attachable("attach");
    bpf_program *program = this->program(info[0].As<Napi::String>());
    if (!bpf_program__autoload(program))
      fail("STATE", name_ + ": program " + bpf_program__name(program) + " was not loaded");
    auto work = [links = links_, program, attach] { links->use([&] { attach(*links, program); }); };
    return (new Task(info.Env(), work, [](Napi::Env env) { return env.Undefined(); }))->start();
  });
}

static std::string text(const Napi::Value &value) {
  return value.As<Napi::String>();
}

static uint64_t number(const Napi::Value &value) {
  return uint64_t(value.As<Napi::Number>().Int64Value());
}

Napi::Value BpfObject::attach_auto(const Napi::CallbackInfo &info) {
  return attach(info, [](Links &links, bpf_program *program) { links.automatic(program); });
}

Napi::Value BpfObject::attach_tracepoint(const Napi::CallbackInfo &info) {
  auto at = [category = text(info[1]), name = text(info[2]), cookie = number(info[3])](
                Links &links, bpf_program *program) { links.tracepoint(program, category, name, cookie); };
  return attach(info, at);
}

Napi::Value BpfObject::attach_functions(const Napi::CallbackInfo &info) {
  auto given = info[2].As<Napi::Array>();
  std::vector<uint64_t> cookies;
  for (uint32_t i = 0; i < given.Length(); i++)
    cookies.push_back(number(given.Get(i)));
  auto to = [names = strings(info[1]), cookies](Links &links, bpf_program *program) {
    links.functions(program, names, cookies);
  };
  return attach(info, to);
}

Napi::Value BpfObject::attach_symbol(const Napi::CallbackInfo &info) {
  auto to = [binary = text(info[1]), symbol = text(info[2]), pid = int(number(info[3])),
             cookie = number(info[4])](Links &links, bpf_program *program) {
    links.symbol(program, binary, symbol, pid, cookie);
  };
  return attach(info, to);
}

Napi::Value BpfObject::attach_offset(const Napi::CallbackInfo &info) {
  auto at = [binary = text(info[1]), offset = number(info[2]), pid = int(number(info[3])),
             cookie = number(info[4])](Links &links, bpf_program *program) {
    links.offset(program, binary, offset, pid, cookie);
  };
  return attach(info, at);
}

Napi::Value BpfObject::attach_interface(const Napi::CallbackInfo &info) {
  auto to = [name = text(info[1])](Links &links, bpf_program *program) { links.interface(program, name); };
  return attach(info, to);
}

Napi::Value BpfObject::attach_cgroup(const Napi::CallbackInfo &info) {
  auto to = [directory = text(info[1])](Links &links, bpf_program *program) {
    links.cgroup(program, directory);
  };
  return attach(info, to);
}

Napi::Value BpfObject::attach_frequency(const Napi::CallbackInfo &info) {
  auto at = [hertz = number(info[1]), pid = int(number(info[2]))](Links &links, bpf_program *program) {
    links.frequency(program, hertz, pid);
  };
  return attach(info, at);
}

void BpfObject::iterate(const Napi::CallbackInfo &info) {
  guarded(info.Env(), [&] {
    expect_attachable("iterate");
    bpf_program *iterator = program(text(info[0]));
    links_->use([&] { links_->iterate(iterator); });
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
