#include "config/foreign.hpp"

#include <algorithm>
#include <array>

namespace orrery::config {
namespace {

using enum Fate;

// Rows stand by topic, as in gunicorn's own pages.
constexpr std::array kForeign{
    // --- the application ---
    ForeignSetting{"wsgi_app", "", kPython, "the Python application; here the binary is the application: remove it"},
    ForeignSetting{"pythonpath", "--pythonpath", kPython, "a path for Python's imports; remove it"},
    ForeignSetting{
        "paste", "--paste --paster", kPython,
        "a PasteDeploy file; what it configures of the server goes into the YAML file, the rest is Python's"},
    ForeignSetting{"raw_paste_global_conf", "--paste-global", kPython, "a variable of a PasteDeploy file; remove it"},
    ForeignSetting{"default_proc_name", "", kPython,
                   "gunicorn's own note of the application's name; proc_name says what ps shows"},
    ForeignSetting{
        "root_path", "--root-path", kAbsent,
        "the prefix below which a proxy mounts the application; there is none: let the proxy take the prefix "
        "off, or name it in the routes"},

    // --- workers ---
    ForeignSetting{"worker_tmp_dir", "--worker-tmp-dir", kNotNeeded,
                   "where gunicorn's workers touch a file to show that they live; here they use memory: remove it"},
    ForeignSetting{"asgi_loop", "--asgi-loop", kPython,
                   "a choice among Python's event loops; a worker's loop is libuv's here: remove it"},
    ForeignSetting{"asgi_lifespan", "--asgi-lifespan", kPython,
                   "Python's start and end of an application; here they are App::on_worker_start and on_worker_end"},
    ForeignSetting{"asgi_disconnect_grace_period", "--asgi-disconnect-grace-period", kPython,
                   "the time a Python handler has after its client left; a Responder tells of it with on_closed here"},
    ForeignSetting{"http_parser", "--http-parser", kPython,
                   "a choice among Python's parsers; requests are always read by llhttp here: remove it"},
    ForeignSetting{"reuse_port", "--reuse-port", kNotNeeded,
                   "one socket for each worker; workers share one socket here, whose queue none loses: remove it"},

    // --- development ---
    ForeignSetting{
        "reload_engine", "--reload-engine", kNotNeeded,
        "how gunicorn's development reload watches Python's files; here the kernel tells (inotify): remove it"},
    ForeignSetting{"spew", "--spew", kPython, "a trace of every line of Python; use gdb or perf on the binary"},

    // --- logs ---
    ForeignSetting{"logconfig", "--log-config", kAbsent,
                   "a file for Python's loggers; errorlog, accesslog, loglevel and access_log_format say all here"},
    ForeignSetting{
        "logconfig_dict", "", kPython,
        "a dictionary for Python's loggers; errorlog, accesslog, loglevel and access_log_format say all here"},
    ForeignSetting{"logconfig_json", "--log-config-json", kAbsent,
                   "a file for Python's loggers; for an access log in JSON write access_log_format: json"},
    ForeignSetting{"logger_class", "--logger-class", kPython,
                   "a Python class that writes the logs; errorlog and accesslog say where they go here"},
    ForeignSetting{"enable_stdio_inheritance", "-R --enable-stdio-inheritance", kPython,
                   "Python's unbuffered standard output; workers have the master's standard output and standard error "
                   "always here: remove it"},
    ForeignSetting{"enable_backlog_metric", "--enable-backlog-metric", kAbsent,
                   "gunicorn's statsd gauge of the accept queue; /metrics has it as orrery_listen_queue: remove it"},

    // --- control ---
    ForeignSetting{
        "control_socket", "--control-socket", kAbsent,
        "the socket for gunicornc; there is none by this name: the master obeys signals (HUP, USR2, TTIN …)"},
    ForeignSetting{"control_socket_mode", "--control-socket-mode", kAbsent,
                   "the mode of the socket for gunicornc; there is none by this name: remove it"},
    ForeignSetting{"control_socket_disable", "--no-control-socket", kNotNeeded,
                   "what turns the socket for gunicornc off; there is none by this name: remove it"},

    // --- TLS ---
    ForeignSetting{"ssl_version", "--ssl-version", kNotNeeded,
                   "a word that gunicorn itself ignores, which TLS is spoken; tls_min_version says it here: remove it"},
    ForeignSetting{
        "ssl_context", "", kAbsent,
        "a Python function for TLS; certfile, keyfile, ca_certs, cert_reqs and ciphers say all here: remove it"},
    ForeignSetting{"do_handshake_on_connect", "--do-handshake-on-connect", kNotNeeded,
                   "when Python shakes hands for TLS; a handshake never holds anybody up here: remove it"},
    ForeignSetting{"suppress_ragged_eofs", "--suppress-ragged-eofs", kNotNeeded,
                   "how Python takes a TLS connection that breaks; it is the client's end here: remove it"},

    // --- HTTP/2 ---
    ForeignSetting{"http_protocols", "--http-protocols", kOtherName,
                   "the choice of HTTP/1.1 and HTTP/2; here it is `http2`: auto (both), off or only"},
    ForeignSetting{"http2_cleartext", "--http2-cleartext", kOtherName,
                   "HTTP/2 without TLS; here it is spoken with clients that begin with it, unless `http2` is off"},
    ForeignSetting{"http2_initial_window_size", "--http2-initial-window-size", kNotNeeded,
                   "the flow control of HTTP/2; windows are as large here as a body may be, up to 12.5 MB: remove it"},
    ForeignSetting{"http2_max_frame_size", "--http2-max-frame-size", kNotNeeded,
                   "the frame size of HTTP/2; it is 16 KiB here, which every client takes: remove it"},
    ForeignSetting{"http2_max_header_list_size", "--http2-max-header-list-size", kOtherName,
                   "a limit of HTTP/2; here limit_request_head is that of both protocols"},

    // --- what requests may be ---
    ForeignSetting{"permit_obsolete_folding", "--permit-obsolete-folding", kStricter,
                   "gunicorn's leave to fold field lines; they are always refused here (obs_fold)"},
    ForeignSetting{"strip_header_spaces", "--strip-header-spaces", kStricter,
                   "gunicorn's leave to put blanks before a colon; they are always refused here (space_before_colon)"},
    ForeignSetting{"permit_unconventional_http_method", "--permit-unconventional-http-method", kStricter,
                   "gunicorn's leave to use odd methods; those of the IANA registry are known here, others get 501"},
    ForeignSetting{"permit_unconventional_http_version", "--permit-unconventional-http-version", kStricter,
                   "gunicorn's leave to use odd versions; HTTP/1.0 and HTTP/1.1 are known here, others get 505"},
    ForeignSetting{
        "casefold_http_method", "--casefold-http-method", kStricter,
        "gunicorn's leave to write methods in small letters; they are always refused here, as other words are"},
    ForeignSetting{
        "forwarder_headers", "--forwarder-headers", kPython,
        "a list of fields that become names of Python's environ; fields keep their names here, and header_map "
        "says what becomes of those with an underscore"},
    ForeignSetting{
        "protocol", "--protocol", kPython,
        "the choice of HTTP and uWSGI's protocol; HTTP is spoken here: use proxy_pass in nginx, not uwsgi_pass"},
    ForeignSetting{"uwsgi_allow_ips", "--uwsgi-allow-from", kPython,
                   "the peers that may speak uWSGI's protocol, which is not spoken here; remove it"},
    ForeignSetting{"sendfile", "--no-sendfile", kNotNeeded,
                   "a choice of gunicorn for files; handlers write their bytes here: remove it"},

    // --- hooks ---
    ForeignSetting{"post_worker_init", "", kOtherName, "a hook in Python; here it is App::on_worker_start"},
    ForeignSetting{"worker_exit", "", kOtherName, "a hook in Python; here it is App::on_worker_end"},
    ForeignSetting{"worker_abort", "", kOtherName,
                   "a hook in Python for a worker that is stuck; its stack and its requests are always logged here"},
    ForeignSetting{"worker_int", "", kOtherName,
                   "a hook in Python for a worker that is told to leave; here it is App::on_worker_end"},
    ForeignSetting{"on_starting", "", kOtherName,
                   "a hook in Python; here it is a command, `on_starting: COMMAND`, which the start waits for"},
    ForeignSetting{"when_ready", "", kOtherName, "a hook in Python; here it is a command, `when_ready: COMMAND`"},
    ForeignSetting{"on_reload", "", kOtherName, "a hook in Python; here it is a command, `on_reload: COMMAND`"},
    ForeignSetting{"on_exit", "", kOtherName,
                   "a hook in Python; here it is a command, `on_exit: COMMAND`, which the master waits for"},
    ForeignSetting{"pre_fork", "", kAbsent,
                   "a hook in Python in the master; there is none: prepare in main() before orrery::run(), or in "
                   "`on_starting`, and per worker in App::on_worker_start"},
    ForeignSetting{"post_fork", "", kOtherName,
                   "a hook in Python in the worker; here it is App::on_worker_start, which runs there"},
    ForeignSetting{"pre_exec", "", kOtherName,
                   "a hook in Python before an upgrade; here it is a command, `pre_exec: COMMAND`"},
    ForeignSetting{"child_exit", "", kOtherName,
                   "a hook in Python in the master; here it is a command, `child_exit: COMMAND`, which is told the "
                   "worker, its pid and how it ended"},
    ForeignSetting{"nworkers_changed", "", kOtherName,
                   "a hook in Python in the master; here it is a command, `nworkers_changed: COMMAND`, which is told "
                   "both numbers"},
    ForeignSetting{"pre_request", "", kAbsent, "a hook in Python; there is none yet: call it first in each handler"},
    ForeignSetting{"post_request", "", kAbsent,
                   "a hook in Python; there is none yet: the access log has what it knows of a request"},

    // --- dirty workers ---
    ForeignSetting{"dirty_apps", "--dirty-app", kPython,
                   "an application for gunicorn's second kind of worker; run it as a service of its own"},
    ForeignSetting{"dirty_workers", "--dirty-workers", kPython,
                   "the number of gunicorn's second kind of worker; there is one kind here: workers says how many"},
    ForeignSetting{"dirty_timeout", "--dirty-timeout", kPython,
                   "a time limit of gunicorn's second kind of worker; request_deadline bounds a request here"},
    ForeignSetting{"dirty_threads", "--dirty-threads", kPython,
                   "the threads of gunicorn's second kind of worker; threads says how many a worker has here"},
    ForeignSetting{"dirty_graceful_timeout", "--dirty-graceful-timeout", kPython,
                   "a time limit of gunicorn's second kind of worker; graceful_timeout is that of all workers here"},
    ForeignSetting{"on_dirty_starting", "", kPython, "a hook of gunicorn's second kind of worker; remove it"},
    ForeignSetting{"dirty_post_fork", "", kPython,
                   "a hook of gunicorn's second kind of worker; App::on_worker_start runs in each worker here"},
    ForeignSetting{"dirty_worker_init", "", kPython,
                   "a hook of gunicorn's second kind of worker; App::on_worker_start runs in each worker here"},
    ForeignSetting{"dirty_worker_exit", "", kPython,
                   "a hook of gunicorn's second kind of worker; App::on_worker_end runs in each worker here"},
};

constexpr std::array kShared{
    // --- with a difference ---
    SharedSetting{
        "worker_class",
        "The default is `async`: handlers run on an event loop. Handlers that block need `threads` (`gthread`) "
        "or `sync`; `gevent`, `eventlet` and `tornado` are Python's."},
    SharedSetting{"workers", "The default is one for each CPU that the service may use, not 1."},
    SharedSetting{"threads",
                  "Above 1 it makes the class `threads` of `sync`, and where no class is given; the log says so."},
    SharedSetting{"worker_connections", "The default is 10000, not 1000, and it bounds every class."},
    SharedSetting{"timeout",
                  "Bounds how long an event loop may stand still. One request is bounded by `request_deadline`, 30 s, "
                  "which a longer `timeout` raises unless it is given."},
    SharedSetting{"keepalive", "The default is 75 s, not 2 s: longer than that of most proxies in front."},
    SharedSetting{"limit_request_line",
                  "The default is 8190 bytes, not 4094. Bodies have a limit too: `limit_request_body`, 1 MiB."},
    SharedSetting{"umask", "The default is the umask as started, not 0: it decides who may connect to a unix socket."},
    SharedSetting{"proxy_protocol", "A word: `off`, `optional` or `required`; versions 1 and 2 are both read."},
    SharedSetting{"header_map", "What handlers see of a field is its own name, since there is no environ."},
    SharedSetting{"certfile", "Read by the master, at start and at HUP: a new certificate needs no restart."},
    SharedSetting{"keyfile", "Read by the master before it gives up root: the workers' user need not be able to."},
    SharedSetting{"cert_reqs", "Words: `none`, `optional`, `required`; Python's 0, 1 and 2 are understood."},
    SharedSetting{"ciphers", "Of TLS 1.2 only. The default is Mozilla's intermediate list, without DHE."},
    SharedSetting{"preload_app", "An application that is in the binary is always loaded before the fork."},
    SharedSetting{"reload", "Watches the application as a shared object, or the program; there are no source files."},
    SharedSetting{"reload_extra_files", "Patterns and directories too."},
    SharedSetting{"tmp_upload_dir", "Bodies up to `client_body_buffer_size` stay in memory."},
    SharedSetting{"config", "A YAML file, not a program: `name: value` lines."},
    SharedSetting{"statsd_host", "Counts are sent each second by a process of their own, not from each request."},
    SharedSetting{"syslog_addr", "The default is unix:/dev/log, and TCP is not spoken."},
    SharedSetting{"syslog_prefix", "It stands alone before .error and .access, without gunicorn's name."},
    // --- without ---
    SharedSetting{"bind", ""},
    SharedSetting{"backlog", ""},
    SharedSetting{"max_requests", ""},
    SharedSetting{"max_requests_jitter", ""},
    SharedSetting{"graceful_timeout", ""},
    SharedSetting{"limit_request_fields", ""},
    SharedSetting{"limit_request_field_size", ""},
    SharedSetting{"http2_max_concurrent_streams", ""},
    SharedSetting{"chdir", ""},
    SharedSetting{"daemon", ""},
    SharedSetting{"raw_env", ""},
    SharedSetting{"pidfile", ""},
    SharedSetting{"user", ""},
    SharedSetting{"group", ""},
    SharedSetting{"initgroups", ""},
    SharedSetting{"ca_certs", ""},
    SharedSetting{"forwarded_allow_ips", ""},
    SharedSetting{"secure_scheme_headers", ""},
    SharedSetting{"accesslog", ""},
    SharedSetting{"access_log_format", ""},
    SharedSetting{"errorlog", ""},
    SharedSetting{"loglevel", ""},
    SharedSetting{"capture_output", ""},
    SharedSetting{"syslog", ""},
    SharedSetting{"syslog_facility", ""},
    SharedSetting{"disable_redirect_access_to_syslog", ""},
    SharedSetting{"proc_name", ""},
    SharedSetting{"statsd_prefix", ""},
    SharedSetting{"dogstatsd_tags", ""},
    SharedSetting{"proxy_allow_ips", ""},
    SharedSetting{"check_config", ""},
    SharedSetting{"print_config", ""},
};

/// "--log-config" and "log-config" as the name of a file is written.
std::string plain(std::string_view name) {
  while (name.size() > 2 && name.front() == '-') name.remove_prefix(1);
  std::string text{name};
  if (text.size() > 2) std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

bool has_flag(const ForeignSetting& row, const std::string& wanted) {
  std::string_view rest = row.flags;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (plain(rest.substr(0, end)) == wanted) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

std::span<const ForeignSetting> foreign_settings() { return kForeign; }

std::span<const SharedSetting> shared_settings() { return kShared; }

std::string_view explain_foreign(std::string_view name) {
  const auto wanted = plain(name);
  const auto row = std::find_if(kForeign.begin(), kForeign.end(),
                                [&](const ForeignSetting& one) { return one.name == wanted || has_flag(one, wanted); });
  return row == kForeign.end() ? std::string_view{} : row->sentence;
}

std::string_view fate_words(Fate fate) {
  switch (fate) {
    case kOtherName: return "here in another way";
    case kNotNeeded: return "not needed";
    case kPython: return "Python's";
    case kStricter: return "always strict";
    case kAbsent: return "not offered";
  }
  return "";
}

}  // namespace orrery::config
