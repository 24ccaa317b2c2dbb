#include "worker/mailbox.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

namespace orrery::worker {

namespace {

void turns(uv::Loop& loop) {
  for (int i = 0; i < 4; ++i) loop.turn();
}

/// Tells the mailbox of its end.
struct Letter {
  Letter(Mailbox& its_mailbox, int& its_count) : mailbox(&its_mailbox), count(&its_count) {}
  Letter(const Letter&) = delete;
  Letter& operator=(const Letter&) = delete;
  ~Letter() {
    ++*count;
    mailbox->post([] {});
  }
  Mailbox* mailbox;
  int* count;
};

}  // namespace

TEST_CASE("mailbox: what threads post runs on the loop thread, in order, and never inside of post()") {
  uv::Loop loop;
  Mailbox mailbox{loop};
  std::string order;
  const auto thread = std::this_thread::get_id();
  bool thought_so = true;
  std::thread{[&] {
    thought_so = mailbox.on_loop_thread();
    for (const char letter : {'a', 'b', 'c'})
      mailbox.post([&order, letter, thread] {
        order += letter;
        CHECK(std::this_thread::get_id() == thread);
      });
  }}.join();
  CHECK_FALSE(thought_so);
  CHECK(order.empty());
  mailbox.post([&] { order += 'd'; });
  CHECK(mailbox.on_loop_thread());
  turns(loop);
  CHECK(order == "abcd");
  mailbox.close();
}

TEST_CASE("mailbox: what a task posts runs in a later turn, so that tasks that post themselves starve nobody") {
  uv::Loop loop;
  Mailbox mailbox{loop};
  int times = 0;
  std::function<void()> again = [&] {
    ++times;
    mailbox.post(again);
  };
  mailbox.post(again);
  loop.turn();
  const int before = times;
  loop.turn();
  CHECK(times <= before + 1);
  turns(loop);
  CHECK(times > before);
  mailbox.close();
}

TEST_CASE("mailbox: after its close letters are thrown away, those that lie in it too") {
  uv::Loop loop;
  Mailbox mailbox{loop};
  int run = 0;
  mailbox.post([&] { ++run; });
  CHECK_FALSE(mailbox.closed());
  mailbox.close();
  CHECK(mailbox.closed());
  mailbox.post([&] { ++run; });
  turns(loop);
  CHECK(run == 0);
  mailbox.close();
}

TEST_CASE("mailbox: a letter that is thrown away may post another as it goes") {
  uv::Loop loop;
  Mailbox mailbox{loop};
  int gone = 0;
  mailbox.post([letter = std::make_shared<Letter>(mailbox, gone)] { FAIL("nobody reads it"); });
  mailbox.close();
  CHECK(gone == 1);
  mailbox.post([letter = std::make_shared<Letter>(mailbox, gone)] { FAIL("nobody reads it"); });
  CHECK(gone == 2);
}

}  // namespace orrery::worker
