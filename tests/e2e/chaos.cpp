// Chaos: everything an operator can do to a running service, in random order and under load, and an account of each.
//
// Kept-alive connections, connections for one request and idle ones are there all the time. In what is planned no
// request may fail, be refused or be reset, and no idle connection may end; a worker that is killed costs what it had
// in flight. Beside them clients of HTTP/2, plain and over TLS, have several requests under way on each connection: a
// worker that leaves tells them by GOAWAY which it has taken, and of those none may be lost. The admin process is
// scraped ten times a second meanwhile, and no counter falls. ORRERY_CHAOS_SEED and ORRERY_CHAOS_ROUNDS choose another
// order and a longer run. The table of all rounds goes to standard output.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>

#include "e2e/classes.hpp"
#include "e2e/counter_watch.hpp"
#include "support/http2_load.hpp"
#include "support/load.hpp"
#include "support/programs.hpp"
#include "support/tls_files.hpp"

namespace orrery::test {

namespace {

constexpr int kKept = 4, kFresh = 4, kIdle = 50;
/// Connections of HTTP/2, of each kind.
constexpr int kPlain = 2, kSecure = 2;
constexpr std::chrono::milliseconds kScrape{100};

unsigned number_from(const char* name, unsigned fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

LoadAccount difference(const LoadAccount& after, const LoadAccount& before) {
  return {after.ok - before.ok,       after.failed - before.failed,           after.refused - before.refused,
          after.reset - before.reset, after.idle_closed - before.idle_closed, after.opened - before.opened,
          after.first_problem};
}

Http2Account difference(const Http2Account& after, const Http2Account& before) {
  return {after.answered - before.answered, after.lost - before.lost,     after.repeated - before.repeated,
          after.refused - before.refused,   after.opened - before.opened, after.first_problem};
}

/// What became of the requests over HTTP/1.1, and of those over HTTP/2.
struct Accounts {
  LoadAccount http1;
  Http2Account http2;
};

class Chaos {
 public:
  Chaos(const std::string& worker_class, unsigned seed)
      : server{ServerProcess::Program::kEcho, {"-k", worker_class, "--admin", "unix:admin.sock"}}, random_(seed) {
    TlsFiles{}.write(server.directory);
    server.yaml = yaml("");
    server.binary = server.file("service");
    std::filesystem::copy_file(echo_binary(), server.binary);
    REQUIRE(server.serve());
    port_ = server.port(0);
    for (int i = 0; i < kIdle; ++i) idle_.push_back(std::make_unique<Wire>(port_));
    for (const auto& wire : idle_) REQUIRE(wire->ask("GET /constant").status == 200);
    load.start(url(port_), kKept / 2, true);
    load.start(url(port_, "/later?ms=20"), kKept / 2, true);
    load.start(url(port_), kFresh, false);
    http2_load.start({port_, {}, false}, "/constant", kPlain / 2);
    http2_load.start({port_, {}, false}, "/later?ms=20", kPlain / 2);
    http2_load.start({server.port(1), {}, false}, "/constant", kSecure / 2, true);
    http2_load.start({server.port(1), {}, false}, "/later?ms=20", kSecure / 2, true);
    REQUIRE(load.answers(100));
    REQUIRE(http2_load.answers(100));
    scraper.emplace(std::vector{Wire::Place{0, server.file("admin.sock"), false}}, kScrape);
    std::printf("%-28s %8s %7s %7s %7s %11s %9s %5s %9s\n",
                ("chaos " + worker_class + ", seed " + std::to_string(seed)).c_str(), "answered", "failed", "refused",
                "reset", "idle closed", "by HTTP/2", "lost", "repeated");
  }

  /// Does one thing and waits for its end: `act` returns false when it did not come about.
  void planned(const char* name, const std::function<bool()>& act) {
    const auto [account, http2] = during(name, act);
    const auto lost = static_cast<long>(std::count_if(
        idle_.begin(), idle_.end(), [](const auto& wire) { return wire->ask("GET /constant").status != 200; }));
    row(name, account, http2, lost);
    INFO(account.first_problem << "; " << http2.first_problem << "\n" << server.log());
    CHECK(http2.lost == 0);
    CHECK(http2.refused == 0);
    CHECK(account.failed == 0);
    CHECK(account.refused == 0);
    CHECK(account.reset == 0);
    CHECK(account.idle_closed == 0);
    CHECK(lost == 0);
  }

  /// The same for a death: it costs at most what one worker can have had.
  void unplanned(const char* name, const std::function<bool()>& act) {
    const auto [account, http2] = during(name, act);
    row(name, account, http2, 0);
    INFO(account.first_problem << "; " << http2.first_problem << "\n" << server.log());
    CHECK(http2.lost <= static_cast<long>((kPlain + kSecure) * Http2Load::kAtOnce));
    CHECK(http2.refused <= kSecure);
    CHECK(account.failed == 0);
    CHECK(account.refused == 0);
    CHECK(account.reset + account.idle_closed <= kKept + kFresh);
    idle_.clear();
    for (int i = 0; i < kIdle; ++i) {
      idle_.push_back(std::make_unique<Wire>(port_));
      CHECK(idle_.back()->ask("GET /constant").status == 200);
    }
  }

  bool hup(const std::string& more, const std::string& said) {
    server.write_config(yaml(more));
    return signal_and_see(SIGHUP, said);
  }
  bool signal_and_see(int signo, const std::string& said) {
    const int before = server.count_lines(said);
    server.signal(signo);
    return eventually([&] { return server.count_lines(said) > before; }) && settled();
  }
  /// Ends one worker by `signo` and waits for another in its place.
  bool worker_gone(int signo) {
    const auto workers = server.workers();
    const pid_t victim = workers[random_() % workers.size()];
    ::kill(victim, signo);
    return eventually([&] { return !ServerProcess::alive(victim); }, kPatience) && settled();
  }
  /// As many workers as the log says there should be, and all of them serve.
  bool settled() {
    const std::size_t wanted = workers_;
    return server.wait_for_workers(wanted, kPatience) && load.answers(50) && http2_load.answers(50);
  }
  /// As a deployment does it: a new file takes the name.
  void install_script(const std::string& text) const {
    std::ofstream{server.file("next")} << text;
    std::filesystem::permissions(server.file("next"), std::filesystem::perms::owner_all);
    std::filesystem::rename(server.file("next"), server.binary);
  }
  void install_service() const {
    std::filesystem::copy_file(echo_binary(), server.file("next"));
    std::filesystem::rename(server.file("next"), server.binary);
  }
  /// USR2 with a good binary, under load. The pid of the new master.
  pid_t upgrade() {
    pid_t successor = 0;
    planned("USR2", [&] {
      server.write_config(yaml(""));
      install_service();
      server.signal(SIGUSR2);
      if (server.wait_for_end() != 0) return false;
      const std::string log = server.log();
      const std::string mark = "Upgrade: the new master has pid ";
      successor = std::atoi(log.c_str() + log.rfind(mark) + mark.size());
      return server.wait_for_line("This master (pid " + std::to_string(successor) + ") has the service now");
    });
    return successor;
  }
  void expect_workers(std::size_t count) { workers_ = count; }
  static std::string yaml(const std::string& more) {
    return "workers: 3\ntimeout: " + seconds(2) + "\nboot_timeout: " + seconds(3) + "\nbind: " + binds("") + "\n" +
           kTls + "accesslog: access.log\n" + more;
  }
  /// The two addresses that are there all the time, and what is to come behind them.
  static std::string binds(const std::string& more) {
    return "['127.0.0.1:0', 'localhost:0 tls'" + (more.empty() ? "" : ", '" + more + "'") + "]";
  }
  inline static const std::string kTls = "certfile: cert.pem\nkeyfile: key.pem\n";

  ServerProcess server;
  Load load;
  Http2Load http2_load;
  std::optional<CounterWatch> scraper;

 private:
  Accounts during(const char* name, const std::function<bool()>& act) {
    const Accounts before{load.so_far(), http2_load.so_far()};
    const bool came_about = act();
    INFO(name << "\n" << server.log());
    REQUIRE(came_about);
    CHECK(load.answers(50));
    CHECK(http2_load.answers(50));
    return {difference(load.so_far(), before.http1), difference(http2_load.so_far(), before.http2)};
  }
  static void row(const char* name, const LoadAccount& account, const Http2Account& http2, long idle_lost) {
    std::printf("  %-26s %8ld %7ld %7ld %7ld %11ld %9ld %5ld %9ld\n", name, account.ok, account.failed, account.refused,
                account.reset, account.idle_closed + idle_lost, http2.answered, http2.lost, http2.repeated);
  }

  std::mt19937 random_;
  int port_ = 0;
  std::size_t workers_ = 3;
  std::vector<std::unique_ptr<Wire>> idle_;
};

using Deed = std::pair<const char*, std::function<void(Chaos&, const char*)>>;

const std::string kProven = " is ready with 3 workers";

std::vector<Deed> planned_deeds() {
  return {
      {"HUP", [](Chaos& c, const char* name) { c.planned(name, [&] { return c.hup("", kProven); }); }},
      {"HUP, bad YAML",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] { return c.hup("workers: [\n", "Reload refused, nothing changed"); });
       }},
      {"HUP, start hook fails",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] { return c.hup("raw_env: ['ECHO_START=fail']\n", "is given up, generation"); });
       }},
      {"HUP, one more address",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           c.server.write_config("workers: 3\ntimeout: " + seconds(2) +
                                 "\nbind: " + Chaos::binds("unix:" + c.server.file("second")) + "\n" + Chaos::kTls);
           return c.signal_and_see(SIGHUP, kProven) &&
                  fetch(Wire::Place{0, c.server.file("second"), false}, "GET /constant").status == 200;
         });
         c.planned("HUP, one address less", [&] { return c.hup("", kProven); });
       }},
      {"TTIN, TTOU",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           c.expect_workers(4);
           const bool more = c.signal_and_see(SIGTTIN, "The number of workers is now 4");
           c.expect_workers(3);
           return more && c.signal_and_see(SIGTTOU, "The number of workers is now 3");
         });
       }},
      {"USR1",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           std::filesystem::rename(c.server.file("access.log"), c.server.file("access.old"));
           c.server.signal(SIGUSR1);
           return eventually([&] { return std::filesystem::exists(c.server.file("access.log")); }) && c.settled();
         });
       }},
      {"recycling",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           const int before = c.server.count_lines("reached max_requests");
           return c.hup("max_requests: 150\nmax_requests_jitter: 100\n", kProven) &&
                  eventually([&] { return c.server.count_lines("reached max_requests") >= before + 4; });
         });
         c.planned("no more recycling", [&] { return c.hup("", kProven); });
       }},
      {"TERM to a worker", [](Chaos& c, const char* name) { c.planned(name, [&] { return c.worker_gone(SIGTERM); }); }},
      {"USR2, it crashes",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           c.install_script("#!/bin/sh\nexit 1\n");
           return c.signal_and_see(SIGUSR2, "nothing changed");
         });
         c.install_service();
       }},
      {"USR2, it hangs",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           c.install_script("#!/bin/sh\nexec sleep 1000\n");
           return c.signal_and_see(SIGUSR2, "nothing changed");
         });
         c.install_service();
       }},
      {"HUP during a HUP",
       [](Chaos& c, const char* name) {
         c.planned(name, [&] {
           c.server.signal(SIGHUP);
           return c.hup("", kProven);
         });
       }},
  };
}

void stop_under_load(Chaos& chaos, pid_t master) {
  const LoadAccount before = chaos.load.so_far();
  const Http2Account http2_before = chaos.http2_load.so_far();
  ::kill(master, SIGTERM);
  CHECK(eventually([&] { return !ServerProcess::alive(master); }));
  const LoadAccount account = difference(chaos.load.stop(), before);
  const Http2Account http2 = difference(chaos.http2_load.stop(), http2_before);
  INFO(account.first_problem << "; " << http2.first_problem << "\n" << chaos.server.log());
  CHECK(http2.lost == 0);
  CHECK(account.failed == 0);
  CHECK(account.reset == 0);
  CHECK(eventually([&] { return chaos.server.everybody().empty(); }));
}

}  // namespace

TEST_CASE("chaos: nothing planned costs a request; a killed worker costs what it had") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  const unsigned seed = number_from("ORRERY_CHAOS_SEED", 1);
  Chaos chaos{worker_class, seed};
  std::mt19937 random{seed};
  for (unsigned round = 0; round < number_from("ORRERY_CHAOS_ROUNDS", 1); ++round) {
    auto deeds = planned_deeds();
    std::shuffle(deeds.begin(), deeds.end(), random);
    for (const auto& [name, deed] : deeds) deed(chaos, name);
    chaos.unplanned("kill -9", [&] { return chaos.worker_gone(SIGKILL); });
    chaos.unplanned("SIGSTOP until it is ended", [&] { return chaos.worker_gone(SIGSTOP); });
    chaos.unplanned("a segmentation fault", [&] {
      Wire wire{chaos.server.port()};
      return wire.ask("GET /crash/segv").status == 0 && chaos.settled();
    });
  }
  const pid_t successor = chaos.upgrade();
  CHECK(chaos.scraper->looks(2));
  stop_under_load(chaos, successor);
  chaos.scraper->end();
  CHECK(chaos.scraper->fall().empty());
}

}  // namespace orrery::test
