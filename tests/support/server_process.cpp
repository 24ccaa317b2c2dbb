#include "support/server_process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>

#include "base/unique_fd.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

/// What /proc/PID/stat tells of a process.
struct Stat {
  pid_t pid = 0;
  char state = 'X';
  pid_t parent = 0;
  pid_t session = 0;
  unsigned long long started = 0;
};

/// What a server "exits" with in whose log a sanitizer has reported something.
constexpr int kSanitizerReport = 199;

/// Empty when the process is gone, even between opening and reading (a stream would throw then).
std::string read_process_file(pid_t pid, const std::string& name) {
  const base::UniqueFd file{::open(("/proc/" + std::to_string(pid) + "/" + name).c_str(), O_RDONLY | O_CLOEXEC)};
  std::array<char, 4096> bytes{};
  const ssize_t got = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string{};
}

std::optional<Stat> stat_of(pid_t pid) {
  const std::string text = read_process_file(pid, "stat");
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  Stat stat;
  stat.pid = pid;
  pid_t group = 0;
  std::string skipped;
  rest >> stat.state >> stat.parent >> group >> stat.session;
  for (int i = 0; i < 15; ++i) rest >> skipped;
  rest >> stat.started;
  return stat;
}

template <class Wanted>
std::vector<Stat> processes(Wanted wanted) {
  std::vector<Stat> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
    if (const auto stat = stat_of(pid); stat && stat->state != 'Z' && wanted(*stat)) found.push_back(*stat);
  }
  std::sort(found.begin(), found.end(), [](const Stat& a, const Stat& b) {
    return std::pair{a.started, a.pid} < std::pair{b.started, b.pid};
  });
  return found;
}

std::vector<pid_t> pids(const std::vector<Stat>& stats) {
  std::vector<pid_t> pids;
  for (const Stat& stat : stats) pids.push_back(stat.pid);
  return pids;
}

void redirect(const std::string& path, int to) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(fd, to);
  ::close(fd);
}

}  // namespace

ServerProcess::ServerProcess(Program program, std::vector<std::string> given)
    : arguments(std::move(given)), program_(program) {
  // Orphans come to us, so that they can be waited for.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

ServerProcess::~ServerProcess() {
  if (pid_ == 0) return;
  const auto killed = [this] {
    const auto left = everybody();
    for (const pid_t pid : left) ::kill(pid, SIGKILL);
    // Its own session's processes only: another server of the same test keeps its exit code.
    while (::waitpid(-pid_, nullptr, WNOHANG) > 0) {
    }
    for (const pid_t pid : adopted_) ::waitpid(pid, nullptr, WNOHANG);
    return left.empty();
  };
  eventually(killed, kPatience);
}

// Whole or not at all: a reload may be reading it.
void ServerProcess::write_config(const std::string& text) const {
  std::ofstream{config_file() + ".new"} << text;
  std::filesystem::rename(config_file() + ".new", config_file());
}

std::vector<std::string> ServerProcess::command_line() const {
  std::vector<std::string> words{program_ == Program::kEcho ? echo_binary() : orrery_binary()};
  if (!binary.empty()) words[0] = binary;
  if (!yaml.empty()) words.insert(words.end(), {"-c", config_file()});
  const auto binds = [](const std::string& word) { return word == "-b" || word.starts_with("--bind"); };
  const bool given = std::any_of(arguments.begin(), arguments.end(), binds) || yaml.find("bind:") != std::string::npos;
  if (bind && !given) words.insert(words.end(), {"-b", "127.0.0.1:0"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

void ServerProcess::become_server() const {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  redirect(directory.file("stdout"), STDOUT_FILENO);
  redirect(directory.file("stderr"), STDERR_FILENO);
  if (::chdir(directory.file("").c_str()) != 0) ::_exit(126);
  for (const char* name : {"WEB_CONCURRENCY", "PORT", "FORWARDED_ALLOW_IPS", "ORRERY_CMD_ARGS", "NOTIFY_SOCKET",
                           "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"})
    ::unsetenv(name);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (in_child) in_child();
  std::vector<std::string> words = command_line();
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void ServerProcess::start() {
  if (!yaml.empty()) write_config(yaml);
  pid_ = ::fork();
  if (pid_ == 0) become_server();
}

bool ServerProcess::serve() {
  start();
  const auto serves = [this] { return count_lines("Generation 1 serves") > 0; };
  eventually([&] { return serves() || wait_for_end(0ms); });
  return serves();
}

int ServerProcess::port(std::size_t nth) const {
  const std::string text = log();
  const std::string mark = "Listening at: http";
  std::size_t at = text.find(mark);
  for (; nth > 0 && at != std::string::npos; --nth) at = text.find(mark, at + 1);
  if (at == std::string::npos) return 0;
  const std::size_t end = text.find(" (", at);
  const std::size_t colon = text.rfind(':', end);
  int port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + end, port);
  return port;
}

std::optional<int> ServerProcess::wait_for_end(std::chrono::milliseconds limit) {
  if (exit_code_) return exit_code_;
  int status = 0;
  if (!eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, limit)) return {};
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  // A worker's exit code does not reach us, so its sanitizer's report is looked for where it was written.
  const std::string said = log();
  if (said.find("Sanitizer") != std::string::npos || said.find("runtime error:") != std::string::npos) {
    exit_code_ = kSanitizerReport;
  }
  return exit_code_;
}

std::optional<int> ServerProcess::stop(std::chrono::milliseconds limit) {
  signal(SIGTERM);
  return wait_for_end(limit);
}

bool ServerProcess::wait_for_workers(std::size_t count, std::chrono::milliseconds limit) const {
  return eventually([&] { return workers().size() == count; }, limit);
}

std::vector<pid_t> ServerProcess::workers_of(pid_t master) {
  return pids(processes([&](const Stat& stat) {
    const std::string title = stat.parent == master ? read_process_file(stat.pid, "cmdline") : "";
    const bool tells = title.find(": admin [") != std::string::npos || title.find(": monitor [") != std::string::npos;
    return stat.parent == master && !tells;
  }));
}

bool ServerProcess::titled(pid_t pid, std::string_view title) {
  const std::string text = read_process_file(pid, "cmdline");
  return kUnderValgrind || text.starts_with(title);
}

bool ServerProcess::alive(pid_t pid) {
  const auto stat = stat_of(pid);
  return stat && stat->state != 'Z' && stat->state != 'X';
}

std::vector<pid_t> ServerProcess::everybody() const {
  std::vector<pid_t> sessions{pid_};
  sessions.insert(sessions.end(), adopted_.begin(), adopted_.end());
  for (const pid_t pid : adopted_)
    if (const auto stat = stat_of(pid)) sessions.push_back(stat->session);
  return pids(processes([&](const Stat& stat) {
    return std::find(sessions.begin(), sessions.end(), stat.session) != sessions.end() ||
           std::find(adopted_.begin(), adopted_.end(), stat.parent) != adopted_.end();
  }));
}

std::string ServerProcess::read_file(const std::string& name) const {
  std::ifstream file(directory.file(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool ServerProcess::wait_for_line(const std::string& part, std::chrono::milliseconds limit) const {
  return wait_for_text("stderr", part, limit);
}

bool ServerProcess::wait_for_text(const std::string& name, const std::string& part,
                                  std::chrono::milliseconds limit) const {
  return eventually([&] { return read_file(name).find(part) != std::string::npos; }, limit);
}

int ServerProcess::count_lines(const std::string& part) const { return count_in(log(), part); }

int count_in(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace orrery::test
