#include "http/h1/writer.hpp"

#include <charconv>
#include <cstring>
#include <vector>

#include "http/sendable.hpp"
#include "http/status.hpp"

namespace orrery::http::h1 {

namespace {

/// Writes straight into reserved room; the caller has reserved enough.
class Pen {
 public:
  explicit Pen(char* at) : at_(at) {}
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_number(std::uint64_t value) {
    if (value >= 1000) {
      at_ = std::to_chars(at_, at_ + 20, value).ptr;
      return;
    }
    // Most lengths have up to three digits. A leading zero is written over by the next digit.
    const auto small = static_cast<unsigned>(value);
    *at_ = static_cast<char>('0' + small / 100);
    at_ += small >= 100 ? 1 : 0;
    *at_ = static_cast<char>('0' + small / 10 % 10);
    at_ += small >= 10 ? 1 : 0;
    *at_++ = static_cast<char>('0' + small % 10);
  }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

/// The server's own field too: two pieces are cheaper as one.
void put_status_line(Pen& pen, int status, bool names_server) {
  if (status == 200 && names_server) return pen.put("HTTP/1.1 200 OK\r\nServer: orrery\r\n");
  pen.put("HTTP/1.1 ");
  pen.put_number(static_cast<std::uint64_t>(status));
  pen.put(" ");
  pen.put(reason_phrase(status));
  pen.put(names_server ? "\r\nServer: orrery\r\n" : "\r\n");
}

/// Ids of our own have one size: with it in view the compiler copies them without a call.
void put_id(Pen& pen, std::string_view id) {
  constexpr std::size_t kOurs = 16;
  if (id.size() == kOurs) return pen.put({id.data(), kOurs});
  pen.put(id);
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

/// Upgrade stands for the next hop only, so Connection names it (RFC 9110, 7.8).
[[gnu::cold]] void put_upgrade(Pen& pen, const Frame& frame) {
  pen.put("Upgrade: ");
  pen.put(frame.upgrade);
  pen.put("\r\nConnection: upgrade");
  if (frame.connection == ConnectionField::kClose) pen.put(", close");
  if (frame.connection == ConnectionField::kKeepAlive) pen.put(", keep-alive");
  pen.put("\r\n");
}

[[gnu::cold]] void append_line(Output& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(": ");
  out.append(value);
  out.append("\r\n");
}

}  // namespace

void write_head(Output& out, const Response& response, const Frame& frame, const DateLine& date) {
  std::size_t room = 320 + response.media_type().size() + frame.id.size() + frame.upgrade.size();
  if (response.has_extras())
    for (const auto& [name, value] : response.fields()) room += name.size() + value.size() + 4;
  const FixedFields* const fixed = response.fixed_fields();
  if (fixed) room += fixed->text().size();
  char* const begin = out.reserve(room);
  Pen pen{begin};
  put_status_line(pen, response.status(), frame.names_server);
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
    put_id(pen, frame.id);
    pen.put("\r\n");
  }
  if (frame.upgrade.empty())
    put_connection(pen, frame.connection);
  else
    put_upgrade(pen, frame);
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

void write_last_chunk(Output& out, const FieldList& trailers) {
  if (trailers.empty()) return out.append("0\r\n\r\n");
  out.append("0\r\n");
  for (const auto& [name, value] : trailers) append_line(out, name, value);
  out.append("\r\n");
}

void write_early_hints(Output& out, const std::vector<std::string>& links) {
  out.append("HTTP/1.1 103 Early Hints\r\n");
  for (const std::string& link : links) append_line(out, "Link", link);
  out.append("\r\n");
}

}  // namespace orrery::http::h1
