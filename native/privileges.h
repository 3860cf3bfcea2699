#pragma once
#include <napi.h>

// (capabilities, user, group, command): does not return when it went well.
Napi::Value restart_with_less(const Napi::CallbackInfo &info);

Napi::Value give_none_on(const Napi::CallbackInfo &info);
