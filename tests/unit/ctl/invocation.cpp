#include "ctl/invocation.hpp"

#include <catch2/catch.hpp>

namespace orrery::ctl {

using Words = std::vector<std::string>;

TEST_CASE("invocation: options stand anywhere behind the command's word") {
  const auto read = read_words({"ctl", "--socket=/a b", "restart", "--wait", "90", "all", "--json"});
  REQUIRE(read);
  CHECK(read->command == config::find_command("restart", true));
  CHECK(read->operands == Words{"all"});
  CHECK(read->value("socket") == "/a b");
  CHECK(read->value("wait") == "90");
  CHECK(read->has("json"));
  CHECK_FALSE(read->has("url"));
  CHECK(read->value("url").empty());
  const auto events = read_words({"ctl", "events", "-f", "-c", "x.yaml"});
  REQUIRE(events);
  CHECK(events->has("follow"));
  CHECK(events->value("config") == "x.yaml");
  const auto plan = read_words({"plan", "new.yaml"});
  REQUIRE(plan);
  CHECK(plan->command == config::find_command("plan", false));
  CHECK(read_words({"ctl", "-h"})->command == nullptr);
  CHECK(read_words({"top", "--help"})->has("help"));
}

TEST_CASE("invocation: what is wrong with the words is said, with what was meant") {
  struct Row {
    Words words;
    const char* complaint;
  };
  const Row rows[] = {
      {{"ctl"}, "a command is missing; --help lists all"},
      {{"ctl", "relaod"}, "there is no command `relaod`; did you mean `reload`?"},
      {{"ctl", "top"}, "there is no command `top`; did you mean `stop`?"},
      {{"ctl", "xyzzy"}, "there is no command `xyzzy`; --help lists all"},
      {{"ctl", "status", "--sokcet", "a"}, "there is no option `--sokcet`; did you mean `--socket`?"},
      {{"ctl", "status", "-x"}, "there is no option `-x`; --help lists all"},
      {{"ctl", "status", "more"}, "unexpected word `more` behind `status`"},
      {{"ctl", "status", "--wait", "3"}, "`status` takes no --wait"},
      {{"ctl", "status", "--json=1"}, "`--json` takes no value"},
      {{"ctl", "status", "--socket"}, "`--socket` needs a value behind it: PATH"},
      {{"ctl", "status", "--socket="}, "`--socket` needs a value behind it: PATH"},
      {{"ctl", "status", "--socket", "a", "--url", "b"}, "--socket and --url exclude each other"},
      {{"ctl", "reload", "--wait", "1", "--no-wait"}, "--wait and --no-wait exclude each other"},
      {{"ctl", "scale"}, "`scale` needs WORKERS behind it"},
      {{"ctl", "scale", "many"}, "`many` is no number; `scale` takes WORKERS"},
      {{"ctl", "scale", "all"}, "`all` is no number; `scale` takes WORKERS"},
      {{"ctl", "restart", "-1"}, "there is no option `-1`; --help lists all"},
      {{"ctl", "restart", "1&worker=2"}, "`1&worker=2` is no number; `restart` takes WORKER|all"},
      {{"ctl", "log-level", "loud"}, "`loud` is no level: debug, info, warning, error or critical"},
      {{"plan"}, "`plan` needs NEW.yaml [OLD.yaml] behind it"},
      {{"doctor", "x"}, "unexpected word `x` behind `doctor`"},
  };
  for (const Row& row : rows) {
    const auto read = read_words(row.words);
    INFO(row.complaint);
    REQUIRE_FALSE(read);
    CHECK(read.error().message == row.complaint);
  }
}

TEST_CASE("invocation: a time is in seconds or has a unit") {
  using std::chrono::milliseconds;
  CHECK(*read_time("wait", "90") == milliseconds{90000});
  CHECK(*read_time("wait", "1.5") == milliseconds{1500});
  CHECK(*read_time("wait", "500ms") == milliseconds{500});
  CHECK(*read_time("wait", "2m") == milliseconds{120000});
  CHECK(*read_time("wait", "1h") == milliseconds{3600000});
  for (const char* text : {"", "s", "-1", "1 s", "1d", "1.2.3", "1e9", "99999999999"}) {
    INFO(text);
    CHECK_FALSE(read_time("wait", text));
  }
}

}  // namespace orrery::ctl
