// JsonCodec over nlohmann-json, for programs that use it: include this, and every type with from_json and to_json (or
// NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE), and nlohmann::json itself, is a body and an answer.
//
// Orrery does not need nlohmann-json where this header is not included. A JsonCodec of the program's own for a type
// takes the place of this one.
#pragma once

#include <concepts>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>

#include "orrery/json_codec.hpp"
#include "orrery/response.hpp"
#include "orrery/result.hpp"

namespace orrery {

template <class T>
concept NlohmannReadable = !std::same_as<T, Response> && std::default_initializable<T> &&
                           (std::same_as<T, nlohmann::json> || requires(const nlohmann::json& json, T& value) {
                             nlohmann::adl_serializer<T>::from_json(json, value);
                           });
template <class T>
concept NlohmannWritable =
    !std::same_as<T, Response> && (std::same_as<T, nlohmann::json> || requires(nlohmann::json & json, const T& value) {
      nlohmann::adl_serializer<T>::to_json(json, value);
    });

template <class T>
requires(NlohmannReadable<T> || NlohmannWritable<T>) struct JsonCodec<T> {
  static Result<T> read(std::string_view text) requires NlohmannReadable<T> {
    try {
      return nlohmann::json::parse(text).template get<T>();
    } catch (const nlohmann::json::exception& error) {
      // "[json.exception.type_error.302] type must be number, but is string": what stands behind the bracket.
      const std::string_view what = error.what();
      const std::size_t bracket = what.find("] ");
      return fail(std::string{bracket == std::string_view::npos ? what : what.substr(bracket + 2)});
    }
  }
  /// Text that is no UTF-8 is written with U+FFFD in its place.
  static void write(const T& value, std::string& out) requires NlohmannWritable<T> {
    out += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
};

}  // namespace orrery
