// Checks: what a setting's text must satisfy beyond its type; the `check` column of the settings table.
//
// Each tells, for one text or one entry of a list, why it cannot be used and what to write instead. They look
// at the machine (users, directories) but change nothing. Run by the master before it forks; never in a
// worker.
#pragma once

#include <string>

#include "orrery/result.hpp"

namespace orrery::config {

Result<void> check_bind(const std::string& text);
/// An address as in `bind` that is reached from this machine only, or a word.
Result<void> check_admin(const std::string& text);
/// An address that `admin` may have with a token only: another machine can reach it.
bool is_open_to_others(const std::string& address);
Result<void> check_token_file(const std::string& text);
Result<void> check_monitor(const std::string& text);
Result<void> check_duration_bucket(const std::string& text);
Result<void> check_statsd_host(const std::string& text);
Result<void> check_statsd_tag(const std::string& text);
Result<void> check_syslog_addr(const std::string& text);
Result<void> check_syslog_facility(const std::string& text);
Result<void> check_trusted_peer(const std::string& text);
Result<void> check_scheme_field(const std::string& text);
Result<void> check_directory(const std::string& text);
/// Of a hook: words as for a shell, and a path that is given may be run.
Result<void> check_command(const std::string& text);
Result<void> check_assignment(const std::string& text);
Result<void> check_user(const std::string& text);
Result<void> check_group(const std::string& text);
/// A file; words like `true` and `off` are no file's name.
Result<void> check_file(const std::string& text);
/// The file of a certificate, and perhaps that of its key.
Result<void> check_certificate(const std::string& text);
Result<void> check_access_log(const std::string& text);
Result<void> check_error_log(const std::string& text);
Result<void> check_request_path(const std::string& text);
/// The target of a request that a canary is asked for; empty = none.
Result<void> check_probe(const std::string& text);
Result<void> check_access_format(const std::string& text);

}  // namespace orrery::config
