#include "support/certificates.hpp"

#include <cstring>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace orrery::test {

namespace {

struct Free {
  void operator()(X509* one) const { X509_free(one); }
  void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
  void operator()(BIO* one) const { BIO_free(one); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string text_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key, const std::string& password) {
  const Owned<BIO> bio{BIO_new(BIO_s_mem())};
  std::string word = password;
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, word.empty() ? nullptr : EVP_aes_256_cbc(), word.data(),
                                static_cast<int>(word.size()), nullptr, nullptr);
  return text_of(bio.get());
}

Owned<BIO> reader(const std::string& text) {
  return Owned<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

Owned<EVP_PKEY> key_in(const std::string& text) {
  return Owned<EVP_PKEY>{PEM_read_bio_PrivateKey(reader(text).get(), nullptr, nullptr, nullptr)};
}

void extend(X509* certificate, int which, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str());
  X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
}

void extend(X509* certificate, const Wish& wish) {
  if (wish.authority) extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
  if (!wish.authority) extend(certificate, NID_subject_alt_name, "DNS:" + wish.name + ",IP:127.0.0.1");
  if (wish.tells_issuer) extend(certificate, NID_info_access, "caIssuers;URI:http://issuer.example/ca.der");
}

}  // namespace

Identity make_identity(const Wish& wish) {
  const Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  const Owned<X509> certificate{X509_new()};
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), wish.serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.from_days * 86400L);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.to_days * 86400L);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1,
                             -1, 0);
  Owned<EVP_PKEY> signing;
  if (wish.issuer) {
    const Owned<X509> issuer{PEM_read_bio_X509(reader(wish.issuer->certificate).get(), nullptr, nullptr, nullptr)};
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
    signing = key_in(wish.issuer->key);
  } else {
    X509_set_issuer_name(certificate.get(), name);
  }
  extend(certificate.get(), wish);
  X509_sign(certificate.get(), signing ? signing.get() : key.get(), EVP_sha256());
  const Owned<BIO> bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate.get());
  return {text_of(bio.get()), pem_of(key.get(), "")};
}

std::string encrypted(const std::string& key, const std::string& password) {
  return pem_of(key_in(key).get(), password);
}

}  // namespace orrery::test
