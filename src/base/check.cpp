#include "base/check.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <execinfo.h>
#include <unistd.h>

namespace orrery::base {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::array<char, 512> text{};
  const int length = std::snprintf(text.data(), text.size(), "orrery: bug: %s is false at %s:%d (pid %d)\n", expression,
                                   file, line, static_cast<int>(::getpid()));
  if (length > 0) std::fwrite(text.data(), 1, static_cast<std::size_t>(length), stderr);
  std::array<void*, 64> frames{};
  ::backtrace_symbols_fd(frames.data(), ::backtrace(frames.data(), static_cast<int>(frames.size())), STDERR_FILENO);
  std::abort();
}

}  // namespace orrery::base
