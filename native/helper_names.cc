#include "helper_names.h"
#include <linux/bpf.h>

#define QUOTED(name) "bpf_" #name
static const char *const NAMES[] = {__BPF_FUNC_MAPPER(QUOTED)};
#undef QUOTED

const uint32_t HELPERS = sizeof NAMES / sizeof *NAMES;

const char *helper_name(uint32_t number) {
  return number && number < HELPERS ? NAMES[number] : nullptr;
}
