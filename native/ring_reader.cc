#include "ring_reader.h"
#include "failure.h"
#include <bpf/bpf.h>
#include <cerrno>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

// Bytes. What another CPU has just written takes long to come from there, so it is asked for some records
// early; a record is in two lines of the cache, mostly.
static const size_t AHEAD = 1024, LINE = 64;

// The layout is kernel/bpf/ringbuf.c's, and part of its interface. The data is mapped twice, one behind the
// other, so that no record is cut at the ring's end.
RingReader::RingReader(const Table &table, Stacks *stacks)
    : rows_(table, stacks), page_bytes_(size_t(sysconf(_SC_PAGESIZE))),
      ring_bytes_(bpf_map__max_entries(table.map)) {
  int fd = bpf_map__fd(table.map);
  void *first = mmap(nullptr, page_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (first == MAP_FAILED) fail_errno(errno, "Cannot map the ring " + table.name);
  consumer_ = static_cast<unsigned long *>(first);
  void *rest = mmap(nullptr, page_bytes_ + 2 * ring_bytes_, PROT_READ, MAP_SHARED, fd, off_t(page_bytes_));
  if (rest == MAP_FAILED) {
    int error = errno;
    munmap(first, page_bytes_); // the destructor of a constructor that throws does not run
    fail_errno(error, "Cannot map the ring " + table.name);
  }
  producer_ = static_cast<const uint8_t *>(rest);
}

RingReader::~RingReader() {
  munmap(consumer_, page_bytes_);
  munmap(const_cast<uint8_t *>(producer_), page_bytes_ + 2 * ring_bytes_);
}

bool RingReader::holds_row(size_t room) {
  rows_.clear();
  return rows_.has_room(room);
}

const Columns &RingReader::read(size_t room) {
  rows_.clear();
  const uint8_t *data = producer_ + page_bytes_;
  auto end = __atomic_load_n(reinterpret_cast<const unsigned long *>(producer_), __ATOMIC_ACQUIRE);
  while (next_ < end && rows_.has_room(room)) {
    const uint8_t *record = data + (next_ & (ring_bytes_ - 1));
    uint32_t length = __atomic_load_n(reinterpret_cast<const uint32_t *>(record), __ATOMIC_ACQUIRE);
    __builtin_prefetch(record + AHEAD);
    __builtin_prefetch(record + AHEAD + LINE);
    if (length & BPF_RINGBUF_BUSY_BIT) break; // its program has not finished it, nor what lies behind
    if (!(length & BPF_RINGBUF_DISCARD_BIT)) rows_.append(record + BPF_RINGBUF_HDR_SZ, length);
    length &= ~BPF_RINGBUF_DISCARD_BIT;
    next_ += (BPF_RINGBUF_HDR_SZ + size_t(length) + 7) & ~size_t(7);
  }
  return rows_;
}

void RingReader::release() {
  __atomic_store_n(consumer_, next_, __ATOMIC_RELEASE);
}
