#include "ctl/invocation.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "base/whole_number.hpp"
#include "config/spelling.hpp"

namespace orrery::ctl {

namespace {

const config::CommandOption* find_option(std::string_view word) {
  const auto fits = [&](const config::CommandOption& option) {
    if (word.starts_with("--")) return word.substr(2) == option.name;
    return option.letter != 0 && word.size() == 2 && word[1] == option.letter;
  };
  const auto found = std::ranges::find_if(config::command_options(), fits);
  return found == config::command_options().end() ? nullptr : &*found;
}

tl::unexpected<Error> unknown_option(std::string_view word) {
  std::vector<std::string_view> names;
  for (const config::CommandOption& option : config::command_options()) names.push_back(option.name);
  const auto guess = word.starts_with("--") ? config::nearest(word.substr(2), names) : std::string_view{};
  if (guess.empty()) return fail(fmt::format("there is no option `{}`; --help lists all", word));
  return fail(fmt::format("there is no option `{}`; did you mean `--{}`?", word, guess));
}

tl::unexpected<Error> unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const config::Command& command : config::commands())
    if (command.under_ctl) names.push_back(command.name);
  const auto guess = config::nearest(word, names);
  if (guess.empty()) return fail(fmt::format("there is no command `{}`; --help lists all", word));
  return fail(fmt::format("there is no command `{}`; did you mean `{}`?", word, guess));
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& words) : words_(words) {}

  Result<Invocation> read() {
    const bool under_ctl = words_.front() == "ctl";
    if (!under_ctl) out_.command = config::find_command(words_.front(), false);
    for (at_ = 1; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_];
      if (word.size() > 1 && word[0] == '-') {
        if (auto taken = take_option(word); !taken) return fail(taken);
      } else if (out_.command == nullptr) {
        out_.command = config::find_command(word, true);
        if (out_.command == nullptr) return unknown_command(word);
      } else {
        out_.operands.push_back(word);
      }
    }
    if (auto fits = check(); !fits) return fail(fits);
    return std::move(out_);
  }

 private:
  Result<void> take_option(const std::string& word) {
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word.substr(0, equals);
    const config::CommandOption* option = find_option(name);
    if (option == nullptr) return unknown_option(name);
    std::string value;
    if (option->placeholder.empty()) {
      if (equals != std::string::npos) return fail(fmt::format("`{}` takes no value", name));
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (at_ + 1 < words_.size()) {
      value = words_[++at_];
    }
    if (!option->placeholder.empty() && value.empty())
      return fail(fmt::format("`{}` needs a value behind it: {}", name, option->placeholder));
    out_.options[option->name] = value;
    return {};
  }

  Result<void> check() const {
    if (out_.has("help")) return {};
    if (out_.command == nullptr) return fail("a command is missing; --help lists all");
    const config::Command& command = *out_.command;
    const auto allowed = config::options_of(command);
    for (const auto& [name, value] : out_.options)
      if (std::ranges::count(allowed, name) == 0) return fail(fmt::format("`{}` takes no --{}", command.name, name));
    if (out_.operands.size() < command.least)
      return fail(fmt::format("`{}` needs {} behind it", command.name, command.operands));
    if (out_.operands.size() > command.most)
      return fail(fmt::format("unexpected word `{}` behind `{}`", out_.operands[command.most], command.name));
    if (out_.has("socket") && out_.has("url")) return fail("--socket and --url exclude each other");
    if (out_.has("wait") && out_.has("no-wait")) return fail("--wait and --no-wait exclude each other");
    return check_operand(command);
  }

  [[nodiscard]] Result<void> check_operand(const config::Command& command) const {
    if (out_.operands.empty() || !command.under_ctl) return {};
    const std::string& word = out_.operands.front();
    if (std::ranges::count(command.words, word) != 0) return {};
    if (command.name == "log-level")
      return fail(fmt::format("`{}` is no level: debug, info, warning, error or critical", word));
    if (base::whole_number<unsigned>(word)) return {};
    return fail(fmt::format("`{}` is no number; `{}` takes {}", word, command.name, command.operands));
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  Invocation out_;
};

}  // namespace

std::string Invocation::value(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string{} : found->second;
}

Result<Invocation> read_words(const std::vector<std::string>& words) { return Reader{words}.read(); }

Result<std::chrono::milliseconds> read_time(std::string_view option, const std::string& text) {
  constexpr std::pair<std::string_view, double> kUnits[] = {{"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view unit = std::string_view{text}.substr(digits);
  std::optional<double> scale = unit.empty() ? std::optional{1e3} : std::nullopt;
  for (const auto& [word, milliseconds] : kUnits)
    if (unit == word) scale = milliseconds;
  const auto number = base::whole_number<double>(std::string_view{text}.substr(0, digits));
  constexpr double kLongest = 3.6e6 * 24 * 366;
  if (!scale || !number || *number * *scale > kLongest)
    return fail(fmt::format("--{}: `{}` is no time; write seconds, or a unit: 500ms, 10s, 2m, 1h", option, text));
  return std::chrono::milliseconds{static_cast<std::int64_t>(*number * *scale)};
}

}  // namespace orrery::ctl
