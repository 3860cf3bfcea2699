// libbpf explains itself on a callback, not in its results: this keeps its words for the error that follows.
#pragma once
#include <string>

void capture_diagnostics();
void clear_diagnostics();
// Everything at level "info" and above since the last clear, on this thread.
const std::string &diagnostics();
