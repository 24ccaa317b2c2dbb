#include "os/contract.hpp"

#include <array>
#include <fmt/format.h>

namespace orrery::os {

std::string shown_address(const base::Address& address, const std::string& zone) {
  if (zone.empty()) return address.to_string();
  std::array<char, 46> ip{};
  return fmt::format("[{}%{}]:{}", address.format_ip(ip), zone, address.port);
}

std::string Listener::url() const {
  if (address.family == base::Address::Family::kUnix) return "unix:" + target.path;
  return "http://" + shown_address(address, target.zone);
}

}  // namespace orrery::os
