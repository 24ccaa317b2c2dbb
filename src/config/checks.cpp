#include "config/checks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "base/access_format.hpp"
#include "base/address.hpp"
#include "base/bind.hpp"
#include "base/datagram_target.hpp"
#include "base/duration_bounds.hpp"
#include "base/lower_case.hpp"
#include "base/probe.hpp"
#include "base/syslog_line.hpp"
#include "config/shell_words.hpp"
#include "config/token.hpp"

namespace orrery::config {
namespace {

template <class T>
Result<void> without_value(const Result<T>& result) {
  if (!result) return fail(result);
  return {};
}

// -1 (4294967295) means "leave unchanged" to the kernel: never an id.
bool is_id(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 10 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && std::stoull(text) < 4294967295ULL;
}

Result<void> refuse_switch(const std::string& text, std::string_view instead) {
  const auto word = base::lower_case(text);
  for (const char* known : {"true", "yes", "on", "false", "no", "off", "none", "null"}) {
    if (word == known) return fail(fmt::format("`{0}` is no file; {1} (a file of that name is ./{0})", text, instead));
  }
  return {};
}

}  // namespace

Result<void> check_bind(const std::string& text) { return without_value(base::parse_bind(text)); }

Result<void> check_monitor(const std::string& text) {
  const auto target = base::parse_bind(text);
  if (!target) return fail(target);
  if (base::bind_options(text).tls) return fail(fmt::format("`{}` cannot speak TLS; only `bind` can", text));
  if (target->kind != base::BindTarget::Kind::kInherited) return {};
  return fail(fmt::format("`{}` cannot be handed over; give an address", text));
}

Result<void> check_admin(const std::string& text) {
  if (text == "auto" || text == "off") return {};
  return check_monitor(text);
}

Result<void> check_duration_bucket(const std::string& text) {
  return without_value(base::DurationBounds::read_bound(text));
}

bool is_open_to_others(const std::string& address) {
  const auto target = base::parse_bind(address);
  return target && target->kind == base::BindTarget::Kind::kTcp && !target->address.is_loopback();
}

Result<void> check_token_file(const std::string& text) {
  if (text.empty()) return {};
  return without_value(read_token(text));
}

Result<void> check_statsd_host(const std::string& text) {
  return text.empty() ? Result<void>{} : without_value(base::parse_datagram_target(text, "8125"));
}

Result<void> check_statsd_tag(const std::string& text) {
  if (!text.empty() && text.find_first_of("|\n,#") == std::string::npos) return {};
  return fail(fmt::format("`{}` is no tag, such as env:prod", text));
}

Result<void> check_syslog_addr(const std::string& text) {
  return without_value(base::parse_datagram_target(text, "514"));
}

Result<void> check_syslog_facility(const std::string& text) {
  if (base::syslog_facility(text)) return {};
  return fail(fmt::format("`{}` is no facility of syslog, such as user, daemon or local0", text));
}

Result<void> check_trusted_peer(const std::string& text) { return without_value(base::AddressSet::parse({text})); }

Result<void> check_scheme_field(const std::string& text) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const bool named = !name.empty() && name.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-") == std::string::npos;
  if (named && equals != std::string::npos && equals + 1 < text.size()) return {};
  return fail(fmt::format("`{}` is not NAME=value, such as X-Forwarded-Proto=https", text));
}

Result<void> check_directory(const std::string& text) {
  if (text.empty()) return {};
  struct stat info {};
  if (::stat(text.c_str(), &info) != 0) {
    return fail(fmt::format("cannot use the directory {}: {}", text, std::strerror(errno)));
  }
  if (!S_ISDIR(info.st_mode)) return fail(fmt::format("{} is not a directory", text));
  return {};
}

Result<void> check_command(const std::string& text) {
  if (text.empty()) return {};
  const auto words = split_words(text);
  if (!words) return fail(fmt::format("cannot be cut into words: {}", words.error().message));
  if (words->empty()) return fail("holds no command; remove it, or name a program");
  const std::string& program = words->front();
  if (program.find('/') == std::string::npos) return {};  // found in PATH when it is run
  if (::access(program.c_str(), X_OK) == 0) return {};
  return fail(fmt::format("cannot run {}: {}", program, std::strerror(errno)));
}

Result<void> check_assignment(const std::string& text) {
  const auto equals = text.find('=');
  if (equals != std::string::npos && equals > 0) return {};
  return fail(fmt::format("`{}` is not NAME=value", text));
}

Result<void> check_user(const std::string& text) {
  if (text.empty() || is_id(text) || ::getpwnam(text.c_str()) != nullptr) return {};
  return fail(fmt::format("there is no user `{}`; create it, or give another name or a uid", text));
}

Result<void> check_group(const std::string& text) {
  if (text.empty() || is_id(text) || ::getgrnam(text.c_str()) != nullptr) return {};
  return fail(fmt::format("there is no group `{}`; create it, or give another name or a gid", text));
}

Result<void> check_file(const std::string& text) {
  return refuse_switch(text, "give a path, or an empty text for none");
}

Result<void> check_certificate(const std::string& text) {
  const std::size_t blank = text.find(' ');
  const bool good =
      !text.empty() && blank != 0 && (blank == std::string::npos || text.find(' ', blank + 1) == text.npos);
  if (good && !text.ends_with(' ')) return refuse_switch(text, "give a path, and perhaps that of the key");
  return fail(fmt::format("`{}` is not `CERTFILE` or `CERTFILE KEYFILE`, with one blank between them", text));
}

Result<void> check_access_log(const std::string& text) {
  return refuse_switch(text, "give a path, `-` for standard output, or an empty text for none");
}

Result<void> check_error_log(const std::string& text) {
  if (text.empty()) return fail("it is empty; give a file, or `-` for standard error");
  return refuse_switch(text, "give a path, or `-` for standard error");
}

Result<void> check_request_path(const std::string& text) {
  if (text.empty() || text[0] != '/') return fail(fmt::format("`{}` is no path; it begins with a slash", text));
  if (text.find_first_of("?# ") == std::string::npos) return {};
  return fail(fmt::format("`{}` is more than a path; write it without query, fragment and blanks", text));
}

Result<void> check_probe(const std::string& text) {
  if (text.empty() || base::is_probe(text)) return {};
  return fail(fmt::format("`{}` is no path to ask for; it begins with a slash and has {} bytes at most, without blanks",
                          text, base::kLongestProbe));
}

Result<void> check_access_format(const std::string& text) { return without_value(base::AccessFormat::compile(text)); }

}  // namespace orrery::config
