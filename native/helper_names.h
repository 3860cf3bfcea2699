// Names of the kernel's helpers by number, as <linux/bpf.h> of the build machine lists them.
#pragma once
#include <cstdint>

// Numbers are below this; 0 is none.
extern const uint32_t HELPERS;

// "bpf_map_lookup_elem"; null for one that is newer than that header.
const char *helper_name(uint32_t number);
