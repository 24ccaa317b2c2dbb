// Form: the body of a request that a HTML form has sent as application/x-www-form-urlencoded, decoded.
//
//   app.post("/notes", [](const Request&, const Form& form) { … form.get("title") … });
//
// Any thread that runs handlers. Files in forms (multipart/form-data) are not read here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/result.hpp"
#include "orrery/signature.hpp"

namespace orrery {

class ORRERY_EXPORT Form {
 public:
  using Pair = std::pair<std::string, std::string>;
  /// The most fields that a form may have.
  static constexpr std::size_t kMostFields = 1000;

  /// Throws HttpError: 415 when the body is not said to be a form, 400 when it has more than `most` fields.
  static Form of(const Request& request, std::size_t most = kMostFields);
  /// Of text as such a body is; the error is a sentence for the client.
  static Result<Form> parse(std::string_view body, std::size_t most = kMostFields);

  /// The first value of this name; "" for a field without one, nothing when it is absent.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  /// All fields in the order they came, repeated ones included.
  [[nodiscard]] const std::vector<Pair>& all() const { return fields_; }

 private:
  std::vector<Pair> fields_;
};

/// A handler that takes a Form gets that of its request.
template <>
struct FromRequest<Form> {
  static constexpr bool kReadsBody = true;
  static Form read(const Request& request) { return Form::of(request); }
};

}  // namespace orrery
