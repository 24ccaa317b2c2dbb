// The access log: its form, what cannot be forged in it, whole lines from many workers, readers that stop.
#include <algorithm>
#include <fcntl.h>
#include <sstream>
#include <sys/socket.h>

#include "e2e/classes.hpp"
#include "support/json.hpp"

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
  for (ssize_t got = 0; (got = ::read(fd, bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<std::size_t>(got));
  return text;
}

}  // namespace

TEST_CASE("access log: gunicorn's line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "access.log"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer answer =
      wire.ask("GET /echo?a=b", "Referer: http://r/\r\nUser-Agent: test/1\r\nAuthorization: Basic bWU6c2VjcmV0\r\n");
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

TEST_CASE("access log: the lines of a field are one value") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--access-logfile", "access.log"}};
  server.arguments.insert(server.arguments.end(), {"--access-logformat", "<%({x-id}i)s|%({X-None}i)s|%({Server}o)s>"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  CHECK(wire.ask("GET /constant", "X-Id: a\r\nX-Other: o\r\nx-id: b\r\nX-ID: c\r\n").status == 200);
  CHECK(wire.ask("GET /constant", "X-Id: alone\r\n").status == 200);
  CHECK(server.wait_for_text("access.log", "<a, b, c|-|"));
  CHECK(server.wait_for_text("access.log", "<alone|-|"));
}

TEST_CASE("access log: nothing a client sends breaks out of its place") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--access-logfile", "access.log"}};
  server.arguments.insert(server.arguments.end(),
                          {"--access-logformat", R"(%(h)s "%(r)s" %(U)s %(q)s %({X-Id}i)s "%(a)s" %(I)s)"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  CHECK(wire.ask("GET /echo/%0a%22forged%5c?q=%0d\"\\", "User-Agent: a\" 200 \\\t\xe2\x80\xa8\x9b\r\nX-Id: \"x\r\n")
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
                                "User-Agent: \xff\xfe\r\n", "X-Id: " + long_value + "\r\nUser-Agent: last\r\n"};
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
  for (const char* line :
       {"GET /constant", "GET /constant?x=1", "GET /nowhere", "GET /constant/", "HEAD /constant", "GET /echo"})
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
  server.arguments.insert(server.arguments.end(),
                          {"--access-logfile", "access.log", "--access-logformat", "[%(p)s %(U)s %({X-Long}i)s]"});
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

namespace {

/// A server whose access lines are `[PATH STATUS BYTES ENDING]`.
void log_endings(ServerProcess& server) {
  server.arguments.insert(server.arguments.end(),
                          {"--access-logfile", "access.log", "--access-logformat", "[%(U)s %(s)s %(B)s %(X)s]"});
}

struct Line {
  int status = 0;
  std::uint64_t bytes = 0;
  char ending = ' ';
};

/// The only line of this path; waits for it.
Line line_of(const ServerProcess& server, const std::string& path) {
  REQUIRE(server.wait_for_text("access.log", "[" + path + " "));
  const std::string log = server.read_file("access.log");
  INFO(log);
  CHECK(count_in(log, "[" + path + " ") == 1);
  Line line;
  std::istringstream text{log.substr(log.find("[" + path + " ") + path.size() + 2)};
  text >> line.status >> line.bytes >> line.ending;
  return line;
}

constexpr std::uint64_t kAll = 60'000'000;

}  // namespace

TEST_CASE("access log: an answer has its line when the client has taken it, and not before") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  log_endings(server);
  const std::string path = GENERATE("/large", "/pull");
  REQUIRE(server.serve());
  Wire wire{server.place(), 4096};
  wire.send(request("GET " + path + "?bytes=" + std::to_string(kAll)));
  CHECK(!wire.read_some(1000).empty());
  // Lines are written at least each second: by the second one of these the first second is over.
  Wire other{server.port()};
  CHECK(other.ask("GET /constant").status == 200);
  CHECK(server.wait_for_text("access.log", "[/constant "));
  CHECK(count_in(server.read_file("access.log"), path) == 0);
  CHECK(wire.read_to_end(200ms).size() > 100'000);
  while (wire.read_some(1'000'000, 500ms * kSlowness).size() > 0) {
  }
  const Line line = line_of(server, path);
  CHECK(line.status == 200);
  CHECK(line.bytes == kAll);
  CHECK(line.ending == '+');
  CHECK(server.stop() == 0);
}

TEST_CASE("access log: what was cut off says how much of it was sent") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  log_endings(server);
  const std::string path = GENERATE("/large", "/pull");
  const std::string way = GENERATE("reset", "close", "write_timeout", "TERM", "INT", "QUIT");
  server.yaml = way == "write_timeout" ? "write_timeout: 3s\nmin_rate: 1g\n" : "graceful_timeout: 700ms\n";
  INFO(path << " " << way);
  REQUIRE(server.serve());
  Wire wire{server.place(), 4096};
  wire.send(request("GET " + path + "?bytes=" + std::to_string(kAll)));
  std::size_t read = 0;
  while (read < 5'000'000) {
    const std::size_t some = wire.read_some(100'000).size();
    REQUIRE(some > 0);
    read += some;
  }
  if (way == "reset") wire.reset();
  if (way == "close") wire = Wire{0};
  if (way == "write_timeout") CHECK(server.wait_for_line("(write_timeout, target " + path));
  if (way == "TERM") server.signal(SIGTERM);
  if (way == "INT") server.signal(SIGINT);
  if (way == "QUIT") server.signal(SIGQUIT);
  const Line line = line_of(server, path);
  CHECK(line.status == 200);
  CHECK(line.ending == 'X');
  CHECK(line.bytes >= read - 1000);  // of the head, and of the chunks
  CHECK(line.bytes < read + 20'000'000);
  if (way == "write_timeout") {
    // What the kernel had taken arrives, up to the RST.
    CHECK(server.count_lines("[INFO] refused 127.0.0.1") == 1);
  }
  server.signal(SIGINT);
  CHECK(server.wait_for_end() == 0);
  CHECK(count_in(server.read_file("access.log"), "[" + path + " ") == 1);
}

TEST_CASE("access log: a stream that a stop cuts off has its line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  log_endings(server);
  server.yaml = "graceful_timeout: " + std::to_string(700 * kSlowness) + "ms\n";
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request("GET /events?count=1000000"));
  std::string got;
  while (got.find("tick") == std::string::npos) {
    const std::string some = wire.read_some(1000);
    REQUIRE(!some.empty());
    got += some;
  }
  const int signo = GENERATE(SIGTERM, SIGINT, SIGQUIT);
  server.signal(signo);
  CHECK(server.wait_for_end() == 0);
  const Line line = line_of(server, "/events");
  CHECK(line.status == 200);
  CHECK(line.bytes > 0);
  CHECK(line.bytes % 12 == 0);  // events
  CHECK(line.ending == 'X');
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("access log: a request that is lost with its body has a line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  log_endings(server);
  const std::string way = GENERATE("end", "reset", "TERM", "INT");
  server.yaml = "graceful_timeout: 700ms\n";
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request("POST /echo/body", "Content-Length: 1000\r\nExpect: 100-continue\r\n"));
  REQUIRE(wire.read_some(1000).find(" 100 ") != std::string::npos);
  wire.send("abc");
  if (way == "end") wire.half_close();
  if (way == "reset") wire.reset();
  if (way == "TERM") server.signal(SIGTERM);
  if (way == "INT") server.signal(SIGINT);
  const Line line = line_of(server, "/echo/body");
  CHECK(line.status == (way == "end" || way == "reset" ? 499 : 503));
  CHECK(line.bytes == 0);
  CHECK(line.ending == 'X');
}

TEST_CASE("access log: fields of a response that waited are there") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(),
                          {"--access-logfile", "access.log", "--access-logformat", "[%(U)s %({content-type}o)s]"});
  REQUIRE(server.serve());
  for (const char* path : {"/large", "/pull"}) {
    Wire wire{server.place(), 4096};
    wire.send(request(std::string{"GET "} + path + "?bytes=20000000"));
    while (wire.read_some(1'000'000, 500ms * kSlowness).size() > 0) {
    }
  }
  CHECK(server.wait_for_text("access.log", "[/large text/plain; charset=utf-8]"));
  CHECK(server.wait_for_text("access.log", "[/pull application/octet-stream]"));
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
