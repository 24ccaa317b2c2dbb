#include "master/hooks.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>

#include "support/temporary_directory.hpp"

namespace orrery::master {

namespace {

using std::chrono::milliseconds;

/// What the hooks wrote, and a configuration whose hooks write there.
struct Workshop {
  test::TemporaryDirectory directory;
  Config config;

  [[nodiscard]] std::string script(const std::string& text) const {
    return "sh -c '" + text + "' " + directory.file("out");
  }
  [[nodiscard]] std::string written() const {
    std::ifstream file(directory.file("out"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

void reap(Hooks& hooks, std::size_t count) {
  while (count > 0) {
    const auto pid = os::peek_dead_child();
    if (!pid) continue;
    const auto dead = os::reap_child(*pid);
    REQUIRE(dead);
    CHECK(hooks.ended(*dead, base::monotonic_now()));
    --count;
  }
}

}  // namespace

TEST_CASE("hooks: a command is told what happened") {
  Workshop shop;
  shop.config.child_exit = shop.script("echo \"$ORRERY_HOOK $ORRERY_GENERATION $ORRERY_WORKER\" >> \"$0\"");
  Hooks hooks;
  hooks.run(shop.config, {"child_exit", 4, {"ORRERY_WORKER=9"}}, base::monotonic_now());
  reap(hooks, 1);
  CHECK(shop.written() == "child_exit 4 9\n");
  CHECK_FALSE(hooks.next_deadline());
}

TEST_CASE("hooks: where there is no command nothing is run") {
  Hooks hooks;
  hooks.run(Config{}, {"when_ready", 1}, base::monotonic_now());
  CHECK_FALSE(hooks.next_deadline());
  CHECK(run_hook_and_wait(Config{}, {"on_starting", 1}));
}

TEST_CASE("hooks: not more than sixteen run at once, and the others wait for their turn") {
  Workshop shop;
  shop.config.child_exit = shop.script("echo x >> \"$0\"");
  Hooks hooks;
  for (int i = 0; i < 40; ++i) hooks.run(shop.config, {"child_exit", 1}, base::monotonic_now());
  reap(hooks, 40);
  CHECK(shop.written().size() == 80);
}

TEST_CASE("hooks: one that takes too long is ended with all that it started") {
  Workshop shop;
  shop.config.on_reload = shop.script("sleep 600 & sleep 600");
  shop.config.hook_timeout = milliseconds{100};
  Hooks hooks;
  const auto now = base::monotonic_now();
  hooks.run(shop.config, {"on_reload", 1}, now);
  REQUIRE(hooks.next_deadline() == now + milliseconds{100});
  hooks.expire(now + milliseconds{99});
  CHECK(hooks.next_deadline() == now + milliseconds{100});
  hooks.expire(now + milliseconds{100});
  reap(hooks, 1);
  CHECK_FALSE(hooks.next_deadline());
}

TEST_CASE("hooks: what is waited for says how it failed") {
  Workshop shop;
  struct Row {
    std::string command;
    const char* said;
    std::chrono::milliseconds timeout = std::chrono::minutes{5};
  };
  sigset_t child, former;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, &former);
  for (const auto& row : {Row{"true", ""}, Row{"sh -c 'exit 3'", "the hook on_starting ended with exit code 3"},
                          Row{"/nonexistent/x", "its program is perhaps not in PATH"},
                          Row{"sleep 600", "it took longer than hook_timeout", milliseconds{100}}}) {
    INFO(row.command);
    shop.config.on_starting = row.command;
    shop.config.hook_timeout = row.timeout;
    const auto run = run_hook_and_wait(shop.config, {"on_starting", 1});
    CHECK((run ? std::string{} : run.error().message).find(row.said) != std::string::npos);
    CHECK(run.has_value() == (*row.said == '\0'));
  }
  ::sigprocmask(SIG_SETMASK, &former, nullptr);
}

}  // namespace orrery::master
