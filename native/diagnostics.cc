#include "diagnostics.h"
#include "failure.h"
#include <bpf/libbpf.h>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

// Each worker thread of Node has its own calls under way.
static thread_local std::string captured;

static int keep(libbpf_print_level level, const char *format, va_list args) {
  if (level > LIBBPF_INFO) return 0;
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length <= 0) return 0;
  size_t before = captured.size();
  captured.resize(before + length + 1);
  vsnprintf(&captured[before], length + 1, format, args);
  captured.resize(before + length);
  return 0;
}

void capture_diagnostics() {
  libbpf_set_print(keep);
}

void clear_diagnostics() {
  captured.clear();
}

const std::string &diagnostics() {
  return captured;
}

void fail_errno(int error, const std::string &message, const char *code) {
  char text[128];
  libbpf_strerror(std::abs(error), text, sizeof text);
  throw Failure{code, std::abs(error), message + ": " + text};
}
