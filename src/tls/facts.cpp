#include "tls/facts.hpp"

#include <arpa/inet.h>
#include <array>
#include <fmt/core.h>
#include <memory>
#include <string_view>
#include <utility>

#include "tls/certificate.hpp"

namespace orrery::tls {

namespace {

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(openssl().ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(openssl().ASN1_STRING_length(text))};
}

std::string shown_address(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  const char* const shown = ::inet_ntop(family, bytes.data(), text.data(), text.size());
  return shown ? std::string{"IP:"} + shown : std::string{};
}

std::string shown(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS: return std::string{"DNS:"}.append(bytes_of(name.d.dNSName));
    case GEN_URI: return std::string{"URI:"}.append(bytes_of(name.d.uniformResourceIdentifier));
    case GEN_EMAIL: return std::string{"email:"}.append(bytes_of(name.d.rfc822Name));
    case GEN_IPADD: return shown_address(bytes_of(name.d.iPAddress));
    default: return {};
  }
}

std::string subject_of(X509* certificate) {
  const Owned<BIO> room{openssl().BIO_new(openssl().BIO_s_mem())};
  if (!room) return {};
  openssl().X509_NAME_print_ex(room.get(), openssl().X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = openssl().BIO_ctrl(room.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&text));
  return size > 0 ? std::string{text, static_cast<std::size_t>(size)} : std::string{};
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  std::string text;
  if (openssl().X509_digest(certificate, openssl().EVP_sha256(), digest.data(), &size) != 1) return text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace

std::vector<std::string> alternative_names(X509* certificate) {
  std::vector<std::string> names;
  void* const read = openssl().X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr);
  if (!read) return names;
  const auto release = [](void* all) { openssl().GENERAL_NAMES_free(static_cast<GENERAL_NAMES*>(all)); };
  const std::unique_ptr<void, decltype(release)> owned{read, release};
  const auto* const stack = static_cast<const OPENSSL_STACK*>(read);
  for (int i = 0; i < openssl().OPENSSL_sk_num(stack); ++i) {
    std::string name = shown(*static_cast<const GENERAL_NAME*>(openssl().OPENSSL_sk_value(stack, i)));
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

TlsFacts facts_of(SSL* ssl) {
  TlsFacts facts;
  facts.version = openssl().SSL_get_version(ssl);
  facts.cipher = openssl().SSL_CIPHER_get_name(openssl().SSL_get_current_cipher(ssl));
  facts.resumed = openssl().SSL_session_reused(ssl) == 1;
  if (const char* const name = openssl().SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) facts.server_name = name;
  const Owned<X509> certificate{openssl().SSL_get1_peer_certificate(ssl)};
  if (!certificate) return facts;
  facts.subject = subject_of(certificate.get());
  facts.names = alternative_names(certificate.get());
  facts.fingerprint = fingerprint_of(certificate.get());
  return facts;
}

}  // namespace orrery::tls
