// The access log: its form, what cannot be forged in it, whole lines from many workers, readers that stop.
#include <algorithm>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// The two ends of something the server's standard output goes to.
struct Ends {
  base::UniqueFd ours;
  base::UniqueFd server;
};

Ends make_ends(const std::string& kind) {
  int ends[2] = {-1, -1};
  if (kind == "socket") [[maybe_unused]]
    const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
  else [[maybe_unused]]
    const int made = ::pipe2(ends, O_CLOEXEC);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {base::UniqueFd{ends[0]}, base::UniqueFd{ends[1]}};
}

std::string drain(int fd) {
  std::string text;
  char bytes[65536];
  for (ssize_t got = 0; (got = ::read(fd, bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<std::size_t>(got));
  return text;
}

}  // namespace

TEST_CASE("access log: gunicorn's line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "access.log"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer answer = wire.ask(
      "GET /echo?a=b", "Referer: http://r/\r\nUser-Agent: test/1\r\nAuthorization: Basic bWU6c2VjcmV0\r\n");
  CHECK(wire.ask("HEAD /constant").status == 200);
  CHECK(wire.ask("GET /nowhere").status == 404);
  wire.send("NONSENSE\r\n\r\n");
  CHECK(wire.read().status == 400);
  REQUIRE(server.wait_for_text("access.log", " 400 "));
  const auto lines = lines_of(server.read_file("access.log"));
  REQUIRE(lines.size() == 4);
  INFO(server.read_file("access.log"));
  const auto without_time = [](std::string line) {
    const std::size_t from = line.find('['), to = line.find(']');
    if (from != std::string::npos && to != std::string::npos) line.replace(from, to - from + 1, "TIME");
    return line;
  };
  CHECK(without_time(lines[0]) == "127.0.0.1 - me TIME \"GET /echo?a=b HTTP/1.1\" 200 " +
                                      std::to_string(answer.body.size()) + " \"http://r/\" \"test/1\"");
  CHECK(lines[0].find(" +0000] ") == lines[0].find('[') + 21);
  CHECK(without_time(lines[1]) == R"(127.0.0.1 - - TIME "HEAD /constant HTTP/1.1" 200 - "-" "-")");
  CHECK(lines[2].find(R"("GET /nowhere HTTP/1.1" 404)") != std::string::npos);
  CHECK(lines[3].ends_with(R"( "-" "-")"));
  CHECK(lines[3].find(" 400 ") != std::string::npos);
}

TEST_CASE("access log: nothing a client sends breaks out of its place") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--access-logfile", "access.log"}};
  server.arguments.insert(server.arguments.end(),
                          {"--access-logformat", R"(%(h)s "%(r)s" %(U)s %(q)s %({X-Id}i)s "%(a)s" %(I)s)"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  CHECK(wire.ask("GET /echo/%0a%22forged%5c?q=%0d\"\\",
                 "User-Agent: a\" 200 \\\t\xe2\x80\xa8\x9b\r\nX-Id: \"x\r\n")
            .status > 0);
  REQUIRE(server.wait_for_text("access.log", "127.0.0.1"));
  const std::string log = server.read_file("access.log");
  INFO(log);
  CHECK(lines_of(log).size() == 1);
  CHECK(count_in(log, "\"") == 4);  // our own: each one of the client's is escaped as \x22
  CHECK(std::none_of(log.begin(), log.end() - 1, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
}

TEST_CASE("access log: a JSON format gives JSON whatever a client sends, to a file and to a pipe") {
  const std::string kind = GENERATE("file", "pipe");
  INFO(kind);
  Ends ends = make_ends("pipe");
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--access-logfile", kind == "file" ? "access.log" : "-"}};
  server.arguments.insert(
      server.arguments.end(),
      {"--access-logformat",
       R"({"client":"%(h)s","line":"%(r)s","status":%(s)s,"bytes":%(b)s,"x":%({X-Id}i)s,"ua":"%(a)s"})"});
  server.in_child = [&ends] { ::dup2(ends.server.get(), STDOUT_FILENO); };
  REQUIRE(server.serve());
  ends.server.reset();
  const std::string long_value(7000, '\x9b');
  const std::string fields[] = {"User-Agent: a\" \\ \xc3\xa4 \xe4\t\r\nX-Id: \",\"status\":0,\"\r\n",
                                "User-Agent: \xff\xfe\r\n",
                                "X-Id: " + long_value + "\r\nUser-Agent: last\r\n"};
  for (const std::string& one : fields) fetch(server.port(), "GET /echo?q=1", one);
  fetch(server.port(), "GET /echo?q=\"\\\x7f\xc3");
  Wire wire{server.port()};
  wire.send("\x01\x02 \"\r\n\r\n");
  wire.read();
  CHECK(server.stop() == 0);
  const auto lines = lines_of(kind == "file" ? server.read_file("access.log") : drain(ends.ours.get()));
  REQUIRE(lines.size() == 5);
  for (const std::string& line : lines) {
    INFO(line);
    CHECK(nlohmann::json::accept(line));
    CHECK((kind == "file" || line.size() < 4096));
  }
  const auto first = nlohmann::json::parse(lines[0]);
  CHECK(first["status"] == 200);
  CHECK(first["x"] == "\",\"status\":0,\"");
  CHECK(nlohmann::json::parse(lines[2])["ua"] == "last");
}

TEST_CASE("access log: paths in access_log_skip have no line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--access-logfile", "access.log"}};
  server.arguments.insert(server.arguments.end(), {"--access-log-skip", "/constant, /nowhere"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  for (const char* line : {"GET /constant", "GET /constant?x=1", "GET /nowhere", "GET /constant/",
                           "HEAD /constant", "GET /echo"})
    wire.ask(line);
  CHECK(server.stop() == 0);
  const std::string log = server.read_file("access.log");
  INFO(log);
  CHECK(lines_of(log).size() == 2);
  CHECK(count_in(log, "GET /constant/ ") == 1);
  CHECK(count_in(log, "GET /echo ") == 1);
}

TEST_CASE("access log: lines of four workers are whole, none is missing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "4", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "access.log", "--access-logformat",
                                                   "[%(p)s %(U)s %({X-Long}i)s]"});
  REQUIRE(server.serve());
  const std::string longish(700, 'x');
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 16; ++i) wires.push_back(std::make_unique<Wire>(server.port()));
  std::string batch;
  for (int i = 0; i < 100; ++i) batch += request("GET /constant", "X-Long: " + longish + "\r\n");
  for (const auto& wire : wires) wire->send(batch);
  int good = 0;
  for (const auto& wire : wires)
    for (int i = 0; i < 100; ++i) good += wire->read().status == 200 ? 1 : 0;
  CHECK(good == 1600);
  CHECK(server.stop() == 0);
  const auto lines = lines_of(server.read_file("access.log"));
  CHECK(lines.size() == 1600);
  const auto whole = [&](const std::string& line) {
    return line.starts_with("[<") && line.ends_with(" /constant " + longish + "]") &&
           std::count(line.begin(), line.end(), '[') == 1;
  };
  CHECK(std::count_if(lines.begin(), lines.end(), whole) == 1600);
}

TEST_CASE("access log: a reader that stops costs lines, never the loop") {
  const std::string kind = GENERATE("pipe", "socket");
  INFO(kind);
  Ends ends = make_ends(kind);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "--access-logfile", "-"}};
  server.arguments.insert(server.arguments.end(), {"--access-logformat", "<%(p)s %({X-Long}i)s>"});
  server.in_child = [&ends] { ::dup2(ends.server.get(), STDOUT_FILENO); };
  REQUIRE(server.serve());
  ends.server.reset();
  const std::string longish(1000, 'x');
  std::string batch;
  for (int i = 0; i < 50; ++i) batch += request("GET /constant", "X-Long: " + longish + "\r\n");
  int good = 0;
  for (int round = 0; round < 16; ++round) {
    Wire wire{server.port()};
    wire.send(batch);
    for (int i = 0; i < 50; ++i) good += wire.read(3s * kSlowness).status == 200 ? 1 : 0;
    REQUIRE(good == 50 * (round + 1));
  }
  CHECK(server.wait_for_line("its reader has stopped"));
  std::string taken = drain(ends.ours.get());
  // There is room again: new lines come.
  const std::size_t before = taken.size();
  CHECK(fetch(server.port(), "GET /constant", "X-Long: again\r\n").status == 200);
  CHECK(eventually([&] {
    taken += drain(ends.ours.get());
    return taken.find(" again>\n", before) != std::string::npos;
  }));
  CHECK(server.stop() == 0);
  const auto lines = lines_of(taken + drain(ends.ours.get()));
  CHECK(std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.starts_with("<") && (line.ends_with(" " + longish + ">") || line.ends_with(" again>"));
  }));
  CHECK(server.wait_for_line(std::to_string(801 - lines.size()) + " lines of the access log were dropped"));
}

TEST_CASE("access log: what a killed worker had not written, the master writes") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "access.log"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  CHECK(wire.ask("GET /echo/last-words").status == 200);
  wire.send(request("GET /later?ms=5000"));
  CHECK(wire.read(100ms).problem == "silent");
  ::kill(server.workers()[0], SIGKILL);
  CHECK(server.wait_for_text("access.log", "/echo/last-words"));
  CHECK(server.wait_for_text("access.log", "GET /later"));
  CHECK(lines_of(server.read_file("access.log")).size() == 2);
}

TEST_CASE("access log: one that cannot be opened ends the start with a sentence") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "--access-logfile", "/nowhere/access.log"}};
  server.start();
  const auto code = server.wait_for_end();
  CHECK((code == 1 || code == 3));
  CHECK(server.count_lines("cannot open the access log /nowhere/access.log: No such file or directory") >= 1);
  CHECK(server.everybody().empty());
}

TEST_CASE("access log: streams that are cut off have a line too") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "access.log"});
  REQUIRE(server.serve());
  Wire wire{server.place(), 4096};
  wire.send(request("GET /pull?bytes=50000000"));
  CHECK(!wire.read_some(1000).empty());
  wire.reset();
  CHECK(server.wait_for_text("access.log", "GET /pull?bytes=50000000 HTTP/1.1\" 200", 3s * kSlowness));
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
