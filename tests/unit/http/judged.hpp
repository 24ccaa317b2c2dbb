// What the policy and the framing make of a head, as one word or a few.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "http/h1/framing.hpp"
#include "http/h1/guard.hpp"
#include "http/h1/parser.hpp"
#include "http/message.hpp"
#include "http/method.hpp"
#include "http/policy.hpp"

namespace orrery::test {

/// What the policy makes of a head: "length 5 keep", "chunked close", or the reason.
inline std::string judged(const std::string& method, const std::string& rest, std::string* id = nullptr,
                          const Config& config = {}) {
  const std::string head = method + " " + rest + "\r\n\r\n";
  http::MessagePool pool;
  http::Message* message = pool.take();
  message->bytes = head.data();
  message->head_length = static_cast<std::uint32_t>(head.size());
  http::h1::Guard guard;
  const http::h1::Verdict verdict = guard.scan(head, {});
  REQUIRE(verdict.kind == http::h1::Verdict::Kind::kComplete);
  message->method = http::known_method(method);
  message->protocol = guard.protocol();
  message->target = {guard.method_length() + 1, guard.target_length()};
  http::h1::Parser::split_fields(*message, head.size());
  http::PolicyFindings findings;
  const auto reason = http::h1::judge_head(*message, config, findings);
  if (id) *id = std::string{message->view(findings.request_id)};
  std::string out;
  if (reason) {
    out = base::row(*reason).name;
  } else {
    out = message->framing == http::BodyFraming::kNone     ? "none"
          : message->framing == http::BodyFraming::kLength ? "length " + std::to_string(message->content_length)
                                                           : "chunked";
    out += message->keep_alive ? " keep" : " close";
    if (message->expects_continue) out += " expects";
  }
  message->release();
  return out;
}

}  // namespace orrery::test
