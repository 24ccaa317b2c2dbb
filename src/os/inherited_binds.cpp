#include "os/inherited_binds.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <sstream>
#include <unistd.h>

#include "base/counted.hpp"

namespace orrery::os {

namespace {

/// sd_listen_fds(3).
constexpr int kFirstInherited = 3;

}  // namespace

InheritedBinds take_inherited_binds(const std::function<bool(std::string_view)>& is_stored) {
  const auto number = [](const char* name) {
    const char* text = std::getenv(name);
    int value = 0;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), value);
    return value;
  };
  const int named = number("LISTEN_PID");
  const int count = number("LISTEN_FDS");
  const char* const listed = std::getenv("LISTEN_FDNAMES");
  std::istringstream names{listed != nullptr ? listed : ""};
  for (const char* name : kListenVariables) ::unsetenv(name);
  InheritedBinds inherited;
  const bool ours = named == ::getpid();
  std::string name;
  for (int fd = kFirstInherited; ours && fd < kFirstInherited + count; ++fd) {
    if (!std::getline(names, name, ':')) name.clear();
    const auto role = role_beside(name);
    if (is_stored && is_stored(name))
      inherited.stored.push_back({fd, name});
    else
      (role ? inherited.beside[*role] : inherited.binds).push_back(fmt::format("fd://{}", fd));
  }
  if (!ours && count > 0) {
    inherited.note = fmt::format(
        "LISTEN_FDS names {} of another process (LISTEN_PID is {}, this is {}), so `bind` is used; a shell "
        "between the service manager and this program must `exec` it",
        base::counted(static_cast<unsigned>(count), "socket"), named, ::getpid());
  }
  return inherited;
}

}  // namespace orrery::os
