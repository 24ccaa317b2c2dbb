#include "os/syslog.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <regex>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/log_record.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

/// What syslog is on this machine: a socket of datagrams.
class Daemon {
 public:
  explicit Daemon(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  }
  /// Empty when nothing has come.
  [[nodiscard]] std::string receive() const {
    std::array<char, 16384> bytes{};
    const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string{};
  }

 private:
  base::UniqueFd fd_;
};

Config config_for(const std::string& path) {
  Config config;
  config.syslog = true;
  config.syslog_addr = "unix:" + path;
  config.syslog_facility = "local3";
  config.proc_name = "sky";
  return config;
}

base::LogRecord record(LogLevel level, std::string_view message) {
  return {std::chrono::system_clock::now(), level, 77, "worker", 3, message};
}

}  // namespace

TEST_CASE("syslog: lines of both logs, each with its facility, its severity and its name") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("log");
  const Daemon daemon{path};
  const auto syslog = Syslog::open(config_for(path));
  REQUIRE(syslog);
  (*syslog)->take(record(LogLevel::kError, "the disk is full"));
  CHECK(std::regex_match(daemon.receive(),
                         std::regex(R"(<155>\w{3} [ \d]\d [\d:]{8} sky\.error\[77\]: the disk is full)")));
  CHECK((*syslog)->take_accesses("first\nsecond\n", 78) == 0);
  CHECK(daemon.receive().ends_with(" sky.access[78]: first"));
  CHECK(daemon.receive().ends_with(" sky.access[78]: second"));
  CHECK(daemon.receive().empty());
}

TEST_CASE("syslog: what nobody takes is lost, and counted in the log as soon as somebody does") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("log");
  Config config = config_for(path);
  config.syslog_prefix = "night";
  const auto syslog = Syslog::open(config);
  REQUIRE(syslog);
  (*syslog)->take(record(LogLevel::kInfo, "nobody hears this"));
  CHECK((*syslog)->take_accesses("nor this\nnor this\n", 78) == 2);
  const Daemon daemon{path};
  (*syslog)->take(record(LogLevel::kInfo, "this one is heard"));
  CHECK(daemon.receive().ends_with(" night.error[77]: this one is heard"));
  CHECK(daemon.receive().ends_with("]: 3 lines were not taken by syslog"));
  (*syslog)->take(record(LogLevel::kInfo, "and this one alone"));
  CHECK(daemon.receive().ends_with("and this one alone"));
  CHECK(daemon.receive().empty());
}

TEST_CASE("syslog: an address that cannot be had is said with the setting to change") {
  Config config;
  config.syslog_addr = "udp://[::1]:0";
  CHECK_FALSE(Syslog::open(config));
  config.syslog_addr = "udp://no-such-host.invalid";
  const auto syslog = Syslog::open(config);
  REQUIRE_FALSE(syslog);
  CHECK(syslog.error().message.find("change `syslog_addr`") != std::string::npos);
}

}  // namespace orrery::os
