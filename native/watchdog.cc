// Notices when the event loop stands still, which the loop itself cannot say: a thread that counts its own
// turns, not the clock, so that a process that was stopped as a whole (SIGSTOP, a suspended machine) is not
// blamed.
#include "watchdog.h"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>
#include <unistd.h>

static std::atomic<uint64_t> beats{0};

// As pino writes its lines: the log is one stream. It cannot be asked to, as it lives in the loop.
static void say(int level, unsigned seconds, const char *what) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  char line[256];
  int length = snprintf(
      line, sizeof line, "{\"level\":%d,\"time\":%lld,\"pid\":%d,\"seconds\":%u,\"msg\":\"%s\"}\n", level,
      static_cast<long long>(now.tv_sec) * 1000 + now.tv_nsec / 1000000, getpid(), seconds, what);
  if (write(STDERR_FILENO, line, length) < 0) return; // nobody reads it
}

static void watch(unsigned warn, unsigned end) {
  uint64_t seen = 0;
  for (unsigned still = 0;; still++) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    uint64_t now = beats;
    if (now != seen) still = 0;
    seen = now;
    if (still == warn) say(50, still, "the event loop stands still");
    if (still < end) continue;
    // Whoever started the server starts it again, and it brings the pinned runs back.
    say(60, still, "the event loop stood still for so long that the server ends itself");
    _exit(70);
  }
}

Napi::Value start_watchdog(const Napi::CallbackInfo &info) {
  unsigned warn = info[0].As<Napi::Number>().Uint32Value(), end = info[1].As<Napi::Number>().Uint32Value();
  std::thread(watch, warn, end).detach();
  return info.Env().Undefined();
}

Napi::Value beat(const Napi::CallbackInfo &info) {
  beats++;
  return info.Env().Undefined();
}
