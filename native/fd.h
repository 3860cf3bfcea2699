// A file descriptor that closes itself.
#pragma once
#include <cerrno>
#include <unistd.h>
#include <utility>

class Fd {
public:
  // `fd`: as a system call returned it; below 0, errno says why.
  explicit Fd(int fd) : fd_(fd), error_(fd < 0 ? errno : 0) {}
  Fd(Fd &&other) noexcept : fd_(std::exchange(other.fd_, -1)), error_(other.error_) {}
  Fd &operator=(Fd &&other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(error_, other.error_);
    return *this;
  }
  Fd(const Fd &) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  static Fd failed(int error) {
    Fd fd(-1);
    fd.error_ = error;
    return fd;
  }
  int get() const { return fd_; }
  // An errno; 0: it is open.
  int error() const { return error_; }

private:
  int fd_, error_;
};
