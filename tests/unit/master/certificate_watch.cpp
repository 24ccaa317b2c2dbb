// Certificates that are replaced as certbot, cert-manager and people do it, with a clock of the test's.
#include "master/certificate_watch.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "support/tls_files.hpp"

namespace orrery::master {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using test::write_text;

const test::TlsFiles& first() {
  static const test::TlsFiles files;
  return files;
}
const test::TlsFiles& second() {
  static const test::TlsFiles files;
  return files;
}

/// A service's certificate and key in a directory, and a clock.
struct Desk {
  /// `folder`: where they lie in it, through which links.
  explicit Desk(const std::string& folder = "") {
    config.certfile = directory.file(folder + "cert.pem");
    config.keyfile = directory.file(folder + "key.pem");
    config.tls_watch = true;
  }
  void watch() {
    auto made = CertificateWatch::make(config);
    REQUIRE(made);
    watching.emplace(std::move(*made));
    CHECK(changed().empty());
  }
  /// What is told now, and once it is quiet.
  std::string changed() {
    auto paths = watching->changed(now);
    if (paths.empty()) paths = watching->changed(now += 1s);
    if (paths.empty()) paths = watching->changed(now += 2s);
    return spoken_files(paths);
  }
  void write_certificate(const test::TlsFiles& files, const std::string& folder = "") const {
    write_text(directory, folder + "cert.pem", files.own.certificate + files.authority.certificate);
  }
  void write_key(const test::TlsFiles& files, const std::string& folder = "") const {
    write_text(directory, folder + "key.pem", files.own.key);
  }
  void make_folder(const std::string& name, const test::TlsFiles& files) const {
    fs::create_directory(directory.file(name));
    write_certificate(files, name + "/");
    write_key(files, name + "/");
  }
  /// As ln -sfn and Kubernetes do it: the name never is without a link.
  void link(const std::string& to, const std::string& name) const {
    fs::create_symlink(to, directory.file("fresh_link"));
    fs::rename(directory.file("fresh_link"), directory.file(name));
  }

  test::TemporaryDirectory directory;
  Config config;
  base::Monotonic now{100s};
  std::optional<CertificateWatch> watching;
};

}  // namespace

TEST_CASE("certificate_watch: files that are written anew are told once key and certificate belong together") {
  Desk desk;
  first().write(desk.directory);
  desk.watch();
  desk.write_certificate(second());
  CHECK(desk.changed().empty());
  desk.write_key(second());
  CHECK(desk.changed() == "cert.pem and key.pem");
  CHECK(desk.changed().empty());
  // The other one first.
  desk.write_key(first());
  CHECK(desk.changed().empty());
  desk.write_certificate(first());
  CHECK(desk.changed() == "cert.pem and key.pem");
}

TEST_CASE("certificate_watch: what stays wrong is told at last, so that it is said") {
  Desk desk;
  first().write(desk.directory);
  desk.watch();
  desk.write_certificate(second());
  CHECK(desk.changed().empty());
  REQUIRE(desk.watching->deadline());
  desk.now += CertificateWatch::kPatience;
  CHECK(desk.changed() == "cert.pem");
  CHECK_FALSE(desk.watching->deadline());
  desk.write_key(second());
  CHECK(desk.changed() == "key.pem");
}

TEST_CASE("certificate_watch: the links of certbot, one after the other") {
  Desk desk{"live/"};
  fs::create_directory(desk.directory.file("live"));
  desk.make_folder("archive1", first());
  desk.make_folder("archive2", second());
  desk.link("../archive1/cert.pem", "live/cert.pem");
  desk.link("../archive1/key.pem", "live/key.pem");
  desk.watch();
  desk.link("../archive2/cert.pem", "live/cert.pem");
  CHECK(desk.changed().empty());
  desk.link("../archive2/key.pem", "live/key.pem");
  CHECK(desk.changed() == "cert.pem and key.pem");
}

TEST_CASE("certificate_watch: the one link of cert-manager, below which all is another one") {
  Desk desk;
  desk.make_folder("..2026_01", first());
  desk.link("..2026_01", "..data");
  desk.link("..data/cert.pem", "cert.pem");
  desk.link("..data/key.pem", "key.pem");
  desk.watch();
  desk.make_folder("..2026_03", second());
  desk.link("..2026_03", "..data");
  fs::remove_all(desk.directory.file("..2026_01"));
  CHECK(desk.changed() == "cert.pem and key.pem");
  desk.make_folder("..2026_05", first());
  desk.link("..2026_05", "..data");
  CHECK(desk.changed() == "cert.pem and key.pem");
}

TEST_CASE("certificate_watch: a link on the way to the files") {
  Desk desk{"current/"};
  desk.make_folder("one", first());
  desk.make_folder("two", second());
  desk.link("one", "current");
  desk.watch();
  desk.link("two", "current");
  CHECK(desk.changed() == "cert.pem and key.pem");
  desk.link("one", "current");
  CHECK(desk.changed() == "cert.pem and key.pem");
}

TEST_CASE("certificate_watch: what is no change, and files of other settings") {
  Desk desk;
  first().write(desk.directory);
  desk.watch();
  write_text(desk.directory, "neighbour.pem", "x");
  CHECK(desk.changed().empty());
  // The authorities are not among the files yet.
  write_text(desk.directory, "ca.pem", second().authority.certificate);
  CHECK(desk.changed().empty());
  desk.config.ca_certs = desk.directory.file("ca.pem");
  desk.watching->aim(desk.config);
  write_text(desk.directory, "ca.pem", first().authority.certificate + second().authority.certificate);
  CHECK(desk.changed() == "ca.pem");
  fs::remove(desk.config.keyfile);
  CHECK(desk.changed().empty());
}

}  // namespace orrery::master
