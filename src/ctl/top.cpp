#include "ctl/top.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "ctl/documents.hpp"
#include "ctl/frame.hpp"
#include "ctl/keys.hpp"
#include "ctl/screen.hpp"

namespace orrery::ctl {

namespace {

using std::chrono::milliseconds;

/// Keys are not taken meanwhile.
constexpr milliseconds kLooking{1000};
constexpr std::array kEnding{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// What would end, stop or disturb the program, held and taken one by one.
class Signals {
 public:
  Signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : kEnding) ::sigaddset(&set, signal);
    ::sigaddset(&set, SIGTSTP);
    ::sigaddset(&set, SIGWINCH);
    ::sigprocmask(SIG_BLOCK, &set, &former_);
    fd_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~Signals() { ::sigprocmask(SIG_SETMASK, &former_, nullptr); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] int take() const {
    signalfd_siginfo told{};
    return ::read(fd_.get(), &told, sizeof told) == sizeof told ? static_cast<int>(told.ssi_signo) : 0;
  }
  /// Lets the signal do what it does by itself, whatever ncurses would do; comes back when it only stopped the program.
  void obey(int signal) const {
    sigset_t now;
    std::signal(signal, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &former_, &now);
    ::raise(signal);
    ::sigprocmask(SIG_SETMASK, &now, nullptr);
  }

 private:
  sigset_t former_{};
  base::UniqueFd fd_;
};

/// One document of a look; the first trouble is kept.
template <class Document>
void look_at(const Service& service, const char* target, Result<Document> (*read)(std::string_view), Document& into,
             std::string& trouble) {
  if (!trouble.empty()) return;
  const auto reply = service.get(target, kLooking);
  if (!reply) {
    trouble = reply.error().sentence;
    return;
  }
  if (reply->status != 200) {
    trouble = refused(*reply, target).complaint;
    return;
  }
  auto document = read(reply->body);
  if (!document) {
    trouble = document.error().message;
    return;
  }
  into = std::move(*document);
}

Sample look(const Service& service) {
  Sample sample;
  sample.at = base::monotonic_now();
  sample.unix_time = static_cast<double>(base::wall_now().time_since_epoch().count()) / 1e9;
  look_at(service, "/status", read_status, sample.status, sample.trouble);
  look_at(service, "/workers", read_workers, sample.workers, sample.trouble);
  look_at(service, "/requests", read_requests, sample.requests, sample.trouble);
  look_at<Exposition>(
      service, "/metrics", [](std::string_view text) -> Result<Exposition> { return Exposition{text}; }, sample.metrics,
      sample.trouble);
  return sample;
}

class Top {
 public:
  Top(const Service& service, milliseconds interval, Screen& screen, const Signals& signals)
      : service_(service), interval_(interval), screen_(screen), signals_(signals) {}

  /// The signal that ended it; 0: the operator quit.
  int run() {
    take_look();
    while (!quits_ && ended_by_ == 0) {
      screen_.draw(make_frame(before_, now_, controls_, screen_.size()));
      wait();
    }
    return ended_by_;
  }

 private:
  void take_look() {
    Sample fresh = look(service_);
    // What was seen last stays on the screen while nothing can be seen.
    if (!fresh.trouble.empty()) {
      now_.trouble = std::move(fresh.trouble);
    } else {
      before_ = now_.at == base::Monotonic{} ? fresh : std::move(now_);
      now_ = std::move(fresh);
    }
    next_ = base::monotonic_now() + interval_;
  }

  /// Until a key, a signal, or the time for the next look.
  void wait() {
    const auto left = std::chrono::ceil<milliseconds>(next_ - base::monotonic_now()).count();
    std::array<pollfd, 2> waiting{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals_.fd(), POLLIN, 0}};
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready == 0) return take_look();
    if (waiting[1].revents != 0) on_signal(signals_.take());
    // A terminal that is gone ends it as its hang-up does.
    if ((waiting[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 && ended_by_ == 0) ended_by_ = SIGHUP;
    if ((waiting[0].revents & POLLIN) == 0) return;
    const auto workers = sorted_workers(before_, now_, controls_.sort);
    for (auto pressed = screen_.key(); pressed && !quits_; pressed = screen_.key())
      fulfil(press(controls_, *pressed, workers));
  }

  void on_signal(int signal) {
    if (std::ranges::count(kEnding, signal) != 0) ended_by_ = signal;
    if (signal != SIGTSTP) return;
    screen_.leave();
    signals_.obey(SIGTSTP);
  }

  void fulfil(const Wish& wish) {
    if (wish.kind == Wish::Kind::kQuit) quits_ = true;
    if (wish.kind == Wish::Kind::kStack) show_stack(wish.worker);
    if (wish.kind == Wish::Kind::kRestart) restart(wish.worker);
  }

  void show_stack(std::int64_t worker) {
    Stacks stacks;
    std::string trouble;
    look_at(service_, fmt::format("/stack?worker={}", worker).c_str(), read_stacks, stacks, trouble);
    controls_.notice = trouble;
    if (trouble.empty()) controls_.stack = std::move(stacks);
  }

  void restart(std::int64_t worker) {
    const std::string target = fmt::format("/restart?worker={}&wait=0", worker);
    const auto reply = service_.post(target, kLooking);
    if (!reply) {
      controls_.notice = reply.error().sentence;
      return;
    }
    const auto outcome = read_outcome(reply->body);
    controls_.notice = outcome ? outcome->text : refused(*reply, target).complaint;
  }

  const Service& service_;
  milliseconds interval_;
  Screen& screen_;
  const Signals& signals_;
  Sample before_, now_;
  Controls controls_;
  base::Monotonic next_{};
  bool quits_ = false;
  int ended_by_ = 0;
};

}  // namespace

Verdict run_top(const Service& service, milliseconds interval, bool colour) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
    return failed(kExitUsage, "`top` needs a terminal; `ctl workers` and `ctl status` print once");
  const auto reply = service.get("/status", kLooking);
  if (!reply) return unanswered(reply.error());
  if (reply->status != 200) return refused(*reply, "/status");
  const Signals signals;
  int ended_by = 0;
  {
    auto screen = Screen::open(colour);
    if (!screen) return failed(kExitFailed, screen.error().message);
    ended_by = Top{service, interval, **screen, signals}.run();
  }
  if (ended_by != 0) signals.obey(ended_by);
  return {};
}

}  // namespace orrery::ctl
