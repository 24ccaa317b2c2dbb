#include "config/command_line.hpp"

#include <catch2/catch.hpp>

namespace orrery::config {
namespace {

std::string given_as_text(const CommandLine& line) {
  std::string out;
  for (const auto& given : line.reading.given) {
    out += (out.empty() ? "" : "; ") + std::string{given.setting->name};
    for (const auto& text : given.texts) out += "=" + text.text;
  }
  return out;
}

TEST_CASE("command_line: every flag of every row, in every spelling") {
  for (const Setting& setting : settings()) {
    if (is_command(setting)) continue;
    std::vector<std::string> flags;
    if (setting.letter != 0) flags.push_back(std::string{"-"} + setting.letter);
    for (const auto flag : setting.flags) flags.push_back("--" + std::string{flag});
    for (const auto& flag : flags) {
      INFO(flag);
      const bool is_switch = setting.kind == Kind::kSwitch;
      const auto line = is_switch ? read_arguments({flag}) : read_arguments({flag, "x"});
      CHECK(line.reading.complaints.empty());
      CHECK(given_as_text(line) == std::string{setting.name} + (is_switch ? "=true" : "=x"));
      REQUIRE(line.reading.given.size() == 1);
      CHECK(line.reading.given[0].where == shown_flag(setting));
    }
  }
}

TEST_CASE("command_line: gunicorn's flags mean what they mean there") {
  struct Row {
    const char* flag;
    const char* name;
  };
  const Row rows[] = {
      {"-b", "bind"},
      {"-w", "workers"},
      {"-k", "worker_class"},
      {"-t", "timeout"},
      {"-p", "pidfile"},
      {"-u", "user"},
      {"-g", "group"},
      {"-n", "proc_name"},
      {"-e", "raw_env"},
      {"-m", "umask"},
      {"--keep-alive", "keepalive"},
      {"--keepalive", "keepalive"},
      {"--access-logfile", "accesslog"},
      {"--accesslog", "accesslog"},
      {"--access-logformat", "access_log_format"},
      {"--access-log-format", "access_log_format"},
      {"--error-logfile", "errorlog"},
      {"--log-file", "errorlog"},
      {"--errorlog", "errorlog"},
      {"--log-level", "loglevel"},
      {"--loglevel", "loglevel"},
      {"--limit-request-field_size", "limit_request_field_size"},
      {"--limit-request-field-size", "limit_request_field_size"},
      {"--pid", "pidfile"},
      {"--pidfile", "pidfile"},
      {"--name", "proc_name"},
      {"--proc-name", "proc_name"},
      {"--env", "raw_env"},
      {"--raw-env", "raw_env"},
  };
  for (const auto& row : rows) {
    INFO(row.flag);
    CHECK(given_as_text(read_arguments({row.flag, "x"})) == std::string{row.name} + "=x");
  }
}

TEST_CASE("command_line: ways to write a value") {
  struct Row {
    std::vector<std::string> words;
    const char* given;
  };
  const Row rows[] = {
      {{}, ""},
      {{"-w4"}, "workers=4"},
      {{"--workers=4"}, "workers=4"},
      {{"-w", "4", "--workers", "5"}, "workers=5"},
      {{"-b", ":1", "--bind=:2"}, "bind=:1=:2"},
      {{"-b", "[::1]:80"}, "bind=[::1]:80"},
      {{"-b", "[::1]"}, "bind=[::1]"},
      {{"--errorlog", "-"}, "errorlog=-"},
      {{"--errorlog=-"}, "errorlog=-"},
      {{"-t", "-5"}, "timeout=-5"},
      {{"--user="}, "user="},
      {{"--user", ""}, "user="},
      {{"--user=", "-D"}, "user=; daemon=true"},
      {{"-Dw", "4"}, "workers=4; daemon=true"},
      {{"--daemon"}, "daemon=true"},
      {{"--daemon=false"}, "daemon=false"},
      {{"--forwarded-allow-ips", "127.0.0.1,::1"}, "forwarded_allow_ips=127.0.0.1=::1"},
      {{"-e", "A=b,c", "-e", "D=e f"}, "raw_env=A=b,c=D=e f"},
      {{"--access-logformat=%(h)s \"%(r)s\""}, "access_log_format=%(h)s \"%(r)s\""},
      {{"-n", "a b"}, "proc_name=a b"},
      {{"-n", "\"quoted\""}, "proc_name=\"quoted\""},
      {{"-n", "{x}"}, "proc_name={x}"},
      {{"./libchat.so"}, "app=./libchat.so"},
      {{"libchat.so", "-w", "4"}, "workers=4; app=libchat.so"},
      {{"-w", "4", "/srv/chat.so"}, "workers=4; app=/srv/chat.so"},
      {{"--app", "libchat.so"}, "app=libchat.so"},
      {{"-n", "chat.so"}, "proc_name=chat.so"},
  };
  for (const auto& row : rows) {
    INFO(row.given);
    const auto line = read_arguments(row.words);
    for (const auto& complaint : line.reading.complaints) FAIL_CHECK(complaint.where << " " << complaint.message);
    CHECK(given_as_text(line) == row.given);
  }
}

TEST_CASE("command_line: orders to the program") {
  CHECK(read_arguments({"-c", "a.yaml"}).file == "a.yaml");
  CHECK(read_arguments({"--config=a", "-c", "b"}).file == "b");
  CHECK(read_arguments({"--check-config"}).check_config);
  CHECK(read_arguments({"--print-config"}).print_config);
  CHECK(read_arguments({"--single"}).single);
  CHECK(read_arguments({"--help"}).help);
  CHECK(read_arguments({"-h"}).help);
  CHECK(read_arguments({"--version"}).version);
  CHECK(read_arguments({"-v"}).version);
}

TEST_CASE("command_line: complaints name the flag and the nearest one") {
  struct Row {
    std::vector<std::string> words;
    const char* where;
    const char* part;
  };
  const Row rows[] = {
      {{"--wrokers", "4"}, "command line", "unknown flag `--wrokers`; did you mean `--workers`?"},
      {{"--wrokers=4"}, "command line", "did you mean `--workers`?"},
      {{"--ssl-version", "x"}, "command line", "`--ssl-version` is a word that gunicorn itself ignores"},
      {{"--reload-engine=poll"}, "command line", "`--reload-engine` is how gunicorn's development reload watches"},
      {{"--frobnicate"}, "command line", "--help lists all flags"},
      {{"-Z"}, "command line", "unknown flag `-Z`"},
      {{"planets:app"}, "command line", "unexpected word `planets:app`"},
      {{"--", "x"}, "command line", "unexpected word"},
      {{"-w"}, "command line", "the flag `-w` needs a value"},
      {{"-D", "--pid"}, "command line", "the flag `--pid` needs a value"},
      {{"--pid", "-D"}, "--pid", "the flag `-D` follows instead"},
      {{"--pid", "--daemon"}, "--pid", "the flag `--daemon` follows instead"},
  };
  for (const auto& row : rows) {
    INFO(row.words.back());
    const auto complaints = read_arguments(row.words).reading.complaints;
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].where == row.where);
    CHECK_THAT(complaints[0].message, Catch::Contains(row.part));
  }
}

TEST_CASE("command_line: all complaints at once, and the good flags still count") {
  const auto line = read_arguments({"--wrokers", "4", "stray", "-t", "5", "--bnid=x"});
  CHECK(line.reading.complaints.size() == 3);
  CHECK(given_as_text(line) == "timeout=5");
}

TEST_CASE("command_line: words of a variable say so") {
  const auto line = read_arguments({"-w", "4", "--wrong-flag"}, "ORRERY_CMD_ARGS");
  CHECK(line.reading.given.at(0).origin == "ORRERY_CMD_ARGS --workers");
  CHECK(line.reading.given.at(0).where == "ORRERY_CMD_ARGS");
  CHECK(line.reading.complaints.at(0).where == "ORRERY_CMD_ARGS");
}

}  // namespace
}  // namespace orrery::config
