#include "orrery/section.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/joined.hpp"
#include "config/app_settings.hpp"

namespace orrery::sections {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw std::invalid_argument("the setting `" + name + "` of the application " + why);
}

bool is_name(const std::string& text) {
  const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, fine);
}

bool is_usual_allowed(const Row& row) {
  const SettingOptions& options = row.options;
  if (const auto* number = std::get_if<std::int64_t>(&row.usual))
    return *number >= options.least && *number <= options.most;
  const auto* word = std::get_if<std::string>(&row.usual);
  return word == nullptr || options.words.empty() || std::ranges::find(options.words, *word) != options.words.end();
}

}  // namespace

void add(Table& table, Row row) {
  if (!is_name(row.name)) refuse(row.name, "needs a name of a-z, 0-9 and `_` that begins with a letter");
  if (std::ranges::find(table.rows, row.name, &Row::name) != table.rows.end()) refuse(row.name, "is there twice");
  if (row.options.least > row.options.most) refuse(row.name, "has no value that is allowed");
  if (!is_usual_allowed(row)) refuse(row.name, "has a default that is not allowed: " + config::usual_text(row));
  table.rows.push_back(std::move(row));
}

Result<std::shared_ptr<void>> read(const Table& table, const Sources& sources) {
  auto read = config::read_app_settings(table, sources);
  if (read.complaints.empty()) return std::move(read.settings);
  std::vector<std::string> sentences;
  for (const config::Complaint& complaint : read.complaints)
    sentences.push_back(complaint.where + ": " + complaint.message);
  return fail(base::joined(sentences, "; "));
}

}  // namespace orrery::sections
