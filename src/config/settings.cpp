#include "config/settings.hpp"

#include <algorithm>

#include "config/checks.hpp"

namespace orrery::config {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kWeek = 7 * 24 * 3600 * kSecond;
constexpr std::int64_t kMebibyte = 1024 * 1024;
constexpr std::int64_t kTebibyte = kMebibyte * kMebibyte;

// A row is easier to compare with its neighbours when its fields stand in one column.
// clang-format off
std::vector<Setting> make_settings() {
  return {
    // --- sockets ---
    {.name = "bind", .member = &Config::bind, .kind = Kind::kList, .group = Group::kSockets, .impact = Impact::kRebind,
     .letter = 'b', .flags = {"bind"}, .placeholder = "ADDRESS", .unit = "addresses", .range = {1, 64},
     .environment = "PORT", .environment_prefix = "0.0.0.0:", .check = check_bind,
     .doc = "Address to listen on: HOST, HOST:PORT, [v6]:PORT, unix:PATH, unix:@NAME or fd://N; may be repeated. HOST "
            "is a numeric address or `localhost`; the port is 8000 when none is given, and port 0 lets the kernel "
            "choose. A link-local address needs its interface: [fe80::1%eth0]:8000. unix:@NAME is a name of Linux's "
            "abstract namespace, which is no file and which every user of the machine may open. Addresses from a "
            "stronger source replace those of a weaker one. Options may follow an address: `tls`; "
            "`proxy_protocol=off`, `optional` or `required`; and, after [::] only, `ipv6only=off`, which takes IPv4 "
            "too ([::]:8000 alone takes IPv6 only). In YAML an address in brackets stands in quotes. The variable "
            "PORT means 0.0.0.0:$PORT."},
    {.name = "backlog", .member = &Config::backlog, .kind = Kind::kInteger, .group = Group::kSockets,
     .impact = Impact::kRebind, .flags = {"backlog"}, .placeholder = "N", .unit = "connections", .range = {64, 65535},
     .doc = "Connections the kernel queues until a worker accepts them. The kernel caps it at net.core.somaxconn."},

    // --- TLS ---
    {.name = "certfile", .member = &Config::certfile, .kind = Kind::kText, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"certfile"}, .placeholder = "FILE", .check = check_file,
     .doc = "PEM file of the certificate, with those of its issuers behind it. Addresses of `bind` with the word "
            "`tls` speak TLS; where no address has it, all TCP addresses do. The master reads it at start and at each "
            "reload, as the user that it was started as."},
    {.name = "keyfile", .member = &Config::keyfile, .kind = Kind::kText, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"keyfile"}, .placeholder = "FILE", .check = check_file,
     .doc = "PEM file of the certificate's private key; empty = it stands in `certfile`. The workers' user need not be "
            "able to read it."},
    {.name = "keyfile_password_file", .member = &Config::keyfile_password_file, .kind = Kind::kText,
     .group = Group::kTls, .impact = Impact::kRespawn, .flags = {"keyfile-password-file"}, .placeholder = "FILE",
     .check = check_file, .doc = "File whose first line is the password of an encrypted key."},
    {.name = "tls_certificates", .member = &Config::tls_certificates, .kind = Kind::kList, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"tls-certificate", "tls-certificates"}, .placeholder = "FILES",
     .check = check_certificate,
     .doc = "More certificates, for a server of several names: each the PEM file of one with its issuers, and behind a "
            "blank that of its key where that stands elsewhere. A client gets the first one that has the name it asks "
            "for (SNI), `*.` standing for one label, and the one of `certfile` where none has."},
    {.name = "ca_certs", .member = &Config::ca_certs, .kind = Kind::kText, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"ca-certs"}, .placeholder = "FILE", .check = check_file,
     .doc = "PEM file of the authorities whose certificates clients may show; see `cert_reqs`."},
    {.name = "cert_reqs", .member = &Config::cert_reqs, .kind = Kind::kChoice, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"cert-reqs"}, .placeholder = "WORD",
     .choices = {{"none", int(ClientCertificate::kNone)}, {"0", int(ClientCertificate::kNone)},
                 {"optional", int(ClientCertificate::kOptional)}, {"1", int(ClientCertificate::kOptional)},
                 {"required", int(ClientCertificate::kRequired)}, {"2", int(ClientCertificate::kRequired)}},
     .doc = "Whether TLS clients have to show a certificate of `ca_certs`: none, optional or required. The numbers are "
            "Python's words for the same."},
    {.name = "ciphers", .member = &Config::ciphers, .kind = Kind::kText, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"ciphers"}, .placeholder = "LIST",
     .doc = "Ciphers of TLS 1.2 in OpenSSL's words, the best first; empty = ECDHE with AES-GCM or ChaCha20. Those of "
            "TLS 1.3 are always all good ones."},
    {.name = "tls_min_version", .member = &Config::tls_min_version, .kind = Kind::kChoice, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"tls-min-version"}, .placeholder = "VERSION",
     .choices = {{"1.2", int(TlsVersion::k12)}, {"1.3", int(TlsVersion::k13)}},
     .doc = "Oldest version of TLS that is spoken: 1.2 or 1.3."},
    {.name = "handshake_timeout", .member = &Config::handshake_timeout, .kind = Kind::kDuration, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"handshake-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1, kWeek}, .doc = "Longest time from accept to the end of the TLS handshake."},
    {.name = "tls_handshakes", .member = &Config::tls_handshakes, .kind = Kind::kInteger, .group = Group::kTls,
     .impact = Impact::kRespawn, .flags = {"tls-handshakes"}, .placeholder = "N", .unit = "handshakes",
     .range = {1, 65536},
     .doc = "Handshakes a worker has under way at once. Other clients wait for their turn within `handshake_timeout`; "
            "a client that has sent nothing yet counts as none."},
    {.name = "tls_watch", .member = &Config::tls_watch, .kind = Kind::kSwitch, .group = Group::kTls,
     .impact = Impact::kLive, .flags = {"tls-watch"},
     .doc = "Reload, as HUP does, when certificates, keys or authorities on disk are others than before, as certbot "
            "and cert-manager replace them. It waits until each certificate has its key again, 10 seconds at most; "
            "what is wrong then is said, and the old ones go on. The settings file is read again with them."},

    // --- workers ---
    {.name = "workers", .member = &Config::workers, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kLive, .letter = 'w', .flags = {"workers"}, .placeholder = "N", .unit = "processes",
     .range = {1, 256}, .zero_word = "auto",
     .parts = {{"min", "workers_min"}, {"max", "workers_max"}}, .environment = "WEB_CONCURRENCY",
     .doc = "Number of worker processes; `auto` is the number of CPUs that affinity and the cgroup quota allow. TTIN "
            "and TTOU change it by one until the next reload. A mapping `{min: 2, max: 8}` gives `workers_min` and "
            "`workers_max`, and leaves the number itself `auto`."},
    {.name = "workers_min", .member = &Config::workers_min, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kLive, .flags = {"workers-min"}, .placeholder = "N", .unit = "processes", .range = {1, 256},
     .doc = "Fewest workers that `workers: auto` and `autoscale` come to."},
    {.name = "workers_max", .member = &Config::workers_max, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kLive, .flags = {"workers-max"}, .placeholder = "N", .unit = "processes", .range = {1, 256},
     .zero_word = "auto",
     .doc = "Most workers that `workers: auto` and `autoscale` come to. `auto` is twice the CPUs that the service may "
            "use, or `workers` where that is more."},
    {.name = "autoscale", .member = &Config::autoscale, .kind = Kind::kChoice, .group = Group::kWorkers,
     .impact = Impact::kLive, .flags = {"autoscale"}, .placeholder = "WORD",
     .choices = {{"off", int(Autoscale::kOff)}, {"dry_run", int(Autoscale::kDryRun)},
                 {"dry-run", int(Autoscale::kDryRun)}, {"on", int(Autoscale::kOn)}},
     .doc = "Whether the number of workers follows what `orrery ctl advise` says, between `workers_min` and "
            "`workers_max`: `off`, `dry_run` (each change of the advice is logged, and nothing is done) or `on`. More "
            "come after ten seconds, fewer after a minute and a few at a time. A number that a person orders (`scale`, "
            "TTIN, TTOU) stays until the next reload. It needs the admin process."},
    {.name = "worker_class", .member = &Config::worker_class, .kind = Kind::kChoice, .group = Group::kWorkers,
     .impact = Impact::kRespawn, .letter = 'k', .flags = {"worker-class"}, .placeholder = "CLASS",
     .choices = {{"async", int(WorkerClass::kAsync)}, {"sync", int(WorkerClass::kSync)},
                 {"threads", int(WorkerClass::kThreads)}, {"gthread", int(WorkerClass::kThreads)}},
     .doc = "How a worker runs handlers: `async` on the event loop, `sync` one at a time, `threads` on a pool. "
            "Handlers of `async` must not block; `gthread` is another word for `threads`, and `sync` with `threads` "
            "above 1 becomes `threads`."},
    {.name = "threads", .member = &Config::threads, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kRespawn, .flags = {"threads"}, .placeholder = "N", .unit = "threads", .range = {1, 1024},
     .doc = "Handler threads of a `threads` worker."},
    {.name = "thread_queue", .member = &Config::thread_queue, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kRespawn, .flags = {"thread-queue"}, .placeholder = "N", .unit = "requests", .range = {1, 65536},
     .doc = "Requests that may wait for a handler thread before a `threads` worker answers 503."},
    {.name = "pressure", .member = &Config::pressure, .kind = Kind::kChoice, .group = Group::kWorkers,
     .impact = Impact::kRespawn, .flags = {"pressure"}, .placeholder = "WORD",
     .choices = {{"off", int(Pressure::kOff)}, {"codel", int(Pressure::kCodel)}},
     .doc = "What becomes of requests that wait too long for a handler, in the worker class threads: off "
            "(they are served in their order) or codel: when for `pressure_interval` none has waited for less than "
            "`pressure_target`, those that have waited twice as long as that are answered 503 with Retry-After, until "
            "one waits for less again. Routes that say so are never shed."},
    {.name = "pressure_target", .member = &Config::pressure_target, .kind = Kind::kDuration, .group = Group::kWorkers,
     .impact = Impact::kRespawn, .flags = {"pressure-target"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1, 60'000}, .doc = "How long requests may wait for a handler before that is called pressure."},
    {.name = "pressure_interval", .member = &Config::pressure_interval, .kind = Kind::kDuration,
     .group = Group::kWorkers, .impact = Impact::kRespawn, .flags = {"pressure-interval"}, .placeholder = "TIME",
     .unit = "seconds", .range = {10, 3'600'000}, .doc = "How long it must last until requests are shed."},
    {.name = "worker_connections", .member = &Config::worker_connections, .kind = Kind::kInteger,
     .group = Group::kWorkers, .impact = Impact::kRespawn, .flags = {"worker-connections"}, .placeholder = "N",
     .unit = "connections", .range = {1, 1000000},
     .doc = "Connections a worker holds at once. The limit of open files (RLIMIT_NOFILE) bounds it too. At the limit "
            "the longest-idle connection is closed first."},
    {.name = "lingering_connections", .member = &Config::lingering_connections, .kind = Kind::kInteger,
     .group = Group::kWorkers, .impact = Impact::kRespawn, .flags = {"lingering-connections"}, .placeholder = "N",
     .unit = "connections", .range = {0, 1000000},
     .doc = "Connections of a worker that may linger at once (see `lingering_time`). When one more begins, and when a "
            "place for a new connection is needed, the one that began first is closed."},
    {.name = "max_requests", .member = &Config::max_requests, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kRespawn, .flags = {"max-requests"}, .placeholder = "N", .unit = "requests",
     .doc = "A worker is replaced after this many requests; 0 = never."},
    {.name = "max_requests_jitter", .member = &Config::max_requests_jitter, .kind = Kind::kInteger,
     .group = Group::kWorkers, .impact = Impact::kRespawn, .flags = {"max-requests-jitter"}, .placeholder = "N",
     .unit = "requests",
     .doc = "A random 0..N is added to `max_requests`, for each worker anew. So they do not all recycle together."},
    {.name = "max_worker_lifetime", .member = &Config::max_worker_lifetime, .kind = Kind::kDuration,
     .group = Group::kWorkers, .impact = Impact::kLive, .flags = {"max-worker-lifetime"}, .placeholder = "TIME",
     .unit = "seconds", .range = {0, 52 * kWeek},
     .doc = "A worker is replaced when it has served this long, or up to a tenth longer; 0 = never. One at a time, the "
            "replacement first."},
    {.name = "max_worker_memory", .member = &Config::max_worker_memory, .kind = Kind::kSize, .group = Group::kWorkers,
     .impact = Impact::kLive, .flags = {"max-worker-memory"}, .placeholder = "SIZE", .unit = "bytes",
     .range = {0, kTebibyte},
     .doc = "A worker whose private memory exceeds this is replaced; 0 = never. What it shares with the master and its "
            "siblings is not counted. One at a time, the replacement first."},
    {.name = "max_worker_memory_hard", .member = &Config::max_worker_memory_hard, .kind = Kind::kSize,
     .group = Group::kWorkers, .impact = Impact::kLive, .flags = {"max-worker-memory-hard"}, .placeholder = "SIZE",
     .unit = "bytes", .range = {0, kTebibyte},
     .doc = "A worker whose private memory exceeds this leaves at once, whether or not its replacement is ready; 0 = "
            "never. It finishes what it holds within `graceful_timeout`."},
    {.name = "quarantine", .member = &Config::quarantine, .kind = Kind::kDuration, .group = Group::kWorkers,
     .impact = Impact::kLive, .flags = {"quarantine"}, .placeholder = "TIME", .unit = "seconds", .range = {0, kWeek},
     .doc = "A request of which workers keep dying is answered 503 for this long, by method and whole target; 0 = "
            "never. It counts when its handler ran on the thread that crashed or exited, or held up the loop until the "
            "master ended the worker (then for a minute at most, since what it waited for may be well again). A "
            "SIGKILL, or a signal that somebody sent, counts for nothing. A new generation begins without any."},
    {.name = "quarantine_after", .member = &Config::quarantine_after, .kind = Kind::kInteger, .group = Group::kWorkers,
     .impact = Impact::kLive, .flags = {"quarantine-after"}, .placeholder = "N", .unit = "deaths", .range = {1, 100},
     .doc = "Deaths within a minute after which a request is in `quarantine`."},

    // --- watching ---
    {.name = "admin", .member = &Config::admin, .kind = Kind::kList, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"admin"}, .placeholder = "ADDRESS", .unit = "addresses", .range = {1, 16},
     .check = check_admin,
     .doc = "Address of the admin process, which tells everything and takes orders (config/WATCH.md); may be repeated. "
            "As in `bind`; an address that other machines can reach needs `admin_token`. `auto` is admin.sock in "
            "$RUNTIME_DIRECTORY, else NAME-admin.sock in $XDG_RUNTIME_DIR, else nowhere; `off` is no such process. Its "
            "unix sockets have mode 0600. An address that cannot be had is a warning, and the service starts without "
            "it."},
    {.name = "admin_token", .member = &Config::admin_token, .kind = Kind::kText, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"admin-token"}, .placeholder = "FILE", .check = check_token_file,
     .doc = "File with the token that every request to `admin` must bring, as `Authorization: Bearer TOKEN`. One line "
            "of 16 to 512 visible characters. Read once, by the master before it gives up its rights. Without it unix "
            "sockets and loopback addresses need none, and other addresses are refused."},
    {.name = "monitor", .member = &Config::monitor, .kind = Kind::kList, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"monitor"}, .placeholder = "ADDRESS", .unit = "addresses", .range = {0, 16},
     .check = check_monitor,
     .doc = "Address of the monitor process, which tells how the service is, and nothing else: /livez, /readyz and "
            "/metrics; may be repeated. As in `bind`. Balancers and Prometheus ask there. An address that cannot be "
            "had is a warning, and the service starts without it."},
    {.name = "duration_buckets", .member = &Config::duration_buckets, .kind = Kind::kList, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"duration-buckets"}, .placeholder = "TIME", .unit = "bounds",
     .range = {0, 20}, .separator = ',', .check = check_duration_bucket,
     .doc = "Bound by which the metrics tell how long the requests of a route took; may be repeated, in ascending "
            "order, or given as a list: `0.05,0.1,0.25,1`. Seconds, or a time with us, ms or s, from 1us to an hour. "
            "Without any there are 20 from 131 us to 69 s, each twice the one before. An upgrade (USR2) takes new "
            "ones; what was counted by the old ones goes on in the bucket above."},
    {.name = "min_ready", .member = &Config::min_ready, .kind = Kind::kInteger, .group = Group::kWatching,
     .impact = Impact::kLive, .flags = {"min-ready"}, .placeholder = "N", .unit = "processes", .range = {1, 256},
     .doc = "Workers that must be ready for /readyz to say 200. Never more than there shall be."},

    {.name = "statsd_host", .member = &Config::statsd_host, .kind = Kind::kText, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"statsd-host"}, .placeholder = "ADDRESS", .check = check_statsd_host,
     .doc = "Where the admin process sends metrics each second in the form of StatsD, under gunicorn's names: "
            "HOST:PORT over UDP (8125 where no port is given), or unix://PATH; empty = nowhere. It needs no `admin` "
            "address."},
    {.name = "statsd_prefix", .member = &Config::statsd_prefix, .kind = Kind::kText, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"statsd-prefix"}, .placeholder = "PREFIX",
     .doc = "What stands before each name that is sent to `statsd_host`, with a dot behind it."},
    {.name = "dogstatsd_tags", .member = &Config::dogstatsd_tags, .kind = Kind::kList, .group = Group::kWatching,
     .impact = Impact::kRestart, .flags = {"dogstatsd-tags"}, .placeholder = "TAGS", .unit = "tags", .range = {0, 64},
     .separator = ',', .check = check_statsd_tag,
     .doc = "Tags behind each metric that is sent to `statsd_host`, in the form of DogStatsD, with commas between "
            "them: env:prod,team:sky."},

    // --- reload and upgrade ---
    {.name = "reload", .member = &Config::reload, .kind = Kind::kSwitch, .group = Group::kReload,
     .impact = Impact::kRespawn, .flags = {"reload"},
     .doc = "For development: watch `app`, the settings file and `reload_extra_files`, and reload when one of them has "
            "changed and is closed. A service whose application is in its program watches the program, and starts "
            "anew in its place. `workers` is 1 unless it is given, and clients on this machine are told what a handler "
            "threw. Not for production."},
    {.name = "reload_extra_files", .member = &Config::reload_extra_files, .kind = Kind::kList,
     .group = Group::kReload, .impact = Impact::kLive, .flags = {"reload-extra-file", "reload-extra-files"},
     .placeholder = "PATH", .unit = "paths", .range = {0, 1024},
     .doc = "What `reload` watches too; may be repeated. A file, a pattern such as `templates/*.html`, or a directory "
            "with all that is below it, without names that begin with a dot."},
    {.name = "reload_strategy", .member = &Config::reload_strategy, .kind = Kind::kChoice, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"reload-strategy"}, .placeholder = "STRATEGY",
     .choices = {{"rolling", int(ReloadStrategy::kRolling)}, {"surge", int(ReloadStrategy::kSurge)},
                 {"all", int(ReloadStrategy::kAll)}},
     .doc = "How HUP replaces the workers: `rolling` a few at a time, `surge` all at once, `all` together at the end. "
            "With `rolling`, `max_surge` and `max_unavailable` bound it. With `surge` and `all` every new worker "
            "starts beside the old ones; with `surge` an old one leaves as soon as its replacement is ready, with "
            "`all` none leaves before every new one is ready."},
    {.name = "max_surge", .member = &Config::max_surge, .kind = Kind::kInteger, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"max-surge"}, .placeholder = "N", .unit = "processes", .range = {0, 256},
     .doc = "Workers above `workers` while others are replaced. Those that drain are not counted."},
    {.name = "max_unavailable", .member = &Config::max_unavailable, .kind = Kind::kInteger, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"max-unavailable"}, .placeholder = "N", .unit = "processes", .range = {0, 256},
     .doc = "Workers that may be missing while others are replaced. Not 0 together with `max_surge`: then no worker "
            "could ever be replaced."},
    {.name = "upgrade", .member = &Config::upgrade, .kind = Kind::kChoice, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"upgrade"}, .placeholder = "MODE",
     .choices = {{"transactional", int(UpgradeMode::kTransactional)}, {"manual", int(UpgradeMode::kManual)}},
     .doc = "What happens after USR2 when the new binary serves: `transactional` the old master leaves by itself, "
            "`manual` both serve. With `manual` TERM to the old master ends the upgrade, and TERM to the new one goes "
            "back."},
    {.name = "canary_requests", .member = &Config::canary_requests, .kind = Kind::kInteger, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"canary-requests"}, .placeholder = "N", .unit = "requests",
     .range = {1, 1'000'000},
     .doc = "Requests that a canary (`orrery ctl reload --canary`, `orrery ctl upgrade --canary`) has to answer, and "
            "its siblings too, before it is promoted. An order that says another number is stronger; so it is with "
            "the other terms of a canary."},
    {.name = "canary_limit", .member = &Config::canary_limit, .kind = Kind::kDuration, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"canary-limit"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1'000, 3'600'000},
     .doc = "Time that a canary is on trial at most, in whole seconds. What it has answered by then is judged, or "
            "`canary_verdict` decides."},
    {.name = "canary_verdict", .member = &Config::canary_verdict, .kind = Kind::kChoice, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"canary-verdict"}, .placeholder = "WORD",
     .choices = {{"roll-back", int(CanaryVerdict::kRollBack)}, {"roll_back", int(CanaryVerdict::kRollBack)},
                 {"promote", int(CanaryVerdict::kPromote)}},
     .doc = "What becomes of a canary that was asked for too little in its time: `roll-back` or `promote`."},
    {.name = "canary_probe", .member = &Config::canary_probe, .kind = Kind::kText, .group = Group::kReload,
     .impact = Impact::kLive, .flags = {"canary-probe"}, .placeholder = "PATH", .check = check_probe,
     .doc = "Path that a canary is asked for before any client's request, at most 120 bytes; a status of 500 or more "
            "ends it. Empty = it is asked for nothing."},

    // --- time ---
    {.name = "timeout", .member = &Config::timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .letter = 't', .flags = {"timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {0, kWeek},
     .doc = "A worker whose event loop stands still for this long is ended and replaced; 0 = never."},
    {.name = "request_deadline", .member = &Config::request_deadline, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"request-deadline"}, .placeholder = "TIME", .unit = "seconds",
     .range = {0, kWeek},
     .doc = "Longest time a handler may take for one request; 0 = no limit. The client then gets 504; where the "
            "handler holds the only thread of a worker (class `sync`), the worker is replaced too. A route may have "
            "its own. Where only `timeout` is given and is longer, or 0, it is as long as that."},
    {.name = "graceful_timeout", .member = &Config::graceful_timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"graceful-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {0, kWeek}, .doc = "Time a stopping worker has to finish what it holds."},
    {.name = "drain_delay", .member = &Config::drain_delay, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kLive, .flags = {"drain-delay"}, .placeholder = "TIME", .unit = "seconds", .range = {0, kWeek},
     .doc = "Time that serving goes on after TERM, before `graceful_timeout` begins. The service manager is told at "
            "once, so load balancers can turn away first; a second TERM ends it."},
    {.name = "boot_timeout", .member = &Config::boot_timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kLive, .flags = {"boot-timeout"}, .placeholder = "TIME", .unit = "seconds", .range = {1, kWeek},
     .doc = "Time a new worker has to become ready."},
    {.name = "keepalive", .member = &Config::keepalive, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"keep-alive", "keepalive"}, .placeholder = "TIME", .unit = "seconds",
     .range = {0, kWeek},
     .doc = "Idle time after which a kept-alive connection is closed; 0 = close after each response. Behind a load "
            "balancer make it longer than the balancer's own idle time."},
    {.name = "header_timeout", .member = &Config::header_timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"header-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1, kWeek},
     .doc = "Total time for a request head, however slowly it trickles in. It runs from accept for the first request "
            "of a connection and from the first byte for later ones."},
    {.name = "body_timeout", .member = &Config::body_timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"body-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1, kWeek},
     .doc = "Time for a request body, plus the time its bytes take at `min_rate`."},
    {.name = "write_timeout", .member = &Config::write_timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"write-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1, kWeek},
     .doc = "Time for the client to take a response, plus the time its bytes take at `min_rate`."},
    {.name = "lingering_time", .member = &Config::lingering_time, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"lingering-time"}, .placeholder = "TIME", .unit = "seconds",
     .range = {0, kWeek},
     .doc = "Longest time for which what a client still sends is read away after the last answer of its connection: an "
            "upload that was refused, for example. A close at once would reset the connection, and the client would "
            "lose the answer; 0 does that."},
    {.name = "lingering_timeout", .member = &Config::lingering_timeout, .kind = Kind::kDuration, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"lingering-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {1, kWeek},
     .doc = "Such a connection is closed sooner when nothing has come for this long; in a worker that leaves, when "
            "nothing has come for a second."},
    {.name = "min_rate", .member = &Config::min_rate, .kind = Kind::kSize, .group = Group::kTime,
     .impact = Impact::kRespawn, .flags = {"min-rate"}, .placeholder = "SIZE", .unit = "bytes per second",
     .range = {1, 1024 * kMebibyte},
     .doc = "Slowest transfer that earns more time than `body_timeout` or `write_timeout`."},

    // --- limits on one request ---
    {.name = "limit_request_line", .member = &Config::limit_request_line, .kind = Kind::kSize, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"limit-request-line"}, .placeholder = "SIZE", .unit = "bytes",
     .range = {16, kMebibyte}, .doc = "Longest request line, without its CRLF; longer is answered 414."},
    {.name = "limit_request_fields", .member = &Config::limit_request_fields, .kind = Kind::kInteger,
     .group = Group::kLimits, .impact = Impact::kRespawn, .flags = {"limit-request-fields"}, .placeholder = "N",
     .unit = "fields", .range = {1, 32768}, .doc = "Most header fields of a request; more is answered 431."},
    {.name = "limit_request_field_size", .member = &Config::limit_request_field_size, .kind = Kind::kSize,
     .group = Group::kLimits, .impact = Impact::kRespawn,
     .flags = {"limit-request-field_size", "limit-request-field-size"}, .placeholder = "SIZE", .unit = "bytes",
     .range = {16, kMebibyte}, .doc = "Longest header field line, without its CRLF; longer is answered 431."},
    {.name = "limit_request_head", .member = &Config::limit_request_head, .kind = Kind::kSize, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"limit-request-head"}, .placeholder = "SIZE", .unit = "bytes",
     .range = {64, 16 * kMebibyte}, .doc = "Largest request head, all lines together; larger is answered 431."},
    {.name = "limit_request_body", .member = &Config::limit_request_body, .kind = Kind::kSize, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"limit-request-body"}, .placeholder = "SIZE", .unit = "bytes",
     .range = {0, kTebibyte},
     .doc = "Largest request body; larger is answered 413. With 0 no request may have a body. A route may have its "
            "own."},
    {.name = "client_body_buffer_size", .member = &Config::client_body_buffer_size, .kind = Kind::kSize,
     .group = Group::kLimits, .impact = Impact::kRespawn, .flags = {"client-body-buffer-size"}, .placeholder = "SIZE",
     .unit = "bytes", .range = {0, kTebibyte},
     .doc = "Largest body that is in memory where a handler gets it whole; a larger one goes into a file without a "
            "name in `tmp_upload_dir`. With 0 every body is in memory."},
    {.name = "tmp_upload_dir", .member = &Config::tmp_upload_dir, .kind = Kind::kText, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"tmp-upload-dir"}, .placeholder = "DIR", .check = check_directory,
     .doc = "Directory of the files into which bodies above `client_body_buffer_size` go; empty = $TMPDIR, else "
            "/var/tmp, else /tmp. A body that finds no room there is answered 507."},
    {.name = "limit_request_parameters", .member = &Config::limit_request_parameters, .kind = Kind::kInteger,
     .group = Group::kLimits, .impact = Impact::kRespawn, .flags = {"limit-request-parameters"}, .placeholder = "N",
     .unit = "parameters", .range = {0, kMebibyte}, .doc = "Most query parameters of a request; more is answered 400."},
    {.name = "http2", .member = &Config::http2, .kind = Kind::kChoice, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"http2"}, .placeholder = "WORD",
     .choices = {{"auto", int(Http2::kAuto)}, {"off", int(Http2::kOff)}, {"only", int(Http2::kOnly)}},
     .doc = "Whether HTTP/2 is spoken: auto, off or only. With `auto` the client chooses: by ALPN where it speaks TLS, "
            "else by the preface with which its connection begins. With `only` a request of HTTP/1 is answered 505."},
    {.name = "http2_max_concurrent_streams", .member = &Config::http2_max_concurrent_streams, .kind = Kind::kInteger,
     .group = Group::kLimits, .impact = Impact::kRespawn, .flags = {"http2-max-concurrent-streams"},
     .placeholder = "N", .unit = "requests", .range = {1, 10000},
     .doc = "Requests that one HTTP/2 connection may have at once. Further ones are refused, and the client may send "
            "them again."},
    {.name = "limit_request_pipeline", .member = &Config::limit_request_pipeline, .kind = Kind::kSize,
     .group = Group::kLimits, .impact = Impact::kRespawn, .flags = {"limit-request-pipeline"}, .placeholder = "SIZE",
     .unit = "bytes", .range = {1024, 64 * 1024},
     .doc = "Most bytes that are read at once. While a request is handled, no more than this of later ones is kept; "
            "the rest waits in the kernel, and then with the client."},
    {.name = "header_map", .member = &Config::header_map, .kind = Kind::kChoice, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"header-map"}, .placeholder = "WORD",
     .choices = {{"drop", int(HeaderMap::kDrop)}, {"refuse", int(HeaderMap::kRefuse)},
                 {"dangerous", int(HeaderMap::kDangerous)}},
     .doc = "What becomes of header and trailer fields with an underscore in their name: drop, refuse (400) or "
            "dangerous (handlers see them). Where something behind us takes `_` for `-`, a client could forge what "
            "only a proxy may set."},
    {.name = "encoded_slash", .member = &Config::encoded_slash, .kind = Kind::kChoice, .group = Group::kLimits,
     .impact = Impact::kRespawn, .flags = {"encoded-slash"}, .placeholder = "WORD",
     .choices = {{"refuse", int(EncodedSlash::kRefuse)}, {"keep", int(EncodedSlash::kKeep)}},
     .doc = "What becomes of a path with an encoded slash, %2F: refuse (400) or keep. A kept one separates no "
            "segments: a route's parameter takes it, its value has it as a slash, and the path shows it as %2F. Where "
            "a proxy in front decodes it, a client could reach what the proxy forbids."},

    // --- answers ---
    {.name = "error_form", .member = &Config::error_form, .kind = Kind::kChoice, .group = Group::kAnswers,
     .impact = Impact::kRespawn, .flags = {"error-form"}, .placeholder = "FORM",
     .choices = {{"auto", int(ErrorForm::kAuto)}, {"text", int(ErrorForm::kText)}, {"html", int(ErrorForm::kHtml)},
                 {"json", int(ErrorForm::kJson)}, {"problem", int(ErrorForm::kProblem)}},
     .doc = "Form of the errors the server answers itself: auto, text, html, json or problem (RFC 9457, "
            "application/problem+json). With `auto` a request that accepts HTML gets HTML, one that accepts JSON gets "
            "JSON, one that names application/problem+json gets that, and any other gets plain text."},
    {.name = "hide_server", .member = &Config::hide_server, .kind = Kind::kSwitch, .group = Group::kAnswers,
     .impact = Impact::kRespawn, .flags = {"hide-server"},
     .doc = "Answers do not have the field `Server: orrery`."},
    {.name = "hide_request_id", .member = &Config::hide_request_id, .kind = Kind::kSwitch, .group = Group::kAnswers,
     .impact = Impact::kRespawn, .flags = {"hide-request-id"},
     .doc = "Answers do not have the field X-Request-ID. The logs name a request by its id all the same."},
    {.name = "client_half_close", .member = &Config::client_half_close, .kind = Kind::kChoice,
     .group = Group::kAnswers, .impact = Impact::kRespawn, .flags = {"client-half-close"}, .placeholder = "WORD",
     .choices = {{"leaves", int(ClientHalfClose::kLeaves)}, {"waits", int(ClientHalfClose::kWaits)}},
     .doc = "What a client means that closes its side of the connection before it has its answer: leaves or waits. "
            "Most clients do that when they give up. With `leaves` the request is cancelled, which its handler can "
            "ask for, and one that waits for a handler behind others gives its place up and gets no answer; one that "
            "a free handler takes at once is served, and every answer that still comes is sent. With `waits` nothing "
            "of that happens."},

    // --- trust ---
    {.name = "forwarded_allow_ips", .member = &Config::forwarded_allow_ips, .kind = Kind::kList, .group = Group::kTrust,
     .impact = Impact::kRespawn, .flags = {"forwarded-allow-ips"}, .placeholder = "PEERS", .unit = "peers",
     .range = {0, 1024}, .separator = ',', .environment = "FORWARDED_ALLOW_IPS", .check = check_trusted_peer,
     .doc = "Proxies that are believed: addresses or networks with commas between them, `*` = all. Their "
            "X-Forwarded-For or Forwarded tells the client, `secure_scheme_headers` tell the scheme, and their "
            "X-Request-ID is kept. Peers on unix sockets always are."},
    {.name = "forwarded_by", .member = &Config::forwarded_by, .kind = Kind::kChoice, .group = Group::kTrust,
     .impact = Impact::kRespawn, .flags = {"forwarded-by"}, .placeholder = "FIELD",
     .choices = {{"auto", int(ForwardedBy::kAuto)}, {"x-forwarded-for", int(ForwardedBy::kXForwardedFor)},
                 {"forwarded", int(ForwardedBy::kForwarded)}},
     .doc = "Which field the trusted proxies set: x-forwarded-for or forwarded. The other is ignored, because a proxy "
            "hands it through as the client sent it. With `auto` both are read, and answered 400 where they name "
            "different clients."},
    {.name = "secure_scheme_headers", .member = &Config::secure_scheme_headers, .kind = Kind::kList,
     .group = Group::kTrust, .impact = Impact::kRespawn, .flags = {"secure-scheme-headers"}, .placeholder = "FIELDS",
     .unit = "fields", .range = {0, 16}, .separator = ',', .members = true, .check = check_scheme_field,
     .doc = "Fields with which a trusted proxy says that it was asked over https, each NAME=value, or a mapping in "
            "YAML. Fields that contradict each other are answered 400."},
    {.name = "proxy_protocol", .member = &Config::proxy_protocol, .kind = Kind::kChoice, .group = Group::kTrust,
     .impact = Impact::kRespawn, .flags = {"proxy-protocol"}, .placeholder = "WORD", .bare = "optional",
     .choices = {{"off", int(ProxyProtocol::kOff)}, {"optional", int(ProxyProtocol::kOptional)},
                 {"required", int(ProxyProtocol::kRequired)}},
     .doc = "Whether connections begin with a PROXY header, version 1 or 2, that names the client: off, optional or "
            "required. A listener may have its own: `bind: 0.0.0.0:8000 proxy_protocol=required`. The flag alone is "
            "`optional`."},
    {.name = "proxy_allow_ips", .member = &Config::proxy_allow_ips, .kind = Kind::kList, .group = Group::kTrust,
     .impact = Impact::kRespawn, .flags = {"proxy-allow-from", "proxy-allow-ips"}, .placeholder = "PEERS",
     .unit = "peers", .range = {0, 1024}, .separator = ',', .check = check_trusted_peer,
     .doc = "Peers whose PROXY header is believed: addresses or networks with commas between them, `*` = all. Others "
            "are answered 403. Peers on unix sockets always are."},

    {.name = "traceparent", .member = &Config::traceparent, .kind = Kind::kChoice, .group = Group::kTrust,
     .impact = Impact::kRespawn, .flags = {"traceparent"}, .placeholder = "WORD",
     .choices = {{"off", int(Traceparent::kOff)}, {"keep", int(Traceparent::kKeep)},
                 {"make", int(Traceparent::kMake)}},
     .doc = "Which requests belong to a trace (W3C Trace Context): off, keep or make. With `keep` those whose trusted "
            "peer says so by the field traceparent; with `make` every other request begins a trace, which is to be "
            "recorded. A trace is named in the error log, by %(trace)s in the access log, and by Request::trace()."},

    // --- process ---
    {.name = "app", .member = &Config::app, .kind = Kind::kText, .group = Group::kProcess,
     .impact = Impact::kRespawn, .flags = {"app"}, .placeholder = "FILE", .check = check_file,
     .doc = "Shared object with the application to serve (ORRERY_APP); empty = the one that the program has in it. On "
            "the command line the file may stand alone: `orrery ./libchat.so`. The master copies it at start and at "
            "each reload, and workers load that copy: HUP takes new code, and a file that is overwritten in its place "
            "harms nobody."},
    {.name = "preload_app", .member = &Config::preload_app, .kind = Kind::kSwitch, .group = Group::kProcess,
     .impact = Impact::kRestart, .flags = {"preload", "preload-app"},
     .doc = "Load `app` once in the master, before the fork. Workers share its memory then, also that of its metrics "
            "and request limits; a reload starts the same code again, and new code takes a restart or USR2."},
    {.name = "proc_name", .member = &Config::proc_name, .kind = Kind::kText, .group = Group::kProcess,
     .impact = Impact::kRespawn, .letter = 'n', .flags = {"name", "proc-name"}, .placeholder = "NAME",
     .doc = "Name that ps shows, before the role of the process."},
    {.name = "chdir", .member = &Config::chdir, .kind = Kind::kText, .group = Group::kProcess,
     .impact = Impact::kRestart, .flags = {"chdir"}, .placeholder = "DIR", .check = check_directory,
     .doc = "Working directory; empty = where the server was started."},
    {.name = "raw_env", .member = &Config::raw_env, .kind = Kind::kList, .group = Group::kProcess,
     .impact = Impact::kRespawn, .letter = 'e', .flags = {"env", "raw-env"}, .placeholder = "NAME=VALUE",
     .unit = "variables", .range = {0, 1024}, .members = true, .check = check_assignment,
     .doc = "Variable set in the environment of master and workers; may be repeated, or a mapping in YAML."},
    {.name = "pidfile", .member = &Config::pidfile, .kind = Kind::kText, .group = Group::kProcess,
     .impact = Impact::kRestart, .letter = 'p', .flags = {"pid", "pidfile"}, .placeholder = "FILE", .check = check_file,
     .doc = "File that holds the master's pid, locked while the master lives; empty = none."},
    {.name = "user", .member = &Config::user, .kind = Kind::kText, .group = Group::kProcess,
     .impact = Impact::kRespawn, .letter = 'u', .flags = {"user"}, .placeholder = "USER", .check = check_user,
     .doc = "Workers run as this user, a name or a uid; empty = as started. The master must then be started by root."},
    {.name = "group", .member = &Config::group, .kind = Kind::kText, .group = Group::kProcess,
     .impact = Impact::kRespawn, .letter = 'g', .flags = {"group"}, .placeholder = "GROUP", .check = check_group,
     .doc = "Workers run as this group, a name or a gid; empty = as started. The master must then be started by root."},
    {.name = "initgroups", .member = &Config::initgroups, .kind = Kind::kSwitch, .group = Group::kProcess,
     .impact = Impact::kRespawn, .flags = {"initgroups"},
     .doc = "Give the workers the supplementary groups of `user`."},
    {.name = "umask", .member = &Config::umask, .kind = Kind::kMode, .group = Group::kProcess,
     .impact = Impact::kRestart, .letter = 'm', .flags = {"umask"}, .placeholder = "MODE", .unit = "octal",
     .range = {0, 0777},
     .doc = "File mode creation mask, in octal: 022 or 0o22; empty = as started. It decides who may use a unix "
            "socket."},
    {.name = "daemon", .member = &Config::daemon, .kind = Kind::kSwitch, .group = Group::kProcess,
     .impact = Impact::kRestart, .letter = 'D', .flags = {"daemon"},
     .doc = "Go to the background once the service is ready. Logs must then go to files."},

    // --- hooks ---
    {.name = "on_starting", .member = &Config::on_starting, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kRestart, .flags = {"on-starting"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run before the first worker is made; the start waits for it, and fails where it fails. A "
            "hook is cut into words as a shell would, and run by the master, as the master's user, without a shell, in "
            "a process group of its own; what it prints goes to standard error. It is told in variables what happened: "
            "ORRERY_HOOK, ORRERY_MASTER and ORRERY_GENERATION always, and ORRERY_WORKER, ORRERY_PID, ORRERY_STATUS, "
            "ORRERY_WORKERS and ORRERY_WORKERS_BEFORE where they mean something. At most 16 run at once; the others "
            "wait."},
    {.name = "when_ready", .member = &Config::when_ready, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kRestart, .flags = {"when-ready"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run when the first workers serve."},
    {.name = "on_reload", .member = &Config::on_reload, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kLive, .flags = {"on-reload"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run when a reload begins."},
    {.name = "pre_exec", .member = &Config::pre_exec, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kLive, .flags = {"pre-exec"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run when an upgrade begins; the upgrade does not wait for it."},
    {.name = "child_exit", .member = &Config::child_exit, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kLive, .flags = {"child-exit"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run when a worker has ended, for whatever reason."},
    {.name = "nworkers_changed", .member = &Config::nworkers_changed, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kLive, .flags = {"nworkers-changed"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run when the number of workers that the service means to have changes."},
    {.name = "on_exit", .member = &Config::on_exit, .kind = Kind::kText, .group = Group::kHooks,
     .impact = Impact::kLive, .flags = {"on-exit"}, .placeholder = "COMMAND", .check = check_command,
     .doc = "Command that is run when the last worker has ended; the master waits for it."},
    {.name = "hook_timeout", .member = &Config::hook_timeout, .kind = Kind::kDuration, .group = Group::kHooks,
     .impact = Impact::kLive, .flags = {"hook-timeout"}, .placeholder = "TIME", .unit = "seconds",
     .range = {100, kWeek}, .doc = "Longest time a hook may take; then it gets TERM, and KILL 5 s later."},

    // --- logs ---
    {.name = "errorlog", .member = &Config::errorlog, .kind = Kind::kText, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"error-logfile", "log-file", "errorlog"}, .placeholder = "FILE",
     .check = check_error_log, .doc = "File of the error log; `-` = standard error."},
    {.name = "loglevel", .member = &Config::loglevel, .kind = Kind::kChoice, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"log-level", "loglevel"}, .placeholder = "LEVEL",
     .choices = {{"debug", int(LogLevel::kDebug)}, {"info", int(LogLevel::kInfo)},
                 {"warning", int(LogLevel::kWarning)}, {"warn", int(LogLevel::kWarning)},
                 {"error", int(LogLevel::kError)}, {"critical", int(LogLevel::kCritical)}},
     .doc = "Least serious line the error log takes: debug, info, warning (or warn), error or critical."},
    {.name = "log_format", .member = &Config::log_format, .kind = Kind::kChoice, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"log-format"}, .placeholder = "WORD",
     .choices = {{"text", int(LogFormat::kText)}, {"json", int(LogFormat::kJson)}},
     .doc = "Form of a line of the error log: text, or json, one object a line with time, level, pid, role, worker and "
            "message. Where standard error is systemd's journal, text becomes entries with PRIORITY, ORRERY_ROLE and "
            "ORRERY_WORKER."},
    {.name = "accesslog", .member = &Config::accesslog, .kind = Kind::kText, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"access-logfile", "accesslog"}, .placeholder = "FILE",
     .check = check_access_log, .doc = "File of the access log; `-` = standard output, empty = off."},
    {.name = "access_log_skip", .member = &Config::access_log_skip, .kind = Kind::kList, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"access-log-skip"}, .placeholder = "PATHS", .unit = "paths",
     .range = {0, 64}, .separator = ',', .check = check_request_path,
     .doc = "Paths whose requests get no line in the access log, with commas between them, such as /health. A path is "
            "compared whole, as it was sent and without its query."},
    {.name = "access_log_format", .member = &Config::access_log_format, .kind = Kind::kText, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"access-logformat", "access-log-format"}, .placeholder = "FORMAT",
     .check = check_access_format,
     .doc = "Form of a line of the access log, in gunicorn's atoms. %(h)s client, %(l)s -, %(u)s user of basic "
            "authentication, %(t)s time, %(r)s request line, %(m)s method, %(U)s path, %(q)s query, %(H)s protocol, "
            "%(s)s status, %(B)s body bytes, %(b)s the same or -, %(f)s referer, %(a)s user agent, %(T)s seconds, "
            "%(M)s milliseconds, %(D)s microseconds, %(L)s seconds with six decimals, %(p)s pid, %(I)s request id, "
            "%(trace)s id of its trace, %(route)s pattern of its route, %(queue)s seconds with six decimals that it "
            "waited for its handler, %(time)s time as RFC 3339 has it, %(tls)s version of TLS, %(tls_cipher)s its "
            "cipher, %(tls_name)s the name that the client asked for, %(tls_resumed)s whether its session is resumed, "
            "%(tls_subject)s subject of the client's certificate, %(X)s how the response ended (X cut off, + "
            "whole and the connection goes on, - whole and it is closed), "
            "%({name}i)s request field, %({name}o)s response field, %({name}e)s environment variable, %% a percent "
            "sign. A missing value is `-`. Control bytes, quotes, backslashes and bytes beyond ASCII are written as "
            "\\xHH. A format that is a JSON object, as {\"path\":\"%(U)s\",\"status\":%(s)s}, gives lines of valid "
            "JSON: values are escaped as JSON, and an atom outside the quotes is a number, a string with its own "
            "quotes, or null. The word `json` stands for such an object with time, client, user, method, path, query, "
            "protocol, status, bytes, duration, queue, route, referer, agent, request, trace, ending and pid, and with "
            "tls where the connection speaks TLS."},

    {.name = "capture_output", .member = &Config::capture_output, .kind = Kind::kSwitch, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"capture-output"},
     .doc = "Lead what the application writes to standard output and standard error into the error log, as it is."},
    {.name = "syslog", .member = &Config::syslog, .kind = Kind::kSwitch, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"log-syslog", "syslog"},
     .doc = "Send the lines of the error log and of the access log to syslog too, the latter also where accesslog is "
            "empty."},
    {.name = "syslog_addr", .member = &Config::syslog_addr, .kind = Kind::kText, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"log-syslog-to", "syslog-addr"}, .placeholder = "ADDRESS",
     .check = check_syslog_addr,
     .doc = "Where syslog is: unix:PATH, which gets lines as syslog(3) writes them, or udp://HOST:PORT (514 where no "
            "port is given), which gets those of RFC 5424. A host is looked up at the start and at each reload."},
    {.name = "syslog_facility", .member = &Config::syslog_facility, .kind = Kind::kText, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"log-syslog-facility", "syslog-facility"}, .placeholder = "WORD",
     .check = check_syslog_facility,
     .doc = "Facility of the lines in syslog, as syslog(3) names it: user, daemon, local0 to local7 and so on."},
    {.name = "syslog_prefix", .member = &Config::syslog_prefix, .kind = Kind::kText, .group = Group::kLogs,
     .impact = Impact::kRespawn, .flags = {"log-syslog-prefix", "syslog-prefix"}, .placeholder = "NAME",
     .doc = "Name of the program in the lines in syslog; empty = proc_name. On this machine .error or .access follows "
            "it."},
    {.name = "disable_redirect_access_to_syslog", .member = &Config::disable_redirect_access_to_syslog,
     .kind = Kind::kSwitch, .group = Group::kLogs, .impact = Impact::kRespawn,
     .flags = {"disable-redirect-access-to-syslog"}, .doc = "Keep the access log out of syslog."},

    // --- orders to the program ---
    {.name = "config", .letter = 'c', .flags = {"config"}, .placeholder = "FILE",
     .doc = "Read settings from this YAML file."},
    {.name = "check_config", .kind = Kind::kSwitch, .flags = {"check-config"},
     .doc = "Check the configuration and exit: 0 when it is good, 2 when it is not."},
    {.name = "print_config", .kind = Kind::kSwitch, .flags = {"print-config"},
     .doc = "Print every value and where it came from, then exit."},
    {.name = "single", .kind = Kind::kSwitch, .flags = {"single"},
     .doc = "Serve in this one process, for a debugger or for coverage: nothing is forked, supervised, reloaded or "
            "upgraded. Ctrl-C ends it."},
    {.name = "help", .kind = Kind::kSwitch, .letter = 'h', .flags = {"help"}, .doc = "Show this text and exit."},
    {.name = "version", .kind = Kind::kSwitch, .letter = 'v', .flags = {"version"},
     .doc = "Show the version and exit. `-V` is the same."},
  };
}
// clang-format on

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> table = make_settings();
  return table;
}

const Setting* find_setting(std::string_view name) {
  const auto& table = settings();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Setting& s) { return s.name == name; });
  return row == table.end() ? nullptr : &*row;
}

const Setting* find_flag(std::string_view flag) {
  const auto& table = settings();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Setting& s) {
    return std::find(s.flags.begin(), s.flags.end(), flag) != s.flags.end();
  });
  return row == table.end() ? nullptr : &*row;
}

const Setting* find_letter(char letter) {
  const auto& table = settings();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const Setting& s) { return s.letter != 0 && s.letter == letter; });
  return row == table.end() ? nullptr : &*row;
}

bool is_command(const Setting& setting) { return std::holds_alternative<std::monostate>(setting.member); }

std::string_view group_title(Group group) {
  switch (group) {
    case Group::kSockets: return "Sockets";
    case Group::kTls: return "TLS";
    case Group::kWorkers: return "Workers";
    case Group::kWatching: return "Watching";
    case Group::kReload: return "Reload and upgrade";
    case Group::kTime: return "Time";
    case Group::kLimits: return "Limits on one request";
    case Group::kAnswers: return "Answers";
    case Group::kTrust: return "Trust";
    case Group::kProcess: return "Process";
    case Group::kHooks: return "Hooks";
    case Group::kLogs: return "Logs";
    case Group::kCommands: return "Commands";
  }
  return "";
}

std::string_view impact_word(Impact impact) {
  switch (impact) {
    case Impact::kLive: return "live";
    case Impact::kRespawn: return "respawn";
    case Impact::kRebind: return "rebind";
    case Impact::kRestart: return "restart";
  }
  return "";
}

std::string shown_flag(const Setting& setting) { return "--" + std::string{setting.flags.front()}; }

std::string_view summary(const Setting& setting) { return setting.doc.substr(0, setting.doc.find(". ")); }

}  // namespace orrery::config
