#include "http/h1/answer_reader.hpp"

#include <utility>

namespace orrery::http::h1 {

AnswerReader::AnswerReader() {
  llhttp_init(&parser_, HTTP_RESPONSE, settings());
  parser_.data = this;
}

// Exceptions must not pass through llhttp: without memory this client ends, and loses nothing.
const llhttp_settings_t* AnswerReader::settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_headers_complete = [](llhttp_t* parser) noexcept {
      // An interim response (100, 103) is no answer.
      if (parser->status_code >= 200) static_cast<AnswerReader*>(parser->data)->status_ = parser->status_code;
      return 0;
    };
    s.on_body = [](llhttp_t* parser, const char* at, std::size_t length) noexcept {
      std::string& body = static_cast<AnswerReader*>(parser->data)->body_;
      if (body.size() + length > kLargestBody) return static_cast<int>(HPE_USER);
      body.append(at, length);
      return 0;
    };
    s.on_message_complete = [](llhttp_t* parser) noexcept {
      auto* reader = static_cast<AnswerReader*>(parser->data);
      if (reader->status_ == 0) return 0;
      reader->state_ = State::kWhole;
      return static_cast<int>(HPE_PAUSED);
    };
    return s;
  }();
  return &settings;
}

AnswerReader::State AnswerReader::take(std::string_view bytes) {
  if (state_ != State::kMore) return state_;
  const llhttp_errno_t result = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (result != HPE_OK && state_ != State::kWhole) state_ = State::kBroken;
  return state_;
}

AnswerReader::State AnswerReader::end() {
  if (state_ != State::kMore) return state_;
  llhttp_finish(&parser_);
  if (state_ != State::kWhole) state_ = State::kBroken;
  return state_;
}

std::string AnswerReader::take_body() { return std::exchange(body_, {}); }

}  // namespace orrery::http::h1
