#include "app.hpp"

#include <orrery/module.hpp>
#include <string>

orrery::App make_app() {
  orrery::App app;
  app.get("/hello/{name}", [](const orrery::Request&, const std::string& name) {
    return orrery::Response::text("Hello, " + name + ".\n");
  });
  return app;
}

ORRERY_APP(make_app)
