#pragma once
#include <napi.h>

// (seconds until it is told, seconds until the process is ended).
Napi::Value start_watchdog(const Napi::CallbackInfo &info);
Napi::Value beat(const Napi::CallbackInfo &info);
