#include "worker/callbacks.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "uv/descriptor_watch.hpp"

namespace orrery::worker {

class Callbacks::Entry : public Registration {
 public:
  explicit Entry(Callbacks& owner) : owner_(&owner) { owner.entries_.insert(this); }
  ~Entry() override {
    if (owner_) owner_->entries_.erase(this);
  }
  void let_go() {
    owner_ = nullptr;
    end();
  }

 protected:
  /// Nothing is called any more.
  virtual void end() = 0;

 private:
  Callbacks* owner_;
};

// A callback may drop its own entry: after the call nothing of it is touched.
class Callbacks::TimerEntry final : public Entry {
 public:
  TimerEntry(Callbacks& owner, std::chrono::milliseconds delay, std::chrono::milliseconds repeat,
             std::function<void()> task)
      : Entry(owner) {
    timer_.emplace(owner.loop_, [this, once = repeat.count() == 0, task = std::move(task)] {
      if (once) active_ = false;
      task();
    });
    timer_->start(delay, repeat);
  }
  [[nodiscard]] bool active() const override { return active_; }

 private:
  void end() override {
    active_ = false;
    timer_.reset();
  }

  bool active_ = true;
  std::optional<uv::Timer> timer_;
};

class Callbacks::WatchEntry final : public Entry {
 public:
  WatchEntry(Callbacks& owner, int descriptor, Ready ready, std::function<void(Ready)> task)
      : Entry(owner), ready_(ready) {
    watch_.emplace(owner.loop_, descriptor, [this, task = std::move(task)](bool readable, bool writable, bool failed) {
      if (failed) active_ = false;
      task(failed ? ready_ : of(readable, writable));
    });
    watch_->start(can_read(ready), can_write(ready));
  }
  [[nodiscard]] bool active() const override { return active_; }
  void change(Ready ready) override {
    if (!watch_) return;
    ready_ = ready;
    active_ = true;
    watch_->start(can_read(ready), can_write(ready));
  }

 private:
  static Ready of(bool readable, bool writable) {
    if (readable && writable) return Ready::kReadWrite;
    return readable ? Ready::kRead : Ready::kWrite;
  }
  void end() override {
    active_ = false;
    watch_.reset();
  }

  Ready ready_;
  bool active_ = true;
  std::optional<uv::DescriptorWatch> watch_;
};

Timer Callbacks::timer(std::chrono::milliseconds delay, std::chrono::milliseconds repeat, std::function<void()> task) {
  return Timer{std::make_unique<TimerEntry>(*this, delay, repeat, std::move(task))};
}

Watch Callbacks::watch(int descriptor, Ready ready, std::function<void(Ready)> task) {
  return Watch{std::make_unique<WatchEntry>(*this, descriptor, ready, std::move(task))};
}

void Callbacks::let_go() {
  for (Entry* const entry : std::exchange(entries_, {})) entry->let_go();
}

}  // namespace orrery::worker
