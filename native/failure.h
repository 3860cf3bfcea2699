// What went wrong, before native/errors.ts makes a BpfError of it.
#pragma once
#include <string>
#include <utility>

struct Failure {
  std::string code; // a BpfErrorCode; empty: errors.ts derives it from `error` and libbpf's words
  int error;        // an errno, or one of libbpf's own numbers (4000 and above); 0: none
  std::string message;
};

[[noreturn]] inline void fail(const char *code, std::string message) {
  throw Failure{code, 0, std::move(message)};
}

// `error` may be negative, as libbpf returns it; its text is put behind the message.
[[noreturn]] void fail_errno(int error, const std::string &message, const char *code = "");
