#include "admin/desk.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "os/process.hpp"

namespace orrery::admin {

namespace {

/// A desk, and the master's end of its channel in the hands of the test.
struct Counter {
  Counter() {
    auto channel = os::make_channel();
    REQUIRE(channel);
    master = std::move(channel->ours);
    desk = std::make_unique<Desk>(std::move(channel->theirs));
    desk->open();
  }
  os::Order take() const {
    const os::OrderArrival arrival = os::take_order(master.get());
    REQUIRE(arrival.what == os::Arrival::kMessage);
    return arrival.order;
  }
  void answer(std::uint64_t ticket, os::OrderOutcome outcome, std::string_view text) const {
    os::OrderAnswer answer;
    answer.ticket = ticket;
    answer.outcome = outcome;
    answer.text = decltype(answer.text){text};
    REQUIRE(os::send_answer(master.get(), answer));
  }
  base::UniqueFd master;
  std::unique_ptr<Desk> desk;
};

struct Hearing {
  std::shared_ptr<std::promise<std::string>> said = std::make_shared<std::promise<std::string>>();
  std::future<std::string> heard = said->get_future();
  [[nodiscard]] Desk::Told told() const {
    return [said = said](const os::OrderAnswer& answer) {
      said->set_value(std::string{os::word_for(answer.outcome)} + " " + std::string{answer.text.view()});
    };
  }
};

}  // namespace

TEST_CASE("desk: each answer goes to its question, and `begun` only to who asks for the first word") {
  Counter counter;
  Hearing first, second;
  CHECK(counter.desk->give({}, false, first.told()) != 0);
  CHECK(counter.desk->give({}, true, second.told()) != 0);
  const std::uint64_t one = counter.take().ticket, other = counter.take().ticket;
  CHECK(one != other);
  counter.answer(one, os::OrderOutcome::kBegun, "a");
  counter.answer(other, os::OrderOutcome::kBegun, "b");
  CHECK(second.heard.get() == "begun b");
  CHECK(counter.desk->begun(one));
  counter.answer(777, os::OrderOutcome::kDone, "nobody's");
  counter.answer(other, os::OrderOutcome::kDone, "told already");
  counter.answer(one, os::OrderOutcome::kDone, "c");
  CHECK(first.heard.get() == "done c");
}

TEST_CASE("desk: when the master is gone every question is answered") {
  Counter counter;
  Hearing waiting, later;
  counter.desk->give({}, false, waiting.told());
  counter.master.reset();
  CHECK(waiting.heard.get() == "refused The master is gone.");
  CHECK(counter.desk->give({}, false, later.told()) == 0);
  CHECK(later.heard.get().starts_with("refused The master "));
}

TEST_CASE("desk: without a channel, and with too many questions, it refuses at once") {
  Desk none{base::UniqueFd{}};
  none.open();
  Hearing refused;
  CHECK(none.give({}, false, refused.told()) == 0);
  CHECK(refused.heard.get() == "refused The master takes no orders from this process.");
  Counter counter;
  std::uint64_t last = 0;
  for (int i = 0; i < 64; ++i) {
    last = counter.desk->give({}, false, [](const os::OrderAnswer&) {});
    counter.take();
  }
  CHECK(last != 0);
  Hearing one_more, again;
  CHECK(counter.desk->give({}, false, one_more.told()) == 0);
  CHECK(one_more.heard.get() == "refused Too many orders wait for their outcome.");
  counter.desk->forget(last);
  CHECK(counter.desk->give({}, false, again.told()) != 0);
  counter.answer(counter.take().ticket, os::OrderOutcome::kDone, "");
  CHECK(again.heard.get() == "done ");
}

}  // namespace orrery::admin
