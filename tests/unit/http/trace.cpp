#include "http/trace.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::http {

namespace {

constexpr std::string_view kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string text_of(const Traceparent& trace) { return {trace.data(), trace.size()}; }

}  // namespace

TEST_CASE("trace: what is a traceparent") {
  struct Row {
    const char* name;
    std::string text;
    bool good;
  };
  const std::string good{kGood};
  const auto with = [&good](std::size_t at, std::string_view part) {
    return std::string{good}.replace(at, part.size(), part);
  };
  const Row rows[] = {
      {"as in the standard", good, true},
      {"not recorded", with(53, "00"), true},
      {"a later version", with(0, "01"), true},
      {"a later version with more", with(0, "01") + "-more", true},
      {"more without a dash", with(0, "01") + "more", false},
      {"the first version with more", good + "-more", false},
      {"no version", with(0, "ff"), false},
      {"no trace", with(3, std::string(32, '0')), false},
      {"no parent", with(36, std::string(16, '0')), false},
      {"capital letters", with(3, "4BF9"), false},
      {"no digit", with(53, "0g"), false},
      {"a dash too few", with(35, "0"), false},
      {"cut", good.substr(0, 54), false},
      {"empty", "", false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(is_traceparent(row.text) == row.good);
  }
}

TEST_CASE("trace: one that goes on has the same trace and another parent, one that begins is to be recorded") {
  RequestIds ids{7};
  const std::string next = text_of(continue_trace(kGood, ids));
  CHECK(is_traceparent(next));
  CHECK(trace_id(next) == trace_id(kGood));
  CHECK(next.substr(36, 16) != kGood.substr(36, 16));
  CHECK(next.ends_with("-01"));
  CHECK(text_of(continue_trace(std::string{kGood}.replace(53, 2, "fe"), ids)).ends_with("-00"));
  const std::string first = text_of(begin_trace(ids)), second = text_of(begin_trace(ids));
  CHECK(is_traceparent(first));
  CHECK(first.ends_with("-01"));
  CHECK(trace_id(first) != trace_id(second));
  CHECK(trace_id("").empty());
}

}  // namespace orrery::http
