#pragma once
#include <napi.h>

void define_calibration(Napi::Env env, Napi::Object exports);
