#include "config/app_settings.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "orrery/section.hpp"

#include "workshop.hpp"

namespace orrery::config {
namespace {

using namespace std::chrono_literals;

struct Settings {
  std::string database = "notes.db";
  int page = 20;
  int shift = 0;
  std::uint64_t cache = 1 << 20;
  double factor = 1.5;
  bool strict = false;
  std::chrono::milliseconds patience{500};
  std::vector<std::string> origins;
  std::string form = "plain";
  Secret token;
};

Section<Settings> section() {
  Section<Settings> section;
  section.add("database", &Settings::database, "File of the database.", {.environment = "NOTES_DATABASE"})
      .add("page", &Settings::page, "Notes on a page.", {.least = 1, .most = 100, .environment = "NOTES_PAGE"})
      .add("shift", &Settings::shift, "What is added.", {.least = -5, .most = 5})
      .add("cache", &Settings::cache, "Bytes that are kept.", {.most = 1 << 30, .bytes = true})
      .add("factor", &Settings::factor, "What is multiplied.", {.most = 10})
      .add("strict", &Settings::strict, "Whether it minds.")
      .add("patience", &Settings::patience, "How long it waits.", {.least = 1, .most = 60'000})
      .add("origins", &Settings::origins, "Who may ask.", {.most = 3})
      .add("form", &Settings::form, "How it is written.", {.words = {"plain", "fancy"}})
      .add("token", &Settings::token, "File with the token.")
      .check([](const Settings& settings) -> Result<void> {
        if (settings.strict && settings.page > 50) return fail("a page of more than 50 is not for the strict");
        return {};
      });
  return section;
}

/// Loaded by a program that has these settings.
Outcome load_with(const Section<Settings>& section, std::vector<std::string> arguments,
                  std::map<std::string, std::string> environment = {}) {
  Sources sources;
  sources.arguments = std::move(arguments);
  sources.environment = std::move(environment);
  sources.application = &section.table();
  return load(sources);
}

const Settings& settings_of(const Outcome& outcome) {
  for (const Complaint& complaint : outcome.complaints) FAIL_CHECK(complaint.where << ": " << complaint.message);
  REQUIRE(outcome.app.settings);
  return *static_cast<const Settings*>(outcome.app.settings.get());
}

std::string origin_of(const Outcome& outcome, const std::string& name) {
  for (const AppValue& value : outcome.app.shown)
    if (value.name == name) return value.origin;
  return "there is none";
}

TEST_CASE("app settings: what nobody gives is what the struct holds") {
  const auto own = section();
  const Outcome outcome = load_with(own, {});
  const Settings& settings = settings_of(outcome);
  CHECK(settings.database == "notes.db");
  CHECK(settings.page == 20);
  CHECK(settings.token.empty());
  CHECK(origin_of(outcome, "page") == "default");
}

TEST_CASE("app settings: every kind of value, from the file") {
  const TemporaryFolder folder;
  const auto token = folder.write("token", "hush\n");
  const auto file = folder.write("n.yaml",
                                 "workers: 2\n"
                                 "app_settings:\n"
                                 "  database: \"/srv/${NAME}.db\"\n"
                                 "  page: 50\n"
                                 "  shift: -5\n"
                                 "  cache: 64k\n"
                                 "  factor: 2.25\n"
                                 "  strict: yes\n"
                                 "  patience: 2s\n"
                                 "  origins: [a, b]\n"
                                 "  form: fancy\n"
                                 "  token: " +
                                     token + "\n");
  const auto own = section();
  const Outcome outcome = load_with(own, {"-c", file}, {{"NAME", "big"}});
  const Settings& settings = settings_of(outcome);
  CHECK(outcome.config.workers == 2);
  CHECK(settings.database == "/srv/big.db");
  CHECK(settings.page == 50);
  CHECK(settings.shift == -5);
  CHECK(settings.cache == 65536);
  CHECK(settings.factor == 2.25);
  CHECK(settings.strict);
  CHECK(settings.patience == 2s);
  CHECK(settings.origins == std::vector<std::string>{"a", "b"});
  CHECK(settings.form == "fancy");
  CHECK(settings.token.reveal() == "hush");
  CHECK(origin_of(outcome, "page") == file + ":4");
  CHECK(origin_of(outcome, "database") == file + ":3, ${NAME}");
}

TEST_CASE("app settings: each source is stronger than the one before, for each setting") {
  const TemporaryFolder folder;
  const auto file = folder.write("n.yaml", "app_settings: {page: 3, factor: 2}\n");
  struct Row {
    std::map<std::string, std::string> environment;
    std::vector<std::string> arguments;
    int page;
    std::string origin;
  };
  const Row rows[] = {
      {{{"NOTES_PAGE", "2"}}, {}, 2, "environment NOTES_PAGE"},
      {{{"NOTES_PAGE", "2"}}, {"-c", file}, 3, file + ":1"},
      {{{"ORRERY_CMD_ARGS", "--app-page 4"}}, {"-c", file}, 4, "ORRERY_CMD_ARGS --app-page"},
      {{{"ORRERY_CMD_ARGS", "--app-page 4"}}, {"-c", file, "--app-page=5"}, 5, "--app-page"},
      {{}, {"--app-page", "6", "-w", "2", "--app-strict"}, 6, "--app-page"},
      {{}, {"--app-page", "6", "--app-page", "7"}, 7, "--app-page"},
  };
  const auto own = section();
  for (const Row& row : rows) {
    INFO(row.origin);
    const Outcome outcome = load_with(own, row.arguments, row.environment);
    CHECK(settings_of(outcome).page == row.page);
    CHECK(origin_of(outcome, "page") == row.origin);
  }
  const Outcome both = load_with(own, {"-c", file, "--app-page=5", "--app-origins", "x", "--app-origins", "y"});
  CHECK(settings_of(both).factor == 2);
  CHECK(settings_of(both).origins == std::vector<std::string>{"x", "y"});
  CHECK(settings_of(load_with(own, {"--app-database="})).database.empty());
}

TEST_CASE("app settings: what is wrong is told with its place") {
  const TemporaryFolder folder;
  const auto empty = folder.write("empty", "\n");
  const auto big = folder.write("big", std::string(70'000, 'x'));
  struct Row {
    std::string yaml;
    const char* place;
    std::string message;
  };
  const Row rows[] = {
      {"pge: 5", ":2:3", "the application has no setting `pge`; did you mean `page`?"},
      {"nothing_like_it: 5", ":2:3",
       "the application has no setting `nothing_like_it`; it has database, page, shift, cache, factor, strict, "
       "patience, "
       "origins, form, token"},
      {"page: 500", ":2:9", "app_settings.page: 500 is out of range; it must be 1 to 100"},
      {"page: 0", ":2:9", "app_settings.page: 0 is out of range; it must be 1 to 100"},
      {"page: many", ":2:9", "app_settings.page: `many` is not a whole number"},
      {"page: [5]", ":2:9", "app_settings.page: it needs a number, not a list"},
      {"page: {a: 5}", ":2:9", "`app_settings.page` needs a value or a list, not a mapping"},
      {"page:", ":2:3", "`app_settings.page` has no value; give one, or remove the line for the default"},
      {"page: 5\n  page: 6", ":3:3", "`app_settings.page` is given twice, first in line 2; remove one"},
      {"shift: -6", ":2:10", "app_settings.shift: -6 is out of range; it must be -5 to 5"},
      {"cache: 2g", ":2:10", "app_settings.cache: 2g is out of range; it must be 0 to 1g"},
      {"factor: 11", ":2:11", "app_settings.factor: 11 is out of range; it must be 0 to 10"},
      {"factor: nan", ":2:11", "app_settings.factor: `nan` is not a number"},
      {"strict: perhaps", ":2:11", "app_settings.strict: `perhaps` is neither true nor false; write one of them"},
      {"patience: 2 weeks", ":2:13",
       "app_settings.patience: `2 weeks` is not a time; write seconds, or a number with ms, s, m or h, such as 30s"},
      {"origins: [a, b, c, d]", ":2:12", "app_settings.origins: it has 4 entries; it must have 0 to 3"},
      {"form: grand", ":2:9", "app_settings.form: `grand` is not known; choose plain, fancy"},
      {"database: ${NOBODY}", ":2:13", "app_settings.database: "},
      {"token: hunter2", ":2:10",
       "app_settings.token: its value is the path of a file that holds the secret, and that cannot be read: No such "
       "file "
       "or directory"},
      {"token: " + empty, ":2:10", "app_settings.token: the file is empty"},
      {"token: " + big, ":2:10", "app_settings.token: the file holds more than 64 KiB; a secret is shorter"},
  };
  const auto own = section();
  for (const Row& row : rows) {
    INFO(row.yaml);
    const auto file = folder.write("n.yaml", "app_settings:\n  " + row.yaml + "\n");
    const Outcome outcome = load_with(own, {"-c", file});
    REQUIRE(outcome.complaints.size() == 1);
    CHECK(outcome.complaints[0].where == file + row.place);
    CHECK(outcome.complaints[0].message.substr(0, row.message.size()) == row.message);
    CHECK(outcome.complaints[0].message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("app settings: all mistakes at once, those of flags too, and rules only where there are none") {
  const TemporaryFolder folder;
  const auto file = folder.write("n.yaml", "app_settings: {page: 500, pge: 1}\n");
  const auto own = section();
  const Outcome outcome = load_with(own, {"-c", file, "--app-strickt", "--app-factor", "x"});
  const std::vector<Complaint> expected = {
      {file + ":1:22", "app_settings.page: 500 is out of range; it must be 1 to 100"},
      {file + ":1:27", "the application has no setting `pge`; did you mean `page`?"},
      {"--app-strickt", "the application has no setting `strickt`; did you mean `strict`?"},
      {"--app-factor", "`x` is not a number"}};
  CHECK(outcome.complaints == expected);
  const Outcome ruled = load_with(own, {"--app-strict", "--app-page", "60"});
  CHECK(ruled.complaints == std::vector<Complaint>{{"app_settings", "a page of more than 50 is not for the strict"}});
}

TEST_CASE("app settings: a program without any says so, and a module's are left to the module") {
  const TemporaryFolder folder;
  const auto file = folder.write("n.yaml", "app_settings:\n  page: 5\n");
  const Outcome none = load_arguments({"-c", file, "--app-x", "1"});
  REQUIRE(none.complaints.size() == 2);
  CHECK(none.complaints[0] ==
        Complaint{file + ":2:3", "this program has no settings of its own, and so no `page`; remove it"});
  CHECK(none.complaints[1].where == "--app-x");
  const Outcome module = load_arguments({"-c", file, "--app", "./libapp.so", "--app-page=6"});
  CHECK(module.complaints.empty());
  REQUIRE(module.app_sources.given.size() == 2);
  CHECK(module.app.shown == std::vector<AppValue>{{"page", "\"6\"", "--app-page"}});
  const Outcome misspelt = load_arguments({"-c", folder.write("m.yaml", "app_setting:\n  page: 5\n")});
  REQUIRE(misspelt.complaints.size() == 1);
  CHECK(misspelt.complaints[0].message.find("did you mean `app_settings`?") != std::string::npos);
}

TEST_CASE("app settings: --help and --print-config show them, and no secret") {
  const TemporaryFolder folder;
  const auto token = folder.write("token", "hush-hush");
  const auto own = section();
  const std::string help = load_with(own, {"--help"}).text;
  INFO(help);
  CHECK(help.find("Application: in YAML below `app_settings`, without `app-`") != std::string::npos);
  CHECK(help.find("--app-page N") != std::string::npos);
  CHECK(help.find("Notes on a page. (1 to 100) [20]") != std::string::npos);
  CHECK(help.find("NOTES_DATABASE") != std::string::npos);
  CHECK(load_arguments({"--help"}).text.find("Application:") == std::string::npos);
  const std::string printed = load_with(own, {"--print-config", "--app-page", "7", "--app-token", token}).text;
  INFO(printed);
  CHECK(printed.find("\n# application\napp_settings:\n") != std::string::npos);
  CHECK(printed.find("hush-hush") == std::string::npos);
  CHECK(printed.find(token) != std::string::npos);
  // What is printed is read again.
  const Outcome again = load_with(own, {"-c", folder.write("printed.yaml", printed)});
  CHECK(settings_of(again).page == 7);
  CHECK(settings_of(again).token.reveal() == "hush-hush");
  CHECK(settings_of(again).database == "notes.db");
}

TEST_CASE("section: a row that cannot be is refused as it is added") {
  Section<Settings> section;
  CHECK_THROWS_WITH(section.add("Page", &Settings::page, ""), Catch::Contains("needs a name of a-z"));
  CHECK_THROWS_WITH(section.add("", &Settings::page, ""), Catch::Contains("needs a name of a-z"));
  CHECK_THROWS_WITH(section.add("page", &Settings::page, "", {.most = 10}),
                    Catch::Contains("has a default that is not"));
  CHECK_THROWS_WITH(section.add("form", &Settings::form, "", {.words = {"grand"}}), Catch::Contains("not allowed"));
  section.add("page", &Settings::page, "");
  CHECK_THROWS_WITH(section.add("page", &Settings::shift, ""), Catch::Contains("is there twice"));
}

}  // namespace
}  // namespace orrery::config
