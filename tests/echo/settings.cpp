#include "settings.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

#include "orrery/orrery.hpp"

namespace {

struct Settings {
  std::string greeting = "hello";
  int page = 20;
  std::chrono::milliseconds patience{500};
  orrery::Secret token;
};

orrery::Section<Settings> section() {
  orrery::Section<Settings> section;
  section.add("greeting", &Settings::greeting, "What is said.", {.environment = "ECHO_GREETING"})
      .add("page", &Settings::page, "Notes on a page.", {.least = 1, .most = 100})
      .add("patience", &Settings::patience, "How long it waits.", {.most = 60'000})
      .add("token", &Settings::token, "File with the token.");
  return section;
}

orrery::App make_app(const Settings& settings) {
  if (settings.greeting == "throw") throw std::runtime_error("that is no greeting");
  orrery::App app;
  const orrery::Counter asked{app, "asked_total", "How often it was asked."};
  app.get("/settings", [settings, asked](const orrery::Request&) {
    asked.add();
    return orrery::Response::text(settings.greeting + " " + std::to_string(settings.page) + " " +
                                  std::to_string(settings.patience.count()) + " " +
                                  std::to_string(settings.token.reveal().size()) + "\n");
  });
  app.get("/asked", [asked](const orrery::Request&) { return orrery::Response::text(std::to_string(asked.value())); });
  return app;
}

}  // namespace

int run_with_settings(int argc, char** argv) {
  return orrery::run(argc, argv, section(), make_app, {.name = "echo", .version = ""});
}
