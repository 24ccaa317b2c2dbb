// LayerWatch: is told which request the layers in front of a handler see now, so that a crash in one of them has a
// name, and tells which requests no code of the application shall see for a while.
//
// Implemented above this floor, where a worker writes down what it runs. Loop thread only. It must change nothing of
// the request.
#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace orrery::http {

class Message;

class LayerWatch {
 public:
  virtual ~LayerWatch() = default;
  /// For how long neither layers nor a handler shall see it; 0 = they may.
  [[nodiscard]] virtual std::chrono::seconds held_for(const Message& message, base::Monotonic now) = 0;
  /// Layers see it from now on; what to give to ended().
  virtual int begun(Message& message) = 0;
  virtual void ended(int begun) = 0;
};

}  // namespace orrery::http
