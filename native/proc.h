// What /proc tells of a process.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// An executable mapping, a line of /proc/PID/maps.
struct Mapping {
  uint64_t start, end, offset, inode;
  std::string device, path;
};

// Differs when the pid was given to another process, or the process executed another file. Nothing is opened
// to tell, which would show in what other tracers record.
struct Identity {
  uint64_t directory = 0; // inode of /proc/PID, which each process gets anew; 0: there is no such process
  std::pair<uint64_t, uint64_t> executable; // device and inode; 0: not ours to know, or the process is ending
  unsigned owner = 0;
  bool is_still(const Identity &before) const {
    return directory == before.directory && (!executable.second || executable == before.executable);
  }
};

Identity identity_of(const std::string &proc);

std::vector<Mapping> executable_mappings(const std::string &proc);

// The pid that the process knows itself by, in its own namespace.
std::string inner_pid(const std::string &proc, uint32_t pid);
