// Forwarding: what trusted proxies say in header fields of the client behind them: its address and its scheme.
//
// Each proxy adds, behind what it received, the address it received from. So the list is walked from its end, the
// connection first, for as long as the address at hand is trusted: the first that is not is the client, and what stands
// further left is its own invention. X-Forwarded-For, Forwarded (RFC 7239) and the configured scheme fields of
// untrusted peers mean nothing. All of them are lists: several lines mean what one with commas means. Made once per
// worker from the settings; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/address.hpp"
#include "base/reject.hpp"

namespace orrery::http {

class Message;

class Forwarding {
 public:
  static Result<Forwarding> make(const Config& config);

  [[nodiscard]] bool trusts(const base::Address& peer) const { return trusted_.contains(peer); }
  /// False when no field of these lengths (see length_bit) can concern us: the common case, told without a look at the
  /// fields.
  [[nodiscard]] bool may_concern(std::uint64_t name_lengths) const { return (lengths_ & name_lengths) != 0; }
  /// Sets `client` and `secure` of a message whose sender (its `client` until now) is trusted; or says why it is
  /// refused.
  [[nodiscard]] std::optional<base::Reject> apply(Message& message) const;

 private:
  struct SchemeField {
    std::string name;   ///< lower-case
    std::string value;  ///< lower-case
  };

  /// What the scheme fields and Forwarded's `proto` (empty = not there) say together.
  [[nodiscard]] tl::expected<bool, base::Reject> asked_over_https(const Message& message, std::string_view proto) const;

  base::AddressSet trusted_;
  bool list_ = true;   ///< X-Forwarded-For is read
  bool pairs_ = true;  ///< Forwarded is read
  std::vector<SchemeField> scheme_fields_;
  std::uint64_t lengths_ = 0;
};

/// Whom to believe what it says of others.
struct Proxies {
  Forwarding forwarding;
  base::AddressSet connection;  ///< whose PROXY header counts

  static Result<Proxies> make(const Config& config);
};

}  // namespace orrery::http
