#include "config/foreign.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "workshop.hpp"

namespace orrery::config {
namespace {

/// What gunicorn itself lists: each setting with its flags.
std::map<std::string, std::vector<std::string>> gunicorns_settings() {
  std::ifstream file(std::string{ORRERY_TEST_DATA_DIR} + "/unit/config/gunicorn_settings.txt");
  std::map<std::string, std::vector<std::string>> found;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    if (!(words >> name) || name.front() == '#') continue;
    auto& flags = found[name];
    for (std::string flag; words >> flag;) flags.push_back(flag);
  }
  return found;
}

bool is_ours(const std::string& flag) {
  return flag.rfind("--", 0) == 0 ? find_flag(flag.substr(2)) != nullptr : find_letter(flag[1]) != nullptr;
}

TEST_CASE("foreign: each of gunicorn's 119 settings is here or has a sentence") {
  const auto all = gunicorns_settings();
  REQUIRE(all.size() == 119);
  for (const auto& [name, flags] : all) {
    INFO(name);
    const Setting* const ours = find_setting(name);
    // A hook is a function there and a command here: it has both.
    const bool hook = ours != nullptr && ours->group == Group::kHooks;
    CHECK(((ours != nullptr) != !explain_foreign(name).empty() || hook));
  }
}

TEST_CASE("foreign: each of gunicorn's flags is here or has the sentence of its setting") {
  for (const auto& [name, flags] : gunicorns_settings()) {
    for (const auto& flag : flags) {
      INFO(name << " " << flag);
      if (find_setting(name) != nullptr) {
        CHECK(is_ours(flag));
      } else {
        CHECK_FALSE(is_ours(flag));
        CHECK(explain_foreign(flag) == explain_foreign(name));
      }
    }
  }
}

TEST_CASE("foreign: the tables have gunicorn's settings and no others, each once") {
  const auto all = gunicorns_settings();
  std::set<std::string> seen;
  for (const ForeignSetting& row : foreign_settings()) {
    INFO(row.name);
    CHECK(all.count(std::string{row.name}) == 1);
    CHECK(seen.insert(std::string{row.name}).second);
  }
  for (const SharedSetting& row : shared_settings()) {
    INFO(row.name);
    CHECK(all.count(std::string{row.name}) == 1);
    CHECK(find_setting(row.name) != nullptr);
    CHECK(seen.insert(std::string{row.name}).second);
  }
  CHECK(seen.size() == all.size());
}

TEST_CASE("foreign: each sentence is the setting's own") {
  std::map<std::string_view, std::string_view> names;
  for (const ForeignSetting& row : foreign_settings()) {
    INFO(row.name << ": " << row.sentence);
    const auto [other, fresh] = names.emplace(row.sentence, row.name);
    // Two hooks of gunicorn's second kind of worker, which become one hook here.
    CHECK((fresh || (other->second == "dirty_post_fork" && row.name == "dirty_worker_init")));
    CHECK(row.sentence.size() > 30);
    CHECK(row.sentence.back() != '.');
    CHECK_FALSE(fate_words(row.fate).empty());
  }
}

TEST_CASE("foreign: a sentence sends only to settings that are here") {
  // Words with an underscore are names of settings, of refusals, or of the API and of nginx.
  const std::set<std::string> others{"obs_fold",        "space_before_colon", "proxy_pass", "uwsgi_pass",
                                     "on_worker_start", "on_worker_end",      "on_closed",  "orrery_listen_queue"};
  for (const ForeignSetting& row : foreign_settings()) {
    std::string word;
    for (const char c : std::string{row.sentence} + " ") {
      if ((c >= 'a' && c <= 'z') || c == '_') {
        word += c;
        continue;
      }
      INFO(row.name << ": " << word);
      if (word.find('_') != std::string::npos) CHECK((find_setting(word) != nullptr || others.count(word) == 1));
      word.clear();
    }
  }
}

TEST_CASE("foreign: a flag of gunicorn's says what becomes of it, not which flag it looks like") {
  struct Row {
    std::string flag;
    std::string sentence;
  };
  const std::vector<Row> rows{
      {"--worker-tmp-dir", "`--worker-tmp-dir` is where gunicorn's workers touch a file"},
      {"--log-config", "`--log-config` is a file for Python's loggers"},
      {"--no-control-socket", "`--no-control-socket` is what turns the socket for gunicornc off"},
      {"--root-path", "`--root-path` is the prefix below which a proxy mounts the application"},
      {"--dirty-app", "`--dirty-app` is an application for gunicorn's second kind of worker"},
      {"-R", "`-R` is Python's unbuffered standard output"},
  };
  for (const Row& row : rows) {
    INFO(row.flag);
    const auto complaints = load_arguments({row.flag}).complaints;
    REQUIRE(complaints.size() == 1);
    CHECK_THAT(complaints[0].message, Catch::Contains(row.sentence));
  }
}

}  // namespace
}  // namespace orrery::config
