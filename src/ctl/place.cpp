#include "ctl/place.hpp"

#include <array>
#include <fmt/core.h>
#include <string_view>

#include "base/bind.hpp"

namespace orrery::ctl {

namespace {

constexpr std::string_view kUnix = "unix:", kHttp = "http://", kHttps = "https://";

Result<Place> parse_url(const std::string& url) {
  std::string_view rest = std::string_view{url}.substr(kHttp.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto wrong = [&] {
    return fail(fmt::format("`{}` is no address of an admin process; write http://HOST:PORT", url));
  };
  std::string host, port = "80";
  const std::size_t behind = rest.starts_with('[') ? rest.find(']') : 0;
  if (behind == std::string_view::npos) return wrong();
  const std::size_t colon = rest.find(':', behind);
  host = rest.substr(0, colon);
  if (colon != std::string_view::npos) port = rest.substr(colon + 1);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (host.empty() || port.empty() || port.find_first_not_of("0123456789") != std::string::npos) return wrong();
  if (host.find_first_of("/?#@") != std::string::npos) return wrong();
  return Place{"", host, port};
}

Result<Place> parse_bind_text(const std::string& text) {
  const auto target = base::parse_bind(text);
  if (!target) return fail(target);
  if (target->kind == base::BindTarget::Kind::kUnix) return Place{target->path, "", ""};
  if (target->kind != base::BindTarget::Kind::kTcp || target->address.port == 0)
    return fail(fmt::format("`{}` does not say at which port the admin process is; use --url", text));
  std::array<char, 46> ip{};
  std::string host{target->address.format_ip(ip)};
  if (!target->zone.empty()) host += "%" + target->zone;
  return Place{"", host, fmt::format("{}", target->address.port)};
}

/// The sockets that the default of `admin` can mean, the nearest first.
std::vector<std::string> usual_paths(const Hints& hints) {
  Config service;
  if (hints.config != nullptr) service = *hints.config;
  std::vector<std::string> paths;
  const auto add = [&](const admin::Directories& directories) {
    for (const std::string& address : admin::admin_addresses(service, directories))
      paths.push_back(address.substr(kUnix.size()));
  };
  const std::string usual = "/run/" + service.proc_name;
  if (!hints.directories.runtime.empty()) add({hints.directories.runtime, ""});
  add({usual, ""});
  if (!hints.directories.xdg_runtime.empty()) add({"", hints.directories.xdg_runtime});
  return paths;
}

Result<Place> find_usual(const Hints& hints, const Exists& exists) {
  std::string looked;
  for (const std::string& path : usual_paths(hints)) {
    if (exists(path)) return Place{path, "", ""};
    looked += fmt::format("{}{}", looked.empty() ? "" : ", ", path);
  }
  return fail(
      fmt::format("no admin process was found at {}; start the service with `admin`, or say where it is with --socket, "
                  "--url, -c or ORRERY_ADMIN",
                  looked));
}

}  // namespace

std::string Place::shown() const {
  if (!path.empty()) return path;
  return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                             : fmt::format("http://[{}]:{}", host, port);
}

Result<Place> parse_place(const std::string& text) {
  if (text.starts_with(kHttp)) return parse_url(text);
  if (text.starts_with(kHttps))
    return fail(
        fmt::format("`{}`: the admin process speaks no TLS; reach it through a tunnel (ssh -L), by http://", text));
  if (text.starts_with(kUnix) || text.find('/') == std::string::npos || text.find("://") != std::string::npos)
    return parse_bind_text(text);
  return Place{text, "", ""};
}

Result<Place> find_place(const Hints& hints, const Exists& exists) {
  if (!hints.socket.empty())
    return Place{hints.socket.starts_with(kUnix) ? hints.socket.substr(kUnix.size()) : hints.socket, "", ""};
  if (!hints.url.empty()) return parse_place(hints.url);
  if (!hints.variable.empty()) return parse_place(hints.variable);
  if (hints.config == nullptr || hints.config->admin == std::vector<std::string>{"auto"})
    return find_usual(hints, exists);
  const auto addresses = admin::admin_addresses(*hints.config, hints.directories);
  if (addresses.empty()) return fail("the configuration has `admin: off`, so the service has no admin process to ask");
  return parse_bind_text(addresses.front());
}

Result<Place> find_monitor(const Config& config) {
  if (config.monitor.empty()) return fail("the configuration has no `monitor`");
  auto place = parse_bind_text(config.monitor.front());
  if (place && place->host == "0.0.0.0") place->host = "127.0.0.1";
  if (place && place->host == "::") place->host = "::1";
  return place;
}

}  // namespace orrery::ctl
