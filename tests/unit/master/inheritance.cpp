// What passes from one master to the next as text, in both directions and between versions.
#include "master/inheritance.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

namespace orrery::master {

namespace {

/// The value behind `NAME=`.
std::string value_of(const std::string& assignment) { return assignment.substr(assignment.find('=') + 1); }

std::optional<Inheritance> there_and_back(const Inheritance& inheritance) {
  const auto variables = to_environment(inheritance);
  REQUIRE(variables.size() == 2);
  return parse_inheritance(value_of(variables[0]), value_of(variables[1]));
}

Inheritance example() {
  Inheritance inheritance;
  inheritance.master = 4242;
  inheritance.channel = 9;
  inheritance.listeners = {{5, false, "0.0.0.0:8000"},
                           {6, true, ""},
                           {7, false, "unix:/run/a b.sock proxy_protocol=required"},
                           {12, false, "unix:/run/admin.sock", os::Role::kAdmin},
                           {13, false, "0.0.0.0:9000", os::Role::kMonitor}};
  inheritance.handover = Inheritance::Handover{3, 10, 11};
  inheritance.ledger = 14;
  inheritance.lead = 15;
  inheritance.tickets = 16;
  return inheritance;
}

}  // namespace

TEST_CASE("inheritance: whether it begins with a canary, and what that one is asked for") {
  const auto there_and_back = [](bool canary, const std::optional<std::string>& probe) {
    Inheritance inheritance;
    inheritance.master = 42;
    inheritance.channel = 7;
    inheritance.canary = canary;
    inheritance.probe = probe;
    const std::string variable = to_environment(inheritance)[0];
    return parse_inheritance(variable.substr(variable.find('=') + 1), "");
  };
  for (const std::optional<std::string>& probe : {std::optional<std::string>{}, {"/a?b=c"}, {""}}) {
    const auto back = there_and_back(true, probe);
    REQUIRE(back);
    CHECK(back->canary);
    CHECK(back->probe == probe);
  }
  const auto usual = there_and_back(false, std::nullopt);
  REQUIRE(usual);
  CHECK_FALSE(usual->canary);
  CHECK_FALSE(usual->probe);
}

TEST_CASE("inheritance: what was written is what is read") {
  Inheritance inheritance = example();
  inheritance.listeners.erase(inheritance.listeners.begin() + 1);  // its setting is empty: see below
  inheritance.listeners.push_back({17, true, "fd://4", os::Role::kAdmin});
  inheritance.listeners.push_back({18, true, "fd://5", os::Role::kMonitor});
  const auto read = there_and_back(inheritance);
  REQUIRE(read);
  CHECK(read->master == inheritance.master);
  CHECK(read->channel == inheritance.channel);
  CHECK(read->listeners == inheritance.listeners);
  CHECK(read->handover == inheritance.handover);
  CHECK(read->ledger == 14);
  CHECK(read->lead == 15);
  CHECK(read->tickets == 16);
}

TEST_CASE("inheritance: what a binary does not pass is not there, and what it passes besides is not looked at") {
  Inheritance inheritance = example();
  inheritance.ledger = inheritance.lead = inheritance.tickets = -1;
  CHECK(value_of(to_environment(inheritance)[0]) == "1 4242 9 3 10 11");
  const auto read = parse_inheritance("1 4242 9 3 10 11", "");
  REQUIRE(read);
  CHECK(read->handover == inheritance.handover);
  CHECK(read->ledger == -1);
  CHECK(read->lead == -1);
  CHECK(read->tickets == -1);
  const auto newer = parse_inheritance("1 4242 9 3 10 11 more=3 ledger=14 and lead=15", "");
  REQUIRE(newer);
  CHECK(newer->ledger == 14);
  CHECK(newer->lead == 15);
}

TEST_CASE("inheritance: the listeners of one role") {
  const Inheritance inheritance = example();
  CHECK(inheritance.of(os::Role::kWorker).size() == 3);
  REQUIRE(inheritance.of(os::Role::kAdmin).size() == 1);
  CHECK(inheritance.of(os::Role::kAdmin)[0].fd == 12);
  CHECK(inheritance.of(os::Role::kMonitor)[0].fd == 13);
}

TEST_CASE("inheritance: a binary that hands no connections over passes no pair") {
  Inheritance inheritance = example();
  inheritance.handover.reset();
  inheritance.listeners.clear();
  const auto read = there_and_back(inheritance);
  REQUIRE(read);
  CHECK_FALSE(read->handover);
  CHECK(read->lead == 15);
  CHECK(read->listeners.empty());
}

TEST_CASE("inheritance: what is no inheritance is refused") {
  struct Row {
    const char* name;
    const char* upgrade;
    const char* listeners;
  };
  const Row row = GENERATE(values<Row>({
      {"nothing", "", ""},
      {"words", "one two three", ""},
      {"another version", "2 4242 9", ""},
      {"no channel", "1 4242", ""},
      {"a listener without a setting", "1 4242 9", "5 s"},
      {"a listener without a descriptor", "1 4242 9", "s 0.0.0.0:8000"},
  }));
  INFO(row.name);
  CHECK_FALSE(parse_inheritance(row.upgrade, row.listeners));
}

TEST_CASE("inheritance: words that a newer binary adds do no harm") {
  const auto read = parse_inheritance("1 4242 9 3 10 11 more to come", "5 s 0.0.0.0:8000\n");
  REQUIRE(read);
  CHECK(read->handover == Inheritance::Handover{3, 10, 11});
  CHECK(read->lead == -1);
  CHECK(read->listeners.size() == 1);
  CHECK(parse_inheritance("1 4242 9 later=7 lead=x lead=14", "")->lead == 14);
}

TEST_CASE("inheritance: taking it leaves nothing for the programs that are started later") {
  for (const std::string& assignment : to_environment(example())) {
    const auto equals = assignment.find('=');
    ::setenv(assignment.substr(0, equals).c_str(), assignment.substr(equals + 1).c_str(), 1);
  }
  (void)take_inheritance();
  for (const std::string& name : inheritance_names()) {
    INFO(name);
    CHECK(std::getenv(name.c_str()) == nullptr);
  }
  CHECK_FALSE(take_inheritance());
}

}  // namespace orrery::master
