// Context: what all TLS connections of one generation have in common: certificate, key, trust, versions, ciphers.
//
// Made whole in the master before the first worker of a generation is forked, with the rights that the master has: a
// workers' user need not be able to read the key. What is wrong with the files is a sentence, and the generation does
// not come to be; the one before goes on. Workers inherit it and only read it. It does not know of connections.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/clock.hpp"
#include "tls/ticket_keys.hpp"

struct ssl_ctx_st;

namespace orrery::tls {

/// As ALPN names it (RFC 9113, 3.2).
inline constexpr std::string_view kHttp2 = "h2";

/// Whether any listener of `config` may speak TLS.
bool is_wanted(const Config& config);

class Context {
 public:
  /// `before`: that of the generation before; its tickets stay good. Warnings go to `notes`.
  static Result<std::shared_ptr<const Context>> make(const Config& config, const Context* before,
                                                     std::vector<std::string>& notes);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() = default;

  [[nodiscard]] ssl_ctx_st* raw() const { return context_.get(); }
  /// Forgets keys of tickets that are too old, where nothing else would.
  void forget_old_keys() const { ticket_keys_->advance(base::monotonic_now()); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  Context() = default;

  std::shared_ptr<TicketKeys> ticket_keys_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace orrery::tls
