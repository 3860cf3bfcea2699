/*
 * uses CPU_MS PAGES BYTES FILE: computes for CPU_MS of CPU time, touches PAGES fresh pages, writes BYTES to
 * FILE and to its disk, reads them back, and sends as many through a TCP connection to itself. Prints what
 * the kernel says of it (getrusage, /proc/self/io) as JSON; then, unless CPU_MS is 0, waits until its input
 * ends.
 */
#include "load.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static long long cpu_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static char block[4096];

static void use_file(const char *path, long bytes) {
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  for (long done = 0; done < bytes; done += sizeof(block))
    if (write(file, block, sizeof(block)) != sizeof(block)) exit(1);
  if (fsync(file) || lseek(file, 0, SEEK_SET)) exit(1);
  while (read(file, block, sizeof(block)) > 0)
    ;
  close(file);
}

static void use_network(long bytes) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(address);
  int listener = socket(AF_INET, SOCK_STREAM, 0), out = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (void *)&address, size) || listen(listener, 1)) exit(1);
  getsockname(listener, (void *)&address, &size);
  if (connect(out, (void *)&address, size)) exit(1);
  int in = accept(listener, NULL, NULL);
  for (long done = 0; done < bytes; done += sizeof(block)) {
    if (send(out, block, sizeof(block), 0) != sizeof(block)) exit(1);
    /* Looking at what has come is not receiving it. */
    recv(in, block, sizeof(block), MSG_PEEK);
    if (recv(in, block, sizeof(block), MSG_WAITALL) != sizeof(block)) exit(1);
  }
}

static long long io(const char *field) {
  char text[512], line[32];
  int file = open("/proc/self/io", O_RDONLY);
  ssize_t length = read(file, text, sizeof(text) - 1);
  close(file);
  text[length < 0 ? 0 : length] = 0;
  snprintf(line, sizeof(line), "\n%s: ", field);
  const char *at = strstr(text, line);
  return at ? atoll(at + strlen(line)) : -1;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  long cpu_ms = atol(argv[1]), pages = atol(argv[2]), bytes = atol(argv[3]);
  wait_for_go();
  char *memory = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(memory, pages * 4096, MADV_NOHUGEPAGE);
  for (long page = 0; page < pages; page++)
    memory[page * 4096] = 1;
  use_file(argv[4], bytes);
  use_network(bytes);
  while (cpu_time() < cpu_ms * 1000000LL)
    ;
  long long wchar = io("wchar"), written = io("write_bytes");
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"cpu\":%lld,\"faults\":%ld,\"switches\":%ld,\"preemptions\":%ld,\"file_written\":%lld,\"disk_"
         "written\":%lld}\n",
         cpu_time(), used.ru_minflt + used.ru_majflt, used.ru_nvcsw, used.ru_nivcsw, wchar, written);
  fflush(stdout);
  char end;
  if (cpu_ms) return read(0, &end, 1) < 0;
  return 0;
}
