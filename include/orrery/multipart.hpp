// Multipart: the parts of a form (multipart/form-data, RFC 7578) as they come.
//
// Bytes go in as they arrive, the parts come out in the same call; no more than one part's fields and one delimiter is
// kept, however large the files are. What is malformed or beyond a limit is an error with a sentence for its client,
// and nothing comes after it. Pure; one thread at a time.
//
//   void upload(orrery::Request request, orrery::Responder responder) {      // a route with RouteOptions::stream_body
//     auto parts = orrery::Multipart::begin(request.field("content-type").value_or(""), {}, on_event);
//     …
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/app.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/result.hpp"

namespace orrery {

struct MultipartLimits {
  std::size_t parts = 100;                      ///< of one body
  std::size_t head = 8 * 1024;                  ///< bytes of the fields of one part
  std::uint64_t part = std::uint64_t{1} << 62;  ///< bytes of the content of one part
};

/// What a part says of itself.
struct MultipartHead {
  std::string name;                     ///< of the form's field
  std::optional<std::string> filename;  ///< of a file: its last segment, never a path; may be empty
  std::string media_type;               ///< "text/plain" where the part says nothing
};

struct MultipartEvent {
  enum class Kind : std::uint8_t {
    kPart,     ///< a part begins: `head`
    kData,     ///< more of its content: `bytes`, never empty
    kPartEnd,  ///< the part is complete
    kEnd,      ///< the body is complete
  };
  Kind kind = Kind::kEnd;
  const MultipartHead* head = nullptr;  ///< of the part; good until its kPartEnd has been told
  std::string_view bytes = {};          ///< good until the call returns
};

class ORRERY_EXPORT Multipart {
 public:
  using Callback = std::function<void(const MultipartEvent&)>;

  /// `content_type`: the value of the request's field. Fails where that is not multipart/form-data with a boundary.
  static Result<Multipart> begin(std::string_view content_type, const MultipartLimits& limits, Callback callback);

  /// Takes the next bytes of the body.
  Result<void> feed(std::string_view bytes);
  /// The body has ended: fails where a part had not.
  Result<void> end();

 private:
  enum class State : std::uint8_t { kPreamble, kHead, kData, kEpilogue, kFailed };
  enum class Advance : std::uint8_t { kAdvanced, kNeedsMore };

  Multipart(std::string_view boundary, const MultipartLimits& limits, Callback callback);
  Result<void> advance_all();
  Result<Advance> advance();
  Result<Advance> find_delimiter();
  Result<Advance> pass_delimiter(std::size_t at);
  Result<Advance> read_head();
  Result<void> give_data(std::string_view bytes);
  [[nodiscard]] std::string_view left() const { return std::string_view{held_}.substr(done_); }

  std::string delimiter_;  ///< with the line break before it
  MultipartLimits limits_;
  Callback callback_;
  std::string held_;  ///< received; what is before `done_` is dealt with
  std::size_t done_ = 0;
  std::size_t scanned_ = 0;  ///< of what is left: where the end of the head is not
  State state_ = State::kPreamble;
  MultipartHead head_;
  std::size_t parts_ = 0;
  std::uint64_t part_size_ = 0;
};

/// Reads the whole form of a request on a route with RouteOptions::stream_body: `each` is told of every event, and
/// `done` once, at the end, at the first error, or when the client left before (an error too). Keep the request until
/// then. Loop thread in the class `async`.
ORRERY_EXPORT void read_multipart(const Request& request, const BodyReader& body, const MultipartLimits& limits,
                                  Multipart::Callback each, std::function<void(const Result<void>&)> done);

}  // namespace orrery
