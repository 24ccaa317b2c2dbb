// Output: what a socket does not take goes away with its owner, and is not copied.
#include "http/output.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>

namespace orrery::http {
namespace {

std::string all_of(const base::Unsent& unsent) { return std::string{unsent.first} + std::string{unsent.second}; }

TEST_CASE("Output: the unsent rest, whatever was sent") {
  static const std::string kFixed(100, 'f');
  for (const int kind : {0, 1, 2, 3}) {
    for (std::size_t sent = 0; sent <= 110; ++sent) {
      INFO(kind << " " << sent);
      Output output;
      output.append("head of it");
      if (kind == 1) output.set_tail(std::string(100, 't'));
      if (kind == 2) output.set_tail(std::string_view{kFixed});
      if (kind == 3) output.set_tail(std::string("tiny"));
      const std::string whole = std::string{output.buffer()} + std::string{output.tail()};
      if (sent > whole.size()) continue;
      const base::Unsent unsent = output.take_unsent(sent);
      CHECK(all_of(unsent) == whole.substr(sent));
      CHECK(output.empty());
      output.append("next");
      CHECK(output.buffer() == "next");
      CHECK(all_of(unsent) == whole.substr(sent));
    }
  }
}

TEST_CASE("Output: a large body stays where it is") {
  std::string body(10'000'000, 'b');
  const char* const bytes = body.data();
  Output output;
  output.append("head");
  output.set_tail(std::move(body));
  const base::Unsent unsent = output.take_unsent(1004);
  CHECK(unsent.second.data() == bytes + 1000);
  CHECK(unsent.body.data() == bytes);
}

TEST_CASE("Output: so does a large piece of a stream; of a small one no large buffer is kept") {
  Output output;
  const std::string piece(1'000'000, 'p');
  output.append(piece);
  const char* const bytes = output.buffer().data();
  CHECK(output.take_unsent(10).first.data() == bytes + 10);
  output.append(piece);
  const char* const large = output.buffer().data();
  const base::Unsent rest = output.take_unsent(999'990);
  CHECK(rest.first == "pppppppppp");
  CHECK(rest.first.data() != large + 999'990);
}

TEST_CASE("An Output takes nothing, little and much, and forgets it") {
  Output out;
  out.append({});
  CHECK(out.empty());
  out.append("a");
  out.append({});
  out.append(std::string(100'000, 'b'));
  CHECK(out.size() == 100'001);
  CHECK(out.buffer().substr(0, 2) == "ab");
  out.set_tail(std::string(70'000, 'c'));
  CHECK(out.size() == 170'001);
  CHECK(out.tail() == std::string(70'000, 'c'));
  out.clear();
  CHECK(out.empty());
  CHECK(out.tail().empty());
  static constexpr std::string_view kFixed = "constant";
  out.set_tail(kFixed);
  CHECK(out.tail().data() == kFixed.data());
  CHECK_FALSE(out.empty());
}

TEST_CASE("An Output has part of a file as its tail, and gives away what of it was not sent") {
  const auto file = std::make_shared<const OpenFile>(-1, "file");
  Output out;
  out.append("head");
  out.set_tail(FilePart{file, 100, 50});
  CHECK(out.size() == 54);
  CHECK(out.has_tail());
  CHECK(out.tail().empty());
  CHECK(out.file().length == 50);
  for (const std::size_t sent : {std::size_t{0}, std::size_t{3}, std::size_t{4}, std::size_t{30}, std::size_t{54}}) {
    INFO(sent);
    Output other;
    other.append("head");
    other.set_tail(FilePart{file, 100, 50});
    const base::Unsent unsent = other.take_unsent(sent);
    CHECK(unsent.first.size() == 4 - std::min<std::size_t>(sent, 4));
    CHECK(unsent.second.empty());
    CHECK(unsent.file.file == file);
    CHECK(unsent.file.offset + unsent.file.length == 150);
    CHECK(unsent.file.length + unsent.first.size() == 54 - sent);
    CHECK(other.empty());
    CHECK_FALSE(other.has_tail());
  }
  out.clear();
  CHECK(out.empty());
  CHECK(file.use_count() == 1);
}

}  // namespace
}  // namespace orrery::http
