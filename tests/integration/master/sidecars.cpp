// A child that lives beside the workers of a running master: it comes, comes back, outlives a reload and leaves last.
#include <sys/socket.h>

#include "running_master.hpp"

namespace orrery::master {

namespace {

/// The one child that is no worker; 0 = there is none now.
pid_t sidecar_of(const RunningMaster& master) {
  const auto living = master.sidecars();
  return living.empty() ? 0 : living.back();
}

bool wait_for_another(const RunningMaster& master, pid_t former) {
  return test::eventually([&] { return sidecar_of(master) != 0 && sidecar_of(master) != former; });
}

std::size_t line_with(const std::string& log, const std::string& part) {
  const std::size_t at = log.find(part);
  REQUIRE(at != std::string::npos);
  return at;
}

}  // namespace

TEST_CASE("sidecar: killed it comes back, told to leave it is replaced, and the workers stay as they are") {
  RunningMaster master;
  master.sidecar = serve;
  master.start_and_wait();
  REQUIRE(wait_for_another(master, 0));
  const auto workers = master.workers();
  const pid_t first = sidecar_of(master);
  ::kill(first, SIGKILL);
  REQUIRE(wait_for_another(master, first));
  CHECK(master.wait_for_line(fmt::format("Admin process 1 (pid {}) ", first)));
  CHECK(master.workers() == workers);
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(master.sidecars().empty());
}

TEST_CASE("sidecar: it outlives a reload, and at the stop it leaves after the last worker") {
  RunningMaster master;
  master.sidecar = serve;
  master.reload = [&master](const Config&) { return Reload{{}, {}, master.config}; };
  master.start_and_wait();
  REQUIRE(wait_for_another(master, 0));
  const pid_t sidecar = sidecar_of(master);
  const auto before = master.workers();
  master.signal(SIGHUP);
  REQUIRE(master.wait_for_line("Generation 2 serves"));
  REQUIRE(test::eventually([&] { return master.workers().size() == 2 && master.workers()[0] != before[0]; }));
  CHECK(sidecar_of(master) == sidecar);
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  const std::string log = master.log();
  const std::size_t last = line_with(log, fmt::format("Admin process 1 (pid {}) has left as asked", sidecar));
  CHECK(line_with(log, "Worker 3 ") < last);
  CHECK(line_with(log, "Worker 4 ") < last);
}

TEST_CASE("sidecar: one that cannot get up, or hangs, leaves the start and the stop of the service alone") {
  RunningMaster master;
  const bool hangs = GENERATE(true, false);
  if (hangs)
    master.sidecar = hang;
  else
    master.sidecar = [](const os::WorkerBirth&) { return 3; };
  master.start_and_wait();
  if (!hangs) CHECK(master.wait_for_line("The workers serve on"));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
  CHECK(master.count_lines("Worker ") == 2);
}

TEST_CASE("sidecar: it holds its own sockets only, reads what the master knows, and sees the workers") {
  RunningMaster master;
  const std::string note = master.directory.file("note");
  master.sidecar = [&note](const os::WorkerBirth& birth) {
    int listening = 0;
    for (int fd = 0; fd < 256; ++fd) {
      int accepts = 0;
      socklen_t size = sizeof accepts;
      if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0) listening += accepts;
    }
    const bool ready = test::eventually([&] { return birth.board->facts() && birth.board->facts()->ready == 2; });
    const auto facts = birth.board->facts();
    std::ofstream(note + ".new") << listening << ' ' << ready << ' ' << birth.board->workers().size() << ' '
                                 << facts->master << ' ' << facts->target << ' ' << facts->listener_count << ' '
                                 << facts->listeners[0].view() << ' ' << birth.listeners.size() << std::endl;
    ::rename((note + ".new").c_str(), note.c_str());
    return serve(birth);
  };
  master.start_and_wait();
  std::ifstream file;
  REQUIRE(test::eventually([&] {
    file.open(note);
    return file.is_open();
  }));
  std::string told;
  std::getline(file, told);
  const std::string log = master.log();
  const std::size_t at = line_with(log, "http://");
  CHECK(told == fmt::format("1 1 2 {} 2 1 {} 1", master.pid, log.substr(at, log.find(' ', at) - at)));
  master.signal(SIGTERM);
  CHECK(test::exited_with(master.wait_for_end(), 0));
}

}  // namespace orrery::master
