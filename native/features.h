// What the kernel has and what it lets this process do, found by trying. Each takes a fraction of a second,
// off the main thread.
#pragma once
#include <napi.h>

// { programTypes: { name, there, helpers }[], mapTypes: { name, there }[] }
Napi::Value probe_features(const Napi::CallbackInfo &info);

// { name, errno, detail }[]: what of tracing was tried, 0 where it went well, and the verifier's words
// otherwise.
Napi::Value try_tracing(const Napi::CallbackInfo &info);
