// The life of one object file: open, load, attach, drain and read, close. Every argument was checked by
// index.ts.
#pragma once
#include "binding.h"
#include "links.h"
#include "map_reader.h"
#include "ring_reader.h"
#include <functional>
#include <map>
#include <memory>
#include <optional>

class BpfObject : public Napi::ObjectWrap<BpfObject> {
public:
  static Napi::Function define(Napi::Env env);
  explicit BpfObject(const Napi::CallbackInfo &info);
  ~BpfObject() override;

private:
  enum class State { Open, Loading, Loaded, Failed, Closed };

  Napi::Value schema(const Napi::CallbackInfo &info);
  void configure(const Napi::CallbackInfo &info);
  Napi::Value load(const Napi::CallbackInfo &info);
  template <typename Attach> Napi::Value attach(const Napi::CallbackInfo &info, Attach attach);
  Napi::Value attach_auto(const Napi::CallbackInfo &info);
  Napi::Value attach_tracepoint(const Napi::CallbackInfo &info);
  Napi::Value attach_functions(const Napi::CallbackInfo &info);
  Napi::Value attach_symbol(const Napi::CallbackInfo &info);
  Napi::Value attach_offset(const Napi::CallbackInfo &info);
  Napi::Value attach_interface(const Napi::CallbackInfo &info);
  Napi::Value attach_cgroup(const Napi::CallbackInfo &info);
  Napi::Value attach_frequency(const Napi::CallbackInfo &info);
  void iterate(const Napi::CallbackInfo &info);
  Napi::Value detach(const Napi::CallbackInfo &info);
  Napi::Value drain(const Napi::CallbackInfo &info);
  Napi::Value read(const Napi::CallbackInfo &info);
  Napi::Value new_stacks(const Napi::CallbackInfo &info);
  Napi::Value missing_stacks(const Napi::CallbackInfo &info);
  Napi::Value stats(const Napi::CallbackInfo &info);
  Napi::Value map_bytes(const Napi::CallbackInfo &info);
  void set(const Napi::CallbackInfo &info);
  Napi::Value close(const Napi::CallbackInfo &info);

  void open(const std::string &path);
  void expect(State state, const char *call) const;
  void expect_attachable(const char *call) const;
  Napi::Value detach_links(Napi::Env env, std::function<void()> then);
  void load_programs(const std::vector<bpf_program *> &programs, const std::string &kernel_function);
  void end_load(State state);
  void set_kernel_function(bpf_program *program, const std::string &function) const;
  void open_tables();
  bpf_program *program(const std::string &name) const;
  void release();

  State state_ = State::Open;
  std::string name_;
  bpf_object *object_ = nullptr;
  Schema schema_;
  std::unique_ptr<Stacks> stacks_;
  std::map<std::string, RingReader> rings_;
  std::map<std::string, MapReader> maps_;
  std::shared_ptr<Links> links_;                   // shared with the threads that attach and detach
  bool detached_ = false;                          // or about to be
  std::optional<Napi::Promise::Deferred> closing_; // by `close`, once a load under way is over
};
