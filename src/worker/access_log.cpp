#include "worker/access_log.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <limits.h>
#include <span>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/log.hpp"
#include "base/log_file.hpp"

namespace orrery::worker {

namespace {

constexpr std::size_t kFlushAt = 32 * 1024;

/// Standard output as an open file description of our own, so that O_NONBLOCK does not reach those who share it.
base::UniqueFd open_standard_output() {
  base::UniqueFd own{::open("/proc/self/fd/1", base::kLogFlags)};
  return own ? std::move(own) : base::duplicated(STDOUT_FILENO);
}

Result<base::UniqueFd> open_path(const std::string& path) {
  if (path == "-") {
    base::UniqueFd own = open_standard_output();
    if (own) return own;
    return fail(std::string("cannot open the access log -: ") + std::strerror(errno));
  }
  auto file = base::open_to_append(path);
  if (file) return std::move(*file);
  return fail("cannot open the access log " + path + ": " + base::opening_failed(file.error()));
}

}  // namespace

Result<AccessLog> AccessLog::open(std::string path, base::AccessFormat format, std::vector<std::string> skip,
                                  os::Slot& slot, base::UniqueFd file, const os::Syslog* syslog) {
  AccessLog log{std::move(path), std::move(format), std::move(skip), slot};
  log.syslog_ = syslog;
  if (file) {
    log.direct(std::move(file));
  } else if (auto opened = log.reopen(); !opened) {
    return fail(opened);
  }
  return log;
}

Result<void> AccessLog::reopen() {
  flush();
  // What is standard output by now may be the error log.
  if (path_.empty() || (path_ == "-" && fd_)) return {};
  auto file = open_path(path_);
  if (!file && fd_ && base::is_open_as(path_, fd_.get())) return {};
  if (!file) return fail(file);
  direct(std::move(*file));
  return {};
}

void AccessLog::direct(base::UniqueFd file) {
  fd_ = std::move(file);
  const mode_t kind = base::kind_of(fd_.get());
  waits_ = kind == S_IFREG;
  socket_ = kind == S_IFSOCK;
  complained_ = torn_ = false;
}

void AccessLog::write(const base::AccessRecord& record) {
  if ((!skip_.empty() && skips(record.target)) || append(record)) return;
  flush();
  if (append(record)) return;
  std::string line;
  format_.render(record, line);
  put_out(line);
}

void AccessLog::put_out(std::string_view lines) {
  if (syslog_)
    os::bump(slot_->counters.access_lines_dropped,
             syslog_->take_accesses(lines, slot_->pid.load(std::memory_order_relaxed)));
  if (!fd_) return;
  if (waits_)
    write_out(lines);
  else
    write_whole_lines(lines);
}

bool AccessLog::skips(std::string_view target) const {
  const auto path = target.substr(0, target.find('?'));
  return std::find(skip_.begin(), skip_.end(), path) != skip_.end();
}

/// False when there is no room for it behind the others.
bool AccessLog::append(const base::AccessRecord& record) {
  os::AccessBatch& batch = slot_->access;
  const std::uint32_t used = batch.used.load(std::memory_order_relaxed);
  const std::span room{batch.bytes.data() + used, batch.bytes.size() - used};
  std::size_t length = format_.render(record, room);
  if (!waits_ && length > PIPE_BUF && room.size() >= PIPE_BUF)
    length = format_.render_within(record, room.first(PIPE_BUF));
  if (length > room.size()) return false;
  const std::uint32_t now = used + static_cast<std::uint32_t>(length);
  batch.used.store(now, std::memory_order_release);
  if (now >= kFlushAt) flush();
  return true;
}

void AccessLog::flush() {
  os::AccessBatch& batch = slot_->access;
  const std::uint32_t used = batch.used.load(std::memory_order_relaxed);
  if (used == 0 || (!fd_ && !syslog_)) return;
  put_out({batch.bytes.data(), used});
  batch.used.store(0, std::memory_order_release);
}

void AccessLog::write_whole_lines(std::string_view lines) {
  while (!lines.empty()) {
    std::size_t length = lines.size();
    if (length > PIPE_BUF) length = lines.rfind('\n', PIPE_BUF - 1) + 1;
    write_out(lines.substr(0, length));
    lines.remove_prefix(length);
  }
}

void AccessLog::write_out(std::string_view lines) {
  bool within_line = false;
  while (!lines.empty()) {
    const std::string_view bytes = torn_ ? std::string_view{"\n"} : lines;
    const ssize_t written =
        waits_ ? ::write(fd_.get(), bytes.data(), bytes.size()) : base::write_at_once(fd_.get(), socket_, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      torn_ = torn_ || within_line;
      return drop(lines, error);
    }
    if (std::exchange(torn_, false)) continue;
    within_line = bytes[static_cast<std::size_t>(written) - 1] != '\n';
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  complained_ = false;
}

void AccessLog::drop(std::string_view lines, int error) {
  os::bump(slot_->counters.access_lines_dropped,
           static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n')));
  if (std::exchange(complained_, true)) return;
  base::log_error("cannot write the access log {}: {}; lines are dropped until it can be written again", path_,
                  error == EAGAIN ? "its reader has stopped" : std::strerror(error));
}

}  // namespace orrery::worker
