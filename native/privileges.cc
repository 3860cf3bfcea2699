// Gives privileges up for good, and starts this program again without them: a process's threads each have
// their own, and Node has started its own threads before it calls us. By system calls alone: no libcap.
#include "privileges.h"
#include "binding.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

// include/uapi/linux/capability.h has 41 today; the kernel's masks have room for these.
static const unsigned MASK_BITS = 64;

static __user_cap_header_struct header() {
  return {_LINUX_CAPABILITY_VERSION_3, 0};
}

static void must(long result, const char *what) {
  if (result) fail_errno(errno, std::string("Cannot give privileges up: ") + what);
}

static uint64_t permitted() {
  __user_cap_header_struct head = header();
  __user_cap_data_struct parts[_LINUX_CAPABILITY_U32S_3] = {};
  must(syscall(SYS_capget, &head, parts), "capget");
  return parts[0].permitted | uint64_t(parts[1].permitted) << 32;
}

static void set_capabilities(uint64_t mask) {
  __user_cap_header_struct head = header();
  __user_cap_data_struct parts[_LINUX_CAPABILITY_U32S_3];
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    auto part = uint32_t(mask >> (32 * i));
    parts[i] = {part, part, part};
  }
  must(syscall(SYS_capset, &head, parts), "capset");
}

// Raw system calls act on this thread only, which is the one that goes on.
static void become(uint32_t user, uint32_t group) {
  must(prctl(PR_SET_KEEPCAPS, 1), "prctl");
  must(syscall(SYS_setgroups, 0, nullptr), "setgroups");
  must(syscall(SYS_setresgid, group, group, group), "setresgid");
  must(syscall(SYS_setresuid, user, user, user), "setresuid");
}

static void restart_with(uint64_t keep, uint32_t user, uint32_t group,
                         const std::vector<std::string> &command) {
  keep &= permitted();
  // What is out of the bounding set does not come back by anything that is started. It takes CAP_SETPCAP;
  // without that, PR_SET_NO_NEW_PRIVS does the same for what root's identity would bring.
  for (unsigned bit = 0; bit < MASK_BITS; bit++)
    if (!(keep >> bit & 1)) prctl(PR_CAPBSET_DROP, bit, 0, 0, 0);
  if (user) become(user, group);
  set_capabilities(keep);
  for (unsigned bit = 0; bit < MASK_BITS; bit++)
    if (keep >> bit & 1) prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0);
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  // Node keeps what it was started with from the programs that it starts.
  for (int stream = 0; stream <= 2; stream++)
    fcntl(stream, F_SETFD, 0);
  std::vector<char *> words;
  for (const std::string &word : command)
    words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);
  must(execve(words[0], words.data(), environ), words[0]);
}

Napi::Value restart_with_less(const Napi::CallbackInfo &info) {
  return guarded(info.Env(), [&] {
    uint64_t keep = 0;
    auto bits = info[0].As<Napi::Array>();
    for (uint32_t i = 0; i < bits.Length(); i++)
      keep |= uint64_t(1) << bits.Get(i).As<Napi::Number>().Uint32Value();
    std::vector<std::string> command;
    auto words = info[3].As<Napi::Array>();
    for (uint32_t i = 0; i < words.Length(); i++)
      command.push_back(words.Get(i).As<Napi::String>());
    restart_with(keep, info[1].As<Napi::Number>(), info[2].As<Napi::Number>(), command);
    return info.Env().Undefined();
  });
}

// Of this thread, which is the one that Node starts programs from.
Napi::Value give_none_on(const Napi::CallbackInfo &info) {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return info.Env().Undefined();
}
