// What /proc tells of a process.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

// An executable mapping, a line of /proc/PID/maps.
struct Mapping {
  uint64_t start, end, offset, inode;
  std::string device, path;
};

// Differs when the pid was given to another process, or the process executed another file.
struct Identity {
  std::string start_time; // empty: there is no such process
  std::string executable; // device and inode; empty: not ours to know, or the process is ending
  bool is_still(const Identity &before) const {
    return start_time == before.start_time && (executable.empty() || executable == before.executable);
  }
};

Identity identity_of(const std::string &proc);

std::vector<Mapping> executable_mappings(const std::string &proc);

// The pid that the process knows itself by, in its own namespace.
std::string inner_pid(const std::string &proc, uint32_t pid);
