#include "migrate/conversion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/core.h>
#include <utility>

#include "base/lower_case.hpp"
#include "base/whole_number.hpp"
#include "config/foreign.hpp"
#include "migrate/text_lines.hpp"

namespace orrery::migrate {
namespace {

using Values = std::vector<std::string>;

Converted with_comment(std::string value, std::string comment) { return {{std::move(value)}, {std::move(comment)}}; }

/// "a, b" is two entries to gunicorn, in a text as in a list.
Values cut_at_commas(const Values& values) {
  Values out;
  for (std::string_view rest : values) {
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      if (const auto entry = trimmed(rest.substr(0, end)); !entry.empty()) out.emplace_back(entry);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

Converted convert_worker_class(Values values) {
  if (values.size() != 1) return {std::move(values), {}};
  const std::string word = base::lower_case(values.front());
  const auto has = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  if (word == "gthread") return {{"threads"}, {}};
  if (has("gevent") || has("eventlet"))
    return with_comment("threads", fmt::format("`{}` is Python's. Handlers that block need `threads`; handlers that "
                                               "never do may have `async`.",
                                               values.front()));
  if (has("uvicorn") || has("tornado") || has("asgi") || has("aiohttp"))
    return with_comment("async", fmt::format("`{}` is Python's. `async` runs handlers on an event loop too, and they "
                                             "must not block.",
                                             values.front()));
  return {std::move(values), {}};
}

Converted convert_bind(Values values) {
  Converted out{cut_at_commas(values), {}};
  for (std::string& value : out.values) {
    if (value.starts_with("tcp://")) value.erase(0, 6);
    if (value.starts_with("unix://")) value.erase(5, 2);
    if (value.starts_with("unix:") && value.size() > 5 && value[5] != '/' && value[5] != '@' && value[5] != '$')
      out.comments.push_back(
          fmt::format("The path of `{}` is relative: to `chdir`, or to where it is started.", value));
  }
  return out;
}

Converted convert_list(Values values) { return {cut_at_commas(values), {}}; }

Converted convert_raw_env(Values values) {
  std::erase(values, "");
  return {std::move(values), {}};
}

Converted convert_timeout(Values values) {
  return {std::move(values),
          {"Bounds how long the thread of a worker's loop may stand still; `request_deadline` bounds a request."}};
}

/// 0 is gunicorn's word for no limit.
Converted convert_limit(Values values) {
  if (values.size() == 1 && values.front() == "0")
    return with_comment("1m", "gunicorn's 0 is no limit; the largest that can be set here is 1 MiB.");
  return {std::move(values), {}};
}

/// Python's int(text, 0), and a leading zero is octal.
Converted convert_umask(Values values) {
  if (values.size() != 1) return {std::move(values), {}};
  std::string_view digits = values.front();
  int radix = 10;
  if (digits.starts_with("0x")) radix = 16;
  if (digits.starts_with("0o") || (digits.size() > 1 && digits[0] == '0' && radix == 10)) radix = 8;
  if (digits.starts_with("0o") || digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint32_t mode = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), mode, radix);
  if (digits.empty() || end.ec != std::errc{} || end.ptr != digits.data() + digits.size())
    return {std::move(values), {}};
  return {{fmt::format("{:03o}", mode)}, {}};
}

Converted convert_proxy_protocol(Values values) {
  const std::string word = values.size() == 1 ? base::lower_case(values.front()) : "";
  if (word == "false" || word == "off") return {{"off"}, {}};
  if (word != "true" && word != "auto" && word != "v1" && word != "v2") return {std::move(values), {}};
  return with_comment("optional",
                      "Versions 1 and 2 are both read. gunicorn takes connections without the header too, as "
                      "`optional` does; `required` refuses them.");
}

Converted convert_loglevel(Values values) {
  for (std::string& value : values)
    if (base::lower_case(value) == "warn") value = "warning";
  return {std::move(values), {}};
}

struct Rule {
  std::string_view name;
  Converted (*convert)(Values values);
};
constexpr std::array kRules{Rule{"worker_class", convert_worker_class},
                            Rule{"bind", convert_bind},
                            Rule{"forwarded_allow_ips", convert_list},
                            Rule{"proxy_allow_ips", convert_list},
                            Rule{"raw_env", convert_raw_env},
                            Rule{"timeout", convert_timeout},
                            Rule{"limit_request_line", convert_limit},
                            Rule{"limit_request_field_size", convert_limit},
                            Rule{"umask", convert_umask},
                            Rule{"proxy_protocol", convert_proxy_protocol},
                            Rule{"loglevel", convert_loglevel}};
// Settings whose sentence in the table holds for a value that is given, not only for a default.
constexpr std::array kMeanElse{"worker_connections", "header_map", "certfile", "keyfile", "ciphers"};

}  // namespace

Converted convert(std::string_view name, Values values) {
  if (const auto rule = std::ranges::find(kRules, name, &Rule::name); rule != kRules.end())
    return rule->convert(std::move(values));
  Converted out{std::move(values), {}};
  if (std::ranges::find(kMeanElse, name) == kMeanElse.end()) return out;
  const auto row = std::ranges::find(config::shared_settings(), name, &config::SharedSetting::name);
  if (row != config::shared_settings().end()) out.comments.emplace_back(row->sentence);
  return out;
}

}  // namespace orrery::migrate
