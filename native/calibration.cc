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

// What a look at both clocks takes of this thread, nanoseconds: the least of some, as interrupts come
// between.
static double cost_of_looking() {
  double least = 1e9, last = now(CLOCK_THREAD_CPUTIME_ID);
  for (int i = 0; i < 100; i++) {
    now(CLOCK_MONOTONIC);
    double at = now(CLOCK_THREAD_CPUTIME_ID);
    least = std::min(least, at - last);
    last = at;
  }
  return least;
}

// The thread's CPU time while it looks at the clock, and what of it interrupts took: between two looks more
// time goes by than a look takes. Of such a gap, CPU time alone counts: the rest went to other programs.
static Napi::Value lost_to_interrupts(const Napi::CallbackInfo &info) {
  const double gap = 300, length = info[0].As<Napi::Number>().DoubleValue() * 1e6,
               looking = cost_of_looking();
  double begin = now(CLOCK_THREAD_CPUTIME_ID), spent = begin, lost = 0;
  double start = now(CLOCK_MONOTONIC), since = start, last = start;
  while (last - start < length) {
    double at = now(CLOCK_MONOTONIC);
    if (at - last < gap) {
      last = at;
      continue;
    }
    double after = now(CLOCK_THREAD_CPUTIME_ID);
    lost += after - spent - (last - since) - looking;
    spent = after;
    since = last = now(CLOCK_MONOTONIC);
  }
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("lost", std::max(0.0, lost));
  result.Set("spent", now(CLOCK_THREAD_CPUTIME_ID) - begin);
  return result;
}

void define_calibration(Napi::Env env, Napi::Object exports) {
  exports.Set("timeLoop", Napi::Function::New(env, time_loop));
  exports.Set("lostToInterrupts", Napi::Function::New(env, lost_to_interrupts));
}
