// What a person reads who has written a wrong configuration: the whole text, row by row. Whoever changes a message
// reads it here.
#include <catch2/catch.hpp>

#include "workshop.hpp"

namespace orrery::config {
namespace {

TEST_CASE("wrong configs: each message says what, where, and what to write instead") {
  struct Row {
    const char* text;
    const char* said;  ///< behind the file's name
  };
  const Row rows[] = {
      {"wrokers: 4\n", "1:1: unknown setting `wrokers`; did you mean `workers`?\n"},
      {"workerClass: sync\n", "1:1: unknown setting `workerClass`; did you mean `worker_class`?\n"},
      {"WORKERS: 4\n", "1:1: unknown setting `WORKERS`; did you mean `workers`?\n"},
      {"worker_class: gevent\n", "1:15: worker_class: `gevent` is not known; choose async, sync, threads, gthread\n"},
      {"workers: 2.5\n", "1:10: workers: `2.5` is too fine; write a whole number of processes\n"},
      {"workers: 0\n", "1:10: workers: 0 is out of range; it must be 1 to 256, or `auto`\n"},
      {"workers: 2 * 4 + 1\n", "1:10: workers: `2 * 4 + 1` is not a whole number or `auto`\n"},
      {"timeout: -1\n", "1:10: timeout: -1 is out of range; it must be 0 to 604800s\n"},
      {"timeout: 30 seconds\n",
       "1:10: timeout: `30 seconds` is not a time; write seconds, or a number with ms, s, m or h, such as "
       "30s\n"},
      {"limit_request_body: 10MB\n",
       "1:21: limit_request_body: `10MB` is not a size; write bytes, or a number with k, m or g, such as "
       "64k\n"},
      {"timeout: .5\n",
       "1:10: timeout: `.5` is not a time; write seconds, or a number with ms, s, m or h, such as 30s\n"},
      {"limit_request_body: 1_000_000\n",
       "1:21: limit_request_body: `1_000_000` is not a size; write bytes, or a number with k, m or g, such "
       "as 64k\n"},
      {"workers: 0x4\n", "1:10: workers: `0x4` is not a whole number or `auto`\n"},
      {"umask: 99\n", "1:8: umask: `99` is not an octal mode; write it like 022 or 0o22\n"},
      {"umask: 7777\n", "1:8: umask: 7777 is out of range; it must be 000 to 777\n"},
      {"daemon: maybe\n", "1:9: daemon: `maybe` is neither true nor false; write one of them\n"},
      {"daemon: 1\n", "1:9: daemon: `1` is neither true nor false; write one of them\n"},
      {"loglevel: trace\n",
       "1:11: loglevel: `trace` is not known; choose debug, info, warning, warn, error, critical\n"},
      {"accesslog: true\n",
       "1:12: accesslog: `true` is no file; give a path, `-` for standard output, or an empty text for none "
       "(a file of that name is ./true)\n"},
      {"accesslog: no\n",
       "1:12: accesslog: `no` is no file; give a path, `-` for standard output, or an empty text for none (a "
       "file of that name is ./no)\n"},
      {"accesslog: null\n", "1:1: `accesslog` has no value; give one, or remove the line for the default\n"},
      {"errorlog: ''\n", "1:11: errorlog: it is empty; give a file, or `-` for standard error\n"},
      {"user: -1\n", "1:7: user: there is no user `-1`; create it, or give another name or a uid\n"},
      {"bind: 8000\n", "1:7: bind: `8000` is not an address; for port 8000 write `:8000`\n"},
      {"admin: 0.0.0.0:9000\n",
       "1:8: `0.0.0.0:9000` can be reached from other machines, and whoever reaches it sees everything and gives "
       "orders; set `admin_token`, or give a unix socket or a loopback address, and open `monitor` to others\n"},
      {"monitor: fd://3\n", "1:10: monitor: `fd://3` cannot be handed over; give an address\n"},
      {"bind: example.org:80\n",
       "1:7: bind: `example.org` is not a numeric address; names are not looked up, so write its IP "
       "address\n"},
      {"bind: ::1\n", "1:7: bind: `::1` has more than one colon; write an IPv6 address in brackets, as [::1]:8000\n"},
      {"bind: '*:80'\n", "1:7: bind: `*` is not an address; for every address write 0.0.0.0, or [::] for IPv6\n"},
      {"bind: *:80\n",
       "1:7: YAML cannot be read: `bind: *:80`: a value that begins with `*` means something else to YAML; "
       "put it in quotes: bind: '*:80'\n"},
      {"bind: /run/x.sock\n", "1:7: bind: for the unix socket /run/x.sock write unix:/run/x.sock\n"},
      {"bind: unix\n",
       "1:7: bind: `unix` is not a numeric address; names are not looked up, so write its IP address\n"},
      {"bind: [::]:8000\n",
       "1:11: YAML cannot be read: `bind: [::]:8000`: a value that begins with `[` is a list to YAML; put it "
       "in quotes: bind: '[::]:8000'\n"},
      {"bind: []\n", "1:7: bind: it has 0 addresses; it must have 1 to 64\n"},
      {"bind: 0.0.0.0:80 ssl\n",
       "1:7: bind: `80 ssl` is not a port; write the number alone, and options behind it as NAME=value\n"},
      {"bind: 0.0.0.0:80 proxy=on\n",
       "1:7: bind: `proxy` is no option of an address; known are proxy_protocol=, ipv6only= and tls\n"},
      {"bind: 0.0.0.0:80 tls\n",
       "1:7: `0.0.0.0:80 tls` is to speak TLS without a certificate; set `certfile` and `keyfile`\n"},
      {"bind: 0.0.0.0:80 tls=on\n", "1:7: bind: `tls=on` has a value; write `tls` alone, or leave it out\n"},
      {"keyfile: key.pem\n", "1:10: `keyfile` has no certificate that it belongs to; set `certfile` too\n"},
      {"certfile: a.pem\ncert_reqs: required\n",
       "2:12: `cert_reqs` asks for certificates of clients, and none is known; set `ca_certs`\n"},
      {"monitor: 127.0.0.1:9000 tls\n", "1:10: monitor: `127.0.0.1:9000 tls` cannot speak TLS; only `bind` can\n"},
      {"bind: 127.0.0.1:80, 127.0.0.1:81\n",
       "1:7: bind: these are several addresses; write a list in YAML, and a flag for each on the command "
       "line\n"},
      {"workers:\t4\n\ttimeout: 3\n", "2:1: YAML cannot be read: a tab indents this line; use spaces\n"},
      {"bind:\n\t- :80\n", "2:2: YAML cannot be read: a tab indents this line; use spaces\n"},
      {"workers: 1\nworkers: 2\n", "2:1: `workers` is given twice, first in line 1; remove one\n"},
      {"workers: *n\n",
       "1:10: YAML cannot be read: `workers: *n`: `*n` stands for what has the anchor `&n` further up, and "
       "nothing has; for the text itself put it in quotes: workers: '*n'\n"},
      {"\xef\xbb\xbf"
       "wrokers: 4\n",
       "1:1: unknown setting `wrokers`; did you mean `workers`?\n"},
      {"wrokers: 4\r\ntimeout: x\r\n",
       "1:1: unknown setting `wrokers`; did you mean `workers`?\n2:10: timeout: `x` is not a time; write "
       "seconds, or a number with ms, s, m or h, such as 30s\n"},
      {"{\"workers\": 4, \"bogus\": 1}\n", "1:16: unknown setting `bogus`; --help lists all settings\n"},
      {"[server]\nworkers = 4\n",
       "1:1: the file holds a list where `name: value` lines belong\n2:1: a second YAML document begins here "
       "(after `---`); keep one\n"},
      {"workers = 4\ntimeout = 3\n",
       "1:1: the file holds a value where `name: value` lines belong; write `workers: 4`\n"},
      {"workers = 4\nbind = '0.0.0.0:80'\n",
       "1:1: the file holds a value where `name: value` lines belong; write `workers: 4`\n"},
      {"import multiprocessing\nworkers = multiprocessing.cpu_count()\n",
       "1:1: the file holds a value where `name: value` lines belong\n"},
      {"workers: 1\n---\nworkers: 2\n", "3:1: a second YAML document begins here (after `---`); keep one\n"},
      {"server:\n  workers: 4\n",
       "1:1: unknown setting `server`; --help lists all settings (a mapping to be merged with `<<` needs a "
       "name that begins with `x-`)\n"},
      {"- workers: 4\n", "1:1: the file holds a list where `name: value` lines belong\n"},
      {"access_log_format: %(h)s %(r)s\n",
       "1:20: YAML cannot be read: `access_log_format: %(h)s %(r)s`: a value that begins with `%` means "
       "something else to YAML; put it in quotes: access_log_format: '%(h)s %(r)s'\n"},
      {"access_log_format: '%(h)s %h'\n",
       "1:20: access_log_format: `%` at column 7 begins no atom; write %(x)s for an atom and %% for a "
       "percent sign\n"},
      {"access_log_format: {\"h\": \"%(h)s\"}\n",
       "1:20: `access_log_format` needs a text, not a mapping; a text that begins with `{` must stand in "
       "quotes\n"},
      {"forwarded_allow_ips: *\n",
       "1:23: YAML cannot be read: `forwarded_allow_ips: *`: a value that begins with `*` means something "
       "else to YAML; put it in quotes: forwarded_allow_ips: '*'\n"},
      {"forwarded_allow_ips: [localhost]\n",
       "1:23: forwarded_allow_ips: `localhost` is neither an address, a network such as 10.0.0.0/8, nor "
       "`*`\n"},
      {"secure_scheme_headers: {X-Forwarded-Proto: [https]}\n",
       "1:25: a member of `secure_scheme_headers` needs `name: text`\n"},
      {"raw_env: {A: {B: 1}}\n", "1:11: a member of `raw_env` needs `name: text`\n"},
      {"header_map: {A: b}\n", "1:13: `header_map` needs a word, not a mapping\n"},
      {"forwarded_allow_ips: {A: b}\n", "1:22: `forwarded_allow_ips` needs a text or a list of texts, not a mapping\n"},
      {"raw_env: [A]\n", "1:11: raw_env: `A` is not NAME=value\n"},
      {"max_surge: 0\n",
       "1:12: `max_surge` and `max_unavailable` are both 0, so no worker could ever be replaced; give one of "
       "them at least 1\n"},
      {"daemon: true\n", "1:9: a daemon has no standard error for its error log; set `errorlog` to a file\n"},
      {"reload_engine: poll\n",
       "1:1: `reload_engine` is how gunicorn's development reload watches Python's files; here the kernel tells "
       "(inotify): remove it\n"},
      {"app: x.so\nreload: true\npreload_app: true\n",
       "3:14: `reload` takes new code, and `preload_app` loads it once, for as long as the master lives; leave one of "
       "them out\n"},
      {"config: x.yaml\n", "1:1: `config` belongs on the command line, as --config; remove it here\n"},
      {"proc_name: \"a\\qb\"\n",
       "1:16: YAML cannot be read: `proc_name: \"a\\qb\"`: a backslash in double quotes begins an escape; "
       "use single quotes\n"},
      {"proc_name: \"abc\nworkers: 2\n",
       "2:11: YAML cannot be read: the file ends inside a quoted text; close its quote, here or further "
       "up\n"},
      {"bind: ${PORT}\n",
       "1:7: bind: the variable PORT is not set; set it for the service, or write ${PORT:-default}\n"},
      {"bind: $PORT\n",
       "1:7: bind: `$PORT` is not a numeric address; names are not looked up, so write its IP address\n"},
      {"workers: 4 # four\ntimeout:30\n", "2:1: `timeout:30` needs a blank behind its colon\n"},
      {"workers: 4\n timeout: 3\n",
       "2:9: YAML cannot be read: `timeout: 3`: it is indented below a line that has a value already; begin "
       "it in the first column\n"},
      {"proc_name: a: b\n",
       "1:13: YAML cannot be read: `proc_name: a: b`: a value with a colon and a blank in it is a mapping to "
       "YAML; put it in quotes: proc_name: 'a: b'\n"},
      {"<<: !include base.yaml\n",
       "1:1: `<<` merges mappings; write `<<: *NAME`, where a mapping has the anchor &NAME\n"},
      {"access_log_skip: health\n", "1:18: access_log_skip: `health` is no path; it begins with a slash\n"},
      {"pidfile: on\n",
       "1:10: pidfile: `on` is no file; give a path, or an empty text for none (a file of that name is "
       "./on)\n"},
  };
  const TemporaryFolder folder;
  for (const auto& row : rows) {
    INFO(row.text);
    const auto file = folder.write("f.yaml", row.text);
    std::string said;
    for (const auto& complaint : load_arguments({"-c", file}).complaints) {
      CHECK(complaint.where.starts_with(file + ":"));
      said += complaint.where.substr(file.size() + 1) + ": " + complaint.message + "\n";
    }
    CHECK(said == row.said);
  }
}

}  // namespace
}  // namespace orrery::config
