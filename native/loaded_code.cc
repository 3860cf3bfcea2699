// The code of a program as the kernel runs it, and the source it came from.
#include "loaded.h"
#include "task.h"
#include <bpf/bpf.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace {
struct Line {
  std::string file, text;
  uint32_t number;
};
struct Function {
  uint32_t at;
  std::string name;
};
struct Code {
  std::vector<uint8_t> translated, compiled;
  std::vector<bpf_line_info> line_infos;
  std::vector<uint64_t> compiled_lines, functions_at;
  std::vector<uint32_t> function_bytes;
  std::vector<bpf_func_info> function_infos;
  std::vector<Line> lines;
  std::vector<Function> functions;
};
} // namespace

static uint64_t place(const void *at) {
  return uint64_t(uintptr_t(at));
}

// Asks how much there is, makes room, and asks for it.
static void read_code(const Fd &fd, Code &code, uint32_t &btf_id) {
  bpf_prog_info sizes{};
  uint32_t size = sizeof sizes;
  if (bpf_obj_get_info_by_fd(fd.get(), &sizes, &size)) fail_errno(errno, "Cannot read the program");
  btf_id = sizes.btf_id;
  code.translated.resize(sizes.xlated_prog_len);
  code.compiled.resize(sizes.jited_prog_len);
  code.functions_at.resize(sizes.nr_jited_ksyms);
  code.function_bytes.resize(sizes.nr_jited_func_lens);
  code.line_infos.resize(sizes.nr_line_info);
  code.compiled_lines.resize(sizes.nr_jited_line_info);
  code.function_infos.resize(sizes.nr_func_info);
  bpf_prog_info about{};
  about.xlated_prog_len = sizes.xlated_prog_len;
  about.xlated_prog_insns = place(code.translated.data());
  about.jited_prog_len = sizes.jited_prog_len;
  about.jited_prog_insns = place(code.compiled.data());
  about.nr_jited_ksyms = sizes.nr_jited_ksyms;
  about.jited_ksyms = place(code.functions_at.data());
  about.nr_jited_func_lens = sizes.nr_jited_func_lens;
  about.jited_func_lens = place(code.function_bytes.data());
  about.nr_line_info = sizes.nr_line_info;
  about.line_info_rec_size = sizeof(bpf_line_info);
  about.line_info = place(code.line_infos.data());
  about.nr_jited_line_info = sizes.nr_jited_line_info;
  about.jited_line_info_rec_size = sizeof(uint64_t);
  about.jited_line_info = place(code.compiled_lines.data());
  about.nr_func_info = sizes.nr_func_info;
  about.func_info_rec_size = sizeof(bpf_func_info);
  about.func_info = place(code.function_infos.data());
  if (bpf_obj_get_info_by_fd(fd.get(), &about, &size)) fail_errno(errno, "Cannot read the program's code");
  // Without CAP_BPF and CAP_PERFMON, or under lockdown, the kernel keeps one or the other to itself.
  if (!about.xlated_prog_insns) code.translated.clear();
  if (!about.jited_prog_insns) code.compiled.clear();
}

static std::string at_offset(const btf *types, uint32_t offset) {
  const char *text = btf__name_by_offset(types, offset);
  return text ? text : "";
}

static void name_lines(const btf *types, Code &code) {
  for (const bpf_line_info &info : code.line_infos)
    code.lines.push_back({at_offset(types, info.file_name_off), at_offset(types, info.line_off),
                          uint32_t(BPF_LINE_INFO_LINE_NUM(info.line_col))});
  for (const bpf_func_info &info : code.function_infos) {
    const btf_type *type = btf__type_by_id(types, info.type_id);
    code.functions.push_back({info.insn_off, type ? at_offset(types, type->name_off) : ""});
  }
}

static Napi::Value to_object(Napi::Env env, const Code &code) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array lines = Napi::Array::New(env), functions = Napi::Array::New(env);
  for (size_t i = 0; i < code.lines.size(); i++) {
    Napi::Object line = Napi::Object::New(env);
    line.Set("at", code.line_infos[i].insn_off);
    line.Set("file", code.lines[i].file);
    line.Set("text", code.lines[i].text);
    line.Set("number", code.lines[i].number);
    if (i < code.compiled_lines.size())
      line.Set("compiledAt", Napi::BigInt::New(env, code.compiled_lines[i]));
    lines.Set(uint32_t(i), line);
  }
  for (size_t i = 0; i < code.function_bytes.size(); i++) {
    Napi::Object function = Napi::Object::New(env);
    function.Set("name", i < code.functions.size() ? code.functions[i].name : "");
    function.Set("at", i < code.functions.size() ? code.functions[i].at : 0);
    function.Set("address", Napi::BigInt::New(env, i < code.functions_at.size() ? code.functions_at[i] : 0));
    function.Set("bytes", code.function_bytes[i]);
    functions.Set(uint32_t(i), function);
  }
  object.Set("translated", Napi::Buffer<uint8_t>::Copy(env, code.translated.data(), code.translated.size()));
  object.Set("compiled", Napi::Buffer<uint8_t>::Copy(env, code.compiled.data(), code.compiled.size()));
  object.Set("lines", lines);
  object.Set("functions", functions);
  return object;
}

Napi::Value read_program(const Napi::CallbackInfo &info) {
  auto code = std::make_shared<Code>();
  uint32_t id = info[0].As<Napi::Number>();
  auto work = [=] {
    Fd fd = open_loaded(Kind::Program, id);
    if (fd.error()) fail_errno(fd.error(), "Program " + std::to_string(id));
    uint32_t btf_id = 0;
    read_code(fd, *code, btf_id);
    if (auto types = types_of(btf_id)) name_lines(types.get(), *code);
  };
  return (new Task(info.Env(), work, [=](Napi::Env env) { return to_object(env, *code); }))->start();
}

// One pass over 10 MB of text for all that is asked.
static void each_symbol(const std::function<void(uint64_t, const char *)> &take) {
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen("/proc/kallsyms", "re"), fclose);
  char line[1024];
  while (file && fgets(line, sizeof line, file.get())) {
    char *at;
    uint64_t address = strtoull(line, &at, 16);
    if (!address || *at != ' ' || !at[1] || at[2] != ' ') continue;
    char *name = at + 3;
    name[std::strcspn(name, "\t\n")] = '\0';
    take(address, name);
  }
}

static uint64_t call_base() {
  static std::mutex once;
  static uint64_t base = 0;
  std::lock_guard<std::mutex> guard(once);
  if (!base)
    each_symbol([](uint64_t address, const char *name) {
      if (!std::strcmp(name, "__bpf_call_base")) base = address;
    });
  return base;
}

static Napi::Array texts(Napi::Env env, const std::vector<std::string> &names) {
  Napi::Array result = Napi::Array::New(env, names.size());
  for (uint32_t i = 0; i < names.size(); i++)
    result.Set(i, names[i]);
  return result;
}

Napi::Value name_calls(const Napi::CallbackInfo &info) {
  struct Request {
    std::vector<uint64_t> addresses;
    std::vector<std::string> names;
    size_t calls;
  };
  auto request = std::make_shared<Request>();
  auto calls = info[0].As<Napi::Int32Array>();
  auto addresses = info[1].As<Napi::BigUint64Array>();
  std::vector<int32_t> offsets(calls.Data(), calls.Data() + calls.ElementLength());
  request->calls = offsets.size();
  request->addresses.assign(addresses.Data(), addresses.Data() + addresses.ElementLength());
  auto work = [=] {
    uint64_t base = offsets.empty() ? 0 : call_base();
    std::vector<uint64_t> wanted;
    for (int32_t offset : offsets)
      wanted.push_back(base && offset ? base + int64_t(offset) : 0);
    wanted.insert(wanted.end(), request->addresses.begin(), request->addresses.end());
    std::unordered_map<uint64_t, std::string> names;
    for (uint64_t address : wanted)
      if (address) names[address];
    if (!names.empty())
      each_symbol([&](uint64_t address, const char *name) {
        auto at = names.find(address);
        if (at != names.end() && at->second.empty()) at->second = name;
      });
    for (uint64_t address : wanted)
      request->names.push_back(address ? names[address] : "");
  };
  auto result = [=](Napi::Env env) -> Napi::Value {
    auto middle = request->names.begin() + request->calls;
    Napi::Object object = Napi::Object::New(env);
    object.Set("calls", texts(env, {request->names.begin(), middle}));
    object.Set("addresses", texts(env, {middle, request->names.end()}));
    return object;
  };
  return (new Task(info.Env(), work, result))->start();
}
