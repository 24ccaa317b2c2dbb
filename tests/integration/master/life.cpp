// A master from its start to its end: what it says, what it leaves, with which code it goes.
#include <fcntl.h>
#include <filesystem>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "running_master.hpp"

namespace orrery::master {

TEST_CASE("master: starts, says where it listens, stops at TERM with 0 and leaves nothing") {
  RunningMaster master;
  master.start_and_wait();
  CHECK(master.wait_for_line("Starting orrery 0.1.0"));
  CHECK(master.wait_for_line("Listening at: http://127.0.0.1:"));
  CHECK(master.count_lines(fmt::format("({})", master.pid)) == 1);
  CHECK(RunningMaster::title(master.pid).starts_with("orrery: master [async] 127.0.0.1:"));
  CHECK(RunningMaster::title(master.workers()[0]).starts_with("orrery: worker 1 [async] gen 1 127.0.0.1:"));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(master.wait_for_line(fmt::format("Handling signal: term (from pid {}", ::getpid())));
  CHECK(master.workers().empty());
  CHECK(::access(master.config.pidfile.c_str(), F_OK) != 0);
  CHECK(master.count_lines("[ERROR]") == 0);
}

TEST_CASE("master: a unix socket is there while it runs and gone afterwards") {
  RunningMaster master;
  const std::string path = master.directory.file("orrery.sock");
  master.config.bind = {"unix:" + path};
  master.start_and_wait();
  CHECK(::access(path.c_str(), F_OK) == 0);
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("master: workers that cannot boot end it with their code, even when all fail together") {
  const int code = GENERATE(3, 4);
  RunningMaster master;
  master.config.workers = 4;
  master.worker = [code](const os::WorkerBirth&) { return code; };
  master.start();
  CHECK(test::exited_with(master.wait_for_end(), code));
  CHECK(::access(master.config.pidfile.c_str(), F_OK) != 0);
}

TEST_CASE("master: a worker that never gets ready is killed and the start fails with 3") {
  RunningMaster master;
  master.config.boot_timeout = 300ms;
  master.worker = [](const os::WorkerBirth&) {
    for (;;) ::pause();
    return 0;
  };
  master.start();
  CHECK(test::exited_with(master.wait_for_end(), 3));
  CHECK(master.wait_for_line("not ready within boot_timeout"));
}

TEST_CASE("master: a port that is taken is a sentence and code 1, all or nothing") {
  RunningMaster first;
  first.start_and_wait();
  const std::string log = first.log();
  const std::size_t at = log.find("http://") + 7;
  const std::string address = log.substr(at, log.find(' ', at) - at);
  RunningMaster second;
  second.config.bind = {"127.0.0.1:0", address};
  const std::string sink = second.directory.file("stderr");
  second.before = [&sink] { ::dup2(::open(sink.c_str(), O_WRONLY | O_CREAT, 0600), 2); };
  second.start();
  CHECK(test::exited_with(second.wait_for_end(), 1));
  std::ifstream file(sink);
  const std::string said{std::istreambuf_iterator<char>(file), {}};
  CHECK(said.find("cannot bind " + address + ": address already in use") != std::string::npos);
  CHECK(first.workers().size() == 2);
}

TEST_CASE("master: of several started at one time with one pid file exactly one lives") {
  RunningMaster master;
  master.before = [] { ::dup2(::open("/dev/null", O_WRONLY), 2); };
  std::array<pid_t, 4> others{};
  for (pid_t& other : others) {
    master.start();
    other = std::exchange(master.pid, 0);
  }
  int refused = 0;
  pid_t winner = 0;
  REQUIRE(test::eventually([&] {
    for (pid_t& other : others) {
      int status = 0;
      if (other != 0 && ::waitpid(other, &status, WNOHANG) == other) {
        refused += WIFEXITED(status) && WEXITSTATUS(status) == 1 ? 1 : 0;
        other = 0;
      }
    }
    return refused == 3;
  }));
  for (const pid_t other : others) winner = std::max(winner, other);
  master.pid = winner;
  REQUIRE(master.wait_for_workers(2));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

TEST_CASE("master: daemon lets the foreground go when the service is ready, or with the failure's code") {
  RunningMaster master;
  master.config.daemon = true;
  SECTION("ready") {
    master.start();
    CHECK(test::exited_with(master.wait_for_end(), 0));
    std::ifstream file(master.config.pidfile);
    pid_t daemon = 0;
    REQUIRE(file >> daemon);
    CHECK(daemon != master.pid);
    CHECK(RunningMaster::title(daemon).starts_with("orrery: master [async] 127.0.0.1:"));
    CHECK(master.workers().size() == 2);
    ::kill(daemon, SIGTERM);
    CHECK(test::eventually([&] { return ::kill(daemon, 0) != 0; }));
    CHECK(master.wait_for_line("Shutting down: master"));
  }
  SECTION("not ready") {
    master.worker = [](const os::WorkerBirth&) { return 4; };
    master.before = [] { ::dup2(::open("/dev/null", O_WRONLY), 2); };
    master.start();
    CHECK(test::exited_with(master.wait_for_end(), 4));
  }
}

TEST_CASE("master: READY is notified when the workers are ready, then RELOADING, READY and STOPPING") {
  RunningMaster master;
  const std::string path = master.directory.file("notify");
  const base::UniqueFd receiver{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(receiver.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  master.before = [&path] { ::setenv("NOTIFY_SOCKET", path.c_str(), 1); };
  std::string heard;
  const auto wait_for = [&](const std::string& word) {
    return test::eventually([&] {
      std::array<char, 256> bytes{};
      const ssize_t got = ::recv(receiver.get(), bytes.data(), bytes.size(), 0);
      if (got > 0) heard.assign(bytes.data(), static_cast<std::size_t>(got));
      return heard.starts_with(word);
    });
  };
  master.start();
  CHECK(wait_for("READY=1\nSTATUS=2 of 2 workers ready"));
  master.signal(SIGHUP);
  CHECK(wait_for("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(wait_for("READY=1"));
  master.signal(SIGTERM);
  CHECK(wait_for("STOPPING=1"));
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

TEST_CASE("master: killed with -9, its workers go and a new start succeeds at once, busy worker or not") {
  RunningMaster master;
  master.config.timeout = 0s;
  master.worker = [](const os::WorkerBirth& birth) { return birth.number == 1 ? hang(birth) : serve(birth); };
  master.start_and_wait();
  const auto workers = master.workers();
  master.signal(SIGKILL);
  master.wait_for_end();
  RunningMaster next;
  next.config.pidfile = master.config.pidfile;
  next.start_and_wait();
  CHECK(test::eventually([&] { return RunningMaster::title(workers[1]).empty(); }));
  CHECK(RunningMaster::title(workers[0])
            .starts_with("orrery: worker 1 [async] gen 1 127.0.0.1:"));  // deaf, and yet in nobody's way
  ::kill(workers[0], SIGKILL);
}

TEST_CASE("master: as the reaper of strangers it takes them silently") {
  RunningMaster master;
  master.before = [] { ::prctl(PR_SET_CHILD_SUBREAPER, 1); };
  const std::string note = master.directory.file("stranger");
  master.worker = [&note](const os::WorkerBirth& birth) {
    if (birth.number == 1 && ::fork() == 0) {
      if (::fork() == 0) {
        std::ofstream(note) << ::getpid() << std::endl;
        ::_exit(3);
      }
      ::_exit(0);
    }
    return serve(birth);
  };
  master.start_and_wait();
  pid_t stranger = 0;
  REQUIRE(test::eventually([&] { return static_cast<bool>(std::ifstream(note) >> stranger); }));
  CHECK(test::eventually([&] { return ::kill(stranger, 0) != 0; }));
  CHECK(master.workers().size() == 2);
  CHECK(master.log().find(std::to_string(stranger)) == std::string::npos);
}

TEST_CASE("master: a SIGKILL with a risen count of OOM kills is the kernel's") {
  RunningMaster master;
  const bool risen = GENERATE(true, false);
  const std::string events = master.directory.file("sys/fs/cgroup/memory.events");
  std::filesystem::create_directories(master.directory.file("sys/fs/cgroup"));
  std::ofstream{events} << "oom 0\noom_kill 0\n";
  master.system_root = master.directory.file("");
  master.start_and_wait();
  if (risen) std::ofstream{events} << "oom 1\noom_kill 1\n";
  ::kill(master.workers()[0], SIGKILL);
  CHECK(master.wait_for_line(risen ? "died (SIGKILL, by the kernel: out of memory in the cgroup)"
                                   : "died (SIGKILL, not by us)"));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

}  // namespace orrery::master
