#include "os/process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fstream>

#include "os/daemon.hpp"
#include "os/title.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string command_line(pid_t pid) {
  std::string text = contents("/proc/" + std::to_string(pid) + "/cmdline");
  while (!text.empty() && text.back() == '\0') text.pop_back();
  return text;
}

}  // namespace

TEST_CASE(
    "process: a child starts with default dispositions, all signals blocked, and without the closed "
    "descriptors") {
  auto pipe = make_pipe();
  REQUIRE(pipe);
  ChildBirth birth;
  birth.close = {pipe->read.get()};
  birth.title = "orrery: test";
  const auto former = std::signal(SIGUSR1, SIG_IGN);
  const auto pid = fork_child(birth, [&] {
    sigset_t mask;
    ::sigprocmask(SIG_BLOCK, nullptr, &mask);
    struct sigaction action {};
    ::sigaction(SIGUSR1, nullptr, &action);
    if (action.sa_handler != SIG_DFL) return 1;
    if (sigismember(&mask, SIGTERM) != 1 || sigismember(&mask, SIGUSR1) != 1) return 2;
    if (::fcntl(pipe->read.get(), F_GETFD) >= 0) return 3;
    return 0;
  });
  std::signal(SIGUSR1, former);
  REQUIRE(pid);
  CHECK(test::exited_with(test::wait_for(*pid), 0));
  sigset_t mine;
  ::sigprocmask(SIG_BLOCK, nullptr, &mine);
  CHECK(sigismember(&mine, SIGTERM) == 0);
}

TEST_CASE("process: a child takes its logs first, and no write that fails ends it") {
  ChildBirth birth;
  auto pipe = make_pipe();
  pipe->read.reset();
  birth.take_logs = [&] {
    // Nobody reads: with PIPE's default disposition this would be the end.
    if (::write(pipe->write.get(), "x", 1) >= 0 || errno != EPIPE) ::_exit(1);
  };
  const auto pid = fork_child(birth, [] {
    struct sigaction action {};
    ::sigaction(SIGXFSZ, nullptr, &action);
    return action.sa_handler == SIG_IGN ? 0 : 2;
  });
  REQUIRE(pid);
  CHECK(test::exited_with(test::wait_for(*pid), 0));
}

TEST_CASE("process: peek leaves the dead child there, reap takes it with its usage") {
  const auto pid = fork_child({}, [] { return 7; });
  REQUIRE(pid);
  REQUIRE(test::eventually([] { return peek_dead_child().has_value(); }));
  CHECK(peek_dead_child() == *pid);
  CHECK(send_signal(*pid, SIGTERM));  // a zombie takes it silently
  const auto dead = reap_child(*pid);
  REQUIRE(dead);
  CHECK(WEXITSTATUS(dead->status) == 7);
  CHECK(dead->usage.ru_maxrss > 0);
  CHECK_FALSE(peek_dead_child());
  CHECK_FALSE(reap_child(*pid));
}

TEST_CASE("process: titles are shown by ps, the environment survives, the parent keeps its own") {
  ::setenv("ORRERY_TITLE_TEST", "kept", 1);
  const pid_t pid = test::in_child([] {
    const std::string path = std::getenv("PATH");
    const Invocation& invocation = save_invocation();
    if (invocation.binary.empty() || invocation.arguments.empty() || invocation.directory.empty()) return 1;
    set_title("orrery: worker 2 [async] gen 1");
    if (std::string(std::getenv("PATH")) != path || std::string(std::getenv("ORRERY_TITLE_TEST")) != "kept") return 2;
    if (::setenv("ORRERY_TITLE_TEST", "new", 1) != 0 || ::setenv("ORRERY_TITLE_MORE", "x", 1) != 0) return 3;
    if (command_line(::getpid()) != "orrery: worker 2 [async] gen 1") return 4;
    set_title(std::string(100'000, 'x'));  // cut, not overrun
    set_title("orrery: master");
    return command_line(::getpid()) == "orrery: master" ? 0 : 5;
  });
  const auto status = test::wait_for(pid);
  REQUIRE(status);
  CHECK(*status == 0);
  CHECK(command_line(::getpid()).find("unit_tests") != std::string::npos);
}

TEST_CASE("process: a title takes no more of what /proc shows as the environment than it needs") {
  const pid_t pid = test::in_child([] {
    const std::string environment = contents("/proc/self/environ");
    const std::size_t arguments = contents("/proc/self/cmdline").size();
    save_invocation();
    set_title("o");
    if (contents("/proc/self/environ") != environment) return 1;
    set_title(std::string(arguments + 5, 'o'));
    if (command_line(::getpid()) != std::string(arguments + 5, 'o')) return 2;
    if (contents("/proc/self/environ") != "ooooo" + std::string(1, '\0') + environment.substr(6)) return 3;
    set_title("o");
    if (command_line(::getpid()) != "o") return 4;
    return contents("/proc/self/environ") == std::string(6, '\0') + environment.substr(6) ? 0 : 5;
  });
  CHECK(test::exited_with(test::wait_for(pid), 0));
}

TEST_CASE("process: descriptors 0 to 2 are always open") {
  const pid_t pid = test::in_child([] {
    ::close(0);
    ::close(2);
    ensure_standard_descriptors();
    const bool open = ::fcntl(0, F_GETFD) >= 0 && ::fcntl(1, F_GETFD) >= 0 && ::fcntl(2, F_GETFD) >= 0;
    return open ? 0 : 1;
  });
  CHECK(test::exited_with(test::wait_for(pid), 0));
}

TEST_CASE("process: the soft limit of open files is raised to the hard one") {
  const pid_t pid = test::in_child([] {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 64;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const DescriptorLimit raised = raise_descriptor_limit();
    return raised.before == 64 && raised.now == limit.rlim_max ? 0 : 1;
  });
  CHECK(test::exited_with(test::wait_for(pid), 0));
}

TEST_CASE("process: raw_env") {
  CHECK(set_environment({"ORRERY_A=1=2", "ORRERY_B="}));
  CHECK(std::getenv("ORRERY_A") == std::string("1=2"));
  CHECK(std::getenv("ORRERY_B") == std::string());
  CHECK_FALSE(set_environment({"=x"}));
  CHECK_FALSE(set_environment({"name"}));
}

TEST_CASE("daemon: the foreground process reports what the daemon says") {
  struct Row {
    const char* name;
    int (*daemon)(Daemon&);
    int code;
  };
  const Row row = GENERATE(Row{"ready",
                               [](Daemon& daemon) {
                                 daemon.ready();
                                 daemon.failed(9, "late");
                                 return 0;
                               },
                               0},
                           Row{"failed",
                               [](Daemon& daemon) {
                                 daemon.failed(4, "");
                                 return 0;
                               },
                               4},
                           Row{"died", [](Daemon&) { return 0; }, 1});
  INFO(row.name);
  const pid_t pid = test::in_child([&row] {
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, 2);
    const pid_t foreground_session = ::getsid(0);
    auto daemon = Daemon::daemonize();
    if (!daemon || ::getsid(0) == foreground_session || ::getsid(0) == ::getpid()) ::_exit(77);
    return row.daemon(*daemon);
  });
  CHECK(test::exited_with(test::wait_for(pid), row.code));
}

TEST_CASE("process: a child dies with its parent, also after it dropped its privileges") {
  auto pipe = make_pipe();
  REQUIRE(pipe);
  const pid_t parent = test::in_child([&] {
    ChildBirth birth;
    if (::geteuid() == 0) birth.identity = Identity{65534, 65534, {65534}, true, "nobody"};
    const auto pid = fork_child(birth, [&] {
      const pid_t self = ::getpid();
      if (::write(pipe->write.get(), &self, sizeof self) < 0) return 1;
      sigset_t none;
      sigemptyset(&none);
      ::sigprocmask(SIG_SETMASK, &none, nullptr);
      for (;;) ::pause();
      return 0;
    });
    if (!pid) return 1;
    ::pause();
    return 0;
  });
  pid_t child = 0;
  REQUIRE(test::eventually([&] { return ::read(pipe->read.get(), &child, sizeof child) == sizeof child; }));
  pipe->write.reset();
  ::kill(parent, SIGKILL);
  test::wait_for(parent);
  // The child held the last other write end: end of file is its death.
  CHECK(test::eventually([&] { return ::read(pipe->read.get(), &child, sizeof child) == 0; }));
}

}  // namespace orrery::os
