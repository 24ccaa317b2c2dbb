#include "ctl/port_owner.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fmt/core.h>
#include <sstream>
#include <string_view>

#include "base/whole_number.hpp"

namespace orrery::ctl {

namespace {

constexpr std::string_view kListens = "0A";
constexpr std::array<std::uint8_t, 16> kEverybody{};

/// "0100007F:1F90": each word of four bytes is written as this machine's number.
std::optional<base::BindTarget> read_address(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t digits = colon == std::string_view::npos ? 0 : colon;
  if (digits != 8 && digits != 32) return std::nullopt;
  base::BindTarget found;
  found.address.family = digits == 8 ? base::Address::Family::kV4 : base::Address::Family::kV6;
  if (digits == 8) found.address.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::size_t first = digits == 8 ? 12 : 0;
  for (std::size_t word = 0; word * 8 < digits; ++word) {
    std::uint32_t value = 0;
    std::from_chars(text.data() + word * 8, text.data() + word * 8 + 8, value, 16);
    std::memcpy(found.address.ip.data() + first + word * 4, &value, sizeof value);
  }
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), found.address.port, 16);
  return found;
}

struct Row {
  std::string address, table, inode;
};

/// A row of the table whose socket listens where `target` would.
std::optional<Row> find_row(const Machine& machine, const std::string& table, const base::BindTarget& target) {
  std::istringstream lines(machine.text(table).value_or(""));
  std::string line;
  std::getline(lines, line);  // the titles
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, skipped, inode;
    words >> number >> local >> remote >> state >> skipped >> skipped >> skipped >> skipped >> skipped >> inode;
    auto there = read_address(local);
    if (state != kListens || !there) continue;
    // [::] takes IPv4 too unless it was told not to, which the table does not say.
    there->both_families = there->address.family == base::Address::Family::kV6 && there->address.ip == kEverybody;
    if (base::overlap(*there, target)) return Row{there->address.to_string(), table, inode};
  }
  return std::nullopt;
}

bool holds(const Machine& machine, const std::string& process, const std::string& socket) {
  const std::string folder = "/proc/" + process + "/fd";
  return std::ranges::any_of(machine.names(folder),
                             [&](const std::string& fd) { return machine.link(folder + "/" + fd) == socket; });
}

/// The parent's pid stands behind the name, which may hold anything.
pid_t parent_of(const Machine& machine, const std::string& process) {
  const std::string stat = machine.line("/proc/" + process + "/stat").value_or("");
  std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
  char state = 0;
  pid_t parent = 0;
  rest >> state >> parent;
  return parent;
}

void find_process(const Machine& machine, const std::string& inode, PortOwner& owner) {
  const std::string socket = fmt::format("socket:[{}]", inode);
  for (const std::string& process : machine.names("/proc")) {
    const auto pid = base::whole_number<pid_t>(process);
    if (!pid || (owner.pid != 0 && *pid > owner.pid) || !holds(machine, process, socket)) continue;
    owner.pid = *pid;
    owner.parent = parent_of(machine, process);
    owner.name = machine.line("/proc/" + process + "/comm").value_or("");
  }
}

}  // namespace

std::optional<PortOwner> find_port_owner(const Machine& machine, const base::BindTarget& target) {
  if (target.kind != base::BindTarget::Kind::kTcp || target.address.port == 0) return std::nullopt;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto row = find_row(machine, table, target);
    if (!row) continue;
    PortOwner owner{row->address, row->table, 0, 0, ""};
    find_process(machine, row->inode, owner);
    return owner;
  }
  return std::nullopt;
}

}  // namespace orrery::ctl
