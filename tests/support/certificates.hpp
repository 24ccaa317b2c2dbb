// Certificates: keys and certificates made for a test, as PEM texts: an authority, what it issues, and what is wrong.
//
// Made anew in each test program, so none in the repository ever expires. Elliptic keys (P-256): they are made at once.
#pragma once

#include <string>

namespace orrery::test {

struct Identity {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM, not encrypted
};

struct Wish {
  std::string name = "localhost";    ///< the subject's common name, and a DNS name
  const Identity* issuer = nullptr;  ///< null: it signs itself
  int from_days = -1;                ///< from today
  int to_days = 365;
  bool authority = false;     ///< may issue others
  bool tells_issuer = false;  ///< says where its issuer's certificate is to be fetched
  int serial = 1;             ///< tells two of one name apart
};

Identity make_identity(const Wish& wish);

/// The same key, encrypted.
std::string encrypted(const std::string& key, const std::string& password);

}  // namespace orrery::test
