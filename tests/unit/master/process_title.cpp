#include "master/process_title.hpp"

#include <catch2/catch.hpp>

#include "base/bind.hpp"

namespace orrery::master {

namespace {

ListenerSet listeners_at(const std::vector<std::string>& binds) {
  ListenerSet set;
  for (const std::string& bind : binds) {
    auto listener = std::make_shared<os::Listener>();
    listener->target = base::parse_bind(bind).value();
    listener->address = listener->target.address;
    if (listener->target.kind == base::BindTarget::Kind::kUnix) listener->address.family = base::Address::Family::kUnix;
    set.push_back(std::move(listener));
  }
  return set;
}

}  // namespace

TEST_CASE("process_title: name, role, class and first address tell services apart") {
  struct Row {
    const char* name;
    WorkerClass worker_class;
    std::vector<std::string> binds;
    const char* title;
  };
  const std::string deep(90, 'd');
  const Row rows[] = {
      {"orrery", WorkerClass::kAsync, {"127.0.0.1:8000"}, "orrery: master [async] 127.0.0.1:8000"},
      {"sky", WorkerClass::kSync, {"[::]:80", ":81", "unix:/x"}, "sky: master [sync] [::]:80 +2"},
      {"sky", WorkerClass::kThreads, {"unix:/run/sky.sock"}, "sky: master [threads] unix:/run/sky.sock"},
      {"sky", WorkerClass::kAsync, {"unix:@sky"}, "sky: master [async] unix:@sky"},
      {"sky", WorkerClass::kAsync, {"[fe80::1%eth0]:80"}, "sky: master [async] [fe80::1%eth0]:80"},
      {"sky", WorkerClass::kAsync, {}, "sky: master [async]"},
  };
  for (const Row& row : rows) {
    INFO(row.title);
    Config config;
    config.proc_name = row.name;
    config.worker_class = row.worker_class;
    CHECK(process_title(config, listeners_at(row.binds), "master") == row.title);
  }
  CHECK(process_title(Config{}, listeners_at({":80"}), "worker 3", "gen 2") ==
        "orrery: worker 3 [async] gen 2 0.0.0.0:80");
}

TEST_CASE("process_title: what is too long is cut where it tells the least") {
  Config config;
  config.proc_name = std::string(200, 'n');
  const std::string title =
      process_title(config, listeners_at({"unix:/run/" + std::string(80, 'd') + "/sky.sock"}), "master");
  CHECK(title.size() < 160);
  CHECK(title.starts_with("nnn"));
  CHECK(title.find("n...: master [async] unix:...") != std::string::npos);
  CHECK(title.ends_with("ddd/sky.sock"));
}

}  // namespace orrery::master
