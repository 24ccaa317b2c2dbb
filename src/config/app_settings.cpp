#include "config/app_settings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>

#include "base/joined.hpp"
#include "base/thrown.hpp"
#include "base/unique_fd.hpp"
#include "config/number.hpp"
#include "config/spelling.hpp"
#include "config/value.hpp"

namespace orrery::config {

namespace {

using sections::Given;
using sections::Row;
using sections::Sources;
using sections::Table;
using sections::Value;
using AppKind = sections::Kind;

constexpr std::size_t kLargestSecret = 65536;

/// The row as one of the server's, for what reads and prints those.
Setting as_setting(const Row& row) {
  Setting setting{.name = row.name, .kind = Kind::kInteger, .unit = "units"};
  if (row.kind == AppKind::kSize) setting.kind = Kind::kSize, setting.unit = "bytes";
  if (row.kind == AppKind::kDuration) setting.kind = Kind::kDuration;
  setting.range = {row.options.least, row.options.most};
  return setting;
}

std::string_view wanted_shape(AppKind kind) {
  switch (kind) {
    case AppKind::kSwitch: return "true or false";
    case AppKind::kInteger:
    case AppKind::kNumber: return "a number";
    case AppKind::kSize: return "a size";
    case AppKind::kDuration: return "a time";
    case AppKind::kText: return "a text";
    case AppKind::kList: return "a list of texts";
    case AppKind::kSecret: return "the path of a file";
  }
  return "a value";
}

// What stands in the place of the path is in no sentence: somebody may have written the secret itself there.
Result<std::string> read_secret(const std::string& path) {
  const auto unreadable = [](int error) {
    return fail(fmt::format("its value is the path of a file that holds the secret, and that cannot be read: {}",
                            std::strerror(error)));
  };
  const base::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) return unreadable(errno);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return unreadable(errno);
  if (!S_ISREG(about.st_mode)) return fail("its value is the path of a file that holds the secret; it is no such file");
  std::string bytes(kLargestSecret + 1, '\0');
  std::size_t length = 0;
  while (length < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + length, bytes.size() - length);
    if (got < 0) return unreadable(errno);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (length > kLargestSecret) return fail("the file holds more than 64 KiB; a secret is shorter");
  bytes.resize(length);
  bytes.resize(bytes.find_last_not_of("\r\n") + 1);
  if (bytes.empty()) return fail("the file is empty");
  return bytes;
}

Result<Value> read_double(const Row& row, const std::string& text) {
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !std::isfinite(number))
    return fail(fmt::format("`{}` is not a number", text));
  if (number < static_cast<double>(row.options.least) || number > static_cast<double>(row.options.most))
    return fail(out_of_range(as_setting(row), text));
  return Value{number};
}

Result<Value> read_whole(const Row& row, const std::string& text) {
  const Setting setting = as_setting(row);
  const auto number = read_integer(setting, text);
  if (!number) return fail(number);
  if (*number < row.options.least) return fail(out_of_range(setting, text));
  return Value{*number};
}

Result<Value> read_word(const Row& row, const std::string& text) {
  auto read = read_text(text);
  if (!read) return fail(read);
  const auto& words = row.options.words;
  if (words.empty() || std::ranges::find(words, *read) != words.end()) return Value{std::move(*read)};
  return fail(fmt::format("`{}` is not known; choose {}", text, base::joined(words, ", ")));
}

Result<Value> read_list(const Row& row, const std::vector<std::string>& texts) {
  const auto count = static_cast<std::int64_t>(texts.size());
  if (count < row.options.least || count > row.options.most)
    return fail(fmt::format("it has {} entries; it must have {}", count, describe_range(row)));
  for (const std::string& text : texts)
    if (auto one = read_word(row, text); !one) return fail(one);
  return Value{texts};
}

Result<Value> read_value(const Row& row, const Given& given) {
  if (row.kind == AppKind::kList) return read_list(row, given.texts);
  if (given.list || given.texts.empty()) return fail(fmt::format("it needs {}, not a list", wanted_shape(row.kind)));
  const std::string& text = given.texts.back();
  switch (row.kind) {
    case AppKind::kSwitch: {
      const auto on = read_switch(text);
      return on ? Result<Value>{Value{*on}} : fail(on);
    }
    case AppKind::kNumber: return read_double(row, text);
    case AppKind::kInteger:
    case AppKind::kSize:
    case AppKind::kDuration: return read_whole(row, text);
    case AppKind::kSecret: {
      if (text.empty()) return Value{std::string{}};
      auto secret = read_secret(text);
      return secret ? Result<Value>{Value{std::move(*secret)}} : fail(secret);
    }
    default: return read_word(row, text);
  }
}

std::string list_text(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  std::ranges::transform(texts, std::back_inserter(all), quoted);
  return "[" + base::joined(all, ", ") + "]";
}

std::string yaml_text(const Row& row, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return print_number(as_setting(row), *number);
  if (const auto* on = std::get_if<bool>(&value)) return *on ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return list_text(*list);
  return quoted(std::get<std::string>(value));
}

/// As it was given: of a secret that is the path.
std::string given_text(const Given& given) {
  return given.list ? list_text(given.texts) : quoted(given.texts.empty() ? "" : given.texts.back());
}

std::string unknown_name(const Table& table, const std::string& name) {
  std::vector<std::string_view> known;
  for (const Row& row : table.rows) known.push_back(row.name);
  const auto guess = nearest(name, known);
  const std::string said = fmt::format("the application has no setting `{}`", name);
  if (!guess.empty()) return fmt::format("{}; did you mean `{}`?", said, guess);
  return said + (known.empty() ? "" : "; it has " + base::joined(known, ", "));
}

/// "app_settings.page: " where the place does not name the setting already.
std::string naming(const Given& given) {
  return given.where.starts_with(kAppFlag) ? "" : fmt::format("{}.{}: ", kAppSettings, given.name);
}

/// Takes the values in, the weakest first.
class Reader {
 public:
  Reader(const Table& table, AppSettings& out) : table_(table), out_(out) {
    out_.settings = table.blank();
    for (const Row& row : table.rows) {
      out_.shown.push_back({row.name, usual_text(row), "default"});
      out_.values.push_back(row.usual);
    }
  }

  void take_environment(const std::map<std::string, std::string>& environment) {
    for (const Row& row : table_.rows) {
      const auto found = environment.find(row.options.environment);
      if (row.options.environment.empty() || found == environment.end()) continue;
      const std::string& name = row.options.environment;
      take({row.name, {found->second}, false, name, name, "environment " + name});
    }
  }

  void take(const Given& given) {
    const auto row = std::ranges::find(table_.rows, given.name, &Row::name);
    if (row == table_.rows.end())
      return out_.complaints.push_back({given.name_where, unknown_name(table_, given.name)});
    auto value = read_value(*row, given);
    if (!value) return out_.complaints.push_back({given.where, naming(given) + value.error().message});
    const auto index = static_cast<std::size_t>(row - table_.rows.begin());
    row->store(out_.settings.get(), *value);
    AppValue& shown = out_.shown[index];
    shown.yaml = row->kind == AppKind::kSecret ? given_text(given) : yaml_text(*row, *value);
    shown.origin = given.origin;
    out_.values[index] = std::move(*value);
  }

  void ask_rules() {
    for (const auto& rule : table_.rules)
      if (const auto fine = ask(rule); !fine)
        out_.complaints.push_back({std::string{kAppSettings}, fine.error().message});
  }

 private:
  Result<void> ask(const std::function<Result<void>(const void*)>& rule) {
    try {
      return rule(out_.settings.get());
    } catch (...) {
      return fail(base::describe_exception());
    }
  }

  const Table& table_;
  AppSettings& out_;
};

}  // namespace

std::string app_flag(std::string_view name) {
  std::string flag = fmt::format("{}{}", kAppFlag, name);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string app_name(std::string_view flag) {
  std::string name{flag.substr(kAppFlag.size())};
  std::ranges::replace(name, '-', '_');
  return name;
}

AppSettings read_app_settings(const Table& table, const Sources& sources) {
  AppSettings read;
  Reader reader{table, read};
  reader.take_environment(sources.environment);
  for (const sections::Given& given : sources.given) reader.take(given);
  if (read.complaints.empty()) reader.ask_rules();
  return read;
}

std::vector<AppValue> given_app_settings(const Sources& sources) {
  std::vector<AppValue> shown;
  for (const sections::Given& given : sources.given) {
    const AppValue value{given.name, given_text(given), given.origin};
    const auto weaker = std::ranges::find(shown, given.name, &AppValue::name);
    if (weaker == shown.end())
      shown.push_back(value);
    else
      *weaker = value;
  }
  return shown;
}

std::vector<Complaint> refuse_app_settings(const Sources& sources) {
  std::vector<Complaint> complaints;
  for (const sections::Given& given : sources.given)
    complaints.push_back({given.name_where, fmt::format("this program has no settings of its own, and so no `{}`; "
                                                        "remove it",
                                                        given.name)});
  return complaints;
}

std::string describe_range(const Row& row) {
  const auto& words = row.options.words;
  if (row.kind == AppKind::kText || row.kind == AppKind::kList) {
    if (!words.empty()) return base::joined(words, ", ");
    const bool bounded = row.options.least > 0 || row.options.most != INT64_MAX;
    return row.kind == AppKind::kList && bounded ? describe_range(as_setting(row)) : "";
  }
  return row.kind == AppKind::kSwitch || row.kind == AppKind::kSecret ? "" : describe_range(as_setting(row));
}

std::string usual_text(const Row& row) {
  // A secret that the program has in it is no path, and nobody's business.
  return row.kind == AppKind::kSecret ? quoted("") : yaml_text(row, row.usual);
}

}  // namespace orrery::config
