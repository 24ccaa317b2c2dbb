// Upgrade (USR2): the new binary proves itself beside the old one; the clients notice neither success nor failure.
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include "e2e/classes.hpp"
#include "e2e/clean_load.hpp"
#include "support/programs.hpp"
#include "support/wires.hpp"

namespace orrery::test {

namespace {

namespace fs = std::filesystem;

/// A server whose binary is a file of its own, with a load on it.
struct Upgraded {
  explicit Upgraded(std::vector<std::string> arguments, std::string yaml = "workers: 2\n")
      : server{ServerProcess::Program::kEcho, std::move(arguments)} {
    server.binary = server.file("service");
    server.yaml = std::move(yaml);
    fs::copy_file(echo_binary(), server.binary);
  }
  void serve() {
    REQUIRE(server.serve());
    load.start(url(server.port()), 3, true);
    load.start(url(server.port()), 3, false);
    REQUIRE(load.answers(30));
  }
  /// As a deployment does it: a new file takes the name.
  void install(const std::string& from) {
    fs::copy_file(from, server.file("next"));
    fs::rename(server.file("next"), server.binary);
  }
  void install_script(const std::string& text) {
    std::ofstream{server.file("next")} << text;
    ::chmod(server.file("next").c_str(), 0755);
    fs::rename(server.file("next"), server.binary);
  }
  /// The pid of the nth new master, as the log says.
  pid_t successor(int nth = 1) {
    const std::string mark = "Upgrade: the new master has pid ";
    pid_t pid = 0;
    CHECK(eventually([&] {
      const std::string log = server.log();
      std::size_t at = log.find(mark);
      for (int i = 1; i < nth && at != std::string::npos; ++i) at = log.find(mark, at + 1);
      if (at == std::string::npos || log.find('\n', at) == std::string::npos) return false;
      pid = std::atoi(log.c_str() + at + mark.size());
      return true;
    }));
    return pid;
  }
  /// The same, when it has the service.
  pid_t taken_over(int nth = 1) {
    const pid_t pid = successor(nth);
    REQUIRE(server.wait_for_line("This master (pid " + std::to_string(pid) + ") has the service now"));
    return pid;
  }
  /// Connections, until the last one is a worker's of the new master, of whom one serves while another does not get
  /// ready.
  Wires until_the_new_one_has_some() {
    Wires wires;
    REQUIRE(eventually([&] {
      wires.push_back(std::make_unique<Wire>(server.port()));
      const pid_t pid = owner(*wires.back());
      const auto workers = server.workers();
      return std::find(workers.begin(), workers.end(), pid) == workers.end();
    }));
    return wires;
  }
  pid_t pid_in(const std::string& name) { return std::atoi(server.read_file(name).c_str()); }
  void stop(pid_t master) {
    ::kill(master, SIGTERM);
    CHECK(eventually([&] { return !ServerProcess::alive(master); }, kPatience));
    CHECK(eventually([&] { return server.everybody().empty(); }, kPatience));
  }

  ServerProcess server;
  Load load;
};

}  // namespace

TEST_CASE("upgrade: the new binary takes over under load, the old master leaves by itself") {
  Upgraded up{{"-k", GENERATE(from_range(kClasses)), "-p", "pid"}};
  up.serve();
  up.install(echo_binary());
  up.server.signal(SIGUSR2);
  CHECK(up.server.wait_for_end() == 0);
  const pid_t master = up.successor();
  REQUIRE(up.server.wait_for_line("This master (pid " + std::to_string(master) + ") has the service now"));
  REQUIRE(up.load.answers(100));
  check_clean(up.load.stop());
  CHECK(eventually([&] { return up.pid_in("pid") == master; }));
  CHECK_FALSE(fs::exists(up.server.file("pid.2")));
  CHECK(ServerProcess::titled(master, "orrery: master ["));
  CHECK(ServerProcess::workers_of(master).size() == 2);
  CHECK(up.server.count_lines("[ERROR]") == 0);
  up.stop(master);
  CHECK_FALSE(fs::exists(up.server.file("pid")));
}

TEST_CASE("upgrade: the log names both binaries, and says when they are the same") {
  Upgraded up{{}};
  REQUIRE(up.server.serve());
  const bool same = GENERATE(true, false);
  up.install(same ? echo_binary() : orrery_binary());
  up.server.signal(SIGUSR2);
  const pid_t master = up.taken_over();
  const std::string binary = fs::canonical(up.server.file("")).string() + "/service";
  // Its file is gone; what runs is known all the same.
  CHECK(up.server.count_lines("Upgrade: from " + binary + " (deleted) (echo 0.1.0, build ") == 1);
  CHECK(up.server.count_lines(") to " + binary + " (build ") == 1);
  CHECK(up.server.count_lines("Upgrade: the new master " + std::to_string(master) + " is " +
                              (same ? "echo" : "orrery") + " 0.1.0, build ") == 1);
  CHECK(up.server.count_lines("has the same build id as the running one: nothing changes") == (same ? 1 : 0));
  up.stop(master);
}

TEST_CASE("upgrade: 200 idle connections outlive it, and the next one") {
  Upgraded up{{"-k", GENERATE(from_range(kClasses))}};
  up.serve();
  const Wires wires = idle_connections(up.server.place(), 200);
  const pid_t old = up.server.pid();
  pid_t master = old;
  for (int round = 1; round <= 2; ++round) {
    up.install(echo_binary());
    ::kill(master, SIGUSR2);
    master = up.taken_over(round);
    CHECK(answering(wires) == 200);
    const auto workers = ServerProcess::workers_of(master);
    for (const auto& [pid, count] : owners(wires))
      CHECK(std::find(workers.begin(), workers.end(), pid) != workers.end());
  }
  CHECK(up.server.wait_for_end() == 0);
  REQUIRE(up.load.answers(30));
  const LoadAccount account = up.load.stop();
  check_clean(account);
  CHECK(account.idle_closed == 0);
  CHECK(up.server.count_lines("[WARNING]") == 0);
  up.stop(master);
}

TEST_CASE("upgrade: what is under way is answered by the old binary, and the connection goes on with the new one") {
  Upgraded up{{"-k", GENERATE(from_range(kClasses))}};
  REQUIRE(up.server.serve());
  const auto before = up.server.workers();
  Wire in_handler{up.server.port()};
  in_handler.send(request("GET /later?ms=1000"));
  Wire half_sent{up.server.port()};
  half_sent.send("GET /pid HT");
  CHECK(in_handler.read(100ms).problem == "silent");
  up.server.signal(SIGUSR2);
  const pid_t master = up.taken_over();
  const Answer answer = in_handler.read();
  CHECK(answer.body == "later\n");
  CHECK_FALSE(answer.closes());
  half_sent.send("TP/1.1\r\nHost: a\r\n\r\n");
  CHECK(half_sent.read().status == 200);
  CHECK(up.server.wait_for_end() == 0);
  const auto workers = ServerProcess::workers_of(master);
  for (Wire* wire : {&in_handler, &half_sent})
    CHECK(std::find(workers.begin(), workers.end(), owner(*wire)) != workers.end());
  up.stop(master);
}

TEST_CASE("upgrade: a binary that hands connections over in another way, or not at all, gets none") {
  // What the variable says of the pair is changed on the way.
  const std::string edit = GENERATE(as<std::string>{}, "s/^\\([0-9]* [0-9]* [0-9]*\\).*/\\1/",
                                    "s/^\\([0-9]* [0-9]* [0-9]*\\) [0-9]*/\\1 4711/");
  Upgraded up{{}};
  up.serve();
  const Wires wires = idle_connections(up.server.place(), 20);
  up.install_script("#!/bin/sh\nORRERY_UPGRADE=$(echo $ORRERY_UPGRADE | sed '" + edit +
                    "')\nexport ORRERY_UPGRADE\nexec " + echo_binary() + " \"$@\"\n");
  up.server.signal(SIGUSR2);
  const pid_t master = up.taken_over();
  for (const auto& wire : wires) CHECK(wire->closes_within());
  CHECK(up.server.wait_for_line("hands connections over in another way: idle ones are closed"));
  CHECK(up.server.wait_for_end() == 0);
  check_clean(up.load.stop());

  // Among its own workers it goes on as ever.
  const Wires more = idle_connections(up.server.place(), 20);
  ::kill(master, SIGHUP);
  REQUIRE(up.server.wait_for_line("Generation 2 serves"));
  CHECK(answering(more) == 20);
  up.stop(master);
}

TEST_CASE("upgrade: one that fails gives back the connections its ready workers have") {
  Upgraded up{{"-k", GENERATE(from_range(kClasses))}, "workers: 2\nboot_timeout: " + seconds(3) + "\n"};
  up.serve();
  up.server.write_config("workers: 2\nboot_timeout: " + seconds(3) + "\nraw_env: ['ECHO_START=once-then-hang']\n");
  up.server.signal(SIGUSR2);
  const pid_t master = up.successor();
  const Wires wires = up.until_the_new_one_has_some();
  const Wires more = idle_connections(up.server.place(), 20);
  CHECK(up.server.wait_for_line("nothing changed, this one goes on"));
  CHECK_FALSE(ServerProcess::alive(master));
  CHECK(answering(wires) == static_cast<long>(wires.size()));
  CHECK(answering(more) == 20);
  check_clean(up.load.stop());
  CHECK(up.server.stop() == 0);
}

TEST_CASE("upgrade: a stop of both ends the connections of both, and does not wait for anybody to take them") {
  Upgraded up{{"-k", GENERATE(from_range(kClasses))}, "workers: 2\nboot_timeout: " + seconds(20) + "\n"};
  REQUIRE(up.server.serve());
  up.server.write_config("workers: 2\nboot_timeout: " + seconds(20) +
                         "\ngraceful_timeout: 8s\nraw_env: ['ECHO_START=once-then-hang']\n");
  up.server.signal(SIGUSR2);
  const Wires wires = up.until_the_new_one_has_some();
  up.server.signal(SIGTERM);
  for (const auto& wire : wires) CHECK(wire->closes_within(1500ms * kSlowness));
  CHECK(up.server.wait_for_end() == 0);
}

TEST_CASE("upgrade: three in a row, and a reload after them") {
  Upgraded up{{"-p", "pid"}};
  up.serve();
  pid_t master = up.server.pid();
  for (int round = 1; round <= 3; ++round) {
    up.install(echo_binary());
    ::kill(master, SIGUSR2);
    const pid_t next = up.successor(round);
    REQUIRE(up.server.wait_for_line("This master (pid " + std::to_string(next) + ") has the service now"));
    if (round == 1) CHECK(up.server.wait_for_end() == 0);
    CHECK(eventually([&] { return !ServerProcess::alive(master); }));
    master = next;
  }
  ::kill(master, SIGHUP);
  CHECK(up.server.wait_for_line("Generation 2 serves"));
  REQUIRE(up.load.answers(30));
  check_clean(up.load.stop());
  up.stop(master);
}

TEST_CASE("upgrade: whatever is wrong with the new one, nothing changed") {
  struct Row {
    const char* name;
    void (*spoil)(Upgraded&);
    const char* said;
    int patience = 10;  // seconds; few for those who are not heard of again
  };
  static const Row rows[] = {
      {"crashes", [](Upgraded& up) { up.install("/bin/false"); }, "has ended (exit code 1)"},
      {"hangs", [](Upgraded& up) { up.install_script("#!/bin/sh\nexec sleep 1000\n"); }, "it was not ready in time", 1},
      {"is deaf too", [](Upgraded& up) { up.install_script("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n"); },
       "has ended (SIGKILL)", 1},
      {"is no program", [](Upgraded& up) { up.install_script("nothing\n"); }, "cannot run "},
      {"is not there", [](Upgraded& up) { fs::remove(up.server.binary); }, "No such file"},
      {"bad YAML", [](Upgraded& up) { up.server.write_config("workers: lots\n"); }, "`lots`"},
      {"its workers fail to start",
       [](Upgraded& up) {
         up.server.write_config("workers: 2\nboot_timeout: " + seconds(10) + "\nraw_env: ['ECHO_START=fail']\n");
       },
       "has ended (exit code 4)"},
      {"its workers hang",
       [](Upgraded& up) {
         up.server.write_config("workers: 2\nboot_timeout: " + seconds(1) + "\ngraceful_timeout: " + seconds(1) +
                                "\nraw_env: ['ECHO_START=hang']\n");
       },
       "has ended (exit code 3)"},
      {"its workers hang longer than this master waits",
       [](Upgraded& up) {
         up.server.write_config("workers: 2\nboot_timeout: 1h\ngraceful_timeout: " + seconds(5) +
                                "\nraw_env: ['ECHO_START=hang']\n");
       },
       "has ended (SIGKILL)", 1},
  };
  const Row& row = GENERATE(from_range(std::begin(rows), std::end(rows)));
  INFO(row.name);
  Upgraded up{{"-p", "pid"}, "workers: 2\nboot_timeout: " + seconds(row.patience) + "\n"};
  up.serve();
  const auto before = up.server.workers();
  row.spoil(up);
  up.server.signal(SIGUSR2);
  CHECK(up.server.wait_for_line("nothing changed", 20s * kSlowness));
  CHECK(up.server.wait_for_line(row.said));
  REQUIRE(up.load.answers(30));
  CHECK(up.pid_in("pid") == up.server.pid());
  CHECK(up.server.workers() == before);
  CHECK(eventually([&] { return !fs::exists(up.server.file("pid.2")); }));

  // And it can be tried again, with time enough for one that does start.
  up.server.write_config("workers: 2\n");
  up.server.signal(SIGHUP);
  REQUIRE(up.server.wait_for_line("Generation 2 serves"));
  up.install(echo_binary());
  up.server.signal(SIGUSR2);
  CHECK(up.server.wait_for_end() == 0);
  const pid_t master = up.successor(2);
  REQUIRE(up.server.wait_for_line("This master (pid " + std::to_string(master) + ") has the service now"));
  REQUIRE(up.load.answers(30));
  check_clean(up.load.stop());
  up.stop(master);
}

TEST_CASE("upgrade: by hand, as with gunicorn") {
  Upgraded up{{"-p", "pid"}, "workers: 2\nupgrade: manual\n"};
  up.serve();
  up.server.signal(SIGUSR2);
  const pid_t master = up.successor();
  REQUIRE(up.server.wait_for_line("is ready (2 of 2 workers ready) and both serve"));
  CHECK(up.pid_in("pid") == up.server.pid());
  CHECK(up.pid_in("pid.2") == master);
  CHECK(ServerProcess::titled(master, "orrery: master (new) ["));
  CHECK(ServerProcess::workers_of(master).size() == 2);
  up.server.signal(SIGUSR2);
  CHECK(up.server.wait_for_line("USR2 is refused: an upgrade is under way"));
  ::kill(master, SIGUSR2);
  CHECK(up.server.wait_for_line("USR2 is refused: the master that started this one still serves"));
  const Wires wires = idle_connections(up.server.place(), 40);
  up.server.signal(SIGWINCH);
  CHECK(up.server.wait_for_workers(1));  // that one is the new master
  REQUIRE(up.load.answers(30));
  CHECK(answering(wires) == 40);
  SECTION("TERM to the old one ends the upgrade") {
    up.server.signal(SIGTERM);
    CHECK(up.server.wait_for_end() == 0);
    CHECK(eventually([&] { return up.pid_in("pid") == master; }));
    CHECK(up.server.wait_for_line("This master (pid " + std::to_string(master) + ") has the service now"));
    REQUIRE(up.load.answers(30));
    check_clean(up.load.stop());
    CHECK(answering(wires) == 40);
    up.stop(master);
  }
  SECTION("HUP to the old one and TERM to the new one go back") {
    up.server.signal(SIGHUP);
    CHECK(up.server.wait_for_workers(3));
    ::kill(master, SIGTERM);
    CHECK(up.server.wait_for_line("the new master " + std::to_string(master) + " has ended (exit code 0)"));
    CHECK(eventually([&] { return !fs::exists(up.server.file("pid.2")); }));
    CHECK(up.pid_in("pid") == up.server.pid());
    REQUIRE(up.load.answers(30));
    check_clean(up.load.stop());
    CHECK(answering(wires) == 40);
    CHECK(up.server.stop() == 0);
  }
  SECTION("the old one killed with -9: the new one has the service") {
    up.server.signal(SIGKILL);
    CHECK(up.server.wait_for_end() == 128 + SIGKILL);
    CHECK(eventually([&] { return up.pid_in("pid") == master; }));
    REQUIRE(up.load.answers(30));
    check_clean(up.load.stop());
    CHECK(answering(wires) == 40);
    up.stop(master);
  }
}

TEST_CASE(
    "upgrade: by hand, the old master killed with -9 while its workers serve: the new one's have their "
    "connections") {
  Upgraded up{{"-k", GENERATE(from_range(kClasses))}, "workers: 2\nupgrade: manual\n"};
  REQUIRE(up.server.serve());
  const Wires wires = idle_connections(up.server.place(), 40);
  up.server.signal(SIGUSR2);
  const pid_t master = up.successor();
  REQUIRE(up.server.wait_for_line("and both serve"));
  up.server.signal(SIGKILL);
  CHECK(up.taken_over() == master);
  CHECK(answering(wires) == 40);
  up.stop(master);
}

TEST_CASE("upgrade: the old master killed with -9 before the new one is ready: the new one leaves too") {
  Upgraded up{{}, "workers: 2\ngraceful_timeout: 1s\n"};
  REQUIRE(up.server.serve());
  up.server.write_config("workers: 2\ngraceful_timeout: 1s\nraw_env: ['ECHO_START=hang']\n");
  up.server.signal(SIGUSR2);
  const pid_t master = up.successor();
  REQUIRE(eventually([&] { return !ServerProcess::workers_of(master).empty(); }));
  up.server.signal(SIGKILL);
  CHECK(up.server.wait_for_end() == 128 + SIGKILL);
  CHECK(up.server.wait_for_line("is gone before this one was ready: it leaves too"));
  CHECK(eventually([&] { return up.server.everybody().empty(); }, kPatience));
}

TEST_CASE("upgrade: TERM while one is under way stops both") {
  Upgraded up{{}, "workers: 2\ngraceful_timeout: 1s\n"};
  REQUIRE(up.server.serve());
  up.server.write_config("workers: 2\ngraceful_timeout: 1s\nraw_env: ['ECHO_START=hang']\n");
  up.server.signal(SIGUSR2);
  const pid_t master = up.successor();
  up.server.signal(SIGHUP);
  CHECK(up.server.wait_for_line("HUP is ignored: an upgrade is under way"));
  CHECK(up.server.stop() == 0);
  CHECK(!ServerProcess::alive(master));
  CHECK(eventually([&] { return up.server.everybody().empty(); }, kPatience));
}

TEST_CASE("upgrade: a unix socket keeps its path, and loses it with the last master") {
  Upgraded up{{"-b", "unix:s"}};
  REQUIRE(up.server.serve());
  const Wire::Place place{0, up.server.file("s"), false};
  up.server.signal(SIGUSR2);
  CHECK(up.server.wait_for_end() == 0);
  const pid_t master = up.taken_over();
  CHECK(fetch(place, "GET /constant").status == 200);
  up.stop(master);
  CHECK_FALSE(fs::exists(place.path));
}

TEST_CASE("upgrade: a daemon") {
  Upgraded up{{"-D", "-p", "pid", "--log-file", "error.log"}};
  up.server.start();
  REQUIRE(up.server.wait_for_end() == 0);
  const pid_t old = up.pid_in("pid");
  up.server.adopt(old);
  const std::string log = up.server.read_file("error.log");
  const int port = std::stoi(log.substr(log.find("http://127.0.0.1:") + 17));
  up.load.start(url(port), 2, false);
  REQUIRE(up.load.answers(30));
  up.install(echo_binary());
  ::kill(old, SIGUSR2);
  CHECK(eventually([&] { return !ServerProcess::alive(old); }, kPatience));
  const pid_t master = up.pid_in("pid");
  up.server.adopt(master);
  CHECK(master != old);
  REQUIRE(up.load.answers(30));
  check_clean(up.load.stop());
  ::kill(master, SIGTERM);
  CHECK(eventually([&] { return !ServerProcess::alive(master); }, kPatience));
}

}  // namespace orrery::test
