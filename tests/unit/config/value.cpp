#include "config/value.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

namespace orrery::config {
namespace {

struct Row {
  const char* setting;
  const char* text;
  const char* outcome;  ///< the printed value, or a part of the complaint
};

const Setting& row_of(std::string_view name) {
  const Setting* setting = find_setting(name);
  REQUIRE(setting != nullptr);
  return *setting;
}

std::string complaint_about(const Row& row) {
  Config config;
  const Setting& setting = row_of(row.setting);
  if (auto done = assign(setting, config, {row.text}); !done) return done.error().message;
  const auto fault = find_fault(setting, config);
  return fault ? fault->message : "";
}

TEST_CASE("value: what is fine") {
  const Row rows[] = {
      {"workers", "1", "1"},
      {"workers", "256", "256"},
      {"workers", "auto", "auto"},
      {"workers", "AUTO", "auto"},
      {"workers", "007", "7"},
      {"backlog", "64", "64"},
      {"backlog", "65535", "65535"},
      {"max_requests", "0", "0"},
      {"max_requests", "9223372036854775807", "9223372036854775807"},
      {"timeout", "0", "0"},
      {"timeout", "30", "30s"},
      {"timeout", "30s", "30s"},
      {"timeout", "+2.35", "2350ms"},
      {"timeout", "+30s", "30s"},
      {"workers", "+4", "4"},
      {"limit_request_body", "+64k", "64k"},
      {"timeout", "0.5", "500ms"},
      {"timeout", "0.1s", "100ms"},
      {"timeout", "1500ms", "1500ms"},
      {"timeout", "2m", "120s"},
      {"timeout", "1h", "3600s"},
      {"timeout", "1.5h", "5400s"},
      {"timeout", "10 s", "10s"},
      {"timeout", "10S", "10s"},
      {"timeout", "0.001", "1ms"},
      {"timeout", "1.000000000000", "1s"},
      {"timeout", "168h", "604800s"},
      {"limit_request_body", "0", "0"},
      {"limit_request_body", "1000", "1000"},
      {"limit_request_body", "64k", "64k"},
      {"limit_request_body", "1M", "1m"},
      {"limit_request_body", "2g", "2g"},
      {"limit_request_body", "1.5m", "1536k"},
      {"limit_request_body", "0.25k", "256"},
      {"limit_request_body", "1048576", "1m"},
      {"limit_request_body", "1024g", "1024g"},
      {"limit_request_line", "8190", "8190"},
      {"worker_class", "async", "async"},
      {"worker_class", "Sync", "sync"},
      {"worker_class", "gthread", "threads"},
      {"loglevel", "WARNING", "warning"},
      {"daemon", "true", "true"},
      {"daemon", "No", "false"},
      {"daemon", "on", "true"},
      {"umask", "022", "022"},
      {"umask", "0o22", "022"},
      {"umask", "22", "022"},
      {"umask", "0", "000"},
      {"umask", "777", "777"},
      {"umask", "", ""},
      {"proc_name", "planets", "planets"},
      {"user", "", ""},
      {"user", "0", "0"},
      {"accesslog", "-", "-"},
      {"access_log_format", "%(h)s", "%(h)s"},
      {"bind", "unix:/run/a,b.sock", "unix:/run/a,b.sock"},
      {"chdir", "/", "/"},
      {"raw_env", "A=", "A="},
      {"raw_env", "A=b=c\td", "A=b=c\td"},
  };
  for (const auto& row : rows) {
    INFO(row.setting << " = " << row.text);
    Config config;
    const Setting& setting = row_of(row.setting);
    CHECK(complaint_about(row).empty());
    REQUIRE(assign(setting, config, {row.text}));
    CHECK(print(setting, config) == row.outcome);
  }
}

TEST_CASE("value: what is refused") {
  const Row rows[] = {
      {"workers", "0", "0 is out of range; it must be 1 to 256, or `auto`"},
      {"workers", "257", "257 is out of range"},
      {"workers", "-1", "-1 is out of range"},
      {"workers", "many", "`many` is not a whole number or `auto`"},
      {"workers", "", "`` is not a whole number"},
      {"workers", "4k", "not a whole number"},
      {"workers", "1.5", "too fine; write a whole number of processes"},
      {"workers", "99999999999999999999", "out of range"},
      {"workers", "4294967297", "out of range"},
      {"workers", "++4", "not a whole number"},
      {"workers", "0x4", "not a"},
      {"backlog", "63", "must be 64 to 65535"},
      {"max_requests", "9223372036854775808", "out of range"},
      {"timeout", "soon", "`soon` is not a time; write seconds, or"},
      {"timeout", "30x", "not a time"},
      {"timeout", "-5", "-5 is out of range"},
      {"timeout", ".5", "not a time"},
      {"timeout", "5.", "not a time"},
      {"timeout", "0.0005", "write a whole number of milliseconds"},
      {"timeout", "169h", "out of range"},
      {"timeout", "s", "not a time"},
      {"timeout", "1e3", "not a time"},
      {"timeout", "9223372036854775807h", "out of range"},
      {"header_timeout", "0", "out of range; it must be 1ms to 604800s"},
      {"limit_request_body", "1q", "`1q` is not a size"},
      {"limit_request_body", "0.3", "write a whole number of bytes"},
      {"limit_request_line", "2g", "2g is out of range; it must be 16 to 1m"},
      {"min_rate", "0", "out of range"},
      {"worker_class", "gevent", "`gevent` is not known; choose async, sync, threads, gthread"},
      {"loglevel", "loud", "choose debug, info"},
      {"daemon", "maybe", "neither true nor false"},
      {"daemon", "", "neither"},
      {"umask", "18", "`18` is not an octal mode"},
      {"umask", "1777", "out of range; it must be 000 to 777"},
      {"umask", "0o", "not an octal"},
      {"umask", "-1", "not an octal"},
      {"bind", "8000", "write `:8000`"},
      {"proc_name", "a\nb", "control character (byte 0x0A)"},
      {"errorlog", "", "give a file, or `-`"},
      {"access_log_format", "%(z)s", "unknown atom `%(z)s` at column 1"},
      {"forwarded_allow_ips", "10.0.0.1/8", "10.0.0.0/8"},
      {"raw_env", "A", "`A` is not NAME=value"},
      {"raw_env", "=a", "not NAME=value"},
      {"user", "no such user", "there is no user `no such user`"},
      {"user", "4294967295", "no user"},
      {"group", "no such group", "there is no group"},
      {"chdir", "/nonexistent", "/nonexistent: No such file"},
      {"chdir", "/dev/null", "is not a directory"},
  };
  for (const auto& row : rows) {
    INFO(row.setting << " = " << row.text);
    CHECK_THAT(complaint_about(row), Catch::Contains(row.outcome));
  }
}

TEST_CASE("value: a refused text changes nothing") {
  Config config;
  CHECK_FALSE(assign(row_of("workers"), config, {"x"}));
  CHECK_FALSE(assign(row_of("workers"), config, {"1", "2"}));
  CHECK(config.workers == Config{}.workers);
}

TEST_CASE("value: a list is held against its bounds, and each entry against the check") {
  Config config;
  REQUIRE(assign(row_of("bind"), config, {}));
  CHECK_THAT(find_fault(row_of("bind"), config)->message, Catch::Contains("it has 0 addresses"));
  REQUIRE(assign(row_of("bind"), config, {":1", ":x", ":2"}));
  CHECK(find_fault(row_of("bind"), config)->entry == 1);
}

TEST_CASE("the table: names, flags and letters are unique, and every row is whole") {
  std::set<std::string_view> names, flags;
  std::set<char> letters;
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    CHECK(names.insert(setting.name).second);
    REQUIRE_FALSE(setting.flags.empty());
    for (const auto flag : setting.flags) CHECK(flags.insert(flag).second);
    if (setting.letter != 0) CHECK(letters.insert(setting.letter).second);
    CHECK_FALSE(setting.doc.empty());
    CHECK(setting.doc.back() == '.');
    CHECK((setting.kind == Kind::kSwitch) == setting.placeholder.empty());
    std::string dashed{setting.name};
    for (char& c : dashed) c = c == '_' ? '-' : c;
    CHECK(flags.count(dashed) == 1);
  }
}

TEST_CASE("the table: every default is within its range and can be read again") {
  const Config defaults;
  for (const Setting& setting : settings()) {
    if (is_command(setting)) continue;
    INFO(setting.name);
    CHECK_FALSE(find_fault(setting, defaults));
    if (setting.kind == Kind::kList) continue;
    Config read;
    REQUIRE(assign(setting, read, {print(setting, defaults)}));
    CHECK(print(setting, read) == print(setting, defaults));
  }
}

// A member without a row would be a setting nobody can give. A new member changes the size: add its row, then
// the size.
TEST_CASE("the table: every member of Config has its own row") {
  const Config config;
  std::size_t bytes = 0;
  std::set<const void*> members;
  for (const Setting& setting : settings()) {
    std::visit(
        [&](auto member) {
          if constexpr (!std::is_same_v<decltype(member), std::monostate>) {
            CHECK(members.insert(&(config.*member)).second);
            bytes += sizeof(config.*member);
          }
        },
        setting.member);
  }
  CHECK(sizeof(Config) - bytes < 3 * sizeof(std::string));  // padding only
  CHECK(members.size() == 116);
}

}  // namespace
}  // namespace orrery::config
