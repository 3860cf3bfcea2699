// An address with its name.
#pragma once
#include <cstdint>
#include <string>

// In the order of FRAME_KINDS in symbols.ts.
enum class FrameKind : uint8_t { Kernel, User, Jit, Unknown, Inlined };

struct Frame {
  std::string name, module;
  FrameKind kind;
};

std::string hex(uint64_t number);
