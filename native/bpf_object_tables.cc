// What an object gives: its schema, batches of its tables, stacks, statistics.
#include "bpf_object.h"
#include "helper_names.h"
#include <bpf/bpf.h>
#include <cstring>
#include <fstream>
#include <set>

static Napi::Object describe(Napi::Env env, const std::string &name, Type type, const std::string &meaning,
                             uint32_t size) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", name);
  object.Set("type", name_of(type));
  object.Set("meaning", meaning);
  object.Set("size", size);
  return object;
}

static Napi::Object describe(Napi::Env env, const Table &table) {
  Napi::Array columns = Napi::Array::New(env);
  for (const Column &column : table.columns) {
    Napi::Object object = describe(env, column.name, column.type, column.meaning, column.batch_size());
    object.Set("key", column.key);
    columns.Set(columns.Length(), object);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", table.name);
  object.Set("kind", table.ring ? "ring" : "map");
  object.Set("columns", columns);
  if (table.ring) object.Set("ringBytes", bpf_map__max_entries(table.map));
  return object;
}

// A type that this libbpf does not know has no word.
static std::string text_of(const char *word) {
  return word ? word : "";
}

// Those that the program itself calls; a function that it calls in turn is not looked into.
static Napi::Array helpers_of(Napi::Env env, const bpf_program *program) {
  const bpf_insn *code = bpf_program__insns(program);
  std::set<std::string> names;
  for (size_t i = 0; i < bpf_program__insn_cnt(program); i++)
    if (code[i].code == (BPF_JMP | BPF_CALL) && !code[i].src_reg)
      names.insert(text_of(helper_name(uint32_t(code[i].imm))));
  Napi::Array result = Napi::Array::New(env);
  for (const std::string &name : names)
    result.Set(result.Length(), name);
  return result;
}

Napi::Value BpfObject::schema(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  Napi::Array programs = Napi::Array::New(env), tables = Napi::Array::New(env),
              parameters = Napi::Array::New(env);
  bpf_program *program;
  bpf_object__for_each_program(program, object_) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("name", bpf_program__name(program));
    object.Set("section", bpf_program__section_name(program));
    object.Set("type", text_of(libbpf_bpf_prog_type_str(bpf_program__type(program))));
    object.Set("helpers", helpers_of(env, program));
    programs.Set(programs.Length(), object);
  }
  for (const Table &table : schema_.tables)
    tables.Set(tables.Length(), describe(env, table));
  size_t size = 0;
  const uint8_t *rodata = rodata_of(object_, &size);
  for (const Parameter &parameter : schema_.parameters) {
    Napi::Object object = describe(env, parameter.name, parameter.type, parameter.meaning, parameter.size);
    object.Set("default", Napi::Buffer<uint8_t>::Copy(env, rodata + parameter.offset, parameter.size));
    parameters.Set(parameters.Length(), object);
  }
  Napi::Array map_types = Napi::Array::New(env);
  bpf_map *map;
  bpf_object__for_each_map(map, object_)
      map_types.Set(map_types.Length(), text_of(libbpf_bpf_map_type_str(bpf_map__type(map))));
  Napi::Object object = Napi::Object::New(env);
  object.Set("programs", programs);
  object.Set("mapTypes", map_types);
  object.Set("tables", tables);
  object.Set("parameters", parameters);
  Napi::Array variables = Napi::Array::New(env);
  for (const Parameter &variable : schema_.variables)
    variables.Set(variables.Length(), variable.name);
  object.Set("variables", variables);
  return object;
}

Napi::Value BpfObject::drain(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Napi::Env env = info.Env();
    expect(State::Loaded, "drain");
    std::string name = info[0].As<Napi::String>();
    auto at = rings_.find(name);
    if (at == rings_.end()) fail("ARGUMENT", name_ + " has no ring " + name);
    RingReader &ring = at->second;
    auto into = info[1].As<Napi::Uint8Array>();
    if (!ring.holds_row(into.ByteLength()))
      fail("ARGUMENT",
           "A row of " + name + " may not fit into " + std::to_string(into.ByteLength()) + " bytes");
    const Columns &rows = ring.read(into.ByteLength());
    if (rows.rows()) rows.write(into.Data());
    ring.release();
    if (!rows.rows()) return Napi::Number::New(env, 0);
    if (stacks_) stacks_->make_room();
    return Napi::Number::New(env, double(rows.bytes()));
  });
}

Napi::Value BpfObject::read(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    expect(State::Loaded, "read");
    std::string name = info[0].As<Napi::String>();
    auto at = maps_.find(name);
    if (at == maps_.end()) fail("ARGUMENT", name_ + " has no map " + name);
    const Columns &rows = at->second.read();
    auto buffer = Napi::Buffer<uint8_t>::New(info.Env(), rows.bytes());
    rows.write(buffer.Data());
    if (stacks_) stacks_->make_room();
    return buffer;
  });
}

Napi::Value BpfObject::new_stacks(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    expect(State::Loaded, "newStacks");
    Napi::Env env = info.Env();
    Napi::Array result = Napi::Array::New(env);
    if (!stacks_) return result;
    for (const Stack &stack : stacks_->take()) {
      auto frames = Napi::BigUint64Array::New(env, stack.frames.size(), napi_biguint64_array);
      std::copy(stack.frames.begin(), stack.frames.end(), frames.Data());
      Napi::Object object = Napi::Object::New(env);
      object.Set("id", stack.id);
      object.Set("pid", stack.pid);
      object.Set("frames", frames);
      result.Set(result.Length(), object);
    }
    return result;
  });
}

Napi::Value BpfObject::missing_stacks(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] {
    expect(State::Loaded, "missingStacks");
    return Napi::Number::New(info.Env(), stacks_ ? double(stacks_->missing()) : 0);
  });
}

Napi::Value BpfObject::stats(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] {
    expect(State::Loaded, "stats");
    Napi::Env env = info.Env();
    Napi::Array result = Napi::Array::New(env);
    bpf_program *program;
    bpf_object__for_each_program(program, object_) {
      if (!bpf_program__autoload(program)) continue;
      bpf_prog_info about{};
      uint32_t size = sizeof about;
      int error = bpf_obj_get_info_by_fd(bpf_program__fd(program), &about, &size);
      if (error) fail_errno(error, std::string("Cannot read statistics of ") + bpf_program__name(program));
      Napi::Object object = Napi::Object::New(env);
      object.Set("name", bpf_program__name(program));
      object.Set("runs", Napi::BigInt::New(env, uint64_t(about.run_cnt)));
      object.Set("nsec", Napi::BigInt::New(env, uint64_t(about.run_time_ns)));
      result.Set(result.Length(), object);
    }
    return result;
  });
}

// What the kernel charges for a map: the line "memlock:" of its file descriptor, bytes.
static double bytes_of(const bpf_map *map) {
  std::ifstream about("/proc/self/fdinfo/" + std::to_string(bpf_map__fd(map)));
  std::string word;
  double bytes = 0;
  while (about >> word)
    if (word == "memlock:") about >> bytes;
  return bytes;
}

Napi::Value BpfObject::map_bytes(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] {
    expect(State::Loaded, "mapBytes");
    double bytes = 0;
    bpf_map *map;
    bpf_object__for_each_map(map, object_) if (bpf_map__fd(map) >= 0) bytes += bytes_of(map);
    return Napi::Number::New(info.Env(), bytes);
  });
}

// The programs see it at once: libbpf keeps .bss mapped.
void BpfObject::set(const Napi::CallbackInfo &info) {
  guarded(info.Env(), [&] {
    expect(State::Loaded, "set");
    std::string name = info[0].As<Napi::String>();
    uint32_t value = info[1].As<Napi::Number>();
    bpf_map *map = bpf_object__find_map_by_name(object_, ".bss");
    size_t size = 0;
    void *bss = map ? const_cast<void *>(bpf_map__initial_value(map, &size)) : nullptr;
    for (const Parameter &variable : schema_.variables) {
      if (!bss || variable.name != name || variable.offset + sizeof value > size) continue;
      std::memcpy(static_cast<uint8_t *>(bss) + variable.offset, &value, sizeof value);
      return;
    }
    fail("ARGUMENT", name_ + " has no variable " + name);
  });
}
