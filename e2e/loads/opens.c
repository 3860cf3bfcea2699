/*
 * opens FOLDER COUNT: opens FOLDER/000000, FOLDER/000001 … by open, openat and openat2 in turn. The even ones
 * are created and removed; of the odd ones, every other is missing (ENOENT) and every other below a file
 * (ENOTDIR).
 */
#include "load.h"
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

static int open_by(int way, const char *path, int flags, int mode) {
  struct open_how how = {.flags = flags, .mode = mode};
#ifdef SYS_open
  if (way == 0) return syscall(SYS_open, path, flags, mode);
#endif
  if (way == 1) return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
  return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const char *folder = argv[1];
  int count = atoi(argv[2]);
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s/file", folder);
  close(open(path, O_CREAT | O_WRONLY, 0600));
  wait_for_go();
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof(path), i % 4 == 3 ? "%s/file/%06d" : "%s/%06d", folder, i);
    if (i % 2) {
      open_by(i % 3, path, O_RDONLY | O_CLOEXEC, 0);
      continue;
    }
    int fd = open_by(i % 3, path, O_CREAT | O_EXCL | O_WRONLY, 0600 | (i & 6));
    if (fd < 0) return 1;
    close(fd);
    unlink(path);
  }
  return 0;
}
