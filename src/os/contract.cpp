#include "os/contract.hpp"

#include <array>
#include <fmt/core.h>
#include <optional>
#include <string>

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

base::Reception reception_at(const Listener& listener, const Config& config) {
  base::Reception reception;
  std::optional<ProxyProtocol> own;
  bool any_tls = false;
  for (const std::string& bind : config.bind) {
    const base::BindOptions options = base::bind_options(bind);
    any_tls = any_tls || options.tls;
    if (options.address != listener.bind) continue;
    reception.tls = reception.tls || options.tls;
    if (!own) own = options.proxy_protocol;
  }
  reception.proxy = own.value_or(config.proxy_protocol);
  const bool local = listener.address.family == base::Address::Family::kUnix;
  if (!any_tls && !config.certfile.empty() && !local) reception.tls = true;
  return reception;
}

}  // namespace orrery::os
