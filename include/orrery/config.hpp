// Config: every setting of a server, with its meaning, unit and default.
//
// A Config is a plain value. It is filled from the settings table (YAML file, environment, command line; see
// config/SETTINGS.md) by orrery::run(), or by your own code before Server{config, app}. The names are gunicorn's
// wherever gunicorn has the setting. The master owns one Config per generation; a worker gets a copy at fork and
// never changes it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orrery {

/// How a worker runs the handler of a complete request. The HTTP side is the same in all three.
enum class WorkerClass : std::uint8_t {
  kAsync,    ///< on the event loop: handlers must not block
  kSync,     ///< on the loop thread, one at a time: a handler may block, other workers take new connections
  kThreads,  ///< on a bounded pool of `threads`: handlers may block
};

/// How a reload takes the workers of the new configuration in. Each is ready before the one it replaces leaves.
enum class ReloadStrategy : std::uint8_t {
  kRolling,  ///< a few at a time, within `max_surge` and `max_unavailable`
  kSurge,    ///< all at once beside the old ones; each old one leaves as its replacement is ready
  kAll,      ///< all at once; the old ones leave together, when every new one is ready
};

/// What becomes of the advice how many workers there should be.
enum class Autoscale : std::uint8_t {
  kOff,     ///< it is told to those who ask
  kDryRun,  ///< each change of it is logged
  kOn,      ///< it is followed, within `workers_min` and `workers_max`
};

/// What becomes of a canary that has not answered enough requests in its time.
enum class CanaryVerdict : std::uint8_t {
  kRollBack,  ///< it leaves, and the old workers stay
  kPromote,   ///< the reload goes on
};

/// What USR2 does once the new binary serves.
enum class UpgradeMode : std::uint8_t {
  kTransactional,  ///< the old master drains and leaves by itself
  kManual,         ///< both serve until the operator sends TERM to one of them
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError, kCritical };

/// Of the error log.
enum class LogFormat : std::uint8_t { kText, kJson };

/// What becomes of header fields with an underscore in their name: behind a gateway that turns `-` into `_`,
/// `X_Real_IP` would pass for the `X-Real-IP` that only the proxy may set.
enum class HeaderMap : std::uint8_t {
  kDrop,       ///< no handler sees them
  kRefuse,     ///< 400
  kDangerous,  ///< handlers see them
};

/// Whether the connections of a listener begin with a PROXY header (haproxy's PROXY protocol, versions 1 and 2).
enum class ProxyProtocol : std::uint8_t { kOff, kOptional, kRequired };

/// Which versions of HTTP the clients may speak.
enum class Http2 : std::uint8_t {
  kAuto,  ///< HTTP/2 where the client wants it: by ALPN over TLS, else by its connection preface
  kOff,   ///< HTTP/1 only
  kOnly,  ///< HTTP/2 only; a request of HTTP/1 is answered 505
};

/// Whether a TLS client has to show a certificate of `ca_certs`.
enum class ClientCertificate : std::uint8_t {
  kNone,      ///< it is not asked
  kOptional,  ///< it may go without; one that is bad ends the handshake
  kRequired,  ///< without a good one the handshake fails
};

/// The oldest TLS that is spoken.
enum class TlsVersion : std::uint8_t { k12, k13 };

/// Which field names the client: the one that the proxy sets. It may hand the other one through as the client sent it.
enum class ForwardedBy : std::uint8_t {
  kAuto,           ///< both are read; where they name different clients: 400
  kXForwardedFor,  ///< Forwarded is ignored
  kForwarded,      ///< X-Forwarded-For is ignored
};

/// What becomes of a path with an encoded slash, %2F: behind a gateway that decodes it, it would mean another path.
enum class EncodedSlash : std::uint8_t {
  kRefuse,  ///< 400
  kKeep,    ///< it separates no segments: `%2F` in Request::path(), a slash in the value of Request::param()
};

/// What it means when a client closes its side of the connection while its request waits or is handled (a FIN).
enum class ClientHalfClose : std::uint8_t {
  kLeaves,  ///< nobody waits for the answer: the request is cancelled; an answer that still comes is still sent
  kWaits,   ///< the client only has nothing more to ask
};

/// What becomes of requests that wait too long for a handler.
enum class Pressure : std::uint8_t {
  kOff,    ///< nothing: they are served in their order
  kCodel,  ///< while no request waits for a short time only, those that have waited for long are answered 503
};

/// What becomes of a request's trace context (W3C Trace Context, the field `traceparent`); see Request::trace().
enum class Traceparent : std::uint8_t {
  kOff,   ///< it is a field like any other, and no request has a trace
  kKeep,  ///< that of a trusted peer is kept; other requests have none
  kMake,  ///< that of a trusted peer is kept; other requests begin a trace of their own
};

/// The form of the answers the server makes itself: errors, refusals.
enum class ErrorForm : std::uint8_t {
  kAuto,  ///< what the request accepts: HTML, JSON, else plain text
  kText,
  kHtml,
  kJson,
  kProblem,  ///< RFC 9457, application/problem+json
};

struct Config {
  using Milliseconds = std::chrono::milliseconds;
  using Seconds = std::chrono::seconds;

  // --- sockets ---
  /// Addresses to listen on: `HOST`, `HOST:PORT`, `[v6]:PORT`, `unix:PATH`, `fd://N`. Port 0 lets the kernel choose.
  /// ` proxy_protocol=off|optional|required` and ` tls` may follow.
  std::vector<std::string> bind{"127.0.0.1:8000"};
  /// Connections the kernel queues for us; 64 to 65535, capped by net.core.somaxconn.
  int backlog = 2048;

  // --- TLS: for the listeners whose `bind` says `tls`; where none does and there is a certfile, for all of TCP ---
  /// PEM file of the certificate, followed by those of its issuers; read by the master, as the user it was started as.
  std::string certfile;
  /// PEM file of its private key; empty = the key stands in `certfile`.
  std::string keyfile;
  /// File whose first line is the password of an encrypted key; empty = the key is not encrypted.
  std::string keyfile_password_file;
  /// More certificates, each `CERTFILE` or `CERTFILE KEYFILE`, chosen by the names in them; `certfile` is for all other
  /// names.
  std::vector<std::string> tls_certificates;
  /// PEM file of the authorities whose certificates clients may show; empty = none.
  std::string ca_certs;
  ClientCertificate cert_reqs = ClientCertificate::kNone;
  /// Ciphers of TLS 1.2 in OpenSSL's words, the best first; empty = the server's choice: ECDHE with AES-GCM or
  /// ChaCha20.
  std::string ciphers;
  TlsVersion tls_min_version = TlsVersion::k12;
  /// Reload, as HUP does, when a file that one of the settings of TLS names is another one than before, and
  /// certificates and keys belong together.
  bool tls_watch = false;
  /// Longest time from accept to the end of the TLS handshake.
  Milliseconds handshake_timeout = Seconds{10};
  /// Handshakes a worker has under way at once, 1 to 65536; other clients wait for their turn.
  int tls_handshakes = 256;

  // --- workers ---
  /// Number of worker processes, 1 to 256; 0 means `auto`: the CPUs that affinity and the cgroup quota allow.
  int workers = 0;
  /// Fewest workers that `autoscale` and `auto` come to, 1 to 256.
  int workers_min = 1;
  /// Most workers that `autoscale` and `auto` come to, up to 256; 0 = twice the CPUs that the service may use.
  int workers_max = 0;
  /// Whether the number of workers follows what they have to do.
  Autoscale autoscale = Autoscale::kOff;
  WorkerClass worker_class = WorkerClass::kAsync;
  /// Handler threads of a `threads` worker, 1 to 1024.
  int threads = 4;
  /// Requests that may wait for a handler thread before a `threads` worker answers 503; 1 to 65536.
  int thread_queue = 256;
  /// What becomes of requests that wait too long for a handler, in the class `threads`.
  Pressure pressure = Pressure::kOff;
  /// Waiting for less than that is no pressure, 1 ms to a minute.
  Milliseconds pressure_target{50};
  /// As long as even the one that has waited least has waited longer than that, 10 ms to an hour.
  Milliseconds pressure_interval{500};
  /// Connections a worker holds at once, 1 to 1000000; also bounded by RLIMIT_NOFILE.
  int worker_connections = 10000;
  /// Connections of a worker that may linger at once (see lingering_time), 0 to 1000000; when there are more the oldest
  /// is closed.
  int lingering_connections = 1024;
  /// A worker is replaced after this many requests; 0 = never.
  std::uint64_t max_requests = 0;
  /// A random 0..N is added to `max_requests`, for each worker anew, so that they do not recycle together.
  std::uint64_t max_requests_jitter = 0;
  /// A worker is replaced when it has served this long, or up to a tenth longer; 0 = never.
  Milliseconds max_worker_lifetime{0};
  /// A worker whose private memory exceeds this many bytes is replaced, gracefully; 0 = never.
  std::uint64_t max_worker_memory = 0;
  /// A worker whose private memory exceeds this many bytes is replaced at once and gets no new connections; 0 = never.
  std::uint64_t max_worker_memory_hard = 0;
  /// A request of which workers died is answered 503 for this long, by method and whole target; 0 = never.
  Milliseconds quarantine = std::chrono::minutes{10};
  /// Deaths within a minute that bring a request there, 1 to 100.
  int quarantine_after = 2;

  // --- watching ---
  /// Addresses of the admin process, on this machine only without `admin_token`. `auto` = a unix socket for the
  /// service's own user in $RUNTIME_DIRECTORY or $XDG_RUNTIME_DIR, where there is one; `off` = no such process.
  std::vector<std::string> admin{"auto"};
  /// File with the token that every request to the admin process must bring; empty = none is asked for.
  std::string admin_token;
  /// Addresses of the monitor process, which tells how the service is: /livez, /readyz, /metrics. Empty = none.
  std::vector<std::string> monitor;
  /// Bounds by which the metrics tell how long requests of a route took, ascending, each as in `0.25`, `250ms`,
  /// `900us`; at most 20. Empty = 20 from 131 us to 69 s, each twice the one before.
  std::vector<std::string> duration_buckets;
  /// Workers that must be ready for /readyz to say so, 1 to 256; never more than there shall be.
  int min_ready = 1;
  /// Where the admin process sends metrics in the form of StatsD: `HOST:PORT` (UDP) or `unix://PATH`; empty = nowhere.
  std::string statsd_host;
  /// What stands before each of their names, with a dot behind it; empty = nothing.
  std::string statsd_prefix;
  /// Tags behind each of them, in the form of DogStatsD: `name:value`.
  std::vector<std::string> dogstatsd_tags;

  // --- reload and upgrade ---
  /// For development: reload when `app`, the settings file or one of `reload_extra_files` changes, and tell clients on
  /// this machine what a handler threw.
  bool reload = false;
  /// Files, patterns (`*`, `?`, `[a-z]`) and directories, with all below them, that `reload` watches too.
  std::vector<std::string> reload_extra_files;
  ReloadStrategy reload_strategy = ReloadStrategy::kRolling;
  UpgradeMode upgrade = UpgradeMode::kTransactional;
  /// What becomes of a canary when `canary_limit` ends before it and its siblings have answered `canary_requests`.
  CanaryVerdict canary_verdict = CanaryVerdict::kRollBack;
  /// `rolling`: workers above `workers` while others are replaced, 0 to 256; those that drain are not counted.
  int max_surge = 1;
  /// `rolling`: workers that may be missing while others are replaced, 0 to 256; not 0 together with `max_surge`.
  int max_unavailable = 0;
  /// Requests that a canary has to answer, and its siblings too, before it is promoted, 1 to 1000000.
  int canary_requests = 100;
  /// Time that a canary is on trial at most, from when it is ready; a second to an hour, in whole seconds.
  Milliseconds canary_limit = Seconds{60};
  /// Path that a canary is asked for before any client's request, at most 120 bytes; empty = none.
  std::string canary_probe = "/";

  // --- time ---
  /// The loop thread must beat at least this often, else the master ends the worker; 0 = never.
  Milliseconds timeout = Seconds{30};
  /// Longest time a handler may take for one request; 0 = no limit. A route may have its own.
  Milliseconds request_deadline = Seconds{30};
  /// Time a stopping worker has to finish what it holds.
  Milliseconds graceful_timeout = Seconds{30};
  /// After TERM the service manager is told at once, but serving goes on for this long, so that load balancers can
  /// turn away first.
  Milliseconds drain_delay{0};
  /// Time a new worker has to become ready.
  Milliseconds boot_timeout = Seconds{30};
  /// Idle time after which a kept-alive connection is closed; 0 = close after each response.
  Milliseconds keepalive = Seconds{75};
  /// Total time for a request head: from accept for the first, from its first byte for later ones.
  Milliseconds header_timeout = Seconds{10};
  /// Time for a request body, plus the time its bytes take at `min_rate`.
  Milliseconds body_timeout = Seconds{30};
  /// Time for a response to be taken by the client, plus the time its bytes take at `min_rate`.
  Milliseconds write_timeout = Seconds{30};
  /// Longest time for which what a client still sends is read away after the last answer of its connection; 0 = the
  /// connection is closed at once, and what was not read resets it.
  Milliseconds lingering_time = Seconds{30};
  /// The same, when nothing comes.
  Milliseconds lingering_timeout = Seconds{5};
  /// Slowest transfer, in bytes per second, that earns more than `body_timeout` or `write_timeout`.
  std::size_t min_rate = 500;

  // --- limits on one request ---
  /// Longest request line in bytes, without its CRLF; longer is 414.
  std::size_t limit_request_line = 8190;
  /// Most header fields; more is 431.
  std::size_t limit_request_fields = 100;
  /// Longest header field line in bytes, without its CRLF; longer is 431.
  std::size_t limit_request_field_size = 8190;
  /// Largest request head in bytes, all lines together; larger is 431.
  std::size_t limit_request_head = 65536;
  /// Largest request body in bytes; larger is 413. A route may have its own.
  std::uint64_t limit_request_body = 1024 * 1024;
  Http2 http2 = Http2::kAuto;
  /// Requests that one HTTP/2 connection may have at once, 1 to 10000; further ones are refused, and may be sent again.
  int http2_max_concurrent_streams = 100;
  /// Most query parameters; more is 400.
  std::uint64_t limit_request_parameters = 1000;
  /// Most bytes read at once, 1024 to 65536: no more than that of later requests is kept while one is handled.
  std::size_t limit_request_pipeline = 65536;
  HeaderMap header_map = HeaderMap::kDrop;
  EncodedSlash encoded_slash = EncodedSlash::kRefuse;

  // --- answers ---
  ErrorForm error_form = ErrorForm::kAuto;
  bool hide_server = false;      ///< answers have no `Server: orrery`
  bool hide_request_id = false;  ///< answers have no X-Request-ID; the logs have it all the same
  ClientHalfClose client_half_close = ClientHalfClose::kLeaves;

  // --- trust ---
  /// Proxies (addresses or CIDR; `*` = all) whose X-Forwarded-For, Forwarded, scheme headers and X-Request-ID are
  /// believed. Unix sockets always are.
  std::vector<std::string> forwarded_allow_ips{"127.0.0.1", "::1"};
  ForwardedBy forwarded_by = ForwardedBy::kAuto;
  /// `NAME=value`: a trusted proxy that sends this field with this value was asked over https.
  std::vector<std::string> secure_scheme_headers{"X-Forwarded-Protocol=ssl", "X-Forwarded-Proto=https",
                                                 "X-Forwarded-Ssl=on"};
  /// For listeners that do not say it themselves (`bind: 0.0.0.0:8000 proxy_protocol=required`).
  ProxyProtocol proxy_protocol = ProxyProtocol::kOff;
  /// Peers whose PROXY header is believed. Unix sockets always are.
  std::vector<std::string> proxy_allow_ips{"127.0.0.1", "::1"};

  // --- process ---
  /// Shared object with the application that is served (module.hpp); empty = the one that the program has in it.
  std::string app;
  /// Load `app` once, in the master, before the fork: a reload starts the same code again.
  bool preload_app = false;
  std::string proc_name = "orrery";    ///< shown by ps: `orrery: master`
  std::string chdir;                   ///< working directory; empty = where it was started
  std::vector<std::string> raw_env;    ///< `NAME=value`, set in the environment of master and workers
  std::string pidfile;                 ///< locked for the master's life; empty = none
  std::string user;                    ///< workers run as this user (name or uid); empty = as started
  std::string group;                   ///< workers run as this group (name or gid); empty = as started
  bool initgroups = false;             ///< give the workers the supplementary groups of `user`
  std::optional<std::uint32_t> umask;  ///< file mode creation mask, octal; unset = as started
  bool daemon = false;                 ///< go to the background once the service is ready

  // --- hooks: commands that the master runs, without a shell; empty = none ---
  std::string on_starting;            ///< before the first worker; the start waits for it, and fails with it
  std::string when_ready;             ///< the workers serve
  std::string on_reload;              ///< a reload begins
  std::string pre_exec;               ///< an upgrade begins
  std::string child_exit;             ///< a worker has ended
  std::string nworkers_changed;       ///< the service means to have another number of workers
  std::string on_exit;                ///< the last worker has ended; the master waits for it
  Milliseconds hook_timeout{30'000};  ///< a command that takes longer is ended

  // --- logs ---
  std::string errorlog = "-";  ///< file of the error log; `-` = standard error
  LogLevel loglevel = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  std::string accesslog;  ///< file of the access log; `-` = standard output; empty = off
  /// Paths whose requests get no line in the access log, such as `/health`; compared whole, without the query.
  std::vector<std::string> access_log_skip;
  /// gunicorn's atoms; an unknown atom is refused when the configuration is read. A format that is a JSON object gives
  /// lines of JSON, and so does the word `json`.
  std::string access_log_format = R"(%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s")";
  /// Lead what the application writes to standard output and standard error into the error log.
  bool capture_output = false;
  /// Send the lines of both logs to syslog too.
  bool syslog = false;
  /// Where syslog is: `unix:PATH` or `udp://HOST:PORT`.
  std::string syslog_addr = "unix:/dev/log";
  std::string syslog_facility = "user";  ///< as syslog(3) has it: user, daemon, local0 to local7, ...
  /// The name in its lines; empty = proc_name.
  std::string syslog_prefix;
  /// Keep the access log out of syslog.
  bool disable_redirect_access_to_syslog = false;
  /// Whether requests belong to a trace, which the logs name; see Request::trace().
  Traceparent traceparent = Traceparent::kKeep;

  // --- where large bodies lie ---
  /// Largest part of a request body in bytes that is in memory, where a handler gets the body whole; a larger one goes
  /// into a file. 0 = every body is in memory.
  std::uint64_t client_body_buffer_size = 1024 * 1024;
  /// Directory of those files; empty = $TMPDIR, else /var/tmp, else /tmp.
  std::string tmp_upload_dir;
};

}  // namespace orrery
