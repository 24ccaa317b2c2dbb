// `orrery top` in a terminal of its own: what it shows, what its keys do, and that the terminal is as it was
// afterwards.
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "support/canned_server.hpp"
#include "support/child_process.hpp"
#include "support/programs.hpp"
#include "support/temporary_directory.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

CannedServer::Answers answers() {
  return {
      {"GET /status", canned(200, R"({"program":"orrery 0.1.0","state":"serving","ready":true,"generation":3,
             "workers":{"wanted":2,"ready":2}})")},
      {"GET /workers", canned(200, R"({"workers":[{"worker":4,"pid":7,"state":"ready"},
             {"worker":5,"pid":8,"state":"ready"}]})")},
      {"GET /requests", canned(200, R"({"requests":[{"worker":4,"method":"GET","target":"/slow-one","age_seconds":31,
             "phase":"handler","client":"192.0.2.1"}],"left_out":0})")},
      {"GET /metrics", canned(200, "orrery_requests_total 5\n", "text/plain")},
      {"GET /stack", canned(200, R"({"worker":5,"pid":8,"stacks":[{"thread":8,"frames":["in_the_handler"]}]})")},
      {"POST /restart", canned(202, R"({"order":"restart","outcome":"begun","text":"Worker 5 is replaced."})")}};
}

/// The program in a terminal of 80 columns and 24 rows, and what it has written there.
class Session {
 public:
  explicit Session(const std::string& socket) {
    winsize size{24, 80, 0, 0};
    int master = -1, slave = -1;
    REQUIRE(::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0);
    ::tcgetattr(slave, &before_);
    ::close(slave);
    ::close(master);
    pid_ = ::forkpty(&terminal_, nullptr, &before_, &size);
    if (pid_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::unsetenv("NO_COLOR");
      ::execl(orrery_binary().c_str(), "orrery", "top", "--socket", socket.c_str(), "--interval", "0.2", nullptr);
      ::_exit(127);
    }
    ::fcntl(terminal_, F_SETFL, O_NONBLOCK);
  }
  ~Session() {
    if (pid_ > 0) wait_for(pid_, std::chrono::milliseconds{0});
    ::close(terminal_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::string& written() {
    std::array<char, 4096> bytes{};
    for (ssize_t got = 0; (got = ::read(terminal_, bytes.data(), bytes.size())) > 0;)
      written_.append(bytes.data(), static_cast<std::size_t>(got));
    return written_;
  }
  bool shows(const std::string& text) {
    return eventually([&] { return written().find(text) != std::string::npos; });
  }
  void type(const std::string& keys) const { REQUIRE(::write(terminal_, keys.data(), keys.size()) > 0); }
  void signal(int signo) const { ::kill(pid_, signo); }
  /// The status of wait(2).
  std::optional<int> end() {
    std::optional<int> status;
    eventually([&] {
      written();
      int ended = 0;
      if (::waitpid(pid_, &ended, WNOHANG) == pid_) status = ended;
      return status.has_value();
    });
    if (status) pid_ = 0;
    return status;
  }
  /// Modes as they were, the cursor shown, and the first screen back.
  bool is_as_it_was() {
    termios now{};
    ::tcgetattr(terminal_, &now);
    const bool modes =
        now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag;
    return modes && shows("\x1b[?1049l") && written().rfind("\x1b[?1049l") > written().rfind("\x1b[?1049h");
  }

 private:
  int terminal_ = -1;
  pid_t pid_ = 0;
  termios before_{};
  std::string written_;
};

}  // namespace

TEST_CASE("top: it shows workers and slow requests, and its keys choose, show a stack, restart and quit") {
  const TemporaryDirectory directory;
  const CannedServer server{directory.file("admin.sock"), answers()};
  Session session{directory.file("admin.sock")};
  REQUIRE(session.shows("q quit"));
  CHECK(session.shows("serving"));
  CHECK(session.shows("/slow-one"));
  session.type("j");
  session.type("t");
  CHECK(session.shows("in_the_handler"));
  session.type("x");
  session.type("r");
  REQUIRE(session.shows("restart worker 5? y restarts it"));
  session.type("y");
  CHECK(session.shows("Worker 5 is replaced."));
  bool restarted = false;
  for (const std::string& asked : server.asked())
    restarted = restarted || asked.starts_with("POST /restart?worker=5&wait=0 ");
  CHECK(restarted);
  session.type("q");
  CHECK(exited_with(session.end(), 0));
  CHECK(session.is_as_it_was());
}

TEST_CASE("top: a signal that ends it finds the terminal as it was") {
  const int signo = GENERATE(SIGTERM, SIGINT, SIGHUP, SIGQUIT);
  const TemporaryDirectory directory;
  const CannedServer server{directory.file("admin.sock"), answers()};
  Session session{directory.file("admin.sock")};
  REQUIRE(session.shows("q quit"));
  session.signal(signo);
  const auto status = session.end();
  REQUIRE(status);
  CHECK(WIFSIGNALED(*status));
  CHECK(WTERMSIG(*status) == signo);
  CHECK(session.is_as_it_was());
}

TEST_CASE("top: a service that leaves is said, and what was seen stays") {
  const TemporaryDirectory directory;
  CannedServer server{directory.file("admin.sock"), answers()};
  Session session{directory.file("admin.sock")};
  REQUIRE(session.shows("/slow-one"));
  server.leave();
  CHECK(session.shows("cannot reach the admin process"));
  session.type("q");
  CHECK(exited_with(session.end(), 0));
}

TEST_CASE("top: without a terminal, or with a wrong interval, it says so") {
  const TemporaryDirectory directory;
  const CannedServer server{directory.file("admin.sock"), answers()};
  const Said piped = run_tool(orrery_binary(), {"top", "--socket", directory.file("admin.sock")});
  CHECK(piped.exit == 2);
  CHECK_THAT(piped.complaint, Catch::Contains("`top` needs a terminal"));
  CHECK(run_tool(orrery_binary(), {"top", "--socket", directory.file("admin.sock"), "--interval", "0.1"}).exit == 2);
}

}  // namespace orrery::test
