// LastWords: what a worker still sends when the master ends it because its handler does not return.
//
// A handler that holds the worker's only thread cannot be answered for: the loop never turns again. The signal that
// ends the worker runs a handler of ours first, which sends these words. Worker: set around the handler, loop thread.
// speak_last_words() is async-signal-safe, and sends nothing that was not set.
#pragma once

#include <string_view>

namespace orrery::os {

/// As long as it lives, `words` are to be sent to `socket`, which takes them at once or not at all; -1 = none are.
class LastWords {
 public:
  LastWords(int socket, std::string_view words) noexcept;
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
};

void speak_last_words() noexcept;

}  // namespace orrery::os
