// ServerNames: which of several certificates a client gets, by the name that it asks for (SNI; RFC 6066, 3).
//
// Pure: names in, the place of a certificate out. Made in the master with the contexts of a generation, and only read
// in the workers. A name of a certificate may begin with `*.`, which stands for one label (RFC 9525, 6.3). It never
// looks into certificates.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace orrery::tls {

class ServerNames {
 public:
  /// What a client gets whose name no certificate has.
  static constexpr std::size_t kDefault = 0;

  /// `name` is in lower case. The certificate that has it first keeps it.
  void add(std::string name, std::size_t certificate) { places_.emplace(std::move(name), certificate); }
  /// In any case, with or without the dot of the root. A whole name is stronger than one with `*.`.
  [[nodiscard]] std::size_t find(std::string_view asked) const;

 private:
  std::map<std::string, std::size_t, std::less<>> places_;
};

}  // namespace orrery::tls
