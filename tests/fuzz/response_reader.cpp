#include "fuzz/response_reader.hpp"

#include <algorithm>
#include <optional>

#include "fuzz/claim.hpp"

namespace orrery::fuzz {

namespace {

constexpr std::string_view kNameBytes = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_number(std::string_view text, std::string_view digits) {
  return !text.empty() && text.size() < 16 && text.find_first_not_of(digits) == std::string_view::npos;
}

class Reader {
 public:
  Reader(std::string_view output, AnswersHead answers_head, const void* context)
      : left_(output), answers_head_(answers_head), context_(context) {}

  std::vector<ReadResponse> read() {
    std::vector<ReadResponse> all;
    int interim = 0;
    int hints = 0;
    while (!left_.empty()) {
      claim(all.empty() || (all.back().whole && !all.back().closes && !all.back().until_close),
            "nothing is sent behind the last response");
      ReadResponse response;
      if (!read_head(response)) response.whole = false;
      // What is cut off in an interim response, or before it tells which it is, is no answer yet.
      if (!response.whole && response.status < 200) break;
      if (response.whole && response.status == 103) {
        ++hints;
        claim(!response.fields.empty(), "early hints have links");
        for (const auto& [name, value] : response.fields) claim(name == "link", "early hints have nothing but links");
        continue;
      }
      if (response.whole && response.status < 200) {
        claim(response.status == 100 && response.fields.empty(), "the only other interim response is 100 Continue");
        claim(++interim == 1, "100 Continue is sent once");
        continue;
      }
      response.interim = std::exchange(interim, 0);
      response.hints = std::exchange(hints, 0);
      if (response.whole) read_body(response);
      all.push_back(std::move(response));
    }
    return all;
  }

 private:
  std::optional<std::string_view> take_line() {
    const std::size_t end = left_.find_first_of("\r\n");
    if (end == std::string_view::npos || end + 1 == left_.size()) return {};
    claim(left_.substr(end, 2) == "\r\n", "every line ends in CRLF");
    const std::string_view line = left_.substr(0, end);
    left_.remove_prefix(end + 2);
    return line;
  }

  bool read_head(ReadResponse& response) {
    const auto first = take_line();
    if (!first) return truncated();
    claim(first->starts_with("HTTP/1.1 ") && first->size() >= 13 && (*first)[12] == ' ',
          "a status line is well formed");
    claim(is_number(first->substr(9, 3), "0123456789"), "a status is three digits");
    response.status = std::stoi(std::string{first->substr(9, 3)});
    claim(response.status >= 100 && response.status <= 599, "a status is one that exists");
    if (!read_fields(response.fields)) return false;
    response.closes = response.field("connection") == "close";
    return true;
  }

  /// Up to the empty line.
  bool read_fields(std::vector<std::pair<std::string, std::string>>& fields) {
    for (;;) {
      const auto line = take_line();
      if (!line) return truncated();
      if (line->empty()) return true;
      const std::size_t colon = line->find(':');
      claim(colon != std::string_view::npos && colon > 0, "a field line has a name");
      std::string name{line->substr(0, colon)};
      claim(name.find_first_not_of(kNameBytes) == std::string::npos, "a field name is a token");
      std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
      claim(line->substr(colon + 1).starts_with(' '), "one space stands behind the colon");
      for (const char c : line->substr(colon + 2)) {
        claim(c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f), "a field value has no control byte");
      }
      fields.emplace_back(std::move(name), line->substr(colon + 2));
    }
  }

  bool truncated() {
    left_ = {};
    return false;
  }

  void read_body(ReadResponse& response) {
    const std::string_view length = response.field("content-length");
    const std::string_view coding = response.field("transfer-encoding");
    claim(length.empty() || coding.empty(), "a response is framed once");
    if (response.status == 204 || response.status == 304) {
      return claim(length.empty() && coding.empty(), "a response without a body has no framing");
    }
    claim(coding.empty() || coding == "chunked", "the only coding is chunked");
    claim(length.empty() || is_number(length, "0123456789"), "a length is digits");
    if (answers_head_(context_, response.field("x-request-id"))) return;
    if (!coding.empty()) return read_chunks(response);
    if (length.empty()) {
      response.until_close = true;
      claim(response.closes, "a body without framing ends with the connection");
    }
    const std::size_t size = length.empty() ? left_.size() : std::stoull(std::string{length});
    response.whole = left_.size() >= size;
    response.body = left_.substr(0, size);
    left_.remove_prefix(response.body.size());
  }

  void read_chunks(ReadResponse& response) {
    for (;;) {
      const auto line = take_line();
      if (!line) {
        response.whole = truncated();
        return;
      }
      claim(is_number(*line, "0123456789abcdefABCDEF"), "a chunk size is hexadecimal");
      const std::size_t size = std::stoull(std::string{*line}, nullptr, 16);
      if (size == 0) {
        response.whole = read_fields(response.trailers);
        claim(response.trailers.empty() || response.field("trailer") == "X-Sum", "trailers are announced");
        return;
      }
      response.body += left_.substr(0, size);
      if (left_.size() < size + 2) {
        response.whole = truncated();
        return;
      }
      claim(left_.substr(size, 2) == "\r\n", "chunk data ends in CRLF");
      left_.remove_prefix(size + 2);
    }
  }

  std::string_view left_;
  AnswersHead answers_head_;
  const void* context_;
};

}  // namespace

std::string_view ReadResponse::field(std::string_view name) const {
  std::string_view found;
  int count = 0;
  for (const auto& [key, value] : fields) {
    if (key != name) continue;
    found = value;
    ++count;
  }
  claim(count <= 1, "a field the server sets is sent once");
  return found;
}

std::vector<ReadResponse> read_all(std::string_view output, AnswersHead answers_head, const void* context) {
  return Reader{output, answers_head, context}.read();
}

}  // namespace orrery::fuzz
