// What is in a map: a page of its keys and values, as bytes and, where the map has types, as text.
#include "loaded.h"
#include "task.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cstdarg>
#include <cstdio>
#include <cstring>

// A walk of a map that is written meanwhile may meet keys again.
static const uint64_t MOST_KEYS = 1 << 24;

namespace {
struct Row {
  std::vector<uint8_t> key, value;
  std::string key_text, value_text, error;
};
struct Page {
  std::vector<Row> rows;
  bool more = false;
  bool restarted = false; // the key to go on behind was gone
};

// Text of values by their type, as C writes it.
class Printer {
public:
  explicit Printer(const bpf_map_info &about) : key_(about.btf_key_type_id), value_(about.btf_value_type_id) {
    types_ = types_of(about.btf_id);
    if (types_) dump_ = btf_dump__new(types_.get(), append, &text_, nullptr);
  }
  Printer(const Printer &) = delete;
  ~Printer() { btf_dump__free(dump_); }
  std::string key(const std::vector<uint8_t> &bytes) { return print(key_, bytes.data(), bytes.size()); }
  std::string value(const uint8_t *bytes, size_t size) { return print(value_, bytes, size); }

private:
  static void append(void *text, const char *format, va_list args) {
    char piece[1024];
    vsnprintf(piece, sizeof piece, format, args);
    static_cast<std::string *>(text)->append(piece);
  }
  std::string print(uint32_t type, const uint8_t *bytes, size_t size) {
    if (!dump_ || !type) return "";
    text_.clear();
    LIBBPF_OPTS(btf_dump_type_data_opts, options, .compact = true, .skip_names = false, .emit_zeroes = true);
    return btf_dump__dump_type_data(dump_, type, bytes, size, &options) < 0 ? "" : text_;
  }

  uint32_t key_, value_;
  std::shared_ptr<btf> types_;
  btf_dump *dump_ = nullptr;
  std::string text_;
};
} // namespace

static bool per_cpu(uint32_t type) {
  return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
         type == BPF_MAP_TYPE_LRU_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static bpf_map_info about_map(const Fd &fd, uint32_t id) {
  if (fd.error()) fail_errno(fd.error(), "Map " + std::to_string(id));
  bpf_map_info about{};
  uint32_t size = sizeof about;
  if (bpf_obj_get_info_by_fd(fd.get(), &about, &size)) fail_errno(errno, "Map " + std::to_string(id));
  return about;
}

static void print_value(Printer &printer, Row &row, uint32_t value_size, size_t stride) {
  if (row.value.size() == value_size) {
    row.value_text = printer.value(row.value.data(), value_size);
    return;
  }
  for (size_t cpu = 0; cpu * stride < row.value.size(); cpu++) {
    std::string text = printer.value(&row.value[cpu * stride], value_size);
    if (!text.empty()) row.value_text += (cpu ? "\nCPU " : "CPU ") + std::to_string(cpu) + ": " + text;
  }
}

static void read_page(uint32_t id, std::vector<uint8_t> after, uint32_t most, Page &page) {
  Fd fd = open_loaded(Kind::Map, id);
  bpf_map_info about = about_map(fd, id);
  if (!about.key_size) fail("UNSUPPORTED", "Map " + std::to_string(id) + " has no keys to go through");
  if (!after.empty() && after.size() != about.key_size)
    fail("ARGUMENT",
         "A key of map " + std::to_string(id) + " has " + std::to_string(about.key_size) + " bytes");
  Printer printer(about);
  size_t stride = about.value_size;
  int cpus = per_cpu(about.type) ? libbpf_num_possible_cpus() : 1;
  if (cpus > 1 || per_cpu(about.type)) stride = (stride + 7) / 8 * 8;
  std::vector<uint8_t> value(stride * size_t(cpus > 0 ? cpus : 1));
  // The kernel begins again where the key is not there any more.
  page.restarted =
      !after.empty() && bpf_map_lookup_elem(fd.get(), after.data(), value.data()) && errno == ENOENT;
  std::vector<uint8_t> key = std::move(after), next(about.key_size);
  for (;;) {
    int error = -bpf_map_get_next_key(fd.get(), key.empty() ? nullptr : key.data(), next.data());
    if (error == ENOENT) return;
    if (error) fail_errno(error, "The kernel does not go through map " + std::to_string(id));
    if (page.rows.size() == most) {
      page.more = true;
      return;
    }
    Row row;
    row.key = next;
    row.key_text = printer.key(next);
    if (!bpf_map_lookup_elem(fd.get(), next.data(), value.data())) {
      row.value.assign(value.begin(), value.end());
      if (!per_cpu(about.type)) row.value.resize(about.value_size);
      print_value(printer, row, about.value_size, stride);
    } else {
      row.error = std::strerror(errno);
    }
    page.rows.push_back(std::move(row));
    key = next;
  }
}

static Napi::Value to_object(Napi::Env env, const Page &page) {
  Napi::Array rows = Napi::Array::New(env, page.rows.size());
  for (uint32_t i = 0; i < page.rows.size(); i++) {
    const Row &row = page.rows[i];
    Napi::Object object = Napi::Object::New(env);
    object.Set("key", Napi::Buffer<uint8_t>::Copy(env, row.key.data(), row.key.size()));
    object.Set("value", Napi::Buffer<uint8_t>::Copy(env, row.value.data(), row.value.size()));
    object.Set("keyText", row.key_text);
    object.Set("valueText", row.value_text);
    object.Set("error", row.error);
    rows.Set(i, object);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("rows", rows);
  object.Set("more", page.more);
  object.Set("restarted", page.restarted);
  return object;
}

Napi::Value read_map(const Napi::CallbackInfo &info) {
  auto page = std::make_shared<Page>();
  uint32_t id = info[0].As<Napi::Number>(), most = info[2].As<Napi::Number>();
  auto bytes = info[1].As<Napi::Buffer<uint8_t>>();
  std::vector<uint8_t> after(bytes.Data(), bytes.Data() + bytes.Length());
  auto work = [=] { read_page(id, after, most, *page); };
  return (new Task(info.Env(), work, [=](Napi::Env env) { return to_object(env, *page); }))->start();
}

Napi::Value count_map(const Napi::CallbackInfo &info) {
  auto count = std::make_shared<uint64_t>(0);
  uint32_t id = info[0].As<Napi::Number>();
  auto work = [=] {
    Fd fd = open_loaded(Kind::Map, id);
    bpf_map_info about = about_map(fd, id);
    if (!about.key_size) fail("UNSUPPORTED", "Map " + std::to_string(id) + " has no keys to count");
    std::vector<uint8_t> key(about.key_size), next(about.key_size);
    while (*count < MOST_KEYS) {
      int error = -bpf_map_get_next_key(fd.get(), *count ? key.data() : nullptr, next.data());
      if (error == ENOENT) return;
      if (error) fail_errno(error, "The kernel does not go through map " + std::to_string(id));
      key.swap(next);
      ++*count;
    }
  };
  auto result = [=](Napi::Env env) -> Napi::Value { return Napi::Number::New(env, double(*count)); };
  return (new Task(info.Env(), work, result))->start();
}
