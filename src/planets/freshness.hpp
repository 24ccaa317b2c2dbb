// What the API's answers say of caching and of other origins.
//
// An answer about now holds for its own millisecond: `no-store`. An answer for a given time stays the same as long as
// the tables and the operator's UT1 do: a day of public caching, and a strong ETag made from its bytes. Anybody's page
// may read any answer: `Access-Control-Allow-Origin: *`. Pure; only answers that last pay for it.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "orrery/conditional.hpp"
#include "orrery/content_coding.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery::planets {

/// `response`, to be used once.
[[nodiscard]] Response of_now(Response response);
/// The same, where it is.
void make_of_now(Response& response);

/// The whole answer with its ETag; 304 when the client has it, 412 when it asked for another (orrery/conditional.hpp).
[[nodiscard]] Response lasting(const Request& request, std::string_view media_type, std::string body);

/// A file that is part of the program, and so outlives its last response. It may change with the next release. Its
/// smaller forms are made when they are first asked for, and kept, so that a start does not wait for them.
class Document {
 public:
  Document(std::string_view type, std::string_view text);
  /// In a coding that choose_coding() may choose here: br, gzip or none. Any thread.
  [[nodiscard]] std::string_view form(ContentCoding coding) const;

  std::string_view media_type;
  std::string_view body;
  std::string tag;  ///< of the body as it is; each form has its own

 private:
  struct Form {
    std::once_flag made;
    std::string bytes;
  };
  mutable Form brotli_;
  mutable Form gzip_;
};

/// The document, 304 or 412; asked about each time, since a page and its style must fit together after an upgrade.
[[nodiscard]] Response embedded(const Request& request, const Document& document);

/// 304 for `tag`, of an answer that lasts.
[[nodiscard]] Response not_modified(std::string tag);
/// 412: If-Match names other answers.
[[nodiscard]] Response precondition_failed();
/// 406: the request's Accept refuses each of these media types.
[[nodiscard]] Response not_acceptable(std::span<const std::string_view> offered);
/// `response` with `tag`, as an answer that lasts.
[[nodiscard]] Response tagged(Response response, std::string tag);

/// What a browser asks before it lets another origin's page send more than a simple GET.
[[nodiscard]] Response preflight(const Request& request);

}  // namespace orrery::planets
