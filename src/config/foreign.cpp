#include "config/foreign.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace orrery::config {
namespace {

struct Row {
  std::string_view name;
  std::string_view sentence;
};

constexpr std::string_view kReload =
    "gunicorn's development reload, which restarts when a file changes; there is none yet: build, then send "
    "USR2 (new "
    "binary) or HUP (new configuration)";
constexpr std::string_view kTls = "gunicorn's TLS; there is none yet: let a proxy in front end it";
constexpr std::string_view kPython = "for Python only; remove it";
constexpr std::string_view kStatsd =
    "gunicorn's statsd client; there is none yet: the totals are in the log at the end";
constexpr std::string_view kSyslog =
    "gunicorn's syslog client; there is none: the service manager takes standard error";
constexpr std::string_view kLogConfig =
    "Python's configuration of loggers; here errorlog, accesslog, loglevel and access_log_format say all";
constexpr std::string_view kTemporary =
    "where gunicorn's workers touch a file to show that they live; here they use memory";
constexpr std::string_view kPreload =
    "gunicorn's loading of the application before the fork, which a binary always has; remove it";
constexpr std::string_view kReusePort =
    "one socket for each worker; workers share one socket here, whose queue none loses";
constexpr std::string_view kLoose = "gunicorn's leave to take malformed requests; they are always refused here";

constexpr std::array kRows{
    Row{"reload", kReload},
    Row{"reload_engine", kReload},
    Row{"reload_extra_file", kReload},
    Row{"reload_extra_files", kReload},
    Row{"certfile", kTls},
    Row{"keyfile", kTls},
    Row{"ca_certs", kTls},
    Row{"ciphers", kTls},
    Row{"ssl_version", kTls},
    Row{"cert_reqs", kTls},
    Row{"do_handshake_on_connect", kTls},
    Row{"suppress_ragged_eofs", kTls},
    Row{"preload", kPreload},
    Row{"preload_app", kPreload},
    Row{"pythonpath", kPython},
    Row{"paste", kPython},
    Row{"paster", kPython},
    Row{"spew", kPython},
    Row{"wsgi_app", kPython},
    Row{"statsd_host", kStatsd},
    Row{"statsd_prefix", kStatsd},
    Row{"dogstatsd_tags", kStatsd},
    Row{"log_syslog", kSyslog},
    Row{"log_syslog_to", kSyslog},
    Row{"log_syslog_prefix", kSyslog},
    Row{"log_syslog_facility", kSyslog},
    Row{"syslog", kSyslog},
    Row{"logconfig", kLogConfig},
    Row{"log_config", kLogConfig},
    Row{"logconfig_dict", kLogConfig},
    Row{"logconfig_json", kLogConfig},
    Row{"log_config_json", kLogConfig},
    Row{"logger_class", kLogConfig},
    Row{"capture_output", "what a handler prints goes to standard output and standard error as they are; remove it"},
    Row{"enable_stdio_inheritance", "workers have the master's standard output and standard error always; remove it"},
    Row{"worker_tmp_dir", kTemporary},
    Row{"tmp_upload_dir", "a choice of gunicorn for uploads; bodies stay in memory here, within limit_request_body"},
    Row{"reuse_port", kReusePort},
    Row{"sendfile", "a choice of gunicorn for files; handlers write their bytes here"},
    Row{"no_sendfile", "a choice of gunicorn for files; handlers write their bytes here"},
    Row{"permit_obsolete_folding", kLoose},
    Row{"permit_unconventional_http_method", kLoose},
    Row{"permit_unconventional_http_version", kLoose},
    Row{"strip_header_spaces", kLoose},
    Row{"casefold_http_method", kLoose},
};

}  // namespace

std::string_view explain_foreign(std::string_view name) {
  std::string plain{name};
  std::replace(plain.begin(), plain.end(), '-', '_');
  const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& one) { return one.name == plain; });
  return row == kRows.end() ? std::string_view{} : row->sentence;
}

}  // namespace orrery::config
