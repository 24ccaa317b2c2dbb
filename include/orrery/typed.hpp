// Typed: how a handler that takes values, or answers something else than a Response, becomes one that a route has.
//
//   app.get("/tasks/{id}", [](const Request&, std::int64_t id) { … });     a value for each {name}, in their order
//   app.post("/tasks", [](const Request&, Json<NewTask> task) { … });      a value of the whole request
//   app.get("/tasks", [](const Request&) -> std::vector<Task> { … });      an answer of any type with a JsonCodec
//
// A value that cannot be read is answered 400, with a sentence that names the parameter, and the handler is not called.
// The wrappers run where the handler runs.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "orrery/from_text.hpp"
#include "orrery/json_codec.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"
#include "orrery/result.hpp"
#include "orrery/signature.hpp"
#include "orrery/task.hpp"

namespace orrery::handlers {

// --- answers ---

template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<Result<T>> : std::true_type {};

template <class T>
concept PlainAnswer = std::same_as<T, Response> || WritableAsJson<T>;

template <class T>
inline constexpr bool kIsAnswer = PlainAnswer<T>;
template <class T>
inline constexpr bool kIsAnswer<Result<T>> = PlainAnswer<T>;
template <class T>
inline constexpr bool kIsAnswer<Task<T>> = kIsAnswer<T>;

/// An error of a Result<T> is a failure of the handler: 500, and its sentence goes into the log.
template <class T>
Response answer_of(T&& answer) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (IsResult<Plain>::value) {
    if (!answer) throw std::runtime_error(answer.error().message);
    return handlers::answer_of(*std::forward<T>(answer));
  } else if constexpr (std::same_as<Plain, Response>) {
    return std::forward<T>(answer);
  } else {
    std::string body;
    JsonCodec<Plain>::write(answer, body);
    return Response::json(std::move(body));
  }
}

template <class T>
Task<Response> answer_of_task(Task<T> task) {
  T answer = co_await std::move(task);
  co_return handlers::answer_of(std::move(answer));
}
inline Task<Response> answer_of_task(Task<Response> task) { return task; }

// --- values ---

template <class T>
T read_value(const Request& request, std::size_t& name) {
  if constexpr (ReadableFromRequest<T>) {
    return FromRequest<T>::read(request);
  } else {
    const Field parameter = request.param_at(name++);
    auto value = FromText<T>::read(parameter.value);
    if (!value) Request::refuse_parameter(parameter.name, value.error());
    return *std::move(value);
  }
}

template <class... Ts>
std::tuple<Ts...> read_values([[maybe_unused]] const Request& request, std::type_identity<std::tuple<Ts...>>) {
  [[maybe_unused]] std::size_t name = 0;
  return std::tuple<Ts...>{handlers::read_value<Ts>(request, name)...};  // in this order, as braces are
}
template <class H>
auto values_for(const Request& request) {
  return handlers::read_values(request, std::type_identity<typename ValuesOf<H>::Tuple>{});
}

// --- handlers ---

template <class H>
using AnswerOf = typename SignatureOf<H>::Answer;
template <class H>
inline constexpr bool kAnswersLater = SignatureOf<H>::kAnswersLater;
template <class H>
inline constexpr bool kIsTask = requires {
  { handlers::answer_of_task(std::declval<AnswerOf<H>>()) } -> std::same_as<Task<Response>>;
};

template <class H, class Values = typename ValuesOf<H>::Tuple>
inline constexpr bool kTakesBorrowed = false;
template <class H, class... Ts>
inline constexpr bool kTakesBorrowed<H, std::tuple<Ts...>> = std::is_invocable_v<H&, const Request&, Ts...>;
/// It answers at once, and something that can be sent.
template <class H>
inline constexpr bool kAnswersNow = kIsAnswer<std::remove_cvref_t<AnswerOf<H>>> && !kIsTask<H> && kTakesBorrowed<H>;

template <class H>
auto plain(H handler) {
  return [handler = std::move(handler)](const Request& request) mutable -> Response {
    return std::apply(
        [&](auto&&... values) {
          return handlers::answer_of(handler(request, std::forward<decltype(values)>(values)...));
        },
        values_for<H>(request));
  };
}

template <class H>
auto task(H handler) {
  return [handler = std::move(handler)](Request&& request) mutable -> Task<Response> {
    auto values = values_for<H>(request);
    return std::apply(
        [&](auto&&... each) {
          return handlers::answer_of_task(handler(std::move(request), std::forward<decltype(each)>(each)...));
        },
        std::move(values));
  };
}

/// `Later` is Responder, which need not be complete here.
template <class Later, class H>
auto responder(H handler) {
  return [handler = std::move(handler)](Request request, Later responder) mutable {
    std::optional<typename ValuesOf<H>::Tuple> values;
    try {
      values.emplace(values_for<H>(request));
    } catch (const HttpError& error) {
      return std::move(responder).fail(error);
    }
    std::apply(
        [&](auto&&... each) {
          handler(std::move(request), std::move(responder), std::forward<decltype(each)>(each)...);
        },
        *std::move(values));
  };
}

}  // namespace orrery::handlers
