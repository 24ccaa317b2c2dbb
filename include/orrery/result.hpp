// Result<T>: a value, or the sentence that says why there is none.
//
// Everything the outside world can cause (a file, a port, a peer's bytes) comes back as a Result; exceptions
// are left to bugs and to other people's code. The sentence is written for the person who must act: what
// failed, where, and what to do about it.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace orrery {

/// Why something could not be done, as one sentence without a final newline.
struct Error {
  std::string message;
};

/// A T, or an Error. The compiler complains where one is dropped unread.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// `return fail("cannot read " + path);` from a function that returns any Result.
inline tl::unexpected<Error> fail(std::string message) { return tl::unexpected<Error>(Error{std::move(message)}); }

/// `if (!file) return fail(file);`: passes on why a Result of another type has no value.
template <class T>
tl::unexpected<Error> fail(const Result<T>& failed) {
  return tl::unexpected<Error>(failed.error());
}
template <class T>
tl::unexpected<Error> fail(Result<T>&& failed) {
  return tl::unexpected<Error>(std::move(failed).error());
}

}  // namespace orrery
