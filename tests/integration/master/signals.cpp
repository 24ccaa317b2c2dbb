// What each signal and each kind of death does to a running master.
#include <algorithm>

#include "running_master.hpp"

namespace orrery::master {

namespace {

bool contains(const std::vector<pid_t>& pids, pid_t pid) {
  return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

std::string address_of(const RunningMaster& master) {
  const std::string log = master.log();
  const std::size_t at = log.find("http://");
  return log.substr(at, log.find(' ', at) - at);
}

}  // namespace

TEST_CASE("master: a worker killed with -9 is replaced within a second, its sibling undisturbed") {
  RunningMaster master;
  master.start_and_wait();
  const auto before = master.workers();
  ::kill(before[0], SIGKILL);
  REQUIRE(test::eventually([&] { return master.workers().size() == 2 && !contains(master.workers(), before[0]); }, 1s));
  CHECK(contains(master.workers(), before[1]));
  CHECK(master.wait_for_line(fmt::format("Worker 1 (pid {}, generation 1) died (SIGKILL, not by us)", before[0])));
}

TEST_CASE("master: a worker that gets TERM is restarted and does not wake the master as if it had got it") {
  RunningMaster master;
  master.start_and_wait();
  const pid_t first = master.workers()[0];
  ::kill(first, SIGTERM);
  CHECK(master.wait_for_line("it is restarted"));
  REQUIRE(test::eventually([&] { return master.workers().size() == 2 && !contains(master.workers(), first); }));
  CHECK(master.count_lines("Handling signal") == 0);
  CHECK(master.count_lines("[ERROR]") == 0);
}

TEST_CASE("master: Ctrl-C reaches the workers too and is no crash") {
  RunningMaster master;
  master.start_and_wait();
  ::kill(-master.pid, SIGINT);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(master.count_lines("[ERROR]") == 0);
  CHECK(master.count_lines("it is restarted") == 0);
}

TEST_CASE("master: INT is quick, a second one is now") {
  RunningMaster master;
  master.worker = hang;
  master.start_and_wait();
  REQUIRE(test::eventually([&] { return master.workers().size() == 2; }));
  master.signal(SIGINT);
  REQUIRE(master.wait_for_line("Handling signal: int"));
  const auto begin = std::chrono::steady_clock::now();
  SECTION("one: KILL after two seconds") {
    CHECK(test::exited_with(master.wait_for_end(), 0));
    CHECK(std::chrono::steady_clock::now() - begin > 1s);
  }
  SECTION("two: KILL at once") {
    master.signal(SIGINT);
    CHECK(test::exited_with(master.wait_for_end(1500ms), 0));
  }
  CHECK(master.wait_for_line("was killed: still there in a quick stop"));
}

TEST_CASE("master: TERM waits graceful_timeout for a deaf worker, then kills it") {
  RunningMaster master;
  master.config.graceful_timeout = 300ms;
  master.worker = hang;
  master.start_and_wait();
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(master.wait_for_line("still there after graceful_timeout"));
}

TEST_CASE("master: TTIN and TTOU") {
  RunningMaster master;
  master.config.workers = 1;
  master.start_and_wait(1);
  master.signal(SIGTTIN);
  REQUIRE(master.wait_for_workers(2));
  master.signal(SIGTTOU);
  REQUIRE(master.wait_for_workers(1));
  master.signal(SIGTTOU);
  CHECK(master.wait_for_line("one worker is the least"));
  CHECK(master.workers().size() == 1);
}

TEST_CASE("master: HUP brings a new generation on the same socket, old workers leave") {
  RunningMaster master;
  master.reload = [&master](const Config&) {
    Reload reload{{}, {"workers: 2 -> 3"}, master.config};
    reload.config.workers = 3;
    return reload;
  };
  master.start_and_wait();
  const auto before = master.workers();
  const std::string address = address_of(master);
  master.signal(SIGHUP);
  REQUIRE(master.wait_for_line("Generation 2 is ready with 3 workers"));
  REQUIRE(test::eventually([&] {
    const auto now = master.workers();
    return now.size() == 3 && !contains(now, before[0]) && !contains(now, before[1]);
  }));
  CHECK(RunningMaster::title(master.workers()[0]).find("gen 2") != std::string::npos);
  CHECK(master.wait_for_line("Reload: workers: 2 -> 3"));
  CHECK(address_of(master) == address);
  CHECK(master.count_lines("[ERROR]") == 0);
}

TEST_CASE("master: a HUP that cannot be done changes nothing and is one line") {
  RunningMaster master;
  std::string expected;
  SECTION("bad configuration") {
    master.reload = [](const Config&) { return Reload{{"planets.yaml:3:1: unknown key `wrokers`"}, {}, {}}; };
    expected = "Reload refused, nothing changed: planets.yaml:3:1: unknown key `wrokers`";
  }
  SECTION("an address that cannot be bound") {
    master.reload = [&master](const Config&) {
      Reload reload{{}, {}, master.config};
      reload.config.bind = {"127.0.0.1:0", "192.0.2.1:0"};
      return reload;
    };
    expected = "Reload refused, nothing changed: cannot bind 192.0.2.1:0";
  }
  SECTION("a log that cannot be opened") {
    master.reload = [&master](const Config&) {
      Reload reload{{}, {}, master.config};
      reload.config.errorlog = "/nowhere/at/all/error.log";
      return reload;
    };
    expected = "Reload refused, nothing changed: ";
  }
  master.start_and_wait();
  const auto before = master.workers();
  master.signal(SIGHUP);
  CHECK(master.wait_for_line(expected));
  CHECK(master.count_lines("[ERROR]") == 1);
  CHECK(master.workers() == before);
}

TEST_CASE("master: a generation that does not get ready is given up, the old one stays") {
  RunningMaster master;
  master.worker = [](const os::WorkerBirth& birth) { return birth.generation == 1 ? serve(birth) : 4; };
  master.start_and_wait();
  const auto before = master.workers();
  master.signal(SIGHUP);
  CHECK(master.wait_for_line("Generation 2 is given up, generation 1 stays"));
  CHECK(master.workers() == before);
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

TEST_CASE("master: a HUP with another address opens it first and closes the old one last") {
  RunningMaster master;
  const std::string first = master.directory.file("first.sock");
  const std::string second = master.directory.file("second.sock");
  master.config.bind = {"unix:" + first};
  master.reload = [&](const Config&) {
    Reload reload{{}, {}, master.config};
    reload.config.bind = {"unix:" + second};
    return reload;
  };
  master.start_and_wait();
  master.signal(SIGHUP);
  CHECK(test::eventually([&] { return ::access(second.c_str(), F_OK) == 0; }));
  CHECK(test::eventually([&] { return ::access(first.c_str(), F_OK) != 0; }));
  CHECK(master.wait_for_line("Generation 2 is ready"));
}

TEST_CASE("master: a stuck worker gets ABRT, then KILL; its request is in the report and in the access log") {
  RunningMaster master;
  const std::string access = master.directory.file("access.log");
  master.config.workers = 1;
  master.config.timeout = 400ms;
  master.config.accesslog = access;
  master.config.access_log_format = "%(h)s %(r)s %(s)s %(I)s";
  master.worker = [](const os::WorkerBirth& birth) {
    if (birth.number != 1) return serve(birth);
    const std::string line = "a line it had not written\n";
    line.copy(birth.slot->access.bytes.data(), line.size());
    birth.slot->access.used.store(static_cast<std::uint32_t>(line.size()));
    birth.slot->flights[0].write([](os::RequestRecord& record) {
      record.set_method("GET");
      record.set_target("/planets/mars");
      record.set_id("abc");
      record.peer = *base::parse_ip("192.0.2.7");
      record.started_ns = base::monotonic_now().time_since_epoch().count();
    });
    return hang(birth);
  };
  master.start();
  REQUIRE(master.wait_for_line("WORKER TIMEOUT (pid:"));
  REQUIRE(master.wait_for_line("was ended: no heartbeat within timeout (SIGKILL)"));
  CHECK(master.wait_for_line("requests in flight: 1: GET /planets/mars (id abc, "));
  CHECK(test::eventually([&] {
    std::ifstream file(access);
    const std::string lines{std::istreambuf_iterator<char>(file), {}};
    return lines == "a line it had not written\n192.0.2.7 GET /planets/mars HTTP/1.1 504 abc\n";
  }));
  REQUIRE(master.wait_for_workers(1));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(master.wait_for_line("Served 1 request on"));
}

TEST_CASE("master: in class sync a request past its deadline ends the worker though it still beats") {
  RunningMaster master;
  master.config.workers = 1;
  master.config.worker_class = WorkerClass::kSync;
  master.config.request_deadline = 200ms;
  master.worker = [](const os::WorkerBirth& birth) {
    if (birth.number != 1) return serve(birth);
    birth.slot->flights[0].write([](os::RequestRecord& record) {
      const auto now = base::monotonic_now().time_since_epoch().count();
      record.started_ns = now;
      record.deadline_ns = now + 200'000'000;
    });
    return hang(birth);
  };
  master.start();
  CHECK(master.wait_for_line("blocked in a request past request_deadline"));
  CHECK(master.wait_for_workers(1));
}

TEST_CASE("master: a worker that asks to be recycled leaves when its replacement is ready") {
  RunningMaster master;
  master.config.workers = 1;
  master.worker = [](const os::WorkerBirth& birth) {
    if (birth.number == 1) {
      tell(birth, os::WorkerMessage::kReady);
      tell(birth, os::WorkerMessage::kRecycle);
    }
    return serve(birth);
  };
  master.start();
  REQUIRE(master.wait_for_line("reached max_requests"));
  REQUIRE(master.wait_for_line("has left as asked"));
  REQUIRE(master.wait_for_workers(1));
  CHECK(RunningMaster::title(master.workers()[0]).find("worker 2") != std::string::npos);
  CHECK(master.count_lines("[ERROR]") == 0);
}

TEST_CASE("master: a crash loop backs off with a clear line and never spins") {
  RunningMaster master;
  master.config.workers = 2;
  const std::string mark = master.directory.file("first-is-ready");
  master.worker = [&mark](const os::WorkerBirth& birth) {
    if (birth.number == 1) {
      tell(birth, os::WorkerMessage::kReady);
      std::ofstream{mark};
      return serve(birth);
    }
    // Deaths before anybody is ready would be a failed start, another story.
    test::eventually([&] { return ::access(mark.c_str(), F_OK) == 0; });
    return 1;
  };
  master.start();
  CHECK(master.wait_for_line("4 deaths in a row in this place: the next try is in"));
  CHECK(master.count_lines("Booting worker") < 8);
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

TEST_CASE("master: USR1 reopens the log") {
  RunningMaster master;
  master.start_and_wait();
  const std::string rotated = master.config.errorlog + ".1";
  REQUIRE(::rename(master.config.errorlog.c_str(), rotated.c_str()) == 0);
  master.signal(SIGUSR1);
  REQUIRE(test::eventually([&] { return ::access(master.config.errorlog.c_str(), F_OK) == 0; }));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

}  // namespace orrery::master
