// Syslog: the syslog of this machine, or of another one, as what takes the lines of both logs.
//
// Opened in the master with the logs of a generation, and inherited by its children; closed with the generation. Any
// thread may send. It never waits: what syslog does not take is lost, and counted in the next line that it takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/log.hpp"
#include "base/syslog_line.hpp"
#include "os/datagram.hpp"

namespace orrery::os {

/// Where `syslog_addr` gives no port.
inline constexpr std::string_view kSyslogPort = "514";

class Syslog final : public base::LogCopy {
 public:
  /// As the settings have it. Looks a name up, and so may block. The error is a sentence.
  static Result<std::shared_ptr<Syslog>> open(const Config& config);

  /// A line of the error log.
  void take(const base::LogRecord& record) override;
  /// Lines of the access log, each with its end, of the process `pid`. How many were not taken.
  std::size_t take_accesses(std::string_view lines, int pid) const;
  [[nodiscard]] int fd() const { return socket_.fd(); }

 private:
  Syslog(base::SyslogTerms terms, Datagram socket) : terms_(std::move(terms)), socket_(std::move(socket)) {}
  bool send(const base::SyslogLine& line) const;

  base::SyslogTerms terms_;
  Datagram socket_;
  mutable std::atomic<std::uint64_t> lost_{0};  ///< since a line was taken last
};

}  // namespace orrery::os
