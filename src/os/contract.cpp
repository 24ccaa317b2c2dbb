#include "os/contract.hpp"

#include <array>
#include <fmt/core.h>

namespace orrery::os {

std::string shown_address(const base::Address& address, const std::string& zone) {
  if (zone.empty()) return address.to_string();
  std::array<char, 46> ip{};
  return fmt::format("[{}%{}]:{}", address.format_ip(ip), zone, address.port);
}

std::string Listener::url(bool tls) const {
  if (address.family == base::Address::Family::kUnix) return "unix:" + target.path;
  return (tls ? "https://" : "http://") + shown_address(address, target.zone);
}

bool speaks_tls(const Listener& listener, const Config& config) {
  bool any = false;
  for (const std::string& bind : config.bind) {
    if (!base::bind_tls(bind)) continue;
    if (base::bind_address(bind) == listener.bind) return true;
    any = true;
  }
  return !any && !config.certfile.empty() && listener.address.family != base::Address::Family::kUnix;
}

}  // namespace orrery::os
