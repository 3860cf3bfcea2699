// The kernel's types that tools ask for, kept small: a load that has to read all of the kernel's BTF (5 MiB,
// in reads of a page) spends most of its time there.
#pragma once
#include <napi.h>
#include <sys/stat.h>

// Reads the kernel's BTF once and keeps, in memory, what the CO-RE relocations of these object files refer
// to; the number of files that it holds all of it for. For the others libbpf reads all of it at each load, as
// it does for everything before this call.
Napi::Value keep_kernel_types(const Napi::CallbackInfo &info);

// A path to what was kept, for btf_custom_path; null for a file that it was not kept for.
const char *kept_kernel_types(const struct stat &object);
