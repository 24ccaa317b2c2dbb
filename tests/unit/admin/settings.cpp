#include "admin/settings.hpp"

#include <catch2/catch.hpp>

namespace orrery::admin {

TEST_CASE("admin settings: where `auto` is, and when there is no address") {
  struct Row {
    const char* name;
    std::vector<std::string> setting;
    Directories directories;
    std::vector<std::string> addresses;
  };
  const Row rows[] = {
      {"systemd's directory", {"auto"}, {"/run/planets", "/run/user/1"}, {"unix:/run/planets/admin.sock"}},
      {"the first of several", {"auto"}, {"/run/a:/run/b", ""}, {"unix:/run/a/admin.sock"}},
      {"the user's directory", {"auto"}, {"", "/run/user/1"}, {"unix:/run/user/1/planets-admin.sock"}},
      {"neither", {"auto"}, {"", ""}, {}},
      {"off", {"off"}, {"/run/planets", "/run/user/1"}, {}},
      {"said", {"unix:/tmp/a", "127.0.0.1:9"}, {"/run/planets", ""}, {"unix:/tmp/a", "127.0.0.1:9"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Config service;
    service.proc_name = "planets";
    service.admin = row.setting;
    CHECK(admin_addresses(service, row.directories) == row.addresses);
  }
}

TEST_CASE("admin settings: what the service's settings say of workers and logs of requests is not theirs") {
  Config service;
  service.workers = 8;
  service.worker_class = WorkerClass::kSync;
  service.accesslog = "/var/log/access.log";
  service.max_requests = 10;
  service.errorlog = "/var/log/error.log";
  const Config own = settings_for(service, {"unix:/tmp/a"});
  CHECK(own.bind == std::vector<std::string>{"unix:/tmp/a"});
  CHECK(own.worker_class == WorkerClass::kAsync);
  CHECK(own.accesslog.empty());
  CHECK(own.max_requests == 0);
  CHECK(own.errorlog == "/var/log/error.log");
}

}  // namespace orrery::admin
