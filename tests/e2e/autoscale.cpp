// The number of workers follows the load, where the settings say so; it is said, and a person's number stays.
#include "e2e/watched.hpp"
#include "support/json.hpp"
#include "support/load.hpp"

namespace orrery::test {

namespace {

/// Far beyond what a slow machine takes.
constexpr std::chrono::minutes kLongest{3};

/// Two workers of one thread each, and clients that would keep more than eight busy.
struct Scaled : Watched {
  explicit Scaled(const std::string& mode) : Watched({"-k", "threads", "--threads", "1", "--autoscale", mode}) {
    server.yaml = "workers: {min: 1, max: 3}\n";
  }
  void press() { load.start(url(server.port(), "/sleep?ms=50"), 8, false); }
  Load load;
};

}  // namespace

TEST_CASE("autoscale: more workers come under load, as many as there may be, and no request is lost") {
  Scaled scaled{"on"};
  scaled.serve();
  scaled.press();
  CHECK(scaled.server.wait_for_line("autoscale orders 3 workers. Advised: 3 workers instead of 2.", kLongest));
  CHECK(eventually([&] { return scaled.server.workers().size() == 3; }, kLongest));
  CHECK(scaled.events_say("order", "The order autoscale came", "the admin process, by itself"));
  CHECK(scaled.events_say("scaled", "The number of workers is now 3 (it was 2), by autoscale", ""));
  CHECK_THAT(scaled.json("GET /advice")["text"].get<std::string>(), Catch::EndsWith(" Autoscale is on."));
  CHECK(scaled.order("/reload").text == "Generation 2 is ready with 3 workers.");
  CHECK(scaled.order("/scale?workers=1").outcome == "done");
  CHECK_THAT(scaled.json("GET /advice")["text"].get<std::string>(), Catch::Contains("Autoscale rests"));
  const LoadAccount account = scaled.load.stop();
  INFO(account.first_problem);
  CHECK(account.ok > 0);
  CHECK(account.clean());
  CHECK(scaled.server.stop() == 0);
}

TEST_CASE("autoscale: a dry run says what it would do, once, and does nothing") {
  Scaled scaled{"dry_run"};
  scaled.serve();
  scaled.press();
  CHECK(scaled.server.wait_for_line("autoscale (dry_run) would set the number of workers to 3. Advised: 3 workers",
                                    kLongest));
  CHECK(scaled.load.answers(100, kLongest));
  CHECK(scaled.server.count_lines("would set the number of workers to 3") == 1);
  CHECK(scaled.status()["workers"]["wanted"] == 2);
  CHECK(scaled.load.stop().clean());
  CHECK(scaled.server.stop() == 0);
}

TEST_CASE("autoscale: bounds that are upside down are refused with their place") {
  Scaled scaled{"on"};
  scaled.server.yaml = "timeout: 20s\nworkers:\n  min: 4\n  max: 3\n";
  scaled.server.start();
  CHECK(scaled.server.wait_for_end() != 0);
  CHECK(scaled.server.count_lines(":3:8: the fewest workers, 4, are more than the most, 3 (`workers_max`)") == 1);
}

}  // namespace orrery::test
