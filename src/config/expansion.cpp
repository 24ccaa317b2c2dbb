#include "config/expansion.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/text.hpp"

namespace orrery::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Longer names fill a message, and no variable has one.
constexpr std::size_t kMostShown = 60;

std::string shown(std::string_view inside) {
  return fmt::format("`${{{}}}`", inside.size() <= kMostShown ? std::string{inside}
                                                              : std::string{inside.substr(0, kMostShown)} + "...");
}

/// What stands between `${` and `}`, cut.
struct Reference {
  std::string_view name;
  std::string_view fallback;
  bool has_fallback = false;
};

Result<Reference> cut(std::string_view inside) {
  const auto colon = inside.find(":-");
  Reference reference{inside.substr(0, colon), {}, colon != std::string_view::npos};
  if (reference.has_fallback) reference.fallback = inside.substr(colon + 2);
  if (reference.fallback.find("${") != std::string_view::npos)
    return fail(fmt::format("a default cannot hold a second variable, as in `${{{}}}`; write a plain text behind `:-`",
                            inside.substr(0, kMostShown)));
  if (is_variable_name(reference.name)) return reference;
  return fail(fmt::format(
      "{} names no variable; write ${{NAME}} or ${{NAME:-default}}, and $$ for a dollar sign itself", shown(inside)));
}

class Expander {
 public:
  Expander(std::string_view text, const Environment& environment) : rest_(text), environment_(environment) {}

  Result<Expanded> run() {
    while (!rest_.empty()) {
      const auto dollar = rest_.find('$');
      take_plain(std::min(dollar, rest_.size()));
      if (rest_.starts_with("${")) {
        if (auto done = take_reference(); !done) return fail(done);
      } else if (!rest_.empty()) {
        out_.text += '$';
        rest_.remove_prefix(rest_.starts_with("$$") ? 2 : 1);
      }
    }
    return std::move(out_);
  }

 private:
  void take_plain(std::size_t count) {
    out_.text += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  Result<void> take_reference() {
    const auto end = rest_.find('}');
    if (end == std::string_view::npos)
      return fail("a `${` is not closed; write ${NAME}, and $${ for these two characters themselves");
    const auto reference = cut(rest_.substr(2, end - 2));
    if (!reference) return fail(reference);
    rest_.remove_prefix(end + 1);
    return append(*reference);
  }

  Result<void> append(const Reference& reference) {
    const std::string name{reference.name};
    const auto found = environment_.find(name);
    const bool set = found != environment_.end();
    if (!set && !reference.has_fallback)
      return fail(fmt::format("the variable {0} is not set; set it for the service, or write ${{{0}:-default}}", name));
    const bool stands = set && !(found->second.empty() && reference.has_fallback);
    out_.text += stands ? std::string_view{found->second} : reference.fallback;
    out_.variables.push_back(name);
    return {};
  }

  std::string_view rest_;
  const Environment& environment_;
  Expanded out_;
};

}  // namespace

Result<Expanded> expand(std::string_view text, const Environment& environment) {
  return Expander(text, environment).run();
}

std::string without_expansion(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '$' && (next == '$' || next == '{')) out += '$';
    out += text[i];
  }
  return out;
}

std::size_t variable_name_length(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return 0;
  const auto end = std::ranges::find_if_not(text, [](char c) { return is_letter(c) || base::is_digit(c); });
  return static_cast<std::size_t>(end - text.begin());
}

bool is_variable_name(std::string_view name) { return !name.empty() && variable_name_length(name) == name.size(); }

}  // namespace orrery::config
