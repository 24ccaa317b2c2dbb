// PlanetService: the whole planet API behind a connection: what a client sends to it and what comes back, without a
// socket.
//
// Handlers are called as a worker calls them, but without its fences: what one throws comes out of ask(). An event
// stream answers with its first sky as JSON, since nothing here writes as time goes by.
#pragma once

#include <string>
#include <string_view>

#include "planets/answer.hpp"
#include "planets/api.hpp"
#include "planets/query.hpp"
#include "support/connection_driver.hpp"

namespace orrery::test {

class PlanetService {
 public:
  /// A track that comes in more than `pieces` pieces ends after them, as if it had been shorter.
  explicit PlanetService(int pieces = 1'000'000) : pieces_(pieces) {}

  /// The one response to a request; `fields` are whole lines, each with its CRLF. Throws std::runtime_error when it is
  /// not well framed.
  SeenResponse ask(std::string_view target, std::string_view fields = {}, const std::string& method = "GET",
                   std::string_view host = "localhost") {
    ConnectionDriver driver{{}, app_.routes()};
    driver.answer_with([this](const Request& request) { return answer(request); });
    driver.receive(std::string{method}
                       .append(" ")
                       .append(target)
                       .append(" HTTP/1.1\r\nHost: ")
                       .append(host)
                       .append("\r\n")
                       .append(fields)
                       .append("\r\n"));
    const auto responses = read_responses(driver.output(), {method});
    return responses.size() == 1 ? responses.front() : SeenResponse{};
  }

 private:
  Response answer(const Request& request) {
    const Route& route = app_.routes()[http::Message::of(request).match.route];
    if (!route.handler) return first_sky(request);
    Response response = route.handler(request);
    if (!response.is_stream()) return response;
    return shortened(std::move(response));
  }
  static Response first_sky(const Request& request) {
    const planets::StreamQuery stream = planets::read_stream_query(request);
    if (!stream.query.problems.empty()) return planets::refusal(stream.query.problems);
    return Response::json(planets::sky_json(stream.query, planets::EarthRotation{}));
  }
  /// The same status and fields with a stream that ends in time.
  Response shortened(Response response) {
    auto pull = response.take_pull();
    auto left = pieces_;
    auto whole = [pull = std::move(pull), left](std::string& out) mutable {
      const bool more = pull(out);
      if (!more || --left > 0) return more;
      out += "]}\n";
      return false;
    };
    // Media types of streams are literals, and outlive the response.
    Response shorter = Response::stream(response.media_type(), std::move(whole));
    for (const auto& [name, value] : response.fields()) shorter.add_field(name, value);
    return std::move(shorter).with_status(response.status());
  }

  App app_ = planets::make_app();
  int pieces_;
};

}  // namespace orrery::test
