// Timer and Watch: what a worker calls later for an application: at a time, or when a descriptor is ready.
//
// Worker::after, Worker::repeat and Worker::watch give them. Each owns its registration: dropped or cancelled, even by
// its own callback, it is over, and nothing is called any more; when the worker has ended, all of them are. Callbacks
// run on the loop thread in every worker class: they must not block, and in the class `sync` they wait while a handler
// runs. What they throw is logged. Loop thread only, the end of a Timer and of a Watch too.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "orrery/export.hpp"

namespace orrery {

/// What a descriptor can be ready for.
enum class Ready : std::uint8_t { kRead = 1, kWrite = 2, kReadWrite = 3 };

constexpr bool can_read(Ready ready) { return (static_cast<unsigned>(ready) & 1U) != 0; }
constexpr bool can_write(Ready ready) { return (static_cast<unsigned>(ready) & 2U) != 0; }

/// What a Timer and a Watch hold: the worker's part of them.
class ORRERY_EXPORT Registration {
 public:
  Registration() = default;
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  virtual ~Registration() = default;
  [[nodiscard]] virtual bool active() const = 0;
  /// Of a Watch; see Watch::change().
  virtual void change(Ready) {}
};

class ORRERY_EXPORT Timer {
 public:
  /// One that is over.
  Timer() = default;
  explicit Timer(std::unique_ptr<Registration> registration) : registration_(std::move(registration)) {}
  void cancel() { registration_.reset(); }
  /// It will be called, or called again.
  [[nodiscard]] bool active() const { return registration_ && registration_->active(); }

 private:
  std::unique_ptr<Registration> registration_;
};

class ORRERY_EXPORT Watch {
 public:
  /// One that is over.
  Watch() = default;
  explicit Watch(std::unique_ptr<Registration> registration) : registration_(std::move(registration)) {}
  /// To be done before the descriptor is closed, or given away.
  void cancel() { registration_.reset(); }
  /// What it is called for from now on. One that has ended with an error begins anew; a cancelled one does not.
  void change(Ready ready) {
    if (registration_) registration_->change(ready);
  }
  [[nodiscard]] bool active() const { return registration_ && registration_->active(); }

 private:
  std::unique_ptr<Registration> registration_;
};

}  // namespace orrery
