// Policy: what the fields of a request mean together, as every protocol has it (RFC 9110, 6 to 10).
//
// Runs once the fields are there. Pure. It reads the fields that come only once or that others depend on, splits the
// target and decodes the path, or says why the request is refused. How a body is framed is a matter of each protocol:
// see h1/framing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "orrery/config.hpp"

#include "base/reject.hpp"
#include "http/message.hpp"

namespace orrery::http {

/// What was found that is no part of the message itself.
struct PolicyFindings {
  // In the message's bytes, which may move yet; empty = there is none.
  Span request_id;                 ///< X-Request-ID as it came; believed only from trusted peers
  Span traceparent;                ///< the same
  std::uint64_t name_lengths = 0;  ///< of its fields, as length_bit
  FieldSpan* host = nullptr;
  bool content_length = false;
  bool content_type = false;
};

/// Fields that one protocol has for itself. They are judged in the same walk, since of two faulty fields the first one
/// counts.
class OwnFields {
 public:
  /// `lengths`: of their names, as length_bit.
  explicit OwnFields(std::uint64_t lengths) : lengths_(lengths) {}
  OwnFields(const OwnFields&) = delete;
  OwnFields& operator=(const OwnFields&) = delete;
  [[nodiscard]] bool may_concern(std::uint64_t length) const { return (lengths_ & length) != 0; }
  /// A field whose name has one of the lengths: may be refused.
  virtual std::optional<base::Reject> judge(std::string_view name, std::string_view value) = 0;

 protected:
  ~OwnFields() = default;

 private:
  std::uint64_t lengths_;
};

/// Reads what every protocol has in common into `message`: authority, length, expectation, Accept; or says why it is
/// refused.
std::optional<base::Reject> judge_fields(Message& message, const Config& config, OwnFields& own,
                                         PolicyFindings& findings);

/// Fills the path and the query of `message`, and an authority in the target; or says why it is refused.
std::optional<base::Reject> judge_target(Message& message, const Config& config, const PolicyFindings& findings);

/// Why a field of this name may not stand in a trailer section (RFC 9110, 6.5.1; header_map); nothing when it may.
std::optional<base::Reject> judge_trailer(std::string_view name, const Config& config);

/// Leaves out the trailers that handlers are not to see, once all have come.
void map_trailers(Message& message, const Config& config);

}  // namespace orrery::http
