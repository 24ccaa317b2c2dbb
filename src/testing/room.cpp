#include "testing/room.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "base/address.hpp"

namespace orrery::testing {

namespace {

/// Turns in a row that find nothing to do: what one turn begins to watch is only heard of in the next.
constexpr int kQuietTurns = 3;
/// Turns in a row in which no byte moves, and the application still has something to do.
constexpr int kMostTurns = 100'000;
/// For threads of the application, in real time.
constexpr std::chrono::seconds kPatience{5};
/// How long one of them may have ended before it is noticed that nothing can come.
constexpr std::chrono::milliseconds kLook{20};
constexpr std::size_t kMostAnswer = std::size_t{256} * 1024 * 1024;

/// Of those that a client's kernel gives (RFC 6335, 6).
constexpr std::uint16_t kFirstPort = 49152, kLastPort = 65535;

constexpr std::string_view kRestless =
    "the application does not come to rest: something posts itself, or sleeps for no time, again and again";

base::Address address_of(const std::string& text) {
  if (text == "unix") {
    base::Address address;
    address.family = base::Address::Family::kUnix;
    return address;
  }
  auto address = base::parse_ip(text);
  if (!address) throw TestFailure("from(\"" + text + "\"): " + address.error().message);
  return *address;
}

std::string_view word_of(LogLevel level) {
  static constexpr std::array<std::string_view, 5> kWords{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
  return kWords[static_cast<std::size_t>(level)];
}

}  // namespace

/// While it lives the clocks of this process say the room's time, and its log goes there. So they do afterwards, for
/// what a test calls between two calls of a client (Stream::write), until another room's turn; but a handler that uses
/// a client of its own goes on in its own time.
class Room::Held {
 public:
  explicit Held(Room& room)
      : listener_(base::set_log_listener(&room)),
        monotonic_(base::held_clocks.monotonic_ns.load(std::memory_order_relaxed)),
        utc_(base::held_clocks.utc_ns.load(std::memory_order_relaxed)) {
    ++depth_;
    set(room.now_.time_since_epoch().count(), room.utc_.time_since_epoch().count());
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (--depth_ == 0) return;
    set(monotonic_, utc_);
    base::set_log_listener(listener_);
  }
  static void set(std::int64_t monotonic_ns, std::int64_t utc_ns) {
    base::held_clocks.monotonic_ns.store(monotonic_ns, std::memory_order_relaxed);
    base::held_clocks.utc_ns.store(utc_ns, std::memory_order_relaxed);
  }
  /// Nobody is in the middle of a call: the clocks run, and the log is the process's.
  static void release() {
    if (depth_ > 0) return;
    set(0, 0);
    base::set_log_listener(nullptr);
  }

 private:
  inline static int depth_ = 0;
  base::LogListener* listener_;
  std::int64_t monotonic_;
  std::int64_t utc_;
};

Room::Room(App app, const Config& config)
    : least_(config.loglevel), now_(base::monotonic_now()), utc_(base::wall_now()) {
  try {
    const Held held{*this};
    worker_ = std::make_unique<WorkerInProcess>(std::move(app), config);
    // What it has said of this machine's limits is not about the application.
    lines_.clear();
    settle();
  } catch (...) {
    if (worker_) end_worker();
    Held::release();
    throw;
  }
}

Room::~Room() { close(); }

void Room::close() {
  if (!worker_) return;
  end_worker();
  Held::release();
}

void Room::end_worker() {
  const Held held{*this};
  try {
    for (const auto& conversation : conversations_) conversation->close();
    settle();
    if (!gone_) worker_->give_up();
    settle();
  } catch (const TestFailure&) {
    // It does not come to rest, and so it ends in the middle of it.
  }
  worker_->end();
  worker_->forget();
  worker_.reset();
}

void Room::expect_worker() const {
  if (!worker_) throw TestFailure("the TestClient of this exchange is gone");
}

std::shared_ptr<Conversation> Room::conversation_for(const Asked& asked) {
  base::Address from = address_of(asked.address);
  const auto same = std::ranges::find_if(conversations_, [&](const auto& one) { return one->serves(asked.address); });
  if (same != conversations_.end() && !asked.alone) return *same;
  if (!worker_->accepts())
    throw TestFailure("the worker is leaving and takes no new connection, so nobody answers " + asked.name);
  if (from.family != base::Address::Family::kUnix)
    from.port = last_port_ = last_port_ == kLastPort ? kFirstPort : static_cast<std::uint16_t>(last_port_ + 1);
  return conversations_.emplace_back(std::make_shared<Conversation>(worker_->accept(from), asked.address));
}

std::shared_ptr<Exchange> Room::begin(const Asked& asked) {
  expect_worker();
  const Held held{*this};
  std::erase_if(conversations_, [](const auto& one) { return !one->open(); });
  const auto conversation = conversation_for(asked);
  auto exchange = std::make_shared<Exchange>(asked.name, asked.to_head);
  exchange->conversation = conversation;
  exchange->body_for_later = asked.body_for_later;
  conversation->ask(exchange, asked.bytes);
  settle();
  return exchange;
}

void Room::finish(Exchange& exchange) {
  expect_worker();
  const Held held{*this};
  exchange.window = kMostAnswer;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (bool waited = false; !exchange.reader.over(); waited = true) {
    // Asked before the look: what a thread leaves behind as it ends is seen.
    const bool others = worker_->others_at_work();
    settle();
    if (exchange.reader.over()) break;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (exchange.full() || left.count() <= 0 || !others) fail_unanswered(exchange, waited);
    worker_->wait(std::min(left, kLook));
  }
  if (!exchange.reader.fault().empty())
    throw TestFailure(exchange.name + " got an answer that is no HTTP: " + exchange.reader.fault());
}

void Room::fail_unanswered(const Exchange& exchange, bool waited) const {
  if (exchange.full())
    throw TestFailure("the answer to " + exchange.name + " is longer than 256 MiB: read() it piece by piece");
  if (exchange.reader.has_head())
    throw TestFailure("the answer to " + exchange.name +
                      " is not whole, and nothing but time can bring the rest: begin() the request, call pass(), and "
                      "ask for its answer() then, or read() what has come");
  throw TestFailure("nothing but time can bring the answer to " + exchange.name +
                    (waited ? ", and no thread brought it" : "") +
                    "; begin() the request, call pass(), and ask for its answer() then");
}

std::string Room::read(Exchange& exchange) {
  std::optional<Held> held;
  if (worker_) {
    held.emplace(*this);
    settle();
  }
  std::string piece = exchange.reader.answer().body.substr(exchange.read);
  exchange.read += piece.size();
  if (worker_) settle();
  return piece;
}

void Room::send(const Exchange& exchange, std::string_view bytes) {
  expect_worker();
  const Held held{*this};
  const auto conversation = exchange.conversation.lock();
  if (conversation && conversation->open()) conversation->send(bytes);
  settle();
}

void Room::leave(const Exchange& exchange) {
  expect_worker();
  const Held held{*this};
  if (const auto conversation = exchange.conversation.lock()) conversation->close();
  settle();
}

void Room::leave_all() {
  const Held held{*this};
  for (const auto& conversation : conversations_) conversation->close();
  settle();
}

void Room::go_to(base::Monotonic moment) {
  utc_ += moment - now_;
  now_ = moment;
  Held::set(now_.time_since_epoch().count(), utc_.time_since_epoch().count());
}

void Room::pass(std::chrono::milliseconds time) {
  if (time.count() < 0) throw TestFailure("pass() was told to go back in time");
  expect_worker();
  const Held held{*this};
  settle();
  const base::Monotonic end = now_ + time;
  while (!gone_) {
    const auto next = worker_->next_moment();
    if (!next || *next > end) break;
    go_to(std::max(now_, *next));
    worker_->arrive();
    settle();
  }
  go_to(end);
  settle();
}

void Room::drain() {
  const Held held{*this};
  settle();
  worker_->drain();
  settle();
}

bool Room::move_clients() {
  bool moved = false;
  for (std::size_t i = 0; i < conversations_.size(); ++i) moved = conversations_[i]->move() || moved;
  return moved;
}

void Room::settle() {
  int still = 0;  // turns in which no byte moved
  for (int quiet = 0; quiet < kQuietTurns && !gone_;) {
    bool moved = move_clients();
    const bool timed = worker_->turn();
    moved = move_clients() || moved;
    quiet = moved || timed || worker_->busy() ? 0 : quiet + 1;
    still = moved ? 0 : still + 1;
    if (still > kMostTurns) throw TestFailure(std::string{kRestless});
    if (worker_->over()) {
      worker_->end();
      gone_ = true;
    }
  }
  if (gone_) move_clients();
}

void Room::on_line(LogLevel level, std::string_view message) {
  const std::lock_guard lock{mutex_};
  lines_.push_back(std::string{word_of(level)} + " " + std::string{message});
}

std::vector<std::string> Room::log() const {
  const std::lock_guard lock{mutex_};
  return lines_;
}

Worker& Room::worker() {
  expect_worker();
  return worker_->worker();
}

}  // namespace orrery::testing
