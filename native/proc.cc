#include "proc.h"
#include <cinttypes>
#include <climits>
#include <fstream>
#include <sys/stat.h>

Identity identity_of(const std::string &proc) {
  Identity identity;
  struct stat status;
  if (stat(proc.c_str(), &status)) return identity;
  identity.directory = status.st_ino;
  identity.owner = status.st_uid;
  if (!stat((proc + "/exe").c_str(), &status)) identity.executable = {status.st_dev, status.st_ino};
  return identity;
}

std::vector<Mapping> executable_mappings(const std::string &proc) {
  std::vector<Mapping> mappings;
  std::ifstream file(proc + "/maps");
  for (std::string line; std::getline(file, line);) {
    Mapping mapping{};
    char flags[8], device[32];
    int path = 0;
    int fields = sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %31s %" SCNu64 " %n",
                        &mapping.start, &mapping.end, flags, &mapping.offset, device, &mapping.inode, &path);
    if (fields < 6 || flags[2] != 'x') continue;
    mapping.device = device;
    if (path) mapping.path = line.substr(path);
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

std::string inner_pid(const std::string &proc, uint32_t pid) {
  std::ifstream file(proc + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("NSpid:", 0) == 0) return line.substr(line.find_last_of(" \t") + 1);
  return std::to_string(pid);
}
