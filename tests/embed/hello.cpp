// A stranger's whole service: built against the installed library, found by pkg-config.
#include <orrery/orrery.hpp>

void add_notes(orrery::App& app);
void add_waiting(orrery::App& app);

int main(int argc, char** argv) {
  orrery::App app;
  app.get("/hello/{name}", [](const orrery::Request& request) {
    return orrery::Response::text("hello " + std::string{request.param("name")} + "\n");
  });
  app.get("/later", [](orrery::Request, orrery::Responder responder) {
    std::move(responder).send(orrery::Response::json(R"({"later":true})"));
  });
  add_notes(app);
  add_waiting(app);
  app.on_worker_start([](orrery::Worker& worker) -> orrery::Result<void> {
    if (worker.number() == 0) return orrery::fail("workers are numbered from 1");
    return {};
  });
  return orrery::run(argc, argv, std::move(app), {.name = "hello", .version = "1.0"});
}
