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

/// The end of a certificate, or of one of its issuers'.
struct Expiry {
  std::time_t at = 0;    ///< UTC
  std::string reminder;  ///< a sentence that says when that is, and what to do
};
/// It is to be told of from so long before on.
inline constexpr std::time_t kSoon = 14 * 24 * 3600;

struct Certificate {
  Owned<X509> leaf;
  std::vector<Owned<X509>> issuers;  ///< as they follow in the file: each that of the one before
  Owned<EVP_PKEY> key;
  std::vector<Expiry> expiries{};
};

/// The text of a small file.
Result<std::string> read_text_file(const std::string& path);

/// All certificates of a PEM file, at least one.
Result<std::vector<Owned<X509>>> read_certificates(const std::string& path);

/// Where a certificate and its key stand.
struct CertificateFiles {
  std::string certificate;
  std::string key;  ///< may be the same
};

/// `certfile` and `keyfile`, and behind them those of `tls_certificates`.
std::vector<CertificateFiles> certificate_files(const Config& config);

/// Refused: what cannot be read, a key of another certificate, a certificate that is expired or not good yet, and one
/// without its issuer's where clients cannot know that. `config`: for passwords and authorities. `now`: UTC.
Result<Certificate> read_certificate(const CertificateFiles& files, const Config& config, std::time_t now,
                                     std::vector<std::string>& notes);

/// The names of hosts that it is for, in lower case: DNS names of its subjectAltName, else its common name.
std::vector<std::string> names_of(X509* certificate);

}  // namespace orrery::tls
