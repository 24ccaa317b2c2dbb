// The upgrade machine by itself, what an upgrade does to the supervisor, and the form of an inheritance.
#include "master/upgrade.hpp"

#include "fake_world.hpp"
#include "master/inheritance.hpp"

namespace orrery::master {

namespace {

using State = Supervisor::State;

FakeWorld upgrading(UpgradeMode mode = UpgradeMode::kTransactional) {
  FakeWorld world;
  Plan plan = plan_for(2);
  plan.upgrade = mode;
  world.send(Started{plan});
  world.ready_all();
  world.signal(SIGUSR2);
  world.send(SuccessorStarted{900});
  return world;
}

/// A master that another one's USR2 started.
FakeWorld heir() {
  FakeWorld world;
  world.send(Started{plan_for(2), false, true, false});
  return world;
}

}  // namespace

TEST_CASE("upgrade: ready commits, the old master drains without a word to the service manager") {
  FakeWorld world = upgrading();
  world.send(SuccessorSpoke{true, "2 of 2 workers ready"});
  CHECK(world.trace == "say commit leave term:101 term:102");
  CHECK(world.supervisor.state() == State::kStopping);
  world.exit(101, exited(0));
  world.exit(102, exited(0));
  CHECK(world.exit_code == 0);
  CHECK(world.announced == std::vector{Phase::kReady});
}

TEST_CASE("upgrade: a failure changes nothing, and it can be tried again") {
  FakeWorld world = upgrading();
  SECTION("it says so") {
    world.send(SuccessorSpoke{false, "cannot bind"});
    CHECK(world.trace == "say term:successor");
    world.send(SuccessorExited{"exit code 1"});
  }
  SECTION("it dies") { world.send(SuccessorExited{"SIGSEGV"}); }
  SECTION("it is too late: TERM, then KILL, and ready does not count any more") {
    world.advance(upgrade_limit(plan_for(2)));
    CHECK(world.trace == "say term:successor");
    world.send(SuccessorSpoke{true, "now"});
    CHECK(world.trace.empty());
    world.advance(kSuccessorLimit);
    CHECK(world.trace == "kill:successor");
    world.send(SuccessorExited{"SIGKILL"});
  }
  CHECK(world.has_said("nothing changed"));
  CHECK(world.supervisor.state() == State::kServing);
  CHECK(world.supervisor.upgrade().state() == Upgrade::State::kNone);
  world.signal(SIGUSR2);
  CHECK(world.trace == "successor");
}

TEST_CASE("upgrade: what cannot be started is a line") {
  FakeWorld world;
  world.serve(1);
  world.signal(SIGUSR2);
  world.send(SuccessorNotStarted{"cannot fork"});
  CHECK(world.has_said("Upgrade refused, nothing changed: cannot fork"));
  CHECK(world.supervisor.upgrade().state() == Upgrade::State::kNone);
}

TEST_CASE("upgrade: USR2 is refused when it cannot be") {
  FakeWorld world;
  std::string why;
  SECTION("a second one") {
    world = upgrading();
    why = "an upgrade is under way";
  }
  SECTION("while the service starts") {
    world.start(2);
    why = "the service is starting";
  }
  SECTION("during a reload") {
    world.serve(2);
    world.reload(plan_for(2));
    why = "a reload is under way";
  }
  SECTION("while a configuration is read") {
    world.serve(2);
    world.signal(SIGHUP);
    why = "a reload is under way";
  }
  SECTION("to a master that is not yet the master") {
    world = heir();
    world.ready_all();
    why = "the master that started this one still serves";
  }
  SECTION("to PID 1") {
    world.send(Started{plan_for(1), false, false, true});
    world.ready_all();
    why = "this master is PID 1";
  }
  world.signal(SIGUSR2);
  CHECK(world.trace == "say");
  CHECK(world.has_said(why));
}

TEST_CASE("upgrade: a stop takes the successor along, and waits for its end") {
  FakeWorld world = upgrading();
  world.signal(SIGTERM);
  CHECK(world.trace == "say term:successor stopping close term:101 term:102");
  world.exit(101, exited(0));
  world.exit(102, exited(0));
  CHECK_FALSE(world.exit_code);
  world.send(SuccessorExited{"exit code 0"});
  CHECK(world.exit_code == 0);
}

TEST_CASE("upgrade: by hand") {
  FakeWorld world = upgrading(UpgradeMode::kManual);
  world.send(SuccessorSpoke{true, "2 of 2"});
  CHECK(world.supervisor.upgrade().state() == Upgrade::State::kBeside);
  SECTION("TERM commits") {
    world.signal(SIGTERM);
    CHECK(world.trace == "say commit leave term:101 term:102");
  }
  SECTION("WINCH and HUP act") {
    world.signal(SIGWINCH);
    CHECK(world.trace == "say term:101 term:102");
    world.reload(plan_for(2));
    CHECK(world.trace == "say spawn:2 spawn:2");
  }
  SECTION("the end of the new one goes back") {
    world.send(SuccessorExited{"exit code 0"});
    CHECK(world.supervisor.upgrade().state() == Upgrade::State::kNone);
    world.signal(SIGTERM);
    CHECK(world.trace == "stopping close term:101 term:102");
  }
}

TEST_CASE("upgrade: in the new master, the first failure before it is ready ends it gracefully") {
  FakeWorld world = heir();
  world.send(WorkerReady{101});
  world.exit(102, exited(4));
  CHECK(world.trace == "report:102 say leave term:101");  // 101 may serve somebody
  world.exit(101, exited(0));
  CHECK(world.exit_code == 4);
}

TEST_CASE("upgrade: in the new master, the old one's end") {
  FakeWorld world = heir();
  SECTION("before it is ready: it leaves too") {
    world.send(PredecessorLeft{false});
    CHECK(world.trace == "say leave term:101 term:102");
  }
  SECTION("after: it takes over") {
    world.ready_all();
    world.send(PredecessorLeft{GENERATE(false, true)});
    CHECK(world.trace == "take-over");
    world.send(PredecessorLeft{false});
    CHECK(world.trace.empty());
    world.signal(SIGUSR2);
    CHECK(world.trace == "successor");
  }
  SECTION("TERM before that: nobody is turned away, no word to the service manager") {
    world.ready_all();
    world.signal(SIGTERM);
    CHECK(world.trace == "leave term:101 term:102");
  }
}

TEST_CASE("inheritance: there and back") {
  const Inheritance inheritance{42,
                                7,
                                {{3, true, "fd://3"}, {5, false, "unix:/run/a b.sock"}, {6, false, "[::1]:80"}},
                                Inheritance::Handover{1, 8, 9}};
  const auto variables = to_environment(inheritance);
  REQUIRE(variables.size() == 2);
  const auto value = [](const std::string& variable) { return variable.substr(variable.find('=') + 1); };
  const auto back = parse_inheritance(value(variables[0]), value(variables[1]));
  REQUIRE(back);
  CHECK(back->master == 42);
  CHECK(back->channel == 7);
  CHECK(back->listeners == inheritance.listeners);
  CHECK(back->handover == inheritance.handover);
  CHECK(variables[0].starts_with(inheritance_names()[0] + "="));
}

TEST_CASE("inheritance: from an older binary, which passes no pair, and from a newer one, which passes more") {
  const auto older = parse_inheritance("1 42 7", "");
  REQUIRE(older);
  CHECK_FALSE(older->handover);
  const auto newer = parse_inheritance("1 42 7 5 8 9 and more", "");
  REQUIRE(newer);
  CHECK(newer->handover == Inheritance::Handover{5, 8, 9});
}

TEST_CASE("inheritance: what is none") {
  CHECK_FALSE(parse_inheritance("", ""));
  CHECK_FALSE(parse_inheritance("2 42 7", ""));
  CHECK_FALSE(parse_inheritance("1 42", ""));
  CHECK_FALSE(parse_inheritance("1 42 7", "x s 127.0.0.1:80\n"));
  CHECK_FALSE(parse_inheritance("1 42 7", "3 s\n"));
}

}  // namespace orrery::master
