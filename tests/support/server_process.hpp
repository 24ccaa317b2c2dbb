// ServerProcess: one of the real binaries, running: started with arguments, environment and YAML in a directory of its
// own, on a port the kernel chose; watched through its log; ended, with everything it started, when the test ends.
//
// The process leads a session of its own, so its workers can be found and killed whatever became of the master, and it
// dies with the test program. Nothing here sleeps a guess: what is waited for is asked for until a limit.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/wire.hpp"

namespace orrery::test {

class ServerProcess {
 public:
  enum class Program { kEcho, kOrrery };
  explicit ServerProcess(Program program = Program::kEcho, std::vector<std::string> arguments = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // --- to be set before start() ---
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string yaml;                ///< not empty: written to config_file() and given with -c
  std::string binary;              ///< another file to run than the program itself; empty = that
  bool bind = true;                ///< give `-b 127.0.0.1:0`, unless the YAML or the arguments say something
  std::function<void()> in_child;  ///< runs between fork and exec
  TemporaryDirectory directory;    ///< holds everything the server writes; its working directory

  [[nodiscard]] std::string config_file() const { return directory.file("server.yaml"); }
  [[nodiscard]] std::string file(const std::string& name) const { return directory.file(name); }
  void write_config(const std::string& text) const;

  void start();
  /// start(), and waits until all workers are ready. False when that did not come; log() says why.
  bool serve();
  /// The port of the nth address, as the log says.
  [[nodiscard]] int port(std::size_t nth = 0) const;
  [[nodiscard]] Wire::Place place() const { return {port(), {}, false}; }

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int signo) const { ::kill(pid_, signo); }
  /// The exit code, or 128 + signal; nothing when it has not ended within `limit`.
  std::optional<int> wait_for_end(std::chrono::milliseconds limit = kPatience);
  /// TERM, and the exit code.
  std::optional<int> stop(std::chrono::milliseconds limit = kPatience);

  /// The living workers: children of the master, the eldest first.
  [[nodiscard]] std::vector<pid_t> workers() const { return workers_of(pid_); }
  [[nodiscard]] bool wait_for_workers(std::size_t count, std::chrono::milliseconds limit = kPatience) const;
  [[nodiscard]] static std::vector<pid_t> workers_of(pid_t master);
  /// Whether what ps shows begins so. A server under valgrind has no title: what the kernel knows is valgrind's command
  /// line.
  [[nodiscard]] static bool titled(pid_t pid, std::string_view title);
  /// False for nobody and for a zombie.
  [[nodiscard]] static bool alive(pid_t pid);
  /// Processes of the server's session that are still there, the master included.
  [[nodiscard]] std::vector<pid_t> everybody() const;
  /// A process that left the session (a daemon) and belongs to this server all the same.
  void adopt(pid_t pid) { adopted_.push_back(pid); }

  /// Standard error, which is the error log unless the test says otherwise.
  [[nodiscard]] std::string log() const { return read_file("stderr"); }
  [[nodiscard]] std::string output() const { return read_file("stdout"); }
  [[nodiscard]] std::string read_file(const std::string& name) const;
  [[nodiscard]] bool wait_for_line(const std::string& part, std::chrono::milliseconds limit = kPatience) const;
  [[nodiscard]] bool wait_for_text(const std::string& file, const std::string& part,
                                   std::chrono::milliseconds limit = kPatience) const;
  [[nodiscard]] int count_lines(const std::string& part) const;

 private:
  [[noreturn]] void become_server() const;
  [[nodiscard]] std::vector<std::string> command_line() const;

  Program program_;
  pid_t pid_ = 0;
  std::vector<pid_t> adopted_;
  std::optional<int> exit_code_;
};

/// How often `part` stands in `text`.
int count_in(const std::string& text, const std::string& part);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace orrery::test
