// FromText<T>: how a T is read from the text of a path parameter, a query parameter or a field.
//
// Whole numbers, floating-point numbers, bool, std::string and std::string_view are known. For a type of your own:
//
//   template <> struct orrery::FromText<Colour> {
//     static orrery::Result<Colour> read(std::string_view text);
//   };
//
// The error goes on after the parameter's name, as in "`id` is not a whole number". Pure; any thread.
#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "orrery/result.hpp"

namespace orrery {

template <class T>
struct FromText;

/// A T that FromText reads.
template <class T>
concept ReadableFromText = requires(std::string_view text) {
  { FromText<T>::read(text) } -> std::same_as<Result<T>>;
};

/// In decimal, the whole text: no space, no plus sign, no leading or trailing byte.
template <class T>
requires(std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) struct FromText<T> {
  static Result<T> read(std::string_view text) {
    T value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault == std::errc{} && end == text.data() + text.size()) return value;
    return fail("is not a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                std::to_string(std::numeric_limits<T>::max()));
  }
};

/// Finite ones only.
template <std::floating_point T>
struct FromText<T> {
  static Result<T> read(std::string_view text) {
    T value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool finite = value - value == T{0};
    if (fault == std::errc{} && end == text.data() + text.size() && finite) return value;
    return fail("is not a number");
  }
};

template <>
struct FromText<bool> {
  static Result<bool> read(std::string_view text) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return fail("is neither true nor false");
  }
};

template <>
struct FromText<std::string> {
  static Result<std::string> read(std::string_view text) { return std::string{text}; }
};

/// A view into the request.
template <>
struct FromText<std::string_view> {
  static Result<std::string_view> read(std::string_view text) { return text; }
};

}  // namespace orrery
