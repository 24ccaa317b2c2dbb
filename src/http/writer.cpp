#include "http/writer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <vector>

#include "http/characters.hpp"

namespace orrery::http {

namespace {

void two_digits(char* to, unsigned value) {
  to[0] = static_cast<char>('0' + value / 10);
  to[1] = static_cast<char>('0' + value % 10);
}

/// Writes straight into reserved room; the caller has reserved enough.
class Pen {
 public:
  explicit Pen(char* at) : at_(at) {}
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_number(std::uint64_t value) { at_ = std::to_chars(at_, at_ + 20, value).ptr; }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

/// The server's own field too: two pieces are cheaper as one.
void put_status_line(Pen& pen, int status) {
  if (status == 200) return pen.put("HTTP/1.1 200 OK\r\nServer: orrery\r\n");
  pen.put("HTTP/1.1 ");
  pen.put_number(static_cast<std::uint64_t>(status));
  pen.put(" ");
  pen.put(reason_phrase(status));
  pen.put("\r\nServer: orrery\r\n");
}

void put_framing(Pen& pen, const Frame& frame) {
  if (frame.framing == ResponseFraming::kLength) {
    pen.put("Content-Length: ");
    pen.put_number(frame.length);
    pen.put("\r\n");
  } else if (frame.framing == ResponseFraming::kChunked) {
    pen.put("Transfer-Encoding: chunked\r\n");
  }
}

void put_fields(Pen& pen, const std::vector<Response::FieldPair>& fields) {
  for (const auto& [name, value] : fields) {
    if (is_servers_own(name)) continue;
    pen.put(name);
    pen.put(": ");
    pen.put(value);
    pen.put("\r\n");
  }
}

void put_connection(Pen& pen, ConnectionField connection) {
  if (connection == ConnectionField::kClose) pen.put("Connection: close\r\n");
  if (connection == ConnectionField::kKeepAlive) pen.put("Connection: keep-alive\r\n");
}

}  // namespace

bool is_servers_own(std::string_view name) {
  switch (name.size()) {
    case 4: return same_field_name(name, "date");
    case 6: return same_field_name(name, "server");
    case 7: return same_field_name(name, "upgrade");
    case 10: return same_field_name(name, "connection") || same_field_name(name, "keep-alive");
    case 12: return same_field_name(name, "x-request-id");
    case 14: return same_field_name(name, "content-length");
    case 16: return same_field_name(name, "proxy-connection");
    case 17: return same_field_name(name, "transfer-encoding");
    default: return false;
  }
}

void DateLine::update(base::WallTime now) {
  using namespace std::chrono;
  const auto second = floor<seconds>(now);
  if (second.time_since_epoch().count() == second_) return;
  second_ = second.time_since_epoch().count();
  static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = floor<days>(second);
  const year_month_day date{day};
  const hh_mm_ss time{second - day};
  const std::string_view shape = "Date: ---, -- --- ---- --:--:-- GMT\r\n";
  std::copy(shape.begin(), shape.end(), text_.begin());
  char* at = text_.data() + 6;
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  kDays.copy(at, 3, weekday{day}.c_encoding() * 3);
  two_digits(at + 5, static_cast<unsigned>(date.day()));
  kMonths.copy(at + 8, 3, (static_cast<unsigned>(date.month()) - 1) * 3);
  two_digits(at + 12, year / 100 % 100);
  two_digits(at + 14, year % 100);
  two_digits(at + 17, static_cast<unsigned>(time.hours().count()));
  two_digits(at + 20, static_cast<unsigned>(time.minutes().count()));
  two_digits(at + 23, static_cast<unsigned>(time.seconds().count()));
}

bool is_sendable(const Response& response) {
  if (response.status() < 200 || response.status() > 599) return false;
  if (!has_only_field_bytes(response.media_type())) return false;
  if (!response.has_extras()) return true;
  const auto& fields = response.fields();
  return std::all_of(fields.begin(), fields.end(), [](const auto& field) {
    const auto& [name, value] = field;
    return !name.empty() && token_length(name) == name.size() && has_only_field_bytes(value);
  });
}

void write_head(Output& out, const Response& response, const Frame& frame, const DateLine& date) {
  std::size_t room = 320 + response.media_type().size() + frame.id.size();
  if (response.has_extras())
    for (const auto& [name, value] : response.fields()) room += name.size() + value.size() + 4;
  const FixedFields* const fixed = response.fixed_fields();
  if (fixed) room += fixed->text().size();
  char* const begin = out.reserve(room);
  Pen pen{begin};
  put_status_line(pen, response.status());
  pen.put(date.view());
  if (!response.media_type().empty()) {
    pen.put("Content-Type: ");
    pen.put(response.media_type());
    pen.put("\r\n");
  }
  put_framing(pen, frame);
  if (fixed) pen.put(fixed->text());
  if (response.has_extras()) put_fields(pen, response.fields());
  if (!frame.id.empty()) {
    pen.put("X-Request-ID: ");
    pen.put(frame.id);
    pen.put("\r\n");
  }
  put_connection(pen, frame.connection);
  pen.put("\r\n");
  out.commit(static_cast<std::size_t>(pen.at() - begin));
}

void write_chunk(Output& out, std::string_view piece) {
  if (piece.empty()) return;
  char* const begin = out.reserve(piece.size() + 20);
  Pen pen{std::to_chars(begin, begin + 16, piece.size(), 16).ptr};
  pen.put("\r\n");
  pen.put(piece);
  pen.put("\r\n");
  out.commit(static_cast<std::size_t>(pen.at() - begin));
}

void write_last_chunk(Output& out) { out.append("0\r\n\r\n"); }

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 300: return "Multiple Choices";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

}  // namespace orrery::http
