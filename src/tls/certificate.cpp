#include "tls/certificate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "base/lower_case.hpp"
#include "tls/facts.hpp"

namespace orrery::tls {

namespace {

constexpr std::size_t kLargestFile = 1024 * 1024;

/// "/C=DE/CN=example.org"
std::string shown(X509_NAME* name) {
  std::array<char, 256> text{};
  openssl().X509_NAME_oneline(name, text.data(), static_cast<int>(text.size()));
  return text.data();
}

std::string subject_of(X509* certificate) { return shown(openssl().X509_get_subject_name(certificate)); }
std::string issuer_of(X509* certificate) { return shown(openssl().X509_get_issuer_name(certificate)); }

std::string day_of(const ASN1_TIME* time) {
  std::tm parts{};
  return openssl().ASN1_TIME_to_tm(time, &parts) == 1 ? fmt::format("{:%Y-%m-%d %H:%M} UTC", parts) : "an unknown day";
}

bool issued(X509* issuer, X509* certificate) { return openssl().X509_check_issued(issuer, certificate) == X509_V_OK; }

struct Password {
  const std::string* text;  ///< null: there is none
  bool wanted = false;
};

int give_password(char* room, int size, int, void* password) noexcept {
  auto& given = *static_cast<Password*>(password);
  given.wanted = true;
  if (!given.text || size < 0) return -1;
  const std::size_t length = std::min(given.text->size(), static_cast<std::size_t>(size));
  std::memcpy(room, given.text->data(), length);
  return static_cast<int>(length);
}

Owned<BIO> reader_of(const std::string& text) {
  return Owned<BIO>{openssl().BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

Result<std::optional<std::string>> read_password(const std::string& path) {
  if (path.empty()) return std::optional<std::string>{};
  auto text = read_text_file(path);
  if (!text) return fail(text);
  text->resize(std::min(text->find_first_of("\r\n"), text->size()));
  if (text->empty()) return fail(fmt::format("{} holds no password in its first line", path));
  return std::optional<std::string>{std::move(*text)};
}

Result<Owned<EVP_PKEY>> read_key(const CertificateFiles& files, const Config& config) {
  const std::string& path = files.key;
  auto text = read_text_file(path);
  if (!text) return fail(text);
  const auto password = read_password(config.keyfile_password_file);
  if (!password) return fail(password);
  Password given{*password ? &**password : nullptr};
  const Owned<BIO> reader = reader_of(*text);
  openssl().ERR_clear_error();
  Owned<EVP_PKEY> key{openssl().PEM_read_bio_PrivateKey(reader.get(), nullptr, give_password, &given)};
  openssl().OPENSSL_cleanse(text->data(), text->size());
  if (key) return key;
  if (given.wanted && !given.text)
    return fail(fmt::format("the key in {} is encrypted; set keyfile_password_file, or decrypt it", path));
  if (given.wanted)
    return fail(fmt::format("the password in {} does not open the key in {}", config.keyfile_password_file, path));
  return fail(
      fmt::format("{} holds no private key in PEM form ({}); {}", path, last_failure(),
                  files.key == config.certfile ? "set keyfile to the file that does" : "give the file that does"));
}

/// When it expires.
Result<Expiry> check_dates(const std::string& path, X509* certificate, std::time_t now) {
  const ASN1_TIME* const begin = openssl().X509_get0_notBefore(certificate);
  const ASN1_TIME* const end = openssl().X509_get0_notAfter(certificate);
  if (openssl().X509_cmp_time(end, &now) < 0) {
    return fail(
        fmt::format("the certificate of {} in {} expired on {}; renew it", subject_of(certificate), path, day_of(end)));
  }
  if (openssl().X509_cmp_time(begin, &now) > 0) {
    return fail(fmt::format("the certificate of {} in {} is not good before {}; wait, or set the clock right",
                            subject_of(certificate), path, day_of(begin)));
  }
  std::tm parts{};
  const bool known = openssl().ASN1_TIME_to_tm(end, &parts) == 1;
  return Expiry{known ? ::timegm(&parts) : std::numeric_limits<std::time_t>::max(),
                fmt::format("The certificate of {} in {} expires on {}: renew it, then send HUP",
                            subject_of(certificate), path, day_of(end))};
}

/// Whether this machine, or ca_certs, knows who issued it.
bool issuer_is_known(const Config& config, X509* leaf) {
  const Owned<X509_STORE> store{openssl().X509_STORE_new()};
  const Owned<X509_STORE_CTX> verifying{openssl().X509_STORE_CTX_new()};
  if (!store || !verifying) return true;
  openssl().X509_STORE_set_default_paths(store.get());
  if (!config.ca_certs.empty()) {
    if (const auto authorities = read_certificates(config.ca_certs))
      for (const auto& one : *authorities) openssl().X509_STORE_add_cert(store.get(), one.get());
  }
  if (openssl().X509_STORE_CTX_init(verifying.get(), store.get(), leaf, nullptr) != 1) return true;
  if (openssl().X509_verify_cert(verifying.get()) == 1) return true;
  const int why = openssl().X509_STORE_CTX_get_error(verifying.get());
  return why != X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY && why != X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE &&
         why != X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
}

/// A certificate that tells where its issuer's is to be fetched comes from an authority with more than one level, and
/// clients do not fetch it. Without that it may be of a root of the operator's own, which the clients have.
Result<void> check_issuers(const std::string& path, const Config& config, const Certificate& certificate,
                           std::vector<std::string>& notes) {
  X509* const leaf = certificate.leaf.get();
  if (!certificate.issuers.empty()) {
    X509* const next = certificate.issuers.front().get();
    if (issued(next, leaf)) return {};
    return fail(
        fmt::format("the second certificate in {}, of {}, is not that of the first one's issuer, {}; put the "
                    "certificates in the order in which each was issued by the next",
                    path, subject_of(next), issuer_of(leaf)));
  }
  if (issued(leaf, leaf) || issuer_is_known(config, leaf)) return {};
  if (openssl().X509_get_ext_by_NID(leaf, NID_info_access, -1) >= 0) {
    return fail(
        fmt::format("{} lacks the certificate of its issuer, {}, and clients could not check it; give the full "
                    "chain, which certbot names fullchain.pem",
                    path, issuer_of(leaf)));
  }
  notes.push_back(fmt::format("{} has no certificate of its issuer, {}: only clients that know that one will connect",
                              path, issuer_of(leaf)));
  return {};
}

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file{std::fopen(path.c_str(), "re"), close};
  if (!file) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  std::string text;
  std::array<char, 4096> piece{};
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), size);
    if (text.size() > kLargestFile) return fail(fmt::format("{} is too large to be a PEM file", path));
  }
  if (std::ferror(file.get()) != 0) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  return text;
}

Result<std::vector<Owned<X509>>> read_certificates(const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) return fail(text);
  const Owned<BIO> reader = reader_of(*text);
  std::vector<Owned<X509>> read;
  openssl().ERR_clear_error();
  while (X509* const next = openssl().PEM_read_bio_X509_AUX(reader.get(), nullptr, nullptr, nullptr))
    read.emplace_back(next);
  // What stands behind the last one is no certificate, or is one that is broken.
  const bool broken = ERR_GET_REASON(openssl().ERR_peek_last_error()) != PEM_R_NO_START_LINE;
  if (read.empty() || broken) {
    return fail(fmt::format("{} holds {} in PEM form ({})", path,
                            read.empty() ? "no certificate" : "a certificate that is not well formed", last_failure()));
  }
  return read;
}

std::vector<CertificateFiles> certificate_files(const Config& config) {
  std::vector<CertificateFiles> all{{config.certfile, config.keyfile.empty() ? config.certfile : config.keyfile}};
  for (const std::string& text : config.tls_certificates) {
    const std::size_t blank = text.find(' ');
    std::string certificate = text.substr(0, blank);
    std::string key = blank == std::string::npos ? certificate : text.substr(blank + 1);
    all.push_back({std::move(certificate), std::move(key)});
  }
  return all;
}

Result<Certificate> read_certificate(const CertificateFiles& files, const Config& config, std::time_t now,
                                     std::vector<std::string>& notes) {
  auto chain = read_certificates(files.certificate);
  if (!chain) return fail(chain);
  auto key = read_key(files, config);
  if (!key) return fail(key);
  Certificate certificate{std::move(chain->front()), {}, std::move(*key), {}};
  for (std::size_t i = 1; i < chain->size(); ++i) certificate.issuers.push_back(std::move((*chain)[i]));
  if (openssl().X509_check_private_key(certificate.leaf.get(), certificate.key.get()) != 1) {
    return fail(
        fmt::format("the key in {} does not belong to the certificate of {} in {}; give the two that were made "
                    "together",
                    files.key, subject_of(certificate.leaf.get()), files.certificate));
  }
  std::vector<X509*> all{certificate.leaf.get()};
  for (const auto& issuer : certificate.issuers) all.push_back(issuer.get());
  for (X509* const one : all) {
    auto expiry = check_dates(files.certificate, one, now);
    if (!expiry) return fail(expiry);
    certificate.expiries.push_back(std::move(*expiry));
    if (certificate.expiries.back().at < now + kSoon) notes.push_back(certificate.expiries.back().reminder);
  }
  if (const auto whole = check_issuers(files.certificate, config, certificate, notes); !whole) return fail(whole);
  return certificate;
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  for (const std::string& name : alternative_names(certificate))
    if (name.starts_with("DNS:")) names.push_back(base::lower_case(std::string_view{name}.substr(4)));
  if (!names.empty()) return names;
  X509_NAME* const subject = openssl().X509_get_subject_name(certificate);
  const int at = openssl().X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return names;
  const ASN1_STRING* const text = openssl().X509_NAME_ENTRY_get_data(openssl().X509_NAME_get_entry(subject, at));
  names.push_back(base::lower_case({reinterpret_cast<const char*>(openssl().ASN1_STRING_get0_data(text)),
                                    static_cast<std::size_t>(openssl().ASN1_STRING_length(text))}));
  return names;
}

}  // namespace orrery::tls
