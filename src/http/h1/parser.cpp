#include "http/h1/parser.hpp"

#include <algorithm>
#include <array>
#include <new>

#include "http/characters.hpp"
#include "http/message.hpp"

namespace orrery::http::h1 {

namespace {

Message& message_of(llhttp_t* parser) noexcept { return *static_cast<Message*>(parser->data); }

Span span_of(const Message& message, const char* at, std::size_t length) noexcept {
  return {static_cast<std::uint32_t>(at - message.bytes), static_cast<std::uint32_t>(length)};
}

int on_field_name(llhttp_t* parser, const char* at, std::size_t length) noexcept {
  Message& message = message_of(parser);
  message.fields.push_back({span_of(message, at, length), {}});
  return HPE_OK;
}

int on_field_value(llhttp_t* parser, const char* at, std::size_t length) noexcept {
  while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t')) --length;
  Message& message = message_of(parser);
  message.fields.back().value = span_of(message, at, length);
  return HPE_OK;
}

int on_headers_complete(llhttp_t* parser) noexcept {
  // Else llhttp would stop reading HTTP after a request with `Upgrade` or CONNECT; we never switch protocols.
  parser->upgrade = 0;
  return HPE_OK;
}

int on_body(llhttp_t* parser, const char* at, std::size_t length) noexcept {
  Message& message = message_of(parser);
  message.body_received += length;
  if (message.body_discarded) return HPE_OK;
  try {
    message.body.append(at, length);
  } catch (const std::bad_alloc&) {
    return HPE_USER;
  }
  return HPE_OK;
}

Span appended(Message& message, const char* at, std::size_t length) {
  const auto begin = static_cast<std::uint32_t>(message.trailer_bytes.size());
  message.trailer_bytes.append(at, length);
  return {begin, static_cast<std::uint32_t>(length)};
}

// A trailer may come in pieces: a name follows a finished value, a value follows its name.
int on_trailer_name(llhttp_t* parser, const char* at, std::size_t length) noexcept {
  Message& message = message_of(parser);
  const Span piece = appended(message, at, length);
  const bool goes_on = !message.trailers.empty() && message.trailers.back().value.begin == 0;
  if (goes_on) {
    message.trailers.back().name.length += piece.length;
  } else {
    message.trailers.push_back({piece, {}});
  }
  return HPE_OK;
}

int on_trailer_value(llhttp_t* parser, const char* at, std::size_t length) noexcept {
  Message& message = message_of(parser);
  const Span piece = appended(message, at, length);
  Span& value = message.trailers.back().value;
  if (value.begin == 0)
    value = piece;
  else
    value.length += piece.length;
  return HPE_OK;
}

int on_message_complete(llhttp_t*) noexcept { return HPE_PAUSED; }

}  // namespace

const llhttp_settings_t* Parser::head_settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_header_field = on_field_name;
    s.on_header_value = on_field_value;
    s.on_headers_complete = on_headers_complete;
    s.on_message_complete = on_message_complete;
    return s;
  }();
  return &settings;
}

const llhttp_settings_t* Parser::body_settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_header_field = on_trailer_name;
    s.on_header_value = on_trailer_value;
    s.on_body = on_body;
    s.on_message_complete = on_message_complete;
    return s;
  }();
  return &settings;
}

const llhttp_t& Parser::behind_request_line() {
  static const llhttp_t state = [] {
    constexpr std::string_view kAny = "GET / HTTP/1.1\r\n";
    llhttp_t s;
    llhttp_init(&s, HTTP_REQUEST, head_settings());
    llhttp_execute(&s, kAny.data(), kAny.size());
    return s;
  }();
  return state;
}

bool Parser::parse_fields(Message& message, std::string_view lines, std::size_t count) {
  state_ = behind_request_line();
  state_.data = &message;
  state_.http_minor = message.protocol == base::Protocol::kHttp10 ? 0 : 1;
  const llhttp_errno_t result = llhttp_execute(&state_, lines.data(), lines.size());
  complete_ = result == HPE_PAUSED;
  if (result != HPE_OK && !complete_) return false;
  if (complete_ && llhttp_get_error_pos(&state_) != lines.data() + lines.size()) return false;
  state_.settings = const_cast<llhttp_settings_t*>(body_settings());
  return message.fields.size() == count;
}

void Parser::split_fields(Message& message, std::size_t length) {
  const std::string_view head{message.bytes, length};
  const auto span = [&](std::string_view part) { return span_of(message, part.data(), part.size()); };
  message.fields.clear();
  std::size_t at = head.find("\r\n") + 2;
  for (std::size_t end = head.find("\r\n", at); end > at; end = head.find("\r\n", at)) {
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(':');
    message.fields.push_back({span(line.substr(0, colon)), span(trimmed(line.substr(colon + 1)))});
    at = end + 2;
  }
}

Parser::BodyResult Parser::parse_body(std::string_view bytes) {
  if (complete_) return {0, true, false};
  const llhttp_errno_t result = llhttp_execute(&state_, bytes.data(), bytes.size());
  if (result == HPE_OK) return {bytes.size(), false, false};
  if (result != HPE_PAUSED) return {0, false, true, result == HPE_USER};
  complete_ = true;
  return {static_cast<std::size_t>(llhttp_get_error_pos(&state_) - bytes.data()), true, false};
}

}  // namespace orrery::http::h1
