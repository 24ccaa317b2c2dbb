#include "ctl/exposition.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "admin/metrics.hpp"

namespace orrery::ctl {

TEST_CASE("exposition: samples are summed over their labels") {
  const Exposition read{
      "# HELP a_total x\n# TYPE a_total counter\na_total{class=\"2xx\",le=\"}\"} 3\na_total{class=\"5xx\"} 4 "
      "1700000000\n"
      "b 1.5e3\nc NaNsense\nd\n\ne{ 1\nf{subclass=\"2xx\"} 9\n"};
  CHECK(read.sum("a_total") == 7.0);
  CHECK(read.sum("a_total", "class", "5xx") == 4.0);
  CHECK_FALSE(read.sum("a_total", "class", "4xx"));
  CHECK_FALSE(read.sum("f", "class", "2xx"));
  CHECK(read.sum("b") == 1500.0);
  CHECK_FALSE(read.sum("c"));
  CHECK_FALSE(read.sum("d"));
  CHECK_FALSE(Exposition{""}.sum("a"));
}

TEST_CASE("exposition: samples apart by the value of a label, and without those that lack it") {
  const Exposition read{"a_total{x=\"1\",y=\"p\\\"q\"} 3\na_total{x=\"2\",y=\"r\"} 4\nb{y=\"r\"} 5\nc 6\n"};
  const auto parts = read.split("y");
  REQUIRE(parts.size() == 2);
  CHECK(parts.at("p\\\"q").sum("a_total") == 3.0);
  CHECK(parts.at("r").sum("a_total") == 4.0);
  CHECK(parts.at("r").sum("b") == 5.0);
  CHECK_FALSE(parts.at("r").sum("c"));
  CHECK(read.split("z").empty());
}

TEST_CASE("exposition: a quantile is of what came between two looks") {
  const auto buckets = [](const std::string& text) { return Exposition{text}.buckets("t"); };
  const auto before = buckets("t_bucket{le=\"0.1\"} 5\nt_bucket{le=\"1\"} 5\nt_bucket{le=\"+Inf\"} 5\n");
  const auto now = buckets(
      "t_bucket{route=\"a\",le=\"0.1\"} 12\nt_bucket{route=\"b\",le=\"0.1\"} 2\nt_bucket{route=\"a\",le=\"1\"} 14\n"
      "t_bucket{le=\"+Inf\"} 15\n");
  REQUIRE(now.size() == 3);
  CHECK(now.front().bound == 0.1);
  CHECK(now.front().count == 14);
  CHECK(quantile_between(before, now, 0.5) == 0.1);
  CHECK(quantile_between(before, now, 0.9) == 0.1);
  CHECK(quantile_between(before, now, 0.99) == std::numeric_limits<double>::infinity());
  CHECK_FALSE(quantile_between(now, now, 0.5));
  CHECK_FALSE(quantile_between({}, {}, 0.5));
}

TEST_CASE("exposition: this version's metrics are understood") {
  admin::View view;
  view.totals.requests = 9;
  view.totals.latency[20] = 4;
  const Exposition read{admin::metrics_text(view)};
  CHECK(read.sum("orrery_requests_total") == 9.0);
  CHECK(read.buckets("orrery_request_duration_seconds").back().count == 4);
}

}  // namespace orrery::ctl
