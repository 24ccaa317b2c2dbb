#include "http/message.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

namespace orrery::http {
namespace {

/// A message whose head is `text`, with `query` as its query.
Message* message_with(MessagePool& pool, const std::string& head, std::string_view query) {
  Message* message = pool.take();
  message->bytes = head.data();
  message->head_length = static_cast<std::uint32_t>(head.size());
  message->query = {static_cast<std::uint32_t>(head.find(query)), static_cast<std::uint32_t>(query.size())};
  return message;
}

TEST_CASE("Query values are found by their decoded name") {
  struct Row {
    const char* query;
    const char* name;
    std::optional<std::string_view> value;
  };
  const Row rows[] = {
      {"a=1", "a", "1"},       {"a=1&b=2", "b", "2"}, {"a=1&a=2", "a", "1"}, {"a", "a", ""},
      {"a=", "a", ""},         {"a&b=2", "a", ""},    {"a=1", "b", {}},      {"ab=1", "a", {}},
      {"A=1", "a", {}},        {"a==", "a", "="},     {"a=b=c", "a", "b=c"}, {"a=1+2", "a", "1 2"},
      {"a=1%2B2", "a", "1+2"}, {"%61=1", "a", "1"},   {"b+c=1", "b c", "1"}, {"a%26=1", "a&", "1"},
      {"a=%zz", "a", "%zz"},   {"a=%", "a", "%"},     {"&&a=1&&", "a", "1"}, {"=1", "", "1"},
      {"a;b=1", "a;b", "1"},   {"a=?/", "a", "?/"},
  };
  MessagePool pool;
  for (const Row& row : rows) {
    INFO(row.query << " " << row.name);
    const std::string head = std::string{"GET /?"} + row.query + " HTTP/1.1\r\n\r\n";
    Message* message = message_with(pool, head, row.query);
    CHECK(message->query_value(row.name) == row.value);
    message->release();
  }
}

TEST_CASE("Decoded query values live as long as the message") {
  MessagePool pool;
  const std::string query = "a=%41&b=%42";
  const std::string head = "GET /?" + query + " HTTP/1.1\r\n\r\n";
  Message* message = message_with(pool, head, query);
  const auto first = message->query_value("a");
  for (int i = 0; i < 1000; ++i) CHECK(message->query_value("b") == "B");
  CHECK(first == "A");
  message->release();
}

TEST_CASE("A shared request keeps its own bytes, and may be dropped on any thread") {
  MessagePool pool;
  auto head = std::make_unique<std::string>("GET /a?b=c HTTP/1.1\r\n\r\n");
  Message* message = message_with(pool, *head, "b=c");
  message->target = {4, 6};
  message->set_id("the-id");
  Request request = message->share();
  head.reset();
  CHECK(request.target() == "/a?b=c");
  CHECK(request.query("b") == "c");
  CHECK(request.id() == "the-id");
  message->release();
  std::string seen;
  std::thread{[&seen, kept = std::move(request)] { seen = kept.target(); }}.join();
  CHECK(seen == "/a?b=c");
}

TEST_CASE("All query parameters, as they came and decoded") {
  struct Row {
    const char* target;
    const char* expected;
  };
  const Row rows[] = {
      {"/", ""},
      {"/?", ""},
      {"/?a", "a=;"},
      {"/?a=1&b=2&a=3", "a=1;b=2;a=3;"},
      {"/?a=b=c&=d&&e=", "a=b=c;=d;=;e=;"},
      {"/?a=1&", "a=1;"},
      {"/?a%62=c+d%26&x+y=%zz", "ab=c d&;x y=%zz;"},
      {"/?a-long-name-of-a-parameter=and-a-long-value+of-it&b=2",
       "a-long-name-of-a-parameter=and-a-long-value of-it;b=2;"},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    MessagePool pool;
    Message* message = pool.take();
    const std::string head = std::string{"GET "} + row.target + " HTTP/1.1\r\n\r\n";
    message->bytes = head.data();
    const std::size_t mark = head.find('?');
    if (mark < head.size())
      message->query = {static_cast<std::uint32_t>(mark + 1),
                        static_cast<std::uint32_t>(head.find(' ', mark) - mark - 1)};
    const Request request = message->borrow();
    std::string seen;
    for (std::size_t i = 0; i < request.query_count(); ++i) {
      const Field field = request.query_at(i);
      seen.append(field.name).append("=").append(field.value).append(";");
    }
    CHECK(seen == row.expected);
    CHECK_THROWS_AS(request.query_at(request.query_count()), std::out_of_range);
    message->release();
  }
}

TEST_CASE("The last reference gives a message back, clean, on the loop thread only") {
  MessagePool pool;
  Message* message = pool.take();
  message->body = "body";
  message->fields.push_back({});
  message->cancelled = true;
  message->deadline = base::Monotonic{std::chrono::seconds{1}};
  message->retain();
  message->release();
  CHECK(message->body == "body");
  message->release();
  Message* again = pool.take();
  CHECK(again == message);
  CHECK(again->body.empty());
  CHECK(again->fields.empty());
  CHECK_FALSE(again->cancelled);
  CHECK(again->deadline == base::Monotonic{});
  std::thread{[again] { again->release(); }}.join();
  Message* fresh = pool.take();
  CHECK(fresh->body.empty());
  fresh->release();
}

TEST_CASE("A message at rest holds nothing of the request it served") {
  MessagePool pool;
  Message* message = pool.take();
  auto resource = std::make_shared<int>(1);
  {
    Response streamed = Response::stream("text/plain", [resource](std::string&) { return false; });
    message->pull = std::make_shared<PulledBody>(streamed);
  }
  message->body.assign(1024 * 1024, 'x');
  CHECK(resource.use_count() == 2);
  message->release();
  CHECK(resource.use_count() == 1);
}

TEST_CASE("keep_bytes may be asked again and again") {
  MessagePool pool;
  auto head = std::make_unique<std::string>("GET / HTTP/1.1\r\n\r\n");
  Message* message = message_with(pool, *head, "");
  message->keep_bytes();
  head.reset();
  const char* kept = message->bytes;
  message->keep_bytes();
  CHECK(message->bytes == kept);
  CHECK(message->view({0, 5}) == "GET /");
  message->release();
}

TEST_CASE("An id is cut at 64 bytes") {
  MessagePool pool;
  Message* message = pool.take();
  message->set_id(std::string(100, 'x'));
  CHECK(message->id_view() == std::string(64, 'x'));
  message->set_id("");
  CHECK(message->id_view().empty());
  message->release();
}

TEST_CASE("Peers are shown without port") {
  MessagePool pool;
  Message* message = pool.take();
  message->peer = base::parse_ip("2001:db8::1").value();
  CHECK(message->borrow().peer() == "2001:db8::1");
  message->release();
  message = pool.take();
  message->peer = base::parse_ip("192.0.2.1").value();
  CHECK(message->borrow().peer() == "192.0.2.1");
  message->release();
}

}  // namespace
}  // namespace orrery::http
