#include "base/log_file.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orrery::base {

namespace {

/// Standard output or error, when `path` is one of them by another name.
UniqueFd open_standard_stream(const std::string& path) {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    if (is_open_as(path, fd)) return duplicated(fd);
  }
  return {};
}

std::size_t piece_of(std::string_view lines, bool regular) {
  if (regular || lines.size() <= PIPE_BUF) return lines.size();
  const std::size_t newline = lines.substr(0, PIPE_BUF).rfind('\n');
  return newline == std::string_view::npos ? PIPE_BUF : newline + 1;
}

}  // namespace

std::string opening_failed(int error) {
  return error == ENXIO ? "it is a FIFO that no process reads" : std::strerror(error);
}

tl::expected<UniqueFd, int> open_to_append(const std::string& path) {
  UniqueFd file{::open(path.c_str(), kLogFlags | O_CREAT, kLogMode)};
  if (file) return file;
  const int error = errno;
  // ENXIO: a socket, which cannot be opened.
  if (error == EACCES || error == ENXIO) file = open_standard_stream(path);
  if (file) return file;
  return tl::unexpected(error);
}

bool is_open_as(const std::string& path, int fd) {
  struct stat named {};
  struct stat open {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(fd, &open) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

mode_t kind_of(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

ssize_t write_at_once(int fd, bool socket, std::string_view bytes) {
  if (socket) return ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  pollfd ready{fd, POLLOUT, 0};
  if (::poll(&ready, 1, 0) == 1) return ::write(fd, bytes.data(), bytes.size());
  errno = EAGAIN;
  return -1;
}

Appended append_lines(int fd, std::string_view lines) {
  const bool regular = kind_of(fd) == S_IFREG;
  char last = '\n';
  while (!lines.empty()) {
    pollfd ready{fd, POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1) return {false, EAGAIN, last != '\n'};
    const ssize_t written = ::write(fd, lines.data(), piece_of(lines, regular));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return {false, written < 0 ? errno : ENOSPC, last != '\n'};
    last = lines[static_cast<std::size_t>(written) - 1];
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace orrery::base
