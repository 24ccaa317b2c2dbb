#include "tls/context.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <unistd.h>
#include <vector>

#include "support/tls_files.hpp"

namespace orrery::tls {
namespace {

using test::make_identity;
using test::write_text;

TEST_CASE("context: it is wanted by a certificate, or by a word of bind") {
  Config config;
  CHECK_FALSE(is_wanted(config));
  config.bind = {"127.0.0.1:80", "127.0.0.1:443 tls"};
  CHECK(is_wanted(config));
  config.bind = {"127.0.0.1:80"};
  config.certfile = "cert.pem";
  CHECK(is_wanted(config));
}

struct Files {
  test::TemporaryDirectory directory;
  test::TlsFiles files;
  Config config;
  std::vector<std::string> notes;

  Files() : config((files.write(directory), test::TlsFiles::config(directory))) {}
  /// Why it is refused; empty when it is not. File names stand without their directory.
  std::string refusal() {
    notes.clear();
    const auto made = Context::make(config, nullptr, notes);
    return made ? "" : without_directory(made.error().message);
  }
  [[nodiscard]] std::string without_directory(std::string text) const {
    const std::string prefix = directory.file("");
    for (std::size_t at = 0; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }
};

TEST_CASE("context: good files are taken, whatever their form") {
  Files files;
  CHECK(files.refusal().empty());
  CHECK(files.notes.empty());
  SECTION("a key in the file of the certificate") {
    write_text(files.directory, "cert.pem",
               files.files.own.key + files.files.own.certificate + files.files.authority.certificate);
    files.config.keyfile.clear();
  }
  SECTION("an encrypted key, with its password") {
    write_text(files.directory, "key.pem", test::encrypted(files.files.own.key, "open sesame"));
    files.config.keyfile_password_file = write_text(files.directory, "password", "open sesame\nnot this\n");
  }
  SECTION("a certificate that signs itself") {
    const auto own = make_identity({});
    write_text(files.directory, "cert.pem", own.certificate);
    write_text(files.directory, "key.pem", own.key);
  }
  SECTION("one of an authority that ca_certs knows") {
    write_text(files.directory, "cert.pem", files.files.own.certificate);
    files.config.ca_certs = files.directory.file("ca.pem");
  }
  SECTION("ciphers of the operator's") { files.config.ciphers = "ECDHE+AESGCM"; }
  SECTION("text around the certificates") {
    write_text(files.directory, "cert.pem",
               "subject: a\n" + files.files.own.certificate + "issuer: b\n" + files.files.authority.certificate);
  }
  CHECK(files.refusal().empty());
  CHECK(files.notes.empty());
}

TEST_CASE("context: an issuer that nobody here knows is told of") {
  Files files;
  write_text(files.directory, "cert.pem", files.files.own.certificate);
  CHECK(files.refusal().empty());
  REQUIRE(files.notes.size() == 1);
  CHECK(files.without_directory(files.notes[0]) ==
        "cert.pem has no certificate of its issuer, /CN=An authority: only clients that know that one will connect");
}

TEST_CASE("context: a certificate that ends soon is told of") {
  Files files;
  const auto own = make_identity({.to_days = 13});
  write_text(files.directory, "cert.pem", own.certificate);
  write_text(files.directory, "key.pem", own.key);
  CHECK(files.refusal().empty());
  REQUIRE(files.notes.size() == 1);
  CHECK_THAT(files.notes[0],
             Catch::Contains("The certificate of /CN=localhost in ") && Catch::Contains(": renew it, then send HUP"));
}

TEST_CASE("context: the end of the first certificate, and what is said of it") {
  Files files;
  const auto own = make_identity({.to_days = 20});
  write_text(files.directory, "cert.pem", own.certificate);
  write_text(files.directory, "key.pem", own.key);
  const auto made = Context::make(files.config, nullptr, files.notes);
  REQUIRE(made);
  const Context& context = **made;
  constexpr std::time_t kDay = 24 * 3600;
  CHECK(std::abs(context.ends() - (std::time(nullptr) + 20 * kDay)) < kDay);
  CHECK(context.reminders(context.ends() - 15 * kDay).empty());
  REQUIRE(context.reminders(context.ends() - 13 * kDay).size() == 1);
  CHECK_THAT(context.reminders(context.ends() - 13 * kDay)[0], Catch::Contains(": renew it, then send HUP"));
  // Another one that ends before.
  const auto other = make_identity({.name = "other.example", .to_days = 3});
  const std::string path = write_text(files.directory, "other.pem", other.certificate + other.key);
  files.config.tls_certificates = {path};
  const auto both = Context::make(files.config, nullptr, files.notes);
  REQUIRE(both);
  CHECK((*both)->ends() < context.ends() - 15 * kDay);
  REQUIRE(files.notes.size() == 1);
  CHECK_THAT(files.notes[0], Catch::Contains("/CN=other.example in "));
}

TEST_CASE("context: what is wrong with one of several certificates is a sentence too") {
  Files files;
  files.config.tls_certificates = {files.directory.file("none.pem")};
  CHECK(files.refusal() == "cannot read none.pem: No such file or directory");
  write_text(files.directory, "one.pem", files.files.own.certificate);
  files.config.tls_certificates = {files.directory.file("one.pem")};
  CHECK_THAT(files.refusal(), Catch::StartsWith("one.pem holds no private key in PEM form"));
  files.config.tls_certificates = {files.directory.file("one.pem") + " " + files.directory.file("ca.key")};
  write_text(files.directory, "ca.key", files.files.authority.key);
  CHECK_THAT(files.refusal(),
             Catch::StartsWith("the key in ca.key does not belong to the certificate of /CN=localhost"));
  files.config.tls_certificates = {files.directory.file("one.pem") + " " + files.directory.file("key.pem")};
  CHECK(files.refusal().empty());
}

TEST_CASE("context: what is wrong with the files is a sentence that names the file") {
  Files files;
  const auto write = [&](const char* name, const std::string& text) { write_text(files.directory, name, text); };
  const auto give = [&](const test::Identity& own) {
    write("cert.pem", own.certificate);
    write("key.pem", own.key);
  };
  std::string expected;
  SECTION("no certificate file") {
    files.config.certfile = files.directory.file("none.pem");
    expected = "cannot read none.pem: No such file or directory";
  }
  SECTION("no key file") {
    files.config.keyfile = files.directory.file("none.pem");
    expected = "cannot read none.pem: No such file or directory";
  }
  SECTION("a directory") {
    files.config.certfile = files.directory.file("");
    expected = "cannot read : Is a directory";
  }
  SECTION("an empty file") {
    write("cert.pem", "");
    expected = "cert.pem holds no certificate in PEM form (no start line)";
  }
  SECTION("half a certificate") {
    write("cert.pem", files.files.own.certificate.substr(0, 300));
    expected = "cert.pem holds no certificate in PEM form (bad end line)";
  }
  SECTION("a chain whose second certificate is broken") {
    write("cert.pem", files.files.own.certificate + files.files.authority.certificate.substr(0, 300));
    expected = "cert.pem holds a certificate that is not well formed in PEM form (bad end line)";
  }
  SECTION("a key that is none") {
    write("key.pem", "nothing");
    expected = "key.pem holds no private key in PEM form (unsupported); give the file that does";
  }
  SECTION("a key that should stand in the certificate's file") {
    files.config.keyfile.clear();
    expected = "cert.pem holds no private key in PEM form (unsupported); set keyfile to the file that does";
  }
  SECTION("an encrypted key without a password") {
    write("key.pem", test::encrypted(files.files.own.key, "open sesame"));
    expected = "the key in key.pem is encrypted; set keyfile_password_file, or decrypt it";
  }
  SECTION("a wrong password") {
    write("key.pem", test::encrypted(files.files.own.key, "open sesame"));
    files.config.keyfile_password_file = write_text(files.directory, "password", "open barley\n");
    expected = "the password in password does not open the key in key.pem";
  }
  SECTION("no password in its file") {
    files.config.keyfile_password_file = write_text(files.directory, "password", "\n");
    expected = "password holds no password in its first line";
  }
  SECTION("a key of another certificate") {
    write("key.pem", make_identity({}).key);
    expected =
        "the key in key.pem does not belong to the certificate of /CN=localhost in cert.pem; give the two that were "
        "made together";
  }
  SECTION("expired") {
    give(make_identity({.from_days = -30, .to_days = -1}));
    expected = "the certificate of /CN=localhost in cert.pem expired on ";
  }
  SECTION("not good yet") {
    give(make_identity({.from_days = 2}));
    expected = "the certificate of /CN=localhost in cert.pem is not good before ";
  }
  SECTION("an issuer that is expired") {
    const auto old = make_identity({.name = "Old", .from_days = -30, .to_days = -1, .authority = true});
    const auto own = make_identity({.issuer = &old});
    give(own);
    write("cert.pem", own.certificate + old.certificate);
    expected = "the certificate of /CN=Old in cert.pem expired on ";
  }
  SECTION("a chain in another order") {
    const auto other = make_identity({.name = "Other", .authority = true});
    write("cert.pem", files.files.own.certificate + other.certificate);
    expected =
        "the second certificate in cert.pem, of /CN=Other, is not that of the first one's issuer, /CN=An authority; ";
  }
  SECTION("a public certificate without its issuer's") {
    const auto own = make_identity({.issuer = &files.files.authority, .tells_issuer = true});
    give(own);
    expected =
        "cert.pem lacks the certificate of its issuer, /CN=An authority, and clients could not check it; give the full "
        "chain";
  }
  SECTION("no authorities") {
    files.config.ca_certs = files.directory.file("none.pem");
    expected = "cannot read none.pem: No such file or directory";
  }
  SECTION("authorities that are none") {
    files.config.ca_certs = write_text(files.directory, "bad.pem", "nothing");
    expected = "bad.pem holds no certificate in PEM form (no start line)";
  }
  SECTION("ciphers that nobody knows") {
    files.config.ciphers = "SWORDFISH";
    expected = "ciphers: OpenSSL knows no cipher of `SWORDFISH`; see openssl ciphers -v";
  }
  CHECK_THAT(files.refusal(), Catch::StartsWith(expected));
  CHECK_FALSE(expected.empty());
}

}  // namespace
}  // namespace orrery::tls
