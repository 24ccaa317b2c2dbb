// Signals an operator sends, and workers that die: what changes, and above all what does not.
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

bool holds(const std::vector<pid_t>& pids, pid_t pid) { return std::find(pids.begin(), pids.end(), pid) != pids.end(); }

}  // namespace

TEST_CASE("signals: HUP with a new configuration, and with bad ones") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 2\nbind: 127.0.0.1:0\n";
  REQUIRE(server.serve());
  const int port = server.port();
  const auto before = server.workers();
  Wire kept{port};
  CHECK(kept.ask("GET /constant").status == 200);

  SECTION("more workers, on the same port; no connection is closed") {
    server.write_config("workers: 3\nbind: 127.0.0.1:0\n");
    Wire busy{port};
    busy.send(request("GET /later?ms=600"));
    // The request is in a handler before its worker hears of anything.
    CHECK(busy.read(100ms).problem == "silent");
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Generation 2 is ready with 3 workers"));
    CHECK(server.wait_for_line("Reload: workers: 2 -> 3"));
    const Answer answer = busy.read();
    CHECK(answer.body == "later\n");
    CHECK_FALSE(answer.closes());
    CHECK(kept.ask("GET /constant").status == 200);
    CHECK(busy.ask("GET /constant").status == 200);
    CHECK(eventually([&] {
      const auto now = server.workers();
      return now.size() == 3 && !holds(now, before[0]) && !holds(now, before[1]);
    }));
    CHECK(server.port() == port);
    CHECK(fetch(port, "GET /constant").status == 200);
  }
  SECTION("one that cannot be read") {
    server.write_config("workers: 3\nbind: 127.0.0.1:0\nwrokers: [\n");
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Reload refused, nothing changed: "));
    CHECK(server.count_lines("[ERROR]") == 1);
    CHECK(server.count_lines("server.yaml:") == 1);
  }
  SECTION("one with several faults is still one line") {
    server.write_config("wrokers: 3\nthreads: 0\n");
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Reload refused, nothing changed: "));
    CHECK(server.count_lines("[ERROR]") == 1);
  }
  SECTION("one that is not there") {
    std::filesystem::remove(server.config_file());
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Reload refused, nothing changed: "));
  }
  SECTION("an address that is taken") {
    ServerProcess other{ServerProcess::Program::kEcho, {"-w", "1"}};
    REQUIRE(other.serve());
    server.write_config("workers: 3\nbind: ['127.0.0.1:0', '127.0.0.1:" + std::to_string(other.port()) + "']\n");
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Reload refused, nothing changed: cannot bind 127.0.0.1:"));
    CHECK(other.stop() == 0);
  }
  SECTION("an application that does not start any more") {
    server.write_config("workers: 3\nbind: 127.0.0.1:0\nraw_env: ['ECHO_START=fail']\n");
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Generation 2 is given up, generation 1 stays"));
    CHECK(eventually([&] { return server.workers().size() == 2; }));
  }
  if (server.count_lines("is ready with 3") == 0) {
    CHECK(server.workers() == before);
    CHECK(kept.ask("GET /constant").status == 200);
    CHECK(fetch(port, "GET /constant").status == 200);
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("signals: HUP brings a new environment and another name, and takes variables back") {
  ServerProcess server;
  const std::string log = "bind: 127.0.0.1:0\naccesslog: access.log\naccess_log_format: '%({COLOUR}e)s'\n";
  server.yaml = "workers: 1\nraw_env: ['COLOUR=red']\n" + log;
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  server.write_config("workers: 1\nraw_env: ['COLOUR=blue']\n" + log);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  CHECK(eventually([&] { return server.workers().size() == 1; }));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.wait_for_text("access.log", "red\nblue\n"));
  server.write_config("workers: 1\nproc_name: clockwork\n" + log);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 3 serves"));
  CHECK(eventually([&] { return server.workers().size() == 1; }));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.wait_for_text("access.log", "red\nblue\n-\n"));
  CHECK(ServerProcess::titled(server.pid(), "clockwork: master ["));
  CHECK(ServerProcess::titled(server.workers()[0], "clockwork: worker 3 [async] gen 3"));
}

TEST_CASE("signals: HUP finds a relative file and directory again after chdir") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-c", "relative.yaml"}};
  std::filesystem::create_directory(server.file("inner"));
  std::ofstream{server.file("relative.yaml")} << "workers: 1\nbind: 127.0.0.1:0\nchdir: inner\naccesslog: access.log\n";
  server.bind = false;
  REQUIRE(server.serve());
  server.signal(SIGHUP);
  CHECK(server.wait_for_line("Generation 2 is ready", 5s * kSlowness));
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(std::filesystem::exists(server.file("inner/access.log")));
}

TEST_CASE("signals: HUP moves the service to another address") {
  ServerProcess server;
  const std::string first = server.file("first");
  const std::string second = server.file("second");
  server.yaml = "workers: 2\nbind: unix:" + first + "\n";
  REQUIRE(server.serve());
  server.write_config("workers: 2\nbind: ['unix:" + second + "', '127.0.0.1:0']\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  CHECK(fetch(Wire::Place{0, second, false}, "GET /constant").status == 200);
  CHECK(eventually([&] { return !std::filesystem::exists(first); }));
  CHECK(server.wait_for_line("Listening at: http://127.0.0.1:"));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.stop() == 0);
  CHECK(!std::filesystem::exists(second));
}

TEST_CASE("signals: many HUPs in a row, under load, cost no request") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  int bad = 0;
  for (int i = 0; i < 200; ++i) {
    if (i % 20 == 0) server.signal(SIGHUP);
    bad += fetch(server.port(), "GET /constant").status == 200 ? 0 : 1;
  }
  CHECK(bad == 0);
  CHECK(server.wait_for_workers(2));
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("signals: TTIN, TTOU, and HUP returns to the configured number") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2"}};
  REQUIRE(server.serve());
  server.signal(SIGTTIN);
  CHECK(server.wait_for_workers(3));
  CHECK(server.wait_for_line("The number of workers is now 3"));
  server.signal(SIGHUP);
  CHECK(server.wait_for_line("The number of workers returns to the configured 2 (it was 3)"));
  REQUIRE(server.wait_for_line("Generation 2 is ready with 2 workers"));
  CHECK(server.wait_for_workers(2));
  server.signal(SIGTTOU);
  CHECK(server.wait_for_workers(1));
  server.signal(SIGTTOU);
  CHECK(server.wait_for_line("one worker is the least"));
  CHECK(server.workers().size() == 1);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
}

TEST_CASE("signals: workers ignore what is the master's, say USR1 aloud and do what TERM says") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  for (const int signo : {SIGHUP, SIGTTIN, SIGTTOU, SIGUSR2, SIGWINCH, SIGPIPE, SIGUSR1})
    for (const pid_t pid : before) ::kill(pid, signo);
  server.signal(SIGPIPE);
  for (int i = 0; i < 20; ++i) CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() == before);
  ::kill(before[0], SIGTERM);
  CHECK(eventually([&] {
    const auto now = server.workers();
    return now.size() == 2 && !holds(now, before[0]);
  }));
  CHECK(holds(server.workers(), before[1]));
  CHECK(server.stop() == 0);
}

TEST_CASE("signals: WINCH without a terminal retires all workers, HUP brings them back") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request("GET /later?ms=200"));
  CHECK(wire.read(50ms).problem == "silent");
  server.signal(SIGWINCH);
  CHECK(server.wait_for_line("All workers leave and the master stays"));
  CHECK(wire.read().body == "later\n");
  CHECK(server.wait_for_workers(0));
  Wire waiting{server.port()};  // the port stays open: who comes now waits
  waiting.send(request("GET /constant"));
  server.signal(SIGHUP);
  CHECK(waiting.read().status == 200);
  CHECK(server.wait_for_line("The number of workers returns to the configured 2 (it was 0)"));
  CHECK(server.wait_for_workers(2));
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("signals: WINCH from a terminal is ignored, with a line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.in_child = [] {  // the leader of a session without one gets the terminal that it opens
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    ::grantpt(terminal);
    ::unlockpt(terminal);
    if (::open(::ptsname(terminal), O_RDWR) < 0) ::_exit(125);
  };
  REQUIRE(server.serve());
  const auto before = server.workers();
  server.signal(SIGWINCH);
  CHECK(server.wait_for_line("WINCH is ignored: this process has a controlling terminal"));
  CHECK(server.workers() == before);
}

TEST_CASE("signals: each taken one is logged with its sender") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  REQUIRE(server.serve());
  server.signal(SIGWINCH);
  CHECK(server.wait_for_line("Handling signal: winch (from pid " + std::to_string(::getpid()) + ", uid"));
}

TEST_CASE("signals: USR1 reopens the logs, nothing is lost") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 2\naccesslog: access.log\nerrorlog: error.log\naccess_log_format: '%(U)s'\n";
  server.start();
  REQUIRE(server.wait_for_text("error.log", "Generation 1 serves"));
  const std::string log = server.read_file("error.log");
  const int port = std::stoi(log.substr(log.find("http://127.0.0.1:") + 17));
  CHECK(fetch(port, "GET /echo/before").status == 200);
  std::filesystem::rename(server.file("error.log"), server.file("error.log.1"));
  std::filesystem::rename(server.file("access.log"), server.file("access.log.1"));
  server.signal(SIGUSR1);
  CHECK(eventually([&] {
    return std::filesystem::exists(server.file("error.log")) && std::filesystem::exists(server.file("access.log"));
  }));
  CHECK(server.wait_for_text("access.log.1", "/echo/before\n"));
  // One of the two may not have got there yet: what it writes goes to the old file, whole.
  std::set<std::string> wanted;
  for (int i = 0; i < 20; ++i) {
    wanted.insert("/echo/" + std::to_string(i));
    CHECK(fetch(port, "GET /echo/" + std::to_string(i)).status == 200);
  }
  CHECK(eventually([&] {
    const auto old_lines = lines_of(server.read_file("access.log.1"));
    const auto new_lines = lines_of(server.read_file("access.log"));
    std::set<std::string> found(new_lines.begin(), new_lines.end());
    found.insert(old_lines.begin(), old_lines.end());
    return !new_lines.empty() && std::includes(found.begin(), found.end(), wanted.begin(), wanted.end());
  }));
  CHECK(server.stop() == 0);
  CHECK(server.read_file("error.log").find("Shutting down: master") != std::string::npos);
  CHECK(server.read_file("error.log.1").find("Shutting down") == std::string::npos);
  const std::string after = server.read_file("error.log");
  CHECK(after.find("USR1: the error log error.log is reopened, and by each worker") != std::string::npos);
  CHECK(after.find("USR1: each worker reopens the access log access.log") != std::string::npos);
}

TEST_CASE("signals: USR1 says which log could not be reopened") {
  ServerProcess server;
  std::filesystem::create_directory(server.file("logs"));
  server.yaml = "workers: 1\naccesslog: logs/access.log\nerrorlog: logs/error.log\n";
  server.start();
  REQUIRE(server.wait_for_text("logs/error.log", "Generation 1 serves"));
  std::filesystem::rename(server.file("logs"), server.file("gone"));
  server.signal(SIGUSR1);
  CHECK(server.wait_for_text("gone/error.log", "USR1: the log stays as it was: cannot open the error log "));
  CHECK(server.wait_for_text("gone/error.log", "logs/access.log"));
  CHECK(server.stop() == 0);
}

TEST_CASE("signals: kill -9 of a worker") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "3", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  // A connection with each sibling, and one request in flight with it.
  std::vector<std::unique_ptr<Wire>> wires;
  std::vector<pid_t> owners;
  for (int i = 0; i < 12; ++i) {
    wires.push_back(std::make_unique<Wire>(server.port()));
    owners.push_back(std::atoi(wires.back()->ask("GET /pid").body.c_str()));
  }
  for (const auto& wire : wires) wire->send(request("GET /later?ms=300"));
  const pid_t victim = owners[0];
  CHECK(wires[0]->read(100ms).problem == "silent");
  ::kill(victim, SIGKILL);
  const auto replaced = [&] {
    const auto now = server.workers();
    return now.size() == 3 && !holds(now, victim);
  };
  CHECK(eventually(replaced, 1s * kSlowness));
  for (std::size_t i = 0; i < wires.size(); ++i) {
    INFO(i);
    const Answer answer = wires[i]->read();
    if (owners[i] == victim)
      CHECK(answer.status == 0);
    else
      CHECK(answer.body == "later\n");
  }
  for (const pid_t pid : before)
    if (pid != victim) CHECK(holds(server.workers(), pid));
  CHECK(server.wait_for_line("(pid " + std::to_string(victim) + ", generation 1) died (SIGKILL, not by us)"));
  for (int i = 0; i < 20; ++i) CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.stop() == 0);
}

TEST_CASE("signals: kill -9 of the master, a worker busy: the port is free, a new start succeeds at once") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  const char* slow = GENERATE("GET /sleep?ms=4000", "GET /later?ms=4000", "");
  INFO(worker_class << " " << slow);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", worker_class, "-p", "pid"}};
  REQUIRE(server.serve());
  Wire busy{server.port()};
  busy.send(*slow == 0 ? "GET /constant HTTP/1.1\r\nHo" : request(slow));
  CHECK(busy.read(150ms).problem == "silent");
  server.signal(SIGKILL);
  CHECK(server.wait_for_end() == 128 + SIGKILL);
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  const auto begin = std::chrono::steady_clock::now();
  bool started = false;
  std::string why;
  // `at once` for the pid file, `within 1 s` for the port.
  while (!started && std::chrono::steady_clock::now() - begin < 1s * kSlowness) {
    ServerProcess next{ServerProcess::Program::kEcho, {"-w", "1", "-p", server.file("pid"), "-b", address}};
    next.start();
    started = eventually([&] { return next.count_lines("Generation 1 serves") > 0 || next.wait_for_end(0ms); }) &&
              next.count_lines("Generation 1 serves") > 0;
    why = next.log();
    CHECK(next.count_lines("another master") == 0);
    if (started) {
      CHECK(fetch(next.port(), "GET /constant").status == 200);
      CHECK(next.stop() == 0);
    }
  }
  INFO(why);
  CHECK(started);
}

TEST_CASE("signals: an orphan answers what it has and leaves; a stuck one leaves after graceful_timeout") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", worker_class, "--graceful-timeout", "1s"}};
  REQUIRE(server.serve());
  Wire quick{server.port()};
  Wire stuck{server.port()};
  SECTION("what it has") {
    quick.send(request("GET /later?ms=400"));
    CHECK(quick.read(100ms).problem == "silent");
    server.signal(SIGKILL);
    CHECK(quick.read().body == "later\n");
  }
  SECTION("stuck") {
    stuck.send(request("GET /sleep?ms=60000"));
    CHECK(stuck.read(100ms).problem == "silent");
    server.signal(SIGKILL);
  }
  CHECK(server.wait_for_end() == 128 + SIGKILL);
  CHECK(eventually([&] { return server.everybody().empty(); }, 4s * kSlowness));
}

TEST_CASE("signals: a second master with the same pid file is refused") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-p", "pid"}};
  server.in_child = [] { ::umask(0077); };
  REQUIRE(server.serve());
  CHECK(server.read_file("pid") == std::to_string(server.pid()) + "\n");
  CHECK((std::filesystem::status(server.file("pid")).permissions() & std::filesystem::perms::all) ==
        static_cast<std::filesystem::perms>(0644));
  ServerProcess next{ServerProcess::Program::kEcho, {"-w", "1", "-p", server.file("pid")}};
  next.start();
  CHECK(next.wait_for_end() == 1);
  CHECK(next.count_lines("another master runs with pid " + std::to_string(server.pid())) == 1);
  CHECK(server.read_file("pid") == std::to_string(server.pid()) + "\n");
  CHECK(server.stop() == 0);
  CHECK(!std::filesystem::exists(server.file("pid")));
}

TEST_CASE("signals: in the background") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-D", "-w", "2", "-p", "pid", "--log-file", "error.log"}};
  SECTION("the foreground ends when the service is ready") {
    server.start();
    CHECK(server.wait_for_end() == 0);
    const pid_t daemon = std::atoi(server.read_file("pid").c_str());
    REQUIRE(daemon > 0);
    server.adopt(daemon);
    CHECK(daemon != server.pid());
    CHECK(::getsid(daemon) != ::getsid(0));
    const std::string log = server.read_file("error.log");
    const int port = std::stoi(log.substr(log.find("http://127.0.0.1:") + 17));
    CHECK(fetch(port, "GET /constant").status == 200);
    ::kill(daemon, SIGTERM);
    CHECK(eventually([&] { return !ServerProcess::alive(daemon); }));
    CHECK(!std::filesystem::exists(server.file("pid")));
  }
  SECTION("or with the exit code of what went wrong, and says it") {
    server.environment = {{"ECHO_START", "fail"}};
    server.start();
    CHECK(server.wait_for_end() == 4);
    CHECK(!server.log().empty());
    CHECK(server.read_file("error.log").find("told to fail") != std::string::npos);
  }
}

TEST_CASE("signals: on a terminal lines have colours unless NO_COLOR is set, and Ctrl-C is called by its name") {
  const bool plain = GENERATE(false, true);
  INFO(plain);
  base::UniqueFd screen{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
  REQUIRE(screen);
  REQUIRE(::grantpt(screen.get()) == 0);
  REQUIRE(::unlockpt(screen.get()) == 0);
  const std::string terminal = ::ptsname(screen.get());
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.environment = {{"NO_COLOR", plain ? "1" : ""}, {"TERM", "xterm"}};
  server.in_child = [&] {
    const base::UniqueFd own{::open(terminal.c_str(), O_RDWR)};
    ::ioctl(own.get(), TIOCSCTTY, 0);
    ::dup2(own.get(), STDERR_FILENO);
  };
  server.start();
  std::string shown;
  const auto shows = [&](const std::string& part) {
    return eventually([&] {
      char bytes[4096];
      for (ssize_t got = 0; (got = ::read(screen.get(), bytes, sizeof bytes)) > 0;)
        shown.append(bytes, static_cast<std::size_t>(got));
      return shown.find(part) != std::string::npos;
    });
  };
  REQUIRE(shows("Generation 1 serves"));
  CHECK((shown.find("\033[") == std::string::npos) == plain);
  REQUIRE(::write(screen.get(), "\x03", 1) == 1);
  CHECK(shows("Handling signal: int (from the terminal: Ctrl-C)"));
  CHECK(server.wait_for_end() == 0);
}

}  // namespace orrery::test
