// An application as a shared object, in one form for each build of it (tests/meson.build): one that greets with the
// word GREETING, and those that cannot be served.
#include <stdexcept>
#include <string>

#include "orrery/module.hpp"
#include "orrery/orrery.hpp"

#if defined(MODULE_UNRESOLVED)
int nobody_has_this();
#endif

namespace {

[[maybe_unused]] orrery::App make_app() {
#if defined(MODULE_THROWS)
  throw std::runtime_error("the stars are wrong");
#endif
  orrery::App app;
  const orrery::Pool pool{app, "greetings", {.threads = 1, .queue = 10}};
  app.layer(orrery::cors({.origins = {"https://greeting.example"}}));
  app.get("/greet/{name}", [](const orrery::Request&, const std::string& name) {
    return orrery::Response::text(std::string{GREETING} + ", " + name + "\n");
  });
  app.get("/later", [pool](const orrery::Request&) -> orrery::Task<orrery::Response> {
    co_await orrery::sleep_for(std::chrono::milliseconds{1});
    const std::string text = co_await blocking(pool, [] { return std::string{GREETING} + ", later\n"; });
    co_return orrery::Response::text(text);
  });
  app.get("/teapot", [](const orrery::Request&) -> orrery::Response {
    throw orrery::HttpError{418, "Short and stout."};
  });
#if defined(MODULE_WRONG_ROUTE)
  app.get(std::string{"no slash"}, [](const orrery::Request&) { return orrery::Response::text(""); });
#endif
#if defined(MODULE_UNRESOLVED)
  app.get("/nobody", [](const orrery::Request&) { return orrery::Response::status(nobody_has_this()); });
#endif
  return app;
}

}  // namespace

#if defined(MODULE_OF_ANOTHER_VERSION)
extern "C" ORRERY_EXPORT const orrery::ModuleEntry orrery_module;
extern "C" const orrery::ModuleEntry orrery_module{
    orrery::ModuleEntry::kMagic, {.headers = 900}, [](const orrery::sections::Sources&) -> orrery::Result<orrery::App> {
      return make_app();
    }};
#elif defined(MODULE_OF_ANOTHER_FORM)
extern "C" ORRERY_EXPORT const orrery::ModuleEntry orrery_module;
extern "C" const orrery::ModuleEntry orrery_module{
    orrery::ModuleEntry::kMagic, {.app = 1}, [](const orrery::sections::Sources&) -> orrery::Result<orrery::App> {
      return make_app();
    }};
#elif defined(MODULE_HAS_SETTINGS)
namespace {

struct Settings {
  std::string greeting = GREETING;
  int times = 1;
};

orrery::Section<Settings> section() {
  orrery::Section<Settings> section;
  section.add("greeting", &Settings::greeting, "What is said.")
      .add("times", &Settings::times, "How often it is said.", {.least = 1, .most = 3});
  return section;
}

orrery::App make_with(const Settings& settings) {
  orrery::App app;
  app.get("/greet/{name}", [settings](const orrery::Request&, const std::string& name) {
    std::string text;
    for (int i = 0; i < settings.times; ++i) text += settings.greeting + ", ";
    return orrery::Response::text(text + name + "\n");
  });
  return app;
}

}  // namespace

ORRERY_APP(section(), make_with)
#elif !defined(MODULE_IS_NONE)
ORRERY_APP(make_app)
#endif
