// Exchange: a whole connection: bytes, ticks, handlers of every kind, a client that stops reading, a worker that
// leaves.
//
// Input: a byte of flags (1: low limits, 2: bytes come though they are not wanted, 4 to 64: another fate of requests,
// 128: a PROXY header may come, of a peer that is not believed), the number of actions, then for each an action and its
// argument, then the bytes the client sends. When the script is over the rest is delivered, everything is answered and
// read, and the client ends its side.
#include <deque>
#include <map>
#include <set>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "fuzz/limits.hpp"
#include "fuzz/response_reader.hpp"
#include "http/h1/connection.hpp"
#include "http/sendable.hpp"
#include "support/routes.hpp"

namespace orrery::fuzz {
namespace {

using http::Step;

constexpr std::chrono::milliseconds kTimes[] = {
    std::chrono::milliseconds{0},    std::chrono::milliseconds{1},     std::chrono::milliseconds{99},
    std::chrono::milliseconds{500},  std::chrono::milliseconds{1000},  std::chrono::milliseconds{5000},
    std::chrono::milliseconds{9999}, std::chrono::milliseconds{30000}, std::chrono::milliseconds{75000}};
constexpr int kStatuses[] = {200, 201, 204, 205, 206, 301, 304, 404, 418, 500, 503, 599, 199, 100, 600, 0};
constexpr std::size_t kMostPieces = 12;
const std::string kLarge(9000, 'L');

struct Action {
  std::uint8_t kind = 0;
  std::uint8_t argument = 0;
};

/// What became of one request, by its id.
struct Fate {
  std::string method;
  base::Protocol protocol = base::Protocol::kHttp11;
  bool dispatched = false;
  bool expects = false;
  int answers = 0;
  std::optional<int> status;        ///< the handler's answer, taken
  std::optional<std::string> body;  ///< and its body, where it is one piece
  std::uint64_t logged_bytes = 0;
  base::Ending ending = base::Ending::kKept;
};

class Connection final : http::Observer {
 public:
  Connection(const Config& config, bool pushy, std::uint8_t plan)
      : config_(config),
        routes_(test::echo_routes()),
        router_(test::router_of(routes_)),
        context_(config_, router_, routes_, *this, http::Proxies::make(config_).value(), 7),
        connection_(context_, decoders_, base::parse_ip("192.0.2.1").value(), config_.proxy_protocol, now_),
        pushy_(pushy),
        plan_(plan) {
    context_.date.update(base::WallTime{std::chrono::seconds{1'000'000'000}});
  }

  void run(std::vector<Action> script, std::string_view wire) {
    wire_ = wire;
    for (const Action& action : script) act(action);
    wind_up();
    check_output();
  }

 private:
  // --- what the world does ---
  void act(const Action& action) {
    const std::uint8_t n = action.argument;
    switch (action.kind % 20) {
      case 0: return deliver(n == 0 ? wire_.size() : n);
      case 1: return pass(n < std::size(kTimes) ? kTimes[n] : std::chrono::milliseconds{n * 50});
      case 2: return pass_until_deadline(n);
      case 3: plan_ = n; return;
      case 4: room_ = n; return;
      case 5: return read(n == 0 ? waiting_.size() : n * 16U);
      case 6: return turn([&] { connection_.drain(now_); });
      case 7: return end_input();
      case 8: return n == 77 ? turn([&] { connection_.abandon(now_); }) : void();
      case 9: return turn([&] { connection_.close_if_idle(); });
      case 10: return answer(n);
      case 11: return want_body();
      case 12:
        return turn([&] {
          if (pushing_) connection_.send_piece(request_, std::string(n, 'p'));
        });
      case 13: return end_push();
      case 14:
        return turn([&] {
          if (connection_.streaming()) connection_.break_stream(request_);
        });
      case 15: return turn([&] { finish_pull(n); });
      case 16:
        return turn([&] {
          if (handling()) connection_.refuse(request_, base::Reject::queue_full, now_);
        });
      case 17: return answer_late();
      case 18:
        return turn([&] {
          if (handling()) start_push(n);
        });
      default:
        return turn([&] {
          if (n > 0) connection_.send_early_hints(request_, std::vector<std::string>(1 + n % 3, std::string(n, 'l')));
        });
    }
  }

  void deliver(std::size_t size) {
    const std::string_view piece = wire_.substr(0, size);
    if (piece.empty() || over_ || connection_.ended()) return;
    if (!pushy_ && !connection_.wants_input()) return;
    wire_.remove_prefix(piece.size());
    delivered_ += piece.size();
    // A block of its own, so that a view kept too long is seen.
    const auto block = std::make_unique<char[]>(piece.size());
    piece.copy(block.get(), piece.size());
    turn([&] { connection_.receive({block.get(), piece.size()}, now_); });
  }

  void end_input() {
    if (!connection_.ended()) turn([&] { connection_.receive_end(); });
  }

  void pass(std::chrono::nanoseconds time) {
    const base::Monotonic until = now_ + time;
    while (!over_ && connection_.deadline() <= until) {
      const base::Monotonic deadline = connection_.deadline();
      now_ = std::max(now_, deadline);
      turn([&] { connection_.expire(now_); });
      claim(over_ || connection_.deadline() != deadline, "a deadline that passes changes something");
    }
    now_ = until;
  }

  void pass_until_deadline(std::uint8_t early) {
    const base::Monotonic deadline = connection_.deadline();
    if (over_ || deadline == base::Monotonic::max()) return;
    now_ = std::max(now_, deadline - std::chrono::nanoseconds{early % 2});
    turn([&] { connection_.expire(now_); });
  }

  /// The client takes `size` bytes of what waits; when that is all it reads freely again.
  void read(std::size_t size) {
    if (waiting_.empty()) {
      room_.reset();
      return;
    }
    const std::size_t taken = std::min(size, waiting_.size());
    sent_ += waiting_.substr(0, taken);
    waiting_.erase(0, taken);
    if (waiting_.empty()) room_.reset();
    turn([&] { connection_.output_sent(taken, waiting_.size(), now_); });
  }

  // --- what the handler does ---
  [[nodiscard]] bool handling() const {
    return !over_ && handled_ && connection_.handling() && connection_.message(request_);
  }

  Fate& fate() { return fates_[std::string{connection_.message(request_)->id_view()}]; }

  void on_request() {
    http::Message& message = *connection_.message(request_);
    const std::string id{message.id_view()};
    Fate& fate = fates_[id];
    claim(!fate.dispatched, "a request is dispatched once");
    claim(!refused_, "no request is dispatched behind a refusal");
    claim(fate.answers == 0, "no request is dispatched that is answered");
    claim(message.body.size() <= message.body_limit, "a body is within its limit");
    claim(message.body_complete || routes_[message.match.route].options.stream_body,
          "a body is whole when it is handed over");
    claim(message.framing != http::BodyFraming::kLength || !message.body_complete ||
              message.body_received == message.content_length,
          "a body of known length has that length");
    fate.dispatched = true;
    fate.method = message.method;
    fate.protocol = message.protocol;
    fate.expects = message.expects_continue;
    handled_ = true;
    pushing_ = pulling_ = body_asked_ = false;
    answer_by(plan_);
  }

  void answer_by(std::uint8_t plan) {
    const std::size_t n = plan >> 4U;
    switch (plan & 15U) {
      case 0: return respond(Response::text(std::string(n, 's')));
      case 1: return;
      case 2: return respond(Response::text(kLarge.substr(0, 8185 + n)));
      case 3: return respond(Response::fixed("text/plain", kLarge));
      case 4: return respond_by_pulls({}, n, 0);
      case 5: return respond_by_pulls(n * 100, n, 100);
      case 6: return respond_by_pulls(n * 100 + 1, n, 100);
      case 7: return respond_by_pulls(n * 50, n, 100);
      case 8:
        start_push(static_cast<std::uint8_t>(n));
        for (std::size_t i = 0; pushing_ && i < n; ++i) connection_.send_piece(request_, std::string(i * i * 40, 'i'));
        if (pushing_) connection_.end_stream(request_, now_);
        pushing_ = false;
        return;
      case 9: return respond(Response::text("x").with_field("X-A", n % 2 ? "a\r\nX: b" : std::string(1, '\0')));
      case 10: return respond(Response::text("body").with_status(kStatuses[n]));
      case 11: return respond(Response::text("bye").with_field("connection", n % 2 ? "close" : "x, Close"));
      case 12: return connection_.refuse(request_, base::Reject::queue_full, now_);
      case 13:
        return respond(Response::json("{}").with_field("Content-Length", "99").with_field("X-Request-ID", "forged"));
      case 14: return connection_.want_body(request_, now_), void(body_asked_ = true);
      default: return start_push(static_cast<std::uint8_t>(n));
    }
  }

  void respond(Response response) {
    Fate& fate = this->fate();
    const int status = response.status();
    const std::string body{response.body()};
    const bool stream = response.is_stream();
    const bool sendable = http::is_sendable(response);
    const bool pending = connection_.handling();
    const bool taken = connection_.respond(request_, std::move(response), now_);
    claim(taken == pending, "an answer is taken when one is pending, and only then");
    if (!taken) return;
    fate.status = sendable ? status : 500;
    if (sendable && !stream) fate.body = body;
  }

  void respond_by_pulls(std::optional<std::uint64_t> length, std::size_t pieces, std::size_t size) {
    auto left = std::make_shared<std::size_t>(std::min(pieces, kMostPieces));
    const auto pull = [left, size](std::string& out) {
      if (*left == 0) return false;
      out.append(size > 0 ? size : *left * *left * 97 % 9000, 'q');
      return --*left > 0;
    };
    Response response = Response::stream("text/plain", pull, length);
    if (pieces % 4 != 3) return respond(std::move(response));
    respond(std::move(response).with_trailers({"X-Sum"}, [] { return http::FieldList{{"X-Sum", "pulled"}}; }));
  }

  void start_push(std::uint8_t n) {
    Response head = Response::text({});
    if (n % 4 == 3)
      head = Response::stream(
          "text/plain", [](std::string&) { return false; }, n);
    if (n % 8 == 7) head.add_field("X\n", "y");
    has_trailers_ = n % 4 == 2;
    if (has_trailers_) head = std::move(head).with_trailers({"X-Sum"});
    pushing_ = connection_.start_stream(request_, std::move(head), now_) && connection_.streaming();
  }

  void end_push() {
    turn([&] {
      if (pushing_ && connection_.streaming()) {
        if (has_trailers_) connection_.message(request_)->departure.trailers = {{"X-Sum", "pushed"}};
        connection_.end_stream(request_, now_);
      }
      pushing_ = false;
    });
  }

  void want_body() {
    if (!handled_ || over_ || !connection_.message(request_) || !(connection_.handling() || connection_.streaming()))
      return;
    turn([&] {
      body_asked_ = true;
      connection_.want_body(request_, now_);
    });
  }

  void on_body() {
    claim(body_asked_, "a piece of the body comes when it was asked for");
    body_asked_ = false;
    const auto read = connection_.take_body_piece(request_);
    claim(read.last || !read.bytes.empty(), "no piece but the last is empty");
    if (!connection_.handling()) return;
    if (read.last) return respond(Response::text("read"));
    body_asked_ = true;
    connection_.want_body(request_, now_);
  }

  void on_pull() {
    claim(!pulling_, "one pull is under way at a time");
    pulling_ = true;
    if (plan_ % 3 != 2) finish_pull(0);
  }

  void finish_pull(std::uint8_t how) {
    if (!pulling_) return;
    pulling_ = false;
    http::Message* const message = connection_.message(request_);
    if (!message || !message->pull || how == 7) {
      if (connection_.streaming()) connection_.break_stream(request_);
      return;
    }
    std::string piece;
    const bool more = (*message->pull)(piece);
    if (!more) message->departure.trailers = message->pull->trailers();
    connection_.pulled(request_, piece, more, now_);
  }

  void answer(std::uint8_t plan) {
    if (handling() && connection_.message(request_)->dispatched != base::Monotonic{}) turn([&] { answer_by(plan); });
  }

  void answer_late() {
    if (over_ || connection_.handling()) return;
    turn([&] { claim(!connection_.respond(request_, Response::text("late"), now_), "a late answer is not taken"); });
  }

  // --- the driver ---
  template <class Act>
  void turn(Act&& act) {
    if (over_) return;
    http::Output output;
    output_ = &output;
    connection_.attach(&output);
    act();
    work();
    connection_.settle();
    connection_.attach(nullptr);
    output_ = nullptr;
    if (!over_) check_waiting();
  }

  void work() {
    for (std::size_t steps = 0;; ++steps) {
      claim(steps < 200 + 8 * delivered_, "the connection waits at last");
      const auto [step, request] = connection_.next(now_);
      claim(output_->size() <= 64 * 1024 + 2 * 9000 + 4096, "the output is bounded");
      if (step == Step::kRequest) {
        request_ = request;
        on_request();
      } else if (step == Step::kLeft) {
        claim(handling() && connection_.message(request)->cancelled, "who leaves is waited for by a handler");
      } else if (step == Step::kBody) {
        on_body();
      } else if (step == Step::kPull) {
        on_pull();
      } else {
        flush();
        if (step == Step::kWait) return;
        if (step != Step::kFlush) return close(step);
      }
    }
  }

  void close(Step step) {
    if (connection_.broken()) waiting_.clear();
    if (!waiting_.empty()) return;
    claim(connection_.closing(), "a connection that closes has closed");
    claim(step == Step::kClose || !connection_.broken(), "a broken connection does not linger");
    if (step == Step::kClose)
      over_ = true;
    else
      connection_.linger(now_);
  }

  void flush() {
    if (output_->empty()) return;
    std::string bytes{output_->buffer()};
    bytes += output_->tail();
    output_->clear();
    const std::size_t taken = waiting_.empty() ? std::min(room_.value_or(SIZE_MAX), bytes.size()) : 0;
    if (room_) *room_ -= taken;
    sent_ += bytes.substr(0, taken);
    waiting_ += bytes.substr(taken);
    connection_.output_sent(taken, waiting_.size(), now_);
  }

  /// The connection waits: it must be clear for what.
  void check_waiting() {
    const http::Message* const message = connection_.current();
    if (message) {
      claim(message->body.size() <= message->body_limit, "a kept body is within its limit");
      claim(connection_.handling() || connection_.streaming() || message->fields.size() <= config_.limit_request_fields,
            "kept fields are within their limit");
    }
    const bool busy = connection_.handling() || connection_.streaming() || connection_.closing() || !waiting_.empty();
    claim(!connection_.lingering() || waiting_.empty(), "a connection lingers when its answer is sent");
    claim(busy || connection_.ended() || connection_.wants_input(), "a connection that waits for bytes asks for them");
    const bool reads = body_asked_ && (connection_.handling() || connection_.streaming()) && waiting_.empty();
    claim(!reads || connection_.ended() || connection_.wants_input(), "a handler that waits for its body gets it");
    claim(
        !busy || connection_.deadline() != base::Monotonic::max() || connection_.handling() || connection_.streaming(),
        "a blocked connection has a deadline");
    claim(busy || connection_.deadline() != base::Monotonic::max(), "a waiting connection has a deadline");
  }

  void wind_up() {
    plan_ = 0;
    for (int round = 0; round < 2000 && !over_; ++round) {
      const std::size_t before = wire_.size();
      read(waiting_.size());
      answer(0);
      end_push();
      turn([&] { finish_pull(0); });
      deliver(1 + static_cast<std::size_t>(round) * 3);
      if (wire_.empty() || (before == wire_.size() && round > 1900)) end_input();
    }
    claim(over_, "a connection whose client has ended and read all is closed");
  }

  // --- what the connection tells ---
  void on_rejected(base::Reject reason, const base::Address&, const http::Message*) override {
    claim(!refused_ || reason == base::Reject::write_timeout, "a connection is refused once");
    claim(!cut_off_, "nothing is refused of a client that is cut off");
    cut_off_ = reason == base::Reject::write_timeout;
    refused_ = true;
  }

  void on_answered(const http::Message& message, const http::Answer& answer) override {
    Fate& fate = fates_[std::string{message.id_view()}];
    if (!fate.dispatched) fate.method = message.method;
    claim(++fate.answers == 1, "a request is answered once");
    claim(answer.status >= 200 && answer.status <= 599, "an answer is final");
    fate.logged_bytes = answer.body_bytes;
    fate.ending = answer.ending;
    if (answer.status != http::kClientLeft) ++answers_;
  }

  void on_unsendable(const http::Message&) override {}

  void check_output() {
    const auto answers_head = [](const void* self, std::string_view id) {
      const auto& fates = static_cast<const Connection*>(self)->fates_;
      const auto fate = fates.find(std::string{id});
      return fate != fates.end() && fate->second.method == "HEAD";
    };
    const auto all = read_all(sent_, answers_head, this);
    claim(all.size() <= answers_, "there are not more responses than answers");
    claim(connection_.broken() || all.size() == answers_, "every answer is sent");
    std::set<std::string_view> ids;
    for (const ReadResponse& response : all) {
      claim(response.whole || &response == &all.back(), "only the last response is cut off");
      claim(response.whole || connection_.broken() || refused_, "a response is cut off when something broke");
      if (response.whole) check_response(response, ids);
      check_log(response);
    }
  }

  /// The access log says what was sent.
  void check_log(const ReadResponse& response) {
    const auto found = fates_.find(std::string{response.field("x-request-id")});
    if (found == fates_.end()) return claim(!response.whole, "only of a head that is cut off the id is not known");
    claim(found->second.logged_bytes == response.body.size(), "the body bytes that left are logged");
    if (!response.until_close)
      claim(response.whole == (found->second.ending != base::Ending::kCut), "what was cut off is marked");
  }

  void check_response(const ReadResponse& response, std::set<std::string_view>& ids) {
    const std::string_view id = response.field("x-request-id");
    claim(ids.insert(id).second, "no request is answered twice");
    const auto found = fates_.find(std::string{id});
    claim(found != fates_.end(), "every response belongs to a request");
    const Fate& fate = found->second;
    claim(response.interim == 0 || fate.protocol != base::Protocol::kHttp10, "100 Continue is not for HTTP/1.0");
    claim(response.hints == 0 || fate.protocol != base::Protocol::kHttp10, "early hints are not for HTTP/1.0");
    claim(response.trailers.empty() || fate.protocol != base::Protocol::kHttp10, "trailers are not for HTTP/1.0");
    if (fate.status && !refused_) claim(response.status == *fate.status, "the status is the handler's");
    const bool bodyless = fate.method == "HEAD" || response.status == 204 || response.status == 304;
    if (fate.body && !refused_) claim(response.body == (bodyless ? "" : *fate.body), "the body is the handler's");
  }

  Config config_;
  std::vector<Route> routes_;
  http::Router router_;
  http::Context context_;
  http::h1::DecoderPool decoders_;
  base::Monotonic now_{std::chrono::hours{1}};
  http::h1::Connection connection_;
  http::RequestId request_ = 0;  ///< the last one that a handler was asked for
  http::Output* output_ = nullptr;
  bool pushy_;
  std::uint8_t plan_;
  std::string_view wire_;  ///< not yet delivered
  std::size_t delivered_ = 0;
  std::optional<std::size_t> room_;
  std::string waiting_;  ///< sent, not yet taken by the client
  std::string sent_;
  std::map<std::string, Fate> fates_;
  std::size_t answers_ = 0;
  bool handled_ = false;  ///< a request came to its handler
  bool pushing_ = false;
  bool has_trailers_ = false;  ///< what is pushed
  bool pulling_ = false;
  bool body_asked_ = false;
  bool refused_ = false;
  bool cut_off_ = false;
  bool over_ = false;
};

void run(Input input) {
  const std::uint8_t flags = input.take_byte();
  std::vector<Action> script(input.take_byte());
  for (Action& action : script) action = {input.take_byte(), input.take_byte()};
  const std::string_view wire = input.take_rest();
  Config config = limits_for((flags & 1) != 0);
  config.http2 = Http2::kOff;  // see http2
  if ((flags & 0x80) != 0) config.proxy_protocol = ProxyProtocol::kOptional;
  Connection{config, (flags & 2) != 0, static_cast<std::uint8_t>(flags >> 2U & 0x1fU)}.run(script, wire);
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
