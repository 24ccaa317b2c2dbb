// JsonCodec<T>: how a T is read from JSON and written as JSON, by the library that the program prefers.
//
//   template <> struct orrery::JsonCodec<Task> {
//     static orrery::Result<Task> read(std::string_view json);       errors name the place: "priority: is not a number"
//     static void write(const Task& task, std::string& out);
//   };
//
// A type may have one half only. `orrery/json_nlohmann.hpp` has both for all types that nlohmann-json converts. Then a
// handler takes a `Json<Task>`, which is the body of its request, and answers a Task. Any thread that runs handlers.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/result.hpp"
#include "orrery/signature.hpp"

namespace orrery {

template <class T>
struct JsonCodec;

template <class T>
concept ReadableAsJson = requires(std::string_view json) {
  { JsonCodec<T>::read(json) } -> std::same_as<Result<T>>;
};
template <class T>
concept WritableAsJson = requires(const T& value, std::string& out) {
  JsonCodec<T>::write(value, out);
};

/// The body of a request, for a handler that takes one. Answered without the handler: 415 when the body is not said to
/// be JSON (application/json, or a type that ends in +json), 400 with the codec's sentence when it is no T, and 413
/// above `limit_request_body` as any body.
template <ReadableAsJson T>
struct Json {
  T value;
};

/// Throws HttpError 415 unless the request says that its body is JSON.
ORRERY_EXPORT void expect_json(const Request& request);
/// Throws HttpError 400: the body is no T, because of `why`.
[[noreturn]] ORRERY_EXPORT void refuse_json(const Error& why);

template <ReadableAsJson T>
struct FromRequest<Json<T>> {
  static constexpr bool kReadsBody = true;
  static Json<T> read(const Request& request) {
    expect_json(request);
    auto value = JsonCodec<T>::read(request.body());
    if (!value) refuse_json(value.error());
    return {*std::move(value)};
  }
};

}  // namespace orrery
