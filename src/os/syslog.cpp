#include "os/syslog.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fmt/core.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/counted.hpp"
#include "base/log_record.hpp"

namespace orrery::os {

namespace {

/// RFC 5424: a host without a name is a dash.
std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "-";
  return base::syslog_name(name.data());
}

}  // namespace

Result<std::shared_ptr<Syslog>> Syslog::open(const Config& config) {
  const auto target = base::parse_datagram_target(config.syslog_addr, kSyslogPort);
  if (!target) return fail(target);
  auto socket = Datagram::open_for_later(*target);
  if (!socket)
    return fail(fmt::format("syslog at {} cannot be reached: {}; change `syslog_addr`", config.syslog_addr,
                            socket.error().message));
  base::SyslogTerms terms;
  terms.facility = base::syslog_facility(config.syslog_facility).value_or(1);
  terms.name = base::syslog_name(config.syslog_prefix.empty() ? config.proc_name : config.syslog_prefix);
  terms.host = host_name();
  terms.over_network = target->path.empty();
  return std::shared_ptr<Syslog>{new Syslog{std::move(terms), std::move(*socket)}};
}

void Syslog::take(const base::LogRecord& record) {
  send({record.time, base::syslog_severity(record.level), record.pid, "error", record.message});
}

std::size_t Syslog::take_accesses(std::string_view lines, int pid) const {
  const auto now = std::chrono::system_clock::now();
  std::size_t lost = 0;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const int severity = base::syslog_severity(LogLevel::kInfo);
    if (!send({now, severity, pid, "access", lines.substr(0, end)})) ++lost;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return lost;
}

bool Syslog::send(const base::SyslogLine& line) const {
  // A child begins with the count of its parent, whose it is to tell.
  static std::atomic<pid_t> teller{0};
  const pid_t own = ::getpid();
  if (teller.exchange(own, std::memory_order_relaxed) != own) lost_.store(0, std::memory_order_relaxed);
  const bool taken = socket_.send(base::syslog_datagram(terms_, line));
  if (!taken) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  if (lost_.load(std::memory_order_relaxed) == 0) return true;
  const std::uint64_t lost = lost_.exchange(0, std::memory_order_relaxed);
  const std::string text = base::counted(lost, "line was", "lines were") + " not taken by syslog";
  const bool told = socket_.send(base::syslog_datagram(
      terms_, {line.time, base::syslog_severity(LogLevel::kWarning), ::getpid(), line.log, text}));
  if (!told) lost_.fetch_add(lost, std::memory_order_relaxed);
  return true;
}

}  // namespace orrery::os
