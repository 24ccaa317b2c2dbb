#include "counting.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "orrery/orrery.hpp"

namespace {

using orrery::Request;
using orrery::Response;

std::int64_t number(const Request& request, std::string_view name) {
  const std::string text{request.query(name).value_or("0")};
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

void add_counting(orrery::App& app) {
  const orrery::Counter counted{app, "counted_total", "What was counted, by kind.", {"kind"}, 4};
  const orrery::Histogram weighed{app, "weight_grams", "What it weighed.", {1, 10, 100}};
  const orrery::Gauge held{app, "held", "What is held."};
  app.post("/count/{kind}", [counted, weighed](const Request& request) {
    counted.add(1, {request.param("kind")});
    weighed.observe(static_cast<double>(number(request, "weight")));
    orrery::log(request, orrery::LogLevel::kInfo, "counted " + std::string{request.param("kind")});
    return Response::text("counted\n");
  });
  app.post("/hold", [held](const Request& request) {
    held.set(number(request, "n"));
    return Response::text("held\n");
  });
}
