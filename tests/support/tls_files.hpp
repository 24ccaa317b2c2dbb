// TlsFiles: the PEM files of one server in a directory: an authority, a certificate of it, and its key.
#pragma once

#include <fstream>
#include <string>

#include "orrery/config.hpp"

#include "support/certificates.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::test {

inline std::string write_text(const TemporaryDirectory& directory, const std::string& name, const std::string& text) {
  const std::string path = directory.file(name);
  std::ofstream{path} << text;
  return path;
}

struct TlsFiles {
  Identity authority = make_identity({.name = "An authority", .authority = true});
  Identity own = make_identity({.issuer = &authority});

  /// Writes cert.pem, key.pem and ca.pem into the directory.
  void write(const TemporaryDirectory& directory) const {
    write_text(directory, "cert.pem", own.certificate + authority.certificate);
    write_text(directory, "key.pem", own.key);
    write_text(directory, "ca.pem", authority.certificate);
  }

  static Config config(const TemporaryDirectory& directory) {
    Config config;
    config.certfile = directory.file("cert.pem");
    config.keyfile = directory.file("key.pem");
    return config;
  }
};

}  // namespace orrery::test
