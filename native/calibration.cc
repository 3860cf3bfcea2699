// Loops of known length, so that what a probe adds to a turn can be told: see server/runs/calibration.ts.
#include "calibration.h"
#include <algorithm>
#include <ctime>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

// Two functions to put uprobes on: the kernel emulates the first instruction of one, and must single-step
// that of the other, at twice the price (arch/x86/kernel/uprobes.c). Other machines have the second kind
// only.
#define FUNCTION(name, code)                                                                                 \
  asm(".text\n.globl " #name "\n.type " #name ", %function\n" #name ": " code "\n.size " #name ", .-" #name  \
      "\n");                                                                                                 \
  extern "C" void name()
#if defined(__x86_64__)
FUNCTION(ringside_emulated, "push %rbp; pop %rbp; ret");
FUNCTION(ringside_stepped, "mov %rdi, %rax; ret");
#else
FUNCTION(ringside_emulated, "mov x1, x0; ret");
FUNCTION(ringside_stepped, "mov x1, x0; ret");
#endif

static double now(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

// Nanoseconds of this thread's CPU time a turn: what other programs take is not in it.
static Napi::Value time_loop(const Napi::CallbackInfo &info) {
  std::string what = info[0].As<Napi::String>();
  uint32_t turns = info[1].As<Napi::Number>();
  double start = now(CLOCK_THREAD_CPUTIME_ID);
  if (what == "call")
    for (uint32_t i = 0; i < turns; i++)
      syscall(SYS_getsid, 0);
  else if (what == "emulated")
    for (uint32_t i = 0; i < turns; i++)
      ringside_emulated();
  else
    for (uint32_t i = 0; i < turns; i++)
      ringside_stepped();
  return Napi::Number::New(info.Env(), (now(CLOCK_THREAD_CPUTIME_ID) - start) / turns);
}

// Share of the time that interrupts took from a loop: what lies between two readings of the clock when that
// is more than reading it takes, and less than another program would stay.
static Napi::Value share_of_gaps(const Napi::CallbackInfo &info) {
  const double least = 300, most = 60e3, length = info[0].As<Napi::Number>().DoubleValue() * 1e6;
  double start = now(CLOCK_MONOTONIC), last = start, gaps = 0, away = 0;
  while (last - start < length) {
    double at = now(CLOCK_MONOTONIC), gap = at - last;
    if (gap > most)
      away += gap;
    else if (gap > least)
      gaps += gap;
    last = at;
  }
  return Napi::Number::New(info.Env(), gaps / std::max(1.0, last - start - away));
}

void define_calibration(Napi::Env env, Napi::Object exports) {
  exports.Set("timeLoop", Napi::Function::New(env, time_loop));
  exports.Set("shareOfGaps", Napi::Function::New(env, share_of_gaps));
}
