#include "metrics/family.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "orrery/metrics.hpp"

#include "base/unique_fd.hpp"
#include "os/ledger.hpp"

namespace orrery::metrics {

namespace {

/// Labels and value of each sample, as one text.
std::map<std::string, std::string> shown(const Family& family, const std::vector<pid_t>& alive = {}) {
  std::map<std::string, std::string> all;
  for (const Sample& sample : family.samples(alive, nullptr)) {
    std::string name{sample.suffix};
    for (const auto& [label, value] : sample.labels) name += label + "=" + value + ";";
    CHECK(all.emplace(name, sample.value).second);
  }
  return all;
}

using Shown = std::map<std::string, std::string>;

/// What `child` does in another process.
template <class Act>
pid_t in_child(Act act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    act();
    ::_exit(0);
  }
  return pid;
}

void wait_for(pid_t pid) {
  int status = -1;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  CHECK(status == 0);
}

}  // namespace

TEST_CASE("metrics: names that Prometheus would not take, and the server's own, are refused with a sentence") {
  struct Row {
    const char* name;
    const char* label;
    const char* said;
  };
  for (const auto& row :
       {Row{"", "a", "needs a name"}, Row{"9_total", "a", "begins with no digit"},
        Row{"a-b_total", "a", "needs a name"}, Row{"orrery_x_total", "a", "prefix of the server's own"},
        Row{"mails", "a", "ends in `_total`"}, Row{"x_total", "", "label ``"}, Row{"x_total", "__a", "label `__a`"},
        Row{"x_total", "le", "label `le`"}, Row{"x_total", "a:b", "label `a:b`"}}) {
    INFO(row.name << " " << row.label);
    CHECK_THROWS_WITH((CounterFamily{row.name, "Help.", {row.label}, 4}), Catch::Contains(row.said));
  }
  CHECK_THROWS_AS((CounterFamily{"x_total", "", {"a", "a"}, 4}), std::invalid_argument);
  CHECK_THROWS_AS((CounterFamily{"x_total", "", {}, 0}), std::invalid_argument);
  CHECK_THROWS_AS((CounterFamily{"x_total", "", {}, 4097}), std::invalid_argument);
  CHECK_NOTHROW(CounterFamily{"app:x_total", "", {"a_1"}, 4096});
  App app;
  const Counter first{app, "x_total", "X."};
  CHECK_THROWS_WITH((Gauge{app, "x_total", "X."}), Catch::Contains("is there twice"));
}

TEST_CASE("metrics: a counter adds up what all processes count") {
  CounterFamily family{"x_total", "X.", {}, 1};
  family.add(2, {});
  wait_for(in_child([&] { family.add(40, {}); }));
  CHECK(shown(family) == Shown{{"", "42"}});
  CHECK(family.value({}) == 42);
}

TEST_CASE("metrics: each combination of labels has a series, and those beyond the limit are counted together") {
  CounterFamily family{"x_total", "X.", {"kind", "size"}, 3};
  CHECK(shown(family).empty());
  family.add(1, {"a", "b"});
  family.add(1, {"ab", ""});
  family.add(1, {"ab"});  // the same
  family.add(1, {"a", "b", "more"});
  wait_for(in_child([&] { family.add(5, {"", "ab"}); }));
  CHECK(shown(family) == Shown{{"kind=a;size=b;", "2"}, {"kind=ab;size=;", "2"}, {"kind=;size=ab;", "5"}});
  family.add(7, {"fourth", ""});
  family.add(1, {"other", "other"});
  family.add(1, {std::string(113, 'x'), ""});
  CHECK(shown(family).at("kind=other;size=other;") == "9");
  CHECK(shown(family).size() == 4);
  CHECK(family.value({"a", "b"}) == 2);
}

TEST_CASE("metrics: threads that count at once lose nothing, and make no series twice") {
  CounterFamily family{"x_total", "X.", {"kind"}, 64};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 6400; ++n) family.add(1, {std::to_string(n % 64)});
    });
  }
  for (auto& thread : threads) thread.join();
  const Shown all = shown(family);
  CHECK(all.size() == 64);
  for (const auto& [name, value] : all) CHECK(value == "400");
}

TEST_CASE("metrics: a gauge is the sum of what the workers that live hold") {
  GaugeFamily family{"held", "Held."};
  const pid_t self = ::getpid();
  family.own()->store(3);
  const pid_t child = in_child([&] { family.own()->fetch_add(-1); });
  wait_for(child);
  CHECK(shown(family, {self}) == Shown{{"", "3"}});
  CHECK(shown(family, {self, child}) == Shown{{"", "2"}});
  CHECK(shown(family) == Shown{{"", "0"}});
}

TEST_CASE("metrics: a worker that comes later has the place of one that is gone") {
  GaugeFamily family{"held", "Held.", 8};
  family.own()->store(1);
  for (int i = 0; i < 20; ++i) {
    const pid_t child = in_child([&] {
      auto* const own = family.own();
      if (own == nullptr || own->load() != 0) ::_exit(1);
      own->store(5);
    });
    wait_for(child);
    CHECK(shown(family, {child}) == Shown{{"", "5"}});
  }
  CHECK(shown(family, {::getpid()}) == Shown{{"", "1"}});
}

TEST_CASE("metrics: a histogram counts what is at most each bound") {
  HistogramFamily family{"seconds", "S.", {0.5, 1, 2.5}};
  for (const double value : {0.5, 0.6, 1.0, 2.5, 9.0, -1.0, std::nan("")}) family.observe(value);
  wait_for(in_child([&] { family.observe(INFINITY); }));
  CHECK(family.count() == 7);
  const Shown all = shown(family);
  CHECK(all.at("_bucketle=0.5;") == "2");
  CHECK(all.at("_bucketle=1;") == "4");
  CHECK(all.at("_bucketle=2.5;") == "5");
  CHECK(all.at("_bucketle=+Inf;") == "7");
  CHECK(all.at("_count") == "7");
  for (const auto& bounds : {std::vector<double>{}, {1, 1}, {2, 1}, {INFINITY}, {NAN}, std::vector<double>(65, 1)})
    CHECK_THROWS_AS((HistogramFamily{"x", "X.", bounds}), std::invalid_argument);
}

TEST_CASE("metrics: counters and histograms go on where the master before stands, whatever its series and bounds") {
  auto old_ledger = *os::Ledger::create();
  auto new_ledger = *os::Ledger::adopt(base::UniqueFd{::dup(old_ledger.fd())});
  const auto with = [](const Family& family, os::Ledger& ledger) {
    Shown all;
    for (const Sample& sample : family.samples({}, &ledger)) {
      std::string name{sample.suffix};
      for (const auto& [label, value] : sample.labels) name += label + "=" + value + ";";
      all.emplace(name, sample.value);
    }
    return all;
  };
  CounterFamily old_mails{"mails_total", "Mails.", {"kind"}, 4}, new_mails{"mails_total", "Mails.", {"kind"}, 4};
  old_mails.add(3, {"welcome"});
  old_mails.add(1, {"news"});
  old_mails.enter(old_ledger);
  new_mails.add(2, {"welcome"});
  new_mails.add(1, {"bill"});
  CHECK(with(new_mails, new_ledger) == Shown{{"kind=bill;", "1"}, {"kind=news;", "1"}, {"kind=welcome;", "5"}});
  CHECK(with(old_mails, old_ledger) == with(new_mails, new_ledger));
  CounterFamily plain{"mails_total", "Mails.", {}, 4};  // other labels: another metric
  plain.add(1, {});
  CHECK(with(plain, new_ledger) == Shown{{"", "1"}});

  HistogramFamily old_times{"times", "Times.", {1, 10}}, new_times{"times", "Times.", {1, 5}};
  for (const double time : {0.5, 7.0, 70.0}) old_times.observe(time);
  old_times.enter(old_ledger);
  new_times.observe(3);
  CHECK(
      with(new_times, new_ledger) ==
      Shown{{"_bucketle=1;", "1"}, {"_bucketle=5;", "2"}, {"_bucketle=+Inf;", "4"}, {"_sum", "80.5"}, {"_count", "4"}});
  GaugeFamily held{"held", "Held."};
  CHECK(with(held, new_ledger) == Shown{{"", "0"}});
}

TEST_CASE("metrics: a family goes on in the memory of an older one of the same form") {
  CounterFamily older{"mails_total", "Mails.", {"kind"}, 8};
  older.add(2, {"welcome"});
  CounterFamily fresh{"mails_total", "Mails, told otherwise.", {"kind"}, 8};
  REQUIRE(fresh.share(older));
  fresh.add(1, {"welcome"});
  CHECK(older.value({"welcome"}) == 3);
  CounterFamily smaller{"mails_total", "Mails.", {"kind"}, 4};
  CHECK_FALSE(smaller.share(older));
  CounterFamily unlabelled{"mails_total", "Mails.", {}, 8};
  CHECK_FALSE(unlabelled.share(older));

  HistogramFamily sizes{"size_bytes", "Sizes.", {1, 10}};
  sizes.observe(5);
  HistogramFamily same{"size_bytes", "Sizes.", {1, 10}};
  REQUIRE(same.share(sizes));
  same.observe(50);
  CHECK(sizes.count() == 2);
  HistogramFamily other{"size_bytes", "Sizes.", {1, 10, 100}};
  CHECK_FALSE(other.share(sizes));
  other.observe(5);
  CHECK(sizes.count() == 2);

  GaugeFamily held{"held", "Held."};
  GaugeFamily held_again{"held", "Held."};
  REQUIRE(held_again.share(held));
  held_again.own()->store(7);
  CHECK(shown(held, {::getpid()}) == Shown{{"", "7"}});
  CHECK_FALSE(held_again.share(older));
}

}  // namespace orrery::metrics
