#include "tls/engine.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.hpp"
#include "tls/context.hpp"
#include "tls/facts.hpp"
#include "tls/openssl.hpp"

namespace orrery::tls {

namespace {

/// An error that other code has left in this thread would pass for a failure of ours. Most often there is none, and to
/// look costs less than to clear.
void forget_errors() {
  if (openssl().ERR_peek_last_error() != 0) openssl().ERR_clear_error();
}

}  // namespace

/// What OpenSSL reads is what receive() was given, and what it writes goes behind `out`: no buffer lies between.
struct EngineBio {
  static Engine& engine(BIO* bio) { return *static_cast<Engine*>(openssl().BIO_get_data(bio)); }

  static int read(BIO* bio, char* room, int size) noexcept {
    std::string_view& in = engine(bio).in_;
    openssl().BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (in.empty()) {
      openssl().BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
      return -1;
    }
    const std::size_t taken = std::min(in.size(), static_cast<std::size_t>(std::max(size, 0)));
    std::memcpy(room, in.data(), taken);
    in.remove_prefix(taken);
    return static_cast<int>(taken);
  }

  static int write(BIO* bio, const char* bytes, int size) noexcept {
    std::string* const out = engine(bio).out_;
    openssl().BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (!out || size < 0) return -1;
    try {
      out->append(bytes, static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
      return -1;
    }
    return size;
  }

  static long control(BIO*, int command, long, void*) noexcept { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static int create(BIO* bio) noexcept {
    openssl().BIO_set_init(bio, 1);
    return 1;
  }
};

BIO_METHOD* make_engine_bio(const OpenSsl& library) {
  BIO_METHOD* const method = library.BIO_meth_new(BIO_TYPE_SOURCE_SINK, "orrery engine");
  if (!method) return nullptr;
  library.BIO_meth_set_read(method, EngineBio::read);
  library.BIO_meth_set_write(method, EngineBio::write);
  library.BIO_meth_set_ctrl(method, EngineBio::control);
  library.BIO_meth_set_create(method, EngineBio::create);
  return method;
}

void Engine::Free::operator()(ssl_st* ssl) const noexcept { openssl().SSL_free(ssl); }

Engine::Engine(const Context& context) : ssl_(openssl().SSL_new(context.raw())) {
  BIO* const bio = ssl_ ? openssl().BIO_new(openssl().engine_bio) : nullptr;
  if (!bio) throw std::bad_alloc();
  openssl().BIO_set_data(bio, this);
  openssl().SSL_set_bio(ssl_.get(), bio, bio);
  openssl().SSL_set_accept_state(ssl_.get());
}

Engine::~Engine() = default;

Engine::Received Engine::receive(std::string_view ciphertext, std::span<char> room, std::string& out) {
  ORRERY_CHECK(room.size() >= ciphertext.size() + kMostHeld);
  Received received;
  if (!failure_.empty()) return received.failed = true, received;
  in_ = ciphertext;
  out_ = &out;
  forget_errors();
  if (established_ || shake_hands(received)) {
    // A read takes a whole record, and OpenSSL keeps nothing behind it: where none is left, another read is in
    // vain.
    do {
      std::size_t size = 0;
      const int result =
          openssl().SSL_read_ex(ssl_.get(), room.data() + received.size, room.size() - received.size, &size);
      if (result != 1) {
        note_failure(received, result);
        break;
      }
      received.size += size;
    } while (!in_.empty());
  }
  in_ = {};
  out_ = nullptr;
  return received;
}

/// True when the handshake is over.
bool Engine::shake_hands(Received& received) {
  const int result = openssl().SSL_do_handshake(ssl_.get());
  established_ = result == 1;
  if (!established_) note_failure(received, result);
  return established_;
}

void Engine::note_failure(Received& received, int result) {
  switch (openssl().SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return;
    case SSL_ERROR_ZERO_RETURN: received.ended = true; return;
    default: break;
  }
  received.failed = true;
  failure_ = last_failure();
  const long verdict = openssl().SSL_get_verify_result(ssl_.get());
  if (!established_ && verdict != X509_V_OK)
    failure_.append(": ").append(openssl().X509_verify_cert_error_string(verdict));
}

bool Engine::seal(std::string_view plain, std::string& out) {
  if (!failure_.empty()) return false;
  out_ = &out;
  forget_errors();
  std::size_t taken = 0;
  bool whole = true;
  while (whole && !plain.empty()) {
    whole = openssl().SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &taken) == 1;
    if (whole) plain.remove_prefix(taken);
  }
  if (!whole) failure_ = last_failure();
  out_ = nullptr;
  return whole;
}

void Engine::end(std::string& out) {
  if (!established_ || !failure_.empty()) return;
  out_ = &out;
  openssl().ERR_clear_error();
  openssl().SSL_shutdown(ssl_.get());
  openssl().ERR_clear_error();
  out_ = nullptr;
}

TlsFacts Engine::facts() const { return facts_of(ssl_.get()); }

std::string_view Engine::version() const { return openssl().SSL_get_version(ssl_.get()); }

std::string_view Engine::cipher() const {
  return openssl().SSL_CIPHER_get_name(openssl().SSL_get_current_cipher(ssl_.get()));
}

bool Engine::agreed_http2() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  openssl().SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return size == kHttp2.size() && std::equal(kHttp2.begin(), kHttp2.end(), name);
}

bool Engine::resumed() const { return openssl().SSL_session_reused(ssl_.get()) == 1; }

}  // namespace orrery::tls
