#include "master/fd_store.hpp"

#include <utility>

namespace orrery::master {

namespace {

// systemd.service(5) and sd_pid_notify_with_fds(3): printable ASCII without ':', at most 255 characters.
constexpr std::string_view kPrefix = "bind=";
constexpr std::size_t kLongest = 255;
constexpr std::string_view kColon = "%3A", kPercent = "%25";

std::map<std::string, int> by_name(const std::vector<Inheritance::Passed>& listeners) {
  std::map<std::string, int> named;
  for (const auto& one : listeners) {
    const std::string name = one.from_manager ? "" : stored_name(one.bind);
    if (!name.empty()) named.emplace(name, one.fd);
  }
  return named;
}

}  // namespace

std::string stored_name(std::string_view bind) {
  std::string name{kPrefix};
  for (const char c : bind) {
    if (c < ' ' || c > '~') return "";
    if (c == ':')
      name += kColon;
    else if (c == '%')
      name += kPercent;
    else
      name += c;
  }
  return name.size() > kLongest ? "" : name;
}

std::string bind_of_stored(std::string_view name) {
  if (!name.starts_with(kPrefix)) return "";
  name.remove_prefix(kPrefix.size());
  std::string bind;
  while (!name.empty()) {
    const bool colon = name.starts_with(kColon), percent = name.starts_with(kPercent);
    bind += colon ? ':' : percent ? '%' : name.front();
    name.remove_prefix(colon || percent ? kColon.size() : 1);
  }
  return bind;
}

FdStore::FdStore(const std::vector<Inheritance::Passed>& held) : held_(by_name(held)) {}

void FdStore::hold(const std::vector<Inheritance::Passed>& listeners, const os::Notify& manager) {
  auto wanted = by_name(listeners);
  for (const auto& [name, fd] : held_) {
    // Another socket of the same name would come beside it.
    if (const auto kept = wanted.find(name); kept == wanted.end() || kept->second != fd) manager.forget(name);
  }
  for (const auto& [name, fd] : wanted) {
    if (const auto had = held_.find(name); had == held_.end() || had->second != fd) manager.store(fd, name);
  }
  held_ = std::move(wanted);
}

}  // namespace orrery::master
