#include "support/connection_driver.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "base/file_part.hpp"
#include "http/error_answer.hpp"

namespace orrery::test {

using http::Step;

namespace {

/// More steps than this in one turn are a loop that never waits.
constexpr int kMostSteps = 100000;

void append_file(std::string& bytes, FilePart part) {
  char piece[4096];
  while (part.length > 0) {
    const long got = base::read_part(part, piece, sizeof piece);
    if (got <= 0) throw std::runtime_error("a file cannot be read");
    bytes.append(piece, static_cast<std::size_t>(got));
  }
}

base::Address address_of(const char* text) {
  if (std::string_view{text} == "unix") {
    base::Address address;
    address.family = base::Address::Family::kUnix;
    return address;
  }
  return base::parse_ip(text).value();
}

bool equal_names(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<std::string> find_field(const std::vector<std::pair<std::string, std::string>>& fields,
                                      std::string_view wanted) {
  for (const auto& [name, value] : fields)
    if (equal_names(name, wanted)) return value;
  return {};
}

}  // namespace

std::string_view name_of(End end) {
  switch (end) {
    case End::kOpen: return "open";
    case End::kClose: return "close";
    case End::kLinger: return "linger";
    case End::kBroken: return "broken";
    case End::kHttp2: return "http2";
  }
  return "";
}

SeenRequest SeenRequest::of(const Request& request) {
  SeenRequest seen;
  seen.method = request.method();
  seen.target = request.target();
  seen.path = request.path();
  seen.query = request.query_string();
  seen.version = request.major_version() == 2 ? "HTTP/2" : request.minor_version() == 0 ? "HTTP/1.0" : "HTTP/1.1";
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field_at(i);
    seen.fields.emplace_back(field.name, field.value);
  }
  seen.body = request.body();
  for (std::size_t i = 0; i < request.trailer_count(); ++i) {
    const Field field = request.trailer_at(i);
    seen.trailers.emplace_back(field.name, field.value);
  }
  seen.id = request.id();
  seen.client = request.client();
  seen.scheme = request.scheme();
  seen.host = request.host();
  return seen;
}

std::optional<std::string> SeenRequest::field(std::string_view name) const { return find_field(fields, name); }

std::string SeenRequest::text() const {
  std::string out = method + " " + target + " " + version + "\npath " + path + "\nquery " + query + "\n";
  out += "asked by " + client + " for " + scheme + "://" + host + "\n";
  for (const auto& [name, value] : fields) out += "field " + name + ": " + value + "\n";
  out += "body " + body + "\n";
  for (const auto& [name, value] : trailers) out += "trailer " + name + ": " + value + "\n";
  return out;
}

std::optional<std::string> SeenResponse::field(std::string_view name) const { return find_field(fields, name); }

Response ConnectionDriver::echo(const Request& request) {
  Response response = Response::text(SeenRequest::of(request).text());
  const std::string_view code = request.param("code");
  int status = 200;
  std::from_chars(code.data(), code.data() + code.size(), status);
  return std::move(response).with_status(status);
}

ConnectionDriver::ConnectionDriver(Config config, std::vector<Route> routes, const char* peer, const Layers& layers,
                                   ErrorHandler on_error, const std::vector<PrefixLayers>& prefix_layers)
    : config_(std::move(config)),
      routes_(std::move(routes)),
      router_(router_of(routes_)),
      context_(config_, router_, routes_, *this, http::Proxies::make(config_).value(), 7, layers, std::move(on_error),
               prefix_layers),
      connection_(context_, decoders_, address_of(peer), config_.proxy_protocol, now_) {
  context_.date.update(base::WallTime{std::chrono::seconds{1'000'000'000}});
}

ConnectionDriver::ConnectionDriver(const App& app, Config config, const char* peer)
    : ConnectionDriver(std::move(config), app.routes(), peer, app.layers(), app.error_handler(), app.prefix_layers()) {
  handler_ = [this](const Request& request) { return call_handler(request); };
}

Response ConnectionDriver::call_handler(const Request& request) {
  const http::Message& message = http::Message::of(request);
  try {
    return routes_[message.match.route].handler(request);
  } catch (const HttpError& error) {
    return http::error_answer(message, error.status, {}, error.message);
  } catch (const std::exception& error) {
    failures_.emplace_back(error.what());
    return http::error_answer(message, 500, "handler_failed");
  }
}

/// One turn, as a session has it; inside a turn (a handler that answers at once) only `act` runs.
template <class Act>
void ConnectionDriver::turn(Act&& act) {
  if (end_ != End::kOpen) return;
  if (output_) return act();
  output_ = std::make_unique<http::Output>();
  connection_.attach(output_.get());
  act();
  work();
  connection_.settle();
  connection_.attach(nullptr);
  output_.reset();
  tell_cancelled();
}

void ConnectionDriver::tell_cancelled() {
  const auto all = std::exchange(context_.cancellations, {});
  for (const http::Cancellation& one : all)
    if (one.due) one.callback();
}

void ConnectionDriver::work() {
  for (int steps = 0; steps < kMostSteps; ++steps)
    if (!step(connection_.next(now_))) return;
  throw std::runtime_error("the connection never waits");
}

bool ConnectionDriver::step(http::Next next) {
  switch (next.step) {
    case Step::kRequest:
      request_ = next.request;
      handle_request();
      return true;
    case Step::kLeft:
      tell_cancelled();
      if (gives_up_) connection_.refuse(request_, base::Reject::client_left, now_);
      return true;
    case Step::kBody: deliver_body(); return true;
    case Step::kPull:
      request_ = next.request;
      pull();
      return true;
    case Step::kOver: return true;
    case Step::kHttp2: finish(End::kHttp2); return false;
    case Step::kFlush: flush(); return true;
    case Step::kWait: flush(); return false;
    case Step::kLinger:
      flush();
      if (!lingers_ || !waiting_.empty()) break;
      connection_.linger(now_);
      return true;
    case Step::kClose: flush(); break;
  }
  if (connection_.broken())
    finish(End::kBroken);
  else if (waiting_.empty())
    finish(next.step == Step::kClose ? End::kClose : End::kLinger);
  return false;
}

void ConnectionDriver::finish(End end) { end_ = end; }

void ConnectionDriver::handle_request() {
  http::Message& message = *connection_.message(request_);
  const bool streams_body = routes_[message.match.route].options.stream_body;
  requests_.push_back(SeenRequest::of(message.borrow()));
  streamed_body_.clear();
  body_ended_ = false;
  if (hold_) return;
  if (streams_body) return connection_.want_body(request_, now_);
  connection_.respond(request_, handler_(message.borrow()), now_);
}

void ConnectionDriver::deliver_body() {
  http::BodyRead read = connection_.take_body_piece(request_);
  body_pieces_.push_back(read.bytes);
  streamed_body_ += read.bytes;
  body_ended_ = read.last;
  if (hold_) return;
  if (!read.last) return connection_.want_body(request_, now_);
  requests_.back() = SeenRequest::of(message()->borrow());
  requests_.back().body = streamed_body_;
  connection_.respond(request_, Response::text(requests_.back().text()), now_);
}

void ConnectionDriver::pull() {
  ++pulls_;
  if (hold_pulls_) return;
  std::string piece;
  http::Message& message = *this->message();
  const bool more = (*message.pull)(piece);
  if (!more) message.departure.trailers = message.pull->trailers();
  connection_.pulled(request_, piece, more, now_);
}

void ConnectionDriver::flush() {
  if (output_->empty()) return;
  ++flushes_;
  std::string bytes{output_->buffer()};
  bytes += output_->tail();
  append_file(bytes, output_->file());
  output_->clear();
  const std::size_t taken = !waiting_.empty() ? 0 : std::min(room_.value_or(SIZE_MAX), bytes.size());
  if (room_) *room_ -= taken;
  sent_ += bytes.substr(0, taken);
  waiting_ += bytes.substr(taken);
  connection_.output_sent(taken, waiting_.size(), now_);
}

void ConnectionDriver::receive(std::string_view bytes) {
  if (end_ != End::kOpen) return;
  const auto block = std::make_unique<char[]>(bytes.size());
  std::memcpy(block.get(), bytes.data(), bytes.size());
  turn([&] { connection_.receive({block.get(), bytes.size()}, now_); });
}

void ConnectionDriver::receive_end() {
  turn([&] { connection_.receive_end(); });
}

void ConnectionDriver::notice_end() {
  turn([&] { connection_.notice_end(); });
}

void ConnectionDriver::abandon() {
  turn([&] { connection_.abandon(now_); });
}

void ConnectionDriver::read(std::size_t bytes) {
  const std::size_t taken = std::min(bytes, waiting_.size());
  sent_ += waiting_.substr(0, taken);
  waiting_.erase(0, taken);
  if (waiting_.empty()) room_.reset();
  turn([&] { connection_.output_sent(taken, waiting_.size(), now_); });
}

bool ConnectionDriver::answer(Response response) {
  bool taken = false;
  turn([&] { taken = connection_.respond(request_, std::move(response), now_); });
  return taken;
}

void ConnectionDriver::refuse(base::Reject reason) {
  turn([&] { connection_.refuse(request_, reason, now_); });
}

bool ConnectionDriver::start_stream(Response head) {
  bool started = false;
  turn([&] { started = connection_.start_stream(request_, std::move(head), now_); });
  return started;
}

bool ConnectionDriver::start_tunnel(Response head) {
  bool started = false;
  turn([&] { started = connection_.start_tunnel(request_, std::move(head), now_); });
  return started;
}

void ConnectionDriver::send_early_hints(const std::vector<std::string>& links) {
  turn([&] { connection_.send_early_hints(request_, links); });
}

void ConnectionDriver::send_piece(std::string_view piece) {
  turn([&] { connection_.send_piece(request_, piece); });
}

void ConnectionDriver::end_stream(const http::FieldList& trailers) {
  turn([&] {
    if (connection_.streaming()) message()->departure.trailers = trailers;
    connection_.end_stream(request_, now_);
  });
}

void ConnectionDriver::break_stream() {
  turn([&] { connection_.break_stream(request_); });
}

void ConnectionDriver::want_body() {
  turn([&] { connection_.want_body(request_, now_); });
}

void ConnectionDriver::pulled(std::string_view piece, bool more) {
  turn([&] { connection_.pulled(request_, piece, more, now_); });
}

void ConnectionDriver::pass(std::chrono::nanoseconds time) {
  const base::Monotonic until = now_ + time;
  while (end_ == End::kOpen && connection_.deadline() <= until) {
    const base::Monotonic before = connection_.deadline();
    now_ = std::max(now_, before);
    turn([&] { connection_.expire(now_); });
    if (end_ == End::kOpen && connection_.deadline() == before) throw std::runtime_error("a deadline passed in vain");
  }
  now_ = until;
  turn([&] { connection_.expire(now_); });
}

void ConnectionDriver::drain() {
  turn([&] { connection_.drain(now_); });
}

bool ConnectionDriver::close_if_idle() {
  bool closed = false;
  turn([&] { closed = connection_.close_if_idle(); });
  return closed;
}

void ConnectionDriver::on_rejected(base::Reject reason, const base::Address&, const http::Message*) {
  rejects_.emplace_back(base::row(reason).name);
}

void ConnectionDriver::on_answered(const http::Message& message, const http::Answer& answer) {
  answers_.push_back({std::string{message.method}, answer.status, answer.body_bytes, answer.ending});
}

void ConnectionDriver::on_unsendable(const http::Message&) { ++unsendable_; }

void ConnectionDriver::on_bad_status(const http::Message&, int status) {
  ++unsendable_;
  failures_.push_back(std::to_string(status));
}

void ConnectionDriver::on_layer_failed(const http::Message&, std::string_view layer, std::string_view why) {
  failures_.push_back(std::string{layer} + ": " + std::string{why});
}

namespace {

[[noreturn]] void bad_framing(const std::string& what) { throw std::runtime_error("bad response: " + what); }

std::string_view take_line(std::string_view& from) {
  const std::size_t end = from.find("\r\n");
  if (end == std::string_view::npos) bad_framing("a line has no end: " + std::string{from});
  const std::string_view line = from.substr(0, end);
  from.remove_prefix(end + 2);
  return line;
}

void read_fields(std::string_view& from, std::vector<std::pair<std::string, std::string>>& fields) {
  for (std::string_view line = take_line(from); !line.empty(); line = take_line(from)) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || line.find_first_of("\r\n") != std::string_view::npos) {
      bad_framing("field line " + std::string{line});
    }
    fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}

void read_chunks(std::string_view& from, SeenResponse& response) {
  for (;;) {
    if (from.empty()) {
      response.whole = false;
      return;
    }
    const std::size_t size = std::stoul(std::string{take_line(from)}, nullptr, 16);
    if (size == 0) return read_fields(from, response.trailers);
    if (from.size() < size + 2 || from.substr(size, 2) != "\r\n") bad_framing("chunk end");
    response.body += from.substr(0, size);
    from.remove_prefix(size + 2);
  }
}

void read_body(std::string_view& from, SeenResponse& response, std::string_view method) {
  const auto length = response.field("Content-Length");
  const auto coding = response.field("Transfer-Encoding");
  const bool no_body = response.status < 200 || response.status == 204 || response.status == 304;
  if (length && coding) bad_framing("both length and coding");
  if (no_body && (length || coding)) bad_framing("framing on a response without a body");
  if (no_body || method == "HEAD") return;
  if (coding) return read_chunks(from, response);
  const std::size_t size = length ? std::stoul(*length) : from.size();
  if (!length && response.field("Connection") != "close") bad_framing("no length, and the connection goes on");
  response.whole = from.size() >= size;
  response.body = from.substr(0, size);
  from.remove_prefix(response.body.size());
}

}  // namespace

std::vector<SeenResponse> read_responses(std::string_view output, const std::vector<std::string>& methods) {
  std::vector<SeenResponse> all;
  std::size_t finals = 0;
  while (!output.empty()) {
    SeenResponse response;
    const std::string_view status_line = take_line(output);
    if (!status_line.starts_with("HTTP/1.1 ") || status_line.size() < 13 || status_line[12] != ' ') {
      bad_framing("status line " + std::string{status_line});
    }
    response.status = std::stoi(std::string{status_line.substr(9, 3)});
    read_fields(output, response.fields);
    const bool interim = response.status < 200;
    read_body(output, response, !interim && finals < methods.size() ? methods[finals] : "GET");
    if (!interim) ++finals;
    all.push_back(std::move(response));
  }
  return all;
}

}  // namespace orrery::test
