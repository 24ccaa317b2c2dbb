// Context: what all TLS connections of one generation have in common: certificates, keys, trust, versions, ciphers.
//
// Made whole in the master before the first worker of a generation is forked, with the rights that the master has: a
// workers' user need not be able to read the key. What is wrong with the files is a sentence, and the generation does
// not come to be; the one before goes on. Workers inherit it and only read it. It does not know of connections.
#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/clock.hpp"
#include "tls/server_names.hpp"
#include "tls/ticket_keys.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace orrery::tls {

struct CertificateFiles;
struct Expiry;

/// As ALPN names it (RFC 9113, 3.2).
inline constexpr std::string_view kHttp2 = "h2";

/// Whether any listener of `config` may speak TLS.
bool is_wanted(const Config& config);

/// The paths of all files that make() reads, as the settings have them.
std::vector<std::string> files_of(const Config& config);

/// The keys of the master before this one; null when these bytes are none, or OpenSSL is missing.
std::shared_ptr<TicketKeys> adopt_ticket_keys(std::string bytes);

class Context {
 public:
  /// `keys`: those of the generation before, whose tickets stay good; null: new ones. Warnings go to `notes`.
  static Result<std::shared_ptr<const Context>> make(const Config& config, std::shared_ptr<TicketKeys> keys,
                                                     std::vector<std::string>& notes);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  /// That of `certfile`; a connection begins with it, and goes over to that of the name its client asks for.
  [[nodiscard]] ssl_ctx_st* raw() const { return contexts_.front().get(); }
  /// When the first of its certificates, or of their issuers', ends; UTC.
  [[nodiscard]] std::time_t ends() const;
  /// What is to be said at `now` of those that end within 14 days, a sentence each.
  [[nodiscard]] std::vector<std::string> reminders(std::time_t now) const;
  [[nodiscard]] const std::shared_ptr<TicketKeys>& ticket_keys() const { return ticket_keys_; }
  /// Forgets keys of tickets that are too old, where nothing else would.
  void forget_old_keys() const { ticket_keys_->advance(base::monotonic_now()); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  Context();
  Result<void> add(const CertificateFiles& files, const Config& config, std::vector<std::string>& notes);
  static int choose_certificate(ssl_st* ssl, int* alert, void* context) noexcept;

  std::shared_ptr<TicketKeys> ticket_keys_;
  std::vector<std::unique_ptr<ssl_ctx_st, Free>> contexts_;  ///< one for each certificate, that of `certfile` first
  ServerNames names_;
  std::vector<Expiry> expiries_;
};

}  // namespace orrery::tls
