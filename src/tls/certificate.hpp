// Certificate: a certificate with its issuers and its key, read from PEM files and judged as clients will judge it.
//
// For the master, at start and at a reload: reads files with the rights of this process, and says of what is wrong with
// them which file it is and what to do. Never asks for a password, and never writes. Only files of tls/ include this.
#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "tls/openssl.hpp"

namespace orrery::tls {

struct FreeOpenSsl {
  void operator()(X509* certificate) const noexcept { openssl().X509_free(certificate); }
  void operator()(EVP_PKEY* key) const noexcept { openssl().EVP_PKEY_free(key); }
  void operator()(BIO* bio) const noexcept { openssl().BIO_free(bio); }
  void operator()(X509_STORE* store) const noexcept { openssl().X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* verifying) const noexcept { openssl().X509_STORE_CTX_free(verifying); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

struct Certificate {
  Owned<X509> leaf;
  std::vector<Owned<X509>> issuers;  ///< as they follow in the file: each that of the one before
  Owned<EVP_PKEY> key;
};

/// The text of a small file.
Result<std::string> read_text_file(const std::string& path);

/// All certificates of a PEM file, at least one.
Result<std::vector<Owned<X509>>> read_certificates(const std::string& path);

/// `certfile` and `keyfile`. Refused: what cannot be read, a key of another certificate, a certificate that is expired
/// or not good yet, and one without its issuer's where clients cannot know that. `now`: UTC.
Result<Certificate> read_certificate(const Config& config, std::time_t now, std::vector<std::string>& notes);

}  // namespace orrery::tls
