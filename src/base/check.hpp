// ORRERY_CHECK: a statement that only a bug of ours can make false.
//
// On failure: one line on standard error, the stack, abort. In a worker that costs one worker and the master
// replaces it. Never use it for what a peer, a file or the kernel can cause.
#pragma once

namespace orrery::base {

[[noreturn, gnu::cold]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace orrery::base

#define ORRERY_CHECK(expression) \
  (static_cast<bool>(expression) ? void(0) : ::orrery::base::check_failed(#expression, __FILE__, __LINE__))
