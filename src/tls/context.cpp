#include "tls/context.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <fmt/core.h>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "base/bind.hpp"
#include "tls/certificate.hpp"
#include "tls/openssl.hpp"

namespace orrery::tls {

namespace {

// Mozilla's intermediate list, without DHE: a handshake with it costs the server far more than the client, and no
// client of TLS 1.2 needs it. AES first where the client has it in hardware: see SSL_OP_PRIORITIZE_CHACHA.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::string_view kGroups = "X25519:P-256:P-384";

/// What may be spoken over TLS, the best first. A new protocol is a word here and a machine for the session.
constexpr std::array<std::string_view, 3> kProtocols{kHttp2, "http/1.1", "http/1.0"};
using Protocols = std::span<const std::string_view>;
constexpr Protocols kAll{kProtocols};
constexpr Protocols kHttp1Only = kAll.subspan(1);
constexpr Protocols kHttp2Only = kAll.first(1);

const Protocols& protocols_of(Http2 setting) {
  switch (setting) {
    case Http2::kAuto: break;
    case Http2::kOff: return kHttp1Only;
    case Http2::kOnly: return kHttp2Only;
  }
  return kAll;
}

/// ALPN: the best protocol that the client offers; with none in common the handshake fails (RFC 7301, 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned size, void* protocols) noexcept {
  for (const std::string_view wanted : *static_cast<const Protocols*>(protocols)) {
    for (unsigned at = 0; at < size; at += 1U + offered[at]) {
      const std::size_t most = std::min<std::size_t>(offered[at], size - at - 1);
      if (most != wanted.size() || std::memcmp(offered + at + 1, wanted.data(), most) != 0) continue;
      *chosen = offered + at + 1;
      *length = static_cast<unsigned char>(most);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool begin_mac(EVP_MAC_CTX* mac, const TicketKeys::Key& key) {
  std::array<char, 7> digest{"SHA256"};
  auto secret = key.mac;
  const std::array<OSSL_PARAM, 3> parameters{
      openssl().OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), secret.size()),
      openssl().OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      openssl().OSSL_PARAM_construct_end()};
  const bool done = openssl().EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
  openssl().OPENSSL_cleanse(secret.data(), secret.size());
  return done;
}

/// Makes a session ticket (`sealing` 1), or opens one. 0: there is no such key; the handshake is a full one.
int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                   int sealing) noexcept {
  auto& keys = *static_cast<TicketKeys*>(openssl().SSL_CTX_get_ex_data(openssl().SSL_get_SSL_CTX(ssl), 0));
  const base::Monotonic now = base::monotonic_now();
  if (sealing != 0) {
    const TicketKeys::Key& key = keys.current(now);
    std::copy(key.name.begin(), key.name.end(), name);
    if (openssl().RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1 || !begin_mac(mac, key)) return -1;
    return openssl().EVP_EncryptInit_ex(cipher, openssl().EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) == 1 ? 1
                                                                                                                  : -1;
  }
  const TicketKeys::Found found = keys.find({name, TicketKeys::kName}, now);
  if (!found.key) return 0;
  if (!begin_mac(mac, *found.key)) return -1;
  if (openssl().EVP_DecryptInit_ex(cipher, openssl().EVP_aes_256_cbc(), nullptr, found.key->cipher.data(), iv) != 1)
    return -1;
  return found.current ? 1 : 2;
}

Result<void> set_rules(SSL_CTX* context, const Config& config) {
  const OpenSsl& ssl = openssl();
  const long oldest = config.tls_min_version == TlsVersion::k13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  std::string groups{kGroups};
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, oldest, nullptr);
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, groups.data());
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  // The chain is what the file says: ca_certs is whom clients are judged by, and no part of it.
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_NO_AUTO_CHAIN, nullptr);
  ssl.SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                       SSL_OP_PRIORITIZE_CHACHA);
  ssl.SSL_CTX_set_alpn_select_cb(context, choose_protocol, const_cast<Protocols*>(&protocols_of(config.http2)));
  const char* const ciphers = config.ciphers.empty() ? kCiphers : config.ciphers.c_str();
  if (ssl.SSL_CTX_set_cipher_list(context, ciphers) == 1) return {};
  return fail(fmt::format("ciphers: OpenSSL knows no cipher of `{}`; see openssl ciphers -v", config.ciphers));
}

Result<void> set_certificate(SSL_CTX* context, const Certificate& certificate, const std::string& path) {
  openssl().ERR_clear_error();
  bool taken = openssl().SSL_CTX_use_certificate(context, certificate.leaf.get()) == 1 &&
               openssl().SSL_CTX_use_PrivateKey(context, certificate.key.get()) == 1;
  for (const auto& issuer : certificate.issuers)
    taken = taken && openssl().SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, issuer.get()) == 1;
  if (taken) return {};
  return fail(fmt::format("OpenSSL does not take the certificate in {}: {}", path, last_failure()));
}

/// Tickets tell that a client was judged; those of another judgement are not accepted.
void name_sessions(SSL_CTX* context, const Config& config, const std::string& authorities) {
  const std::string text = std::to_string(static_cast<int>(config.cert_reqs)) + authorities;
  std::array<unsigned char, SSL_MAX_SID_CTX_LENGTH> name{};
  unsigned size = 0;
  openssl().EVP_Digest(text.data(), text.size(), name.data(), &size, openssl().EVP_sha256(), nullptr);
  openssl().SSL_CTX_set_session_id_context(context, name.data(), size);
}

Result<void> set_clients(SSL_CTX* context, const Config& config) {
  std::string authorities;
  if (!config.ca_certs.empty()) {
    auto text = read_text_file(config.ca_certs);
    if (!text) return fail(text);
    authorities = std::move(*text);
    const auto certificates = read_certificates(config.ca_certs);
    if (!certificates) return fail(certificates);
    for (const auto& one : *certificates) {
      openssl().X509_STORE_add_cert(openssl().SSL_CTX_get_cert_store(context), one.get());
      openssl().SSL_CTX_add_client_CA(context, one.get());
    }
  }
  name_sessions(context, config, authorities);
  if (config.cert_reqs == ClientCertificate::kNone) return {};
  const int strictly = config.cert_reqs == ClientCertificate::kRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  openssl().SSL_CTX_set_verify(context, SSL_VERIFY_PEER | strictly, nullptr);
  return {};
}

Result<std::shared_ptr<TicketKeys>> make_ticket_keys() {
  TicketKeys::Secret secret{};
  if (openssl().RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return fail(fmt::format("OpenSSL has no random bytes for the keys of session tickets: {}", last_failure()));
  auto keys = std::make_shared<TicketKeys>(secret, base::monotonic_now());
  openssl().OPENSSL_cleanse(secret.data(), secret.size());
  return keys;
}

}  // namespace

bool is_wanted(const Config& config) {
  return !config.certfile.empty() || std::any_of(config.bind.begin(), config.bind.end(),
                                                 [](const auto& bind) { return base::bind_options(bind).tls; });
}

std::vector<std::string> files_of(const Config& config) {
  std::vector<std::string> paths{config.keyfile_password_file, config.ca_certs};
  for (const CertificateFiles& files : certificate_files(config)) {
    paths.push_back(files.certificate);
    paths.push_back(files.key);
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::erase(paths, std::string{});
  return paths;
}

std::shared_ptr<TicketKeys> adopt_ticket_keys(std::string bytes) {
  if (!load_openssl()) return nullptr;
  auto keys = TicketKeys::from_state(bytes);
  openssl().OPENSSL_cleanse(bytes.data(), bytes.size());
  return keys;
}

Context::Context() = default;
Context::~Context() = default;

std::time_t Context::ends() const {
  return std::min_element(expiries_.begin(), expiries_.end(),
                          [](const Expiry& one, const Expiry& other) { return one.at < other.at; })
      ->at;
}

std::vector<std::string> Context::reminders(std::time_t now) const {
  std::vector<std::string> due;
  for (const Expiry& one : expiries_)
    if (one.at < now + kSoon) due.push_back(one.reminder);
  return due;
}

void Context::Free::operator()(ssl_ctx_st* context) const noexcept { openssl().SSL_CTX_free(context); }

/// One whole context: only its certificate tells it from those of other names.
Result<void> Context::add(const CertificateFiles& files, const Config& config, std::vector<std::string>& notes) {
  auto certificate = read_certificate(files, config, std::time(nullptr), notes);
  if (!certificate) return fail(certificate);
  for (Expiry& expiry : certificate->expiries) expiries_.push_back(std::move(expiry));
  contexts_.emplace_back(openssl().SSL_CTX_new(openssl().TLS_server_method()));
  SSL_CTX* const context = contexts_.back().get();
  if (!context) return fail(fmt::format("OpenSSL could not begin: {}", last_failure()));
  if (const auto done = set_rules(context, config); !done) return fail(done);
  if (const auto done = set_certificate(context, *certificate, files.certificate); !done) return fail(done);
  if (const auto done = set_clients(context, config); !done) return fail(done);
  for (std::string& name : names_of(certificate->leaf.get())) names_.add(std::move(name), contexts_.size() - 1);
  openssl().SSL_CTX_set_ex_data(context, 0, ticket_keys_.get());
  openssl().SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_ticket_key);
  return {};
}

/// The client's name is known: what it gets is the context with the certificate of that.
int Context::choose_certificate(ssl_st* ssl, int*, void* context) noexcept {
  const auto& all = *static_cast<const Context*>(context);
  const char* const asked = openssl().SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (!asked) return SSL_TLSEXT_ERR_NOACK;
  try {
    const std::size_t place = all.names_.find(asked);
    if (place != ServerNames::kDefault) openssl().SSL_set_SSL_CTX(ssl, all.contexts_[place].get());
  } catch (const std::bad_alloc&) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  return SSL_TLSEXT_ERR_OK;
}

Result<std::shared_ptr<const Context>> Context::make(const Config& config, std::shared_ptr<TicketKeys> keys,
                                                     std::vector<std::string>& notes) {
  if (const auto loaded = load_openssl(); !loaded) return fail(loaded);
  const std::shared_ptr<Context> made{new Context};
  made->ticket_keys_ = std::move(keys);
  if (!made->ticket_keys_) {
    auto drawn = make_ticket_keys();
    if (!drawn) return fail(drawn);
    made->ticket_keys_ = std::move(*drawn);
  }
  for (const CertificateFiles& files : certificate_files(config))
    if (const auto done = made->add(files, config, notes); !done) return fail(done);
  if (made->contexts_.size() > 1) {
    SSL_CTX* const first = made->raw();
    openssl().SSL_CTX_callback_ctrl(first, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                                    reinterpret_cast<void (*)()>(&Context::choose_certificate));
    openssl().SSL_CTX_ctrl(first, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, made.get());
  }
  return std::shared_ptr<const Context>{made};
}

}  // namespace orrery::tls
