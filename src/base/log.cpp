#include "base/log.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <memory>
#include <mutex>
#include <optional>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/counted.hpp"
#include "base/log_file.hpp"
#include "base/log_record.hpp"

namespace orrery::base {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kCritical: return spdlog::level::critical;
  }
  return spdlog::level::info;
}

LogLevel our_level(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug: return LogLevel::kDebug;
    case spdlog::level::warn: return LogLevel::kWarning;
    case spdlog::level::err: return LogLevel::kError;
    case spdlog::level::critical: return LogLevel::kCritical;
    default: return LogLevel::kInfo;
  }
}

struct LevelWord {
  std::string_view word;
  std::string_view colour;
};

LevelWord level_word(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug: return {"DEBUG", "\033[36m"};
    case spdlog::level::warn: return {"WARNING", "\033[33m"};
    case spdlog::level::err: return {"ERROR", "\033[31m"};
    case spdlog::level::critical: return {"CRITICAL", "\033[1;31m"};
    default: return {"INFO", "\033[32m"};
  }
}

/// The `%*` of our pattern: spdlog's own level names are in lower case.
class LevelFlag : public spdlog::custom_flag_formatter {
 public:
  explicit LevelFlag(bool colour) : colour_(colour) {}
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const LevelWord level = level_word(message.level);
    if (colour_) append(level.colour, out);
    append(level.word, out);
    if (colour_) append("\033[0m", out);
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<LevelFlag>(colour_);
  }

 private:
  static void append(std::string_view text, spdlog::memory_buf_t& out) {
    out.append(text.data(), text.data() + text.size());
  }
  bool colour_;
};

std::unique_ptr<spdlog::formatter> line_formatter(bool colour) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
  formatter->add_flag<LevelFlag>('*', colour);
  formatter->set_pattern("[%Y-%m-%d %H:%M:%S +0000] [%P] [%*] %v");
  return formatter;
}

/// A terminal that shows colours, and nobody who asked for none (no-color.org).
bool wants_colour(int fd) {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view{terminal} == "dumb";
  return (refused == nullptr || *refused == '\0') && !dumb && ::isatty(fd) == 1;
}

class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// No descriptor of its own means standard error.
  void direct(UniqueFd file, LogFormat format) {
    const bool terminal = !file && wants_colour(STDERR_FILENO);
    const std::scoped_lock lock(mutex_);
    is_error_pipe_ = !file && kind_of(STDERR_FILENO) == S_IFIFO;
    file_is_torn_ = false;
    // An open file description of our own: O_NONBLOCK would reach those who share the pipe, and another one of them
    // could take the room between our poll and our write.
    if (is_error_pipe_) file.reset(::open("/proc/self/fd/2", O_WRONLY | O_CLOEXEC | O_NONBLOCK));
    has_file_ = file && !is_error_pipe_;
    file_ = std::move(file);
    format_ = format;
    set_formatter_(line_formatter(terminal));
  }

  void name_writer(std::string_view role, unsigned worker) {
    const std::scoped_lock lock(mutex_);
    role_ = role;
    worker_ = worker;
  }

  void take_journal(JournalWriter* journal) {
    const std::scoped_lock lock(mutex_);
    journal_ = journal;
  }

  void take_copy(std::shared_ptr<LogCopy> copy) {
    const std::scoped_lock lock(mutex_);
    copy_ = std::move(copy);
  }

  void capture() {
    const std::scoped_lock lock(mutex_);
    if (has_file_) ::dup2(file_.get(), STDERR_FILENO);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
  }

  bool writes_to(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    return file_ && is_open_as(path, file_.get());
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (dropped_ > 0) say_dropped();
    if (!put(message)) ++dropped_;
  }
  void flush_() override {}

 private:
  bool put(const spdlog::details::log_msg& message) {
    const LogRecord record{message.time, our_level(message.level),
                           ::getpid(),   role_,
                           worker_,      {message.payload.data(), message.payload.size()}};
    if (copy_) copy_->take(record);
    return put(record, message);
  }
  bool put(const LogRecord& record, const spdlog::details::log_msg& message) {
    if (format_ == LogFormat::kJson) return put_line(json_line(record));
    if (journal_ != nullptr && !has_file_) {
      reason_ = journal_->write(journal_entry(record, ::program_invocation_short_name));
      if (reason_ == 0) return true;
      if (reason_ == EAGAIN) return false;
    }
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    return put_line({line.data(), line.size()});
  }
  bool put_line(std::string_view text) {
    if (file_ && append(file_.get(), file_is_torn_, text)) return true;
    return !(file_ && is_error_pipe_) && append(STDERR_FILENO, error_is_torn_, text);
  }
  bool append(int fd, bool& torn, std::string_view line) {
    if (torn && append_lines(fd, "\n").whole) torn = false;
    const Appended done = append_lines(fd, line);
    torn = torn || done.torn;
    if (!done.whole) reason_ = done.error;
    return done.whole;
  }
  void say_dropped() {
    const std::string why = reason_ == EAGAIN ? "its reader had stopped" : std::strerror(reason_);
    const std::string text = counted(dropped_, "line of this log was", "lines of this log were") + " dropped: " + why;
    if (put({"orrery", spdlog::level::warn, text})) dropped_ = 0;
  }

  UniqueFd file_;
  LogFormat format_ = LogFormat::kText;
  JournalWriter* journal_ = nullptr;
  std::shared_ptr<LogCopy> copy_;
  std::string_view role_ = "master";
  unsigned worker_ = 0;
  bool has_file_ = false;       ///< file_ is the log's own
  bool is_error_pipe_ = false;  ///< file_, if there is one, is standard error once more
  bool file_is_torn_ = false, error_is_torn_ = false;
  std::uint64_t dropped_ = 0;
  int reason_ = 0;  ///< why the last one was
};

Result<UniqueFd> open_file(const std::string& path) {
  if (path == "-") return UniqueFd{};
  auto file = open_to_append(path);
  if (file) return std::move(*file);
  return fail(log_failed(path, opening_failed(file.error())));
}

/// This process's error log.
class Log {
 public:
  Log() : sink_(std::make_shared<LineSink>()), logger_("orrery", sink_) {
    sink_->direct({}, LogFormat::kText);
    logger_.set_level(spdlog::level::info);
  }

  void take(UniqueFd file, const std::string& path, LogLevel level, LogFormat format) {
    sink_->direct(std::move(file), format);
    const std::scoped_lock lock(mutex_);
    path_ = path;
    format_ = format;
    logger_.set_level(spdlog_level(level));
  }

  Result<void> reopen() {
    std::string path;
    LogFormat format{};
    {
      const std::scoped_lock lock(mutex_);
      path = path_;
      format = format_;
    }
    auto file = open_file(path);
    if (!file && sink_->writes_to(path)) return {};
    if (!file) return fail(file);
    sink_->direct(std::move(*file), format);
    return {};
  }

  spdlog::logger& logger() { return logger_; }
  LineSink& sink() { return *sink_; }

 private:
  std::mutex mutex_;
  std::string path_ = "-";
  LogFormat format_ = LogFormat::kText;
  std::shared_ptr<LineSink> sink_;
  spdlog::logger logger_;
};

Log& process_log() {
  // Never destroyed: threads and exit handlers may log until the very end.
  static Log* const log = new Log;
  return *log;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

std::string escaped(std::string_view message) {
  std::string out;
  out.reserve(message.size() + 16);
  for (const char c : message) {
    if (is_control(c)) {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

spdlog::string_view_t view(std::string_view text) { return {text.data(), text.size()}; }

std::atomic<LogListener*> heard_by{nullptr};

}  // namespace

std::string log_failed(const std::string& path, const std::string& reason) {
  return fmt::format(
      "cannot open the error log {}: {}; check that its directory exists and may be written, or change "
      "`errorlog`",
      path, reason);
}

void take_log(UniqueFd file, const std::string& path, LogLevel level, LogFormat format) {
  process_log().take(std::move(file), path, level, format);
}

void set_log_writer(std::string_view role, unsigned worker) { process_log().sink().name_writer(role, worker); }

void set_journal(JournalWriter* journal) { process_log().sink().take_journal(journal); }

void set_log_copy(std::shared_ptr<LogCopy> copy) { process_log().sink().take_copy(std::move(copy)); }

void capture_output() { process_log().sink().capture(); }

Result<void> open_log(const std::string& path, LogLevel level) {
  try {
    auto file = open_file(path);
    if (!file) return fail(file);
    take_log(std::move(*file), path, level);
    return {};
  } catch (const std::exception&) {
    return fail("cannot open the error log " + path + ": out of memory");
  }
}

Result<void> reopen_log() {
  try {
    return process_log().reopen();
  } catch (const std::exception&) {
    return fail("cannot reopen the error log: out of memory");
  }
}

std::string_view word_for(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
    case LogLevel::kCritical: return "critical";
  }
  return "info";
}

void set_log_level(LogLevel level) { process_log().logger().set_level(spdlog_level(level)); }

LogListener* set_log_listener(LogListener* listener) { return heard_by.exchange(listener, std::memory_order_acq_rel); }

bool log_enabled(LogLevel level) {
  if (const LogListener* const listener = heard_by.load(std::memory_order_acquire)) return level >= listener->least();
  return process_log().logger().should_log(spdlog_level(level));
}

void log_line(LogLevel level, std::string_view message) {
  try {
    if (LogListener* const listener = heard_by.load(std::memory_order_acquire))
      return listener->on_line(level, message);
    auto& logger = process_log().logger();
    if (std::none_of(message.begin(), message.end(), is_control)) {
      logger.log(spdlog_level(level), view(message));
    } else {
      logger.log(spdlog_level(level), view(escaped(message)));
    }
  } catch (...) {
    // Out of memory: the words themselves still reach the operator.
    append_lines(STDERR_FILENO, message);
    append_lines(STDERR_FILENO, "\n");
  }
}

}  // namespace orrery::base
