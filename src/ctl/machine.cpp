#include "ctl/machine.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/whole_number.hpp"

namespace orrery::ctl {

Machine::Machine(std::string root) : root_(std::move(root)) {
  while (root_.ends_with('/')) root_.pop_back();
}

std::string Machine::at(std::string_view path) const { return root_ + std::string{path}; }

std::optional<std::string> Machine::text(std::string_view path) const {
  std::ifstream file(at(path));
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::optional<std::string> Machine::line(std::string_view path) const {
  std::ifstream file(at(path));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

std::optional<std::int64_t> Machine::number(std::string_view path) const {
  std::ifstream file(at(path));
  std::int64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

std::vector<std::string> Machine::names(std::string_view folder) const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (std::filesystem::directory_iterator each{at(folder), ignored}, end; !ignored && each != end;
       each.increment(ignored))
    names.push_back(each->path().filename());
  std::ranges::sort(names);
  return names;
}

std::optional<std::string> Machine::link(std::string_view path) const {
  std::error_code failed;
  const auto target = std::filesystem::read_symlink(at(path), failed);
  if (failed) return std::nullopt;
  return target.string();
}

std::optional<Limit> read_limit(const Machine& machine, const std::string& process, std::string_view name) {
  const auto text = machine.text("/proc/" + process + "/limits");
  const std::size_t at = text ? text->find(name) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  std::istringstream rest(text->substr(at + name.size()));
  std::string soft, hard;
  if (!(rest >> soft >> hard)) return std::nullopt;
  return Limit{base::whole_number<std::int64_t>(soft), base::whole_number<std::int64_t>(hard)};
}

}  // namespace orrery::ctl
