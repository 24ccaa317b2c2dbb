// Signature: what a handler takes and answers, as the compiler sees it.
//
// A handler takes a `const Request&` (or a `Request`), then a `Responder` if it answers later, then values: for each
// {name} of its pattern a type that FromText reads, and whatever is read from the whole request (Json<T>, Form, a type
// with a FromRequest of its own), in any order. Of generic lambdas and overloaded operators the compiler cannot tell:
// they take no values. Only types; nothing here runs.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>

#include "orrery/from_text.hpp"
#include "orrery/request.hpp"

namespace orrery {

class Responder;

/// How a T is made of the whole request, for handlers that take one. What does not suit it throws HttpError.
/// `template <> struct orrery::FromRequest<User> { static User read(const orrery::Request& request); };`
template <class T>
struct FromRequest;

template <class T>
concept ReadableFromRequest = requires(const Request& request) {
  { FromRequest<T>::read(request) } -> std::same_as<T>;
};

namespace handlers {

template <class T>
inline constexpr bool kIsReference = std::is_lvalue_reference_v<T>;
template <class T>
inline constexpr bool kReadsBody = requires {
  FromRequest<T>::kReadsBody;
};

/// The values behind the head.
template <class... Values>
struct Taken {
  using Tuple = std::tuple<std::decay_t<Values>...>;
  static constexpr std::size_t kCount = sizeof...(Values);
  static constexpr std::size_t kNames =
      (std::size_t{0} + ... + (ReadableFromRequest<std::decay_t<Values>> ? std::size_t{0} : std::size_t{1}));
  static constexpr bool kReadable =
      (true && ... && (ReadableFromRequest<std::decay_t<Values>> || ReadableFromText<std::decay_t<Values>>));
  static constexpr bool kByReference = (false || ... || kIsReference<Values>);
  static constexpr bool kReadBody = (false || ... || kReadsBody<std::decay_t<Values>>);
};

template <class R, class... Arguments>
struct Call {  // takes nothing
  using Answer = R;
  using Values = Taken<>;
  static constexpr bool kHasHead = false;
  static constexpr bool kAnswersLater = false;
};
template <class R, class Head, class... Behind>
struct Call<R, Head, Behind...> {
  using Answer = R;
  using Values = Taken<Behind...>;
  static constexpr bool kHasHead = std::is_same_v<std::decay_t<Head>, Request>;
  static constexpr bool kAnswersLater = false;
};
template <class R, class Head, class Second, class... Behind>
requires std::is_same_v<std::decay_t<Second>, Responder>
struct Call<R, Head, Second, Behind...> {
  using Answer = R;
  using Values = Taken<Behind...>;
  static constexpr bool kHasHead = std::is_same_v<std::decay_t<Head>, Request>;
  static constexpr bool kAnswersLater = true;
};

/// Of what the compiler cannot tell.
struct Unknown {
  using Answer = void;
  using Values = Taken<>;
  static constexpr bool kHasHead = true;
  static constexpr bool kAnswersLater = false;
};

template <class Type>
struct CallOf : Unknown {};
template <class R, class... Arguments>
struct CallOf<R (*)(Arguments...)> : Call<R, Arguments...> {};
template <class R, class... Arguments>
struct CallOf<R (*)(Arguments...) noexcept> : Call<R, Arguments...> {};
template <class C, class R, class... Arguments>
struct CallOf<R (C::*)(Arguments...)> : Call<R, Arguments...> {};
template <class C, class R, class... Arguments>
struct CallOf<R (C::*)(Arguments...) noexcept> : Call<R, Arguments...> {};
template <class C, class R, class... Arguments>
struct CallOf<R (C::*)(Arguments...) const> : Call<R, Arguments...> {};
template <class C, class R, class... Arguments>
struct CallOf<R (C::*)(Arguments...) const noexcept> : Call<R, Arguments...> {};

template <class H>
struct SignatureOf : Unknown {};
template <class H>
requires requires { &H::operator(); }
struct SignatureOf<H> : CallOf<decltype(&H::operator())> {};
template <class H>
requires std::is_pointer_v<H> && std::is_function_v<std::remove_pointer_t<H>>
struct SignatureOf<H> : CallOf<H> {
};

template <class H>
using ValuesOf = typename SignatureOf<H>::Values;

}  // namespace handlers

}  // namespace orrery
