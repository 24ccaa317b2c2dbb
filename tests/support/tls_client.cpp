#include "support/tls_client.hpp"

#include <array>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdexcept>
#include <utility>

namespace orrery::test {

namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Reader = std::unique_ptr<BIO, FreeBio>;

Reader reader(const std::string& text) { return Reader{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))}; }

void trust(SSL_CTX* context, const std::string& authority) {
  X509* const one = PEM_read_bio_X509(reader(authority).get(), nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one);
  X509_free(one);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

void show(SSL_CTX* context, const TlsWish& wish) {
  X509* const own = PEM_read_bio_X509(reader(wish.certificate).get(), nullptr, nullptr, nullptr);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(reader(wish.key).get(), nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, own);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(own);
  EVP_PKEY_free(key);
}

}  // namespace

TlsClient::TlsClient(const TlsWish& wish) : context_(SSL_CTX_new(TLS_client_method())) {
  if (!wish.authority.empty()) trust(context_, wish.authority);
  if (!wish.certificate.empty()) show(context_, wish);
  if (wish.least != 0) SSL_CTX_set_min_proto_version(context_, wish.least);
  if (wish.most != 0) SSL_CTX_set_max_proto_version(context_, wish.most);
  if (!wish.ciphers.empty()) SSL_CTX_set_cipher_list(context_, wish.ciphers.c_str());
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_, keep_session);
  ssl_ = SSL_new(context_);
  SSL_set_app_data(ssl_, this);
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  // The macro for this has a cast of C in it.
  SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(wish.name.c_str()));
  if (!wish.authority.empty()) SSL_set1_host(ssl_, wish.name.c_str());
  if (!wish.protocols.empty()) {
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(wish.protocols.data()),
                        static_cast<unsigned>(wish.protocols.size()));
  }
  if (wish.session) {
    // A copy: OpenSSL's client resumes a session of TLS 1.3 once, and the server is what is tested.
    SSL_SESSION* const own = SSL_SESSION_dup(wish.session.get());
    SSL_set_session(ssl_, own);
    SSL_SESSION_free(own);
  }
  SSL_set_connect_state(ssl_);
}

TlsClient::~TlsClient() {
  // The session of a connection that breaks is bad to OpenSSL, and would be resumed no more.
  SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

int TlsClient::keep_session(ssl_st* ssl, ssl_session_st* session) {
  static_cast<TlsClient*>(SSL_get_app_data(ssl))->session_ = TlsSession{session, SSL_SESSION_free};
  return 1;
}

void TlsClient::note(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return;
    case SSL_ERROR_ZERO_RETURN: ended_ = true; return;
    default: break;
  }
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  failure_ = reason ? reason : "unknown";
}

void TlsClient::shake_hands() {
  if (established_ || !failure_.empty()) return;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  established_ = result == 1;
  if (!established_) note(result);
}

std::string TlsClient::seal(std::string_view plain) {
  ERR_clear_error();
  if (!plain.empty()) SSL_write(ssl_, plain.data(), static_cast<int>(plain.size()));
  return take();
}

std::string TlsClient::open(std::string_view ciphertext) {
  if (!ciphertext.empty()) BIO_write(SSL_get_rbio(ssl_), ciphertext.data(), static_cast<int>(ciphertext.size()));
  shake_hands();
  std::string plain;
  std::array<char, 16384> piece{};
  while (established_ && failure_.empty()) {
    ERR_clear_error();
    const int size = SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()));
    if (size <= 0) {
      note(size);
      break;
    }
    plain.append(piece.data(), static_cast<std::size_t>(size));
  }
  return plain;
}

std::string TlsClient::take() {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl_), &bytes);
  std::string taken{bytes, static_cast<std::size_t>(size)};
  (void)BIO_reset(SSL_get_wbio(ssl_));
  return taken;
}

void TlsClient::end() { SSL_shutdown(ssl_); }

void TlsClient::renegotiate() {
  SSL_renegotiate(ssl_);
  SSL_do_handshake(ssl_);
}

std::string TlsClient::version() const { return SSL_get_version(ssl_); }
std::string TlsClient::cipher() const { return SSL_get_cipher_name(ssl_); }
std::string TlsClient::group() const { return OBJ_nid2sn(static_cast<int>(SSL_get_negotiated_group(ssl_))); }
bool TlsClient::resumed() const { return SSL_session_reused(ssl_) == 1; }

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_, &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

long TlsClient::serial() const {
  X509* const shown = SSL_get1_peer_certificate(ssl_);
  if (!shown) return 0;
  const long serial = ASN1_INTEGER_get(X509_get0_serialNumber(shown));
  X509_free(shown);
  return serial;
}

std::unique_ptr<Wire> tls_wire(const Wire::Place& place, const TlsWish& wish, TlsClient*& client,
                               std::string_view preface) {
  auto wire = std::make_unique<Wire>(place);
  auto veil = std::make_unique<TlsClient>(wish);
  client = veil.get();
  client->shake_hands();
  wire->send(preface);
  wire->veil(std::move(veil));
  return wire;
}

std::unique_ptr<Wire> tls_wire(const Wire::Place& place, const TlsWish& wish) {
  TlsClient* client = nullptr;
  return tls_wire(place, wish, client);
}

}  // namespace orrery::test
