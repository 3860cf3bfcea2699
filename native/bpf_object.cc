#include "bpf_object.h"
#include "kernel_types.h"
#include "task.h"
#include "types.h"
#include <bpf/bpf.h>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>

BpfObject::BpfObject(const Napi::CallbackInfo &info) : ObjectWrap(info) {
  guarded(info.Env(), [&] { open(info[0].As<Napi::String>().Utf8Value()); });
}

BpfObject::~BpfObject() {
  release();
}

// Null: libbpf reads all of the kernel's types, and what the kernel itself has no type for, it looks for
// among its modules' types, and gives up where it may not list those: that takes CAP_SYS_ADMIN. Told where
// the kernel's own are, it looks nowhere else.
static const char *types_to_use(const struct stat &object) {
  if (const char *kept = kept_kernel_types(object)) return kept;
  uint32_t id;
  return bpf_btf_get_next_id(0, &id) == -EPERM ? "/sys/kernel/btf/vmlinux" : nullptr;
}

void BpfObject::open(const std::string &path) {
  name_ = path.substr(path.rfind('/') + 1);
  std::string message = "Cannot open " + path;
  struct stat status;
  if (stat(path.c_str(), &status)) fail_errno(errno, message);
  if (!S_ISREG(status.st_mode)) fail("OBJECT", message + ": it is not a file");
  try {
    std::unique_ptr<btf, decltype(&btf__free)> types(btf__parse(path.c_str(), nullptr), btf__free);
    if (types) check_types(types.get());
    LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = types_to_use(status));
    object_ = bpf_object__open_file(path.c_str(), &opts);
    if (!object_) {
      bool of_system = errno == EACCES || errno == EMFILE || errno == ENFILE || errno == ENOMEM;
      fail_errno(errno, "libbpf does not take it", of_system ? "" : "OBJECT");
    }
    schema_ = read_schema(object_);
    // A ring has no values: the type is declared for its BTF only, and its size must be taken back.
    for (const Table &table : schema_.tables)
      if (table.ring) bpf_map__set_value_size(table.map, 0);
  } catch (Failure &failure) {
    release(); // the destructor of a constructor that throws does not run
    failure.message = message + ": " + failure.message;
    throw;
  }
}

void BpfObject::release() {
  state_ = State::Closed;
  // Before the object, into which some kinds of link reach when they end.
  if (links_) links_->detach();
  links_.reset();
  rings_.clear();
  maps_.clear();
  stacks_.reset();
  bpf_object__close(object_);
  object_ = nullptr;
}

void BpfObject::expect(State state, const char *call) const {
  if (state_ == state) return;
  std::string what = name_ + ": " + call;
  if (state_ == State::Closed) fail("CLOSED", what + " after it was closed");
  if (state_ == State::Failed) fail("STATE", what + " after a load that failed");
  if (state_ == State::Loading) fail("STATE", what + " while it is being loaded");
  fail("STATE", what + (state_ == State::Open ? " before it is loaded" : " after it was loaded"));
}

void BpfObject::expect_attachable(const char *call) const {
  expect(State::Loaded, call);
  if (detached_) fail("STATE", name_ + ": " + call + " after it was detached");
}

void BpfObject::configure(const Napi::CallbackInfo &info) {
  guarded(info.Env(), [&] {
    expect(State::Open, "configure");
    std::string name = info[0].As<Napi::String>();
    auto value = info[1].As<Napi::Buffer<uint8_t>>();
    size_t size = 0;
    uint8_t *rodata = rodata_of(object_, &size);
    for (const Parameter &parameter : schema_.parameters)
      if (parameter.name == name && parameter.size == value.Length())
        std::memcpy(rodata + parameter.offset, value.Data(), parameter.size);
  });
}

// Not on the main thread: with the kernel's types, 5 MiB, to be read, it takes tens of milliseconds.
Napi::Value BpfObject::load(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] {
    expect(State::Open, "load");
    std::vector<bpf_program *> programs;
    for (const std::string &name : strings(info[0]))
      programs.push_back(program(name));
    std::string kernel_function = info[1].As<Napi::String>();
    state_ = State::Loading;
    // Held until it is closed: collected, it would detach its programs silently.
    Ref();
    auto work = [this, programs, kernel_function] { load_programs(programs, kernel_function); };
    auto loaded = [this](Napi::Env env) {
      end_load(State::Loaded);
      if (state_ == State::Closed) Unref();
      return env.Undefined();
    };
    auto failed = [this] {
      end_load(State::Failed);
      Unref();
    };
    return (new Task(info.Env(), work, loaded, failed))->start();
  });
}

static bool wants_kernel_function(const bpf_program *program) {
  bpf_attach_type type = bpf_program__expected_attach_type(program);
  return (type == BPF_TRACE_FENTRY || type == BPF_TRACE_FEXIT) &&
         !std::strchr(bpf_program__section_name(program), '/');
}

void BpfObject::set_kernel_function(bpf_program *program, const std::string &function) const {
  std::string target =
      std::string(bpf_program__name(program)) + " (" + bpf_program__section_name(program) + ")";
  if (function.empty()) fail("ARGUMENT", target + " needs the name of a kernel function");
  int error = bpf_program__set_attach_target(program, 0, function.c_str());
  std::string message = "Cannot attach " + target + " to " + function;
  if (error == -ESRCH || error == -ENOENT) fail("NOT_FOUND", message + ": this kernel has no such function");
  if (error) fail_errno(error, message);
}

// Who closed it meanwhile waits for this.
void BpfObject::end_load(State state) {
  if (!closing_) {
    state_ = state;
    return;
  }
  release();
  closing_->Resolve(Env().Undefined());
  closing_.reset();
}

void BpfObject::load_programs(const std::vector<bpf_program *> &programs,
                              const std::string &kernel_function) {
  bpf_program *other;
  bpf_object__for_each_program(other, object_) bpf_program__set_autoload(other, false);
  for (bpf_program *program : programs) {
    bpf_program__set_autoload(program, true);
    if (wants_kernel_function(program)) set_kernel_function(program, kernel_function);
  }
  int error = bpf_object__load(object_);
  bool refused = diagnostics().find("BEGIN PROG LOAD LOG") != std::string::npos;
  // Without a log of the verifier the kernel did not get so far: it does not know what was asked for.
  bool unknown = !refused && (error == -EINVAL || error == -E2BIG);
  if (error) fail_errno(error, "Cannot load " + name_, unknown ? "UNSUPPORTED" : "");
  open_tables();
  links_ = std::make_shared<Links>();
}

void BpfObject::open_tables() {
  if (schema_.stacks.map) stacks_ = std::make_unique<Stacks>(schema_.stacks);
  for (const Table &table : schema_.tables) {
    if (table.ring)
      rings_.try_emplace(table.name, table, stacks_.get());
    else
      maps_.try_emplace(table.name, table, stacks_.get());
  }
}

bpf_program *BpfObject::program(const std::string &name) const {
  bpf_program *program = bpf_object__find_program_by_name(object_, name.c_str());
  if (!program) fail("ARGUMENT", name_ + " has no program " + name);
  return program;
}

// Not on the main thread: the kernel ends a link only when no CPU runs its program any more, tens of
// milliseconds for one tracepoint.
Napi::Value BpfObject::detach_links(Napi::Env env, std::function<void()> then) {
  detached_ = true;
  auto result = [then](Napi::Env env) {
    then();
    return env.Undefined();
  };
  return (new Task(
              env, [links = links_] { links->detach(); }, result))
      ->start();
}

Napi::Value BpfObject::detach(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] {
    expect(State::Loaded, "detach");
    return detach_links(info.Env(), [] {});
  });
}

Napi::Value BpfObject::close(const Napi::CallbackInfo &info) {
  if (state_ == State::Loading) {
    state_ = State::Closed;
    closing_ = Napi::Promise::Deferred::New(info.Env());
    return closing_->Promise();
  }
  if (state_ == State::Loaded) {
    state_ = State::Closed;
    return detach_links(info.Env(), [this] {
      release();
      Unref();
    });
  }
  release();
  return info.Env().Undefined();
}
