#include "testing/answer_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/lower_case.hpp"
#include "http/characters.hpp"

namespace orrery::testing {

namespace {

/// A whole number and nothing else.
bool read_number(std::string_view text, int base, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

}  // namespace

void AnswerReader::take(std::string_view bytes) {
  if (over()) return;
  held_.append(bytes);
  while (!over() && step()) {
  }
  held_.erase(0, std::exchange(at_, 0));
}

void AnswerReader::end() {
  if (over()) return;
  answer_.whole = state_ == State::kUntilEnd;
  state_ = State::kOver;
}

bool AnswerReader::step() {
  switch (state_) {
    case State::kHead: return read_head();
    case State::kSized: return read_data(State::kOver);
    case State::kChunkSize: return read_chunk_size();
    case State::kChunk: return read_data(State::kChunkEnd);
    case State::kChunkEnd: {
      std::string_view line;
      if (!take_line(line)) return false;
      if (!line.empty()) return refuse("there are more bytes than the size of a chunk says");
      state_ = State::kChunkSize;
      return true;
    }
    case State::kTrailers: return read_trailers();
    case State::kUntilEnd:
      answer_.body.append(held_, at_);
      at_ = held_.size();
      return false;
    case State::kOver: return false;
  }
  return false;
}

bool AnswerReader::refuse(std::string why) {
  fault_ = std::move(why);
  state_ = State::kOver;
  return false;
}

bool AnswerReader::take_line(std::string_view& line) {
  const std::size_t end = held_.find("\r\n", at_);
  if (end == std::string::npos) return false;
  line = std::string_view{held_}.substr(at_, end - at_);
  at_ = end + 2;
  return true;
}

bool AnswerReader::read_head() {
  const std::size_t end = held_.find("\r\n\r\n", at_);
  if (end == std::string::npos) return false;
  const std::string_view head = std::string_view{held_}.substr(at_, end + 2 - at_);
  const std::string_view line = head.substr(0, head.find("\r\n"));
  std::uint64_t status = 0;
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || !read_number(line.substr(9, 3), 10, status))
    return refuse("the answer does not begin with a status line: " + std::string{line});
  at_ = end + 4;
  if (status < 200 && status != 101) {
    may_continue_ = may_continue_ || status == 100;
    return status != 103 || read_hints(head.substr(line.size() + 2));
  }
  answer_.status = static_cast<int>(status);
  if (!read_fields(head.substr(line.size() + 2), answer_.fields)) return false;
  choose_framing();
  return true;
}

bool AnswerReader::read_hints(std::string_view lines) {
  Fields fields;
  if (!read_fields(lines, fields)) return false;
  for (auto& [name, value] : fields)
    if (base::lower_case(name) == "link") answer_.early_hints.push_back(std::move(value));
  return true;
}

bool AnswerReader::read_fields(std::string_view lines, Fields& fields) {
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return refuse("a field line has no colon: " + std::string{line});
    fields.emplace_back(line.substr(0, colon), http::trimmed(line.substr(colon + 1)));
    lines.remove_prefix(end + 2);
  }
  return true;
}

/// RFC 9112, 6.3.
void AnswerReader::choose_framing() {
  if (over()) return;
  const auto says = [this](std::string_view name, std::string_view value) {
    const auto field = answer_.field(name);
    return field && base::lower_case(*field) == value;
  };
  keeps_ = !says("Connection", "close");
  const int status = answer_.status;
  const auto length = answer_.field("Content-Length");
  if (to_head_ || status == 204 || status == 304) {
    state_ = State::kSized;
  } else if (status == 101) {
    keeps_ = false;
    state_ = State::kUntilEnd;
  } else if (says("Transfer-Encoding", "chunked")) {
    state_ = State::kChunkSize;
  } else if (length) {
    state_ = State::kSized;
    if (!read_number(*length, 10, left_)) refuse("Content-Length is no number: " + std::string{*length});
  } else {
    keeps_ = false;
    state_ = State::kUntilEnd;
  }
}

bool AnswerReader::read_data(State then) {
  const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, held_.size() - at_));
  answer_.body.append(held_, at_, here);
  at_ += here;
  left_ -= here;
  if (left_ > 0) return false;
  state_ = then;
  answer_.whole = then == State::kOver;
  return true;
}

bool AnswerReader::read_chunk_size() {
  std::string_view line;
  if (!take_line(line)) return false;
  if (!read_number(line.substr(0, line.find(';')), 16, left_))
    return refuse("a chunk does not begin with its size: " + std::string{line});
  state_ = left_ == 0 ? State::kTrailers : State::kChunk;
  return true;
}

bool AnswerReader::read_trailers() {
  std::string_view line;
  if (!take_line(line)) return false;
  if (line.empty()) {
    answer_.whole = true;
    state_ = State::kOver;
    return true;
  }
  return read_fields(std::string{line} + "\r\n", answer_.trailers);
}

}  // namespace orrery::testing
