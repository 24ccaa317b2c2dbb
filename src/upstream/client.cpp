#include "upstream/client.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <curl/curl.h>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "upstream/trace.hpp"

namespace orrery::upstream {

namespace {

using std::string_view;

/// What a callback of libcurl returns to end its transfer.
constexpr std::size_t kRefused = ~std::size_t{0};
/// Of an answer's head: what a peer may make a worker keep.
constexpr std::size_t kLargestHead = std::size_t{64} * 1024;

bool may_be_repeated(string_view method) {
  constexpr std::array<string_view, 6> kIdempotent{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(kIdempotent, method) != kIdempotent.end();
}

bool is_token(string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           string_view{"!#$%&'*+-.^_`|~"}.find(c) != string_view::npos;
  });
}

bool has_control(string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

/// What is wrong with a call; empty = nothing. A value that comes from a client must not become a second field.
string_view fault_of(const UpstreamCall& call) {
  if (!is_token(call.method)) return "the method is no word";
  if (!call.target.starts_with('/')) return "the target does not begin with a slash";
  if (has_control(call.target) || call.target.find_first_of(" #\t") != std::string::npos)
    return "the target has a blank, a control byte or a `#` in it: encode it";
  if (call.timeout && *call.timeout < std::chrono::milliseconds{1}) return "its time limit is below 1 ms";
  for (const auto& [name, value] : call.fields)
    if (!is_token(name) || has_control(value)) return "a field has a name or a value that cannot be sent";
  return {};
}

string_view trimmed(string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && string_view{" \t\r\n"}.find(text.back()) != string_view::npos) text.remove_suffix(1);
  return text;
}

struct EndEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct EndList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct EndMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// Once in a process; not before a fork.
void initialise() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (done != CURLE_OK) throw std::bad_alloc{};
}

}  // namespace

struct Client::Multi {
  std::unique_ptr<CURLM, EndMulti> handle;
};

/// One call, over all its tries.
class Client::Transfer {
 public:
  Transfer(Ticket its_ticket, UpstreamCall call, Done done, const UpstreamOptions& options)
      : ticket(its_ticket), call_(std::move(call)), done_(std::move(done)), options_(options) {
    easy_.reset(curl_easy_init());
    if (!easy_) throw std::bad_alloc{};
    for (const auto& [name, value] : call_.fields) add_line(value.empty() ? name + ";" : name + ": " + value);
    add_line("Expect:");  // curl would wait for 100 Continue before a larger body
    if (!value_of(call_.fields, "Content-Type")) add_line("Content-Type:");  // curl would say that it is a form
    set_up();
  }

  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  [[nodiscard]] bool may_be_tried_again() const {
    return tries_ <= options_.retries && answer_.status == 0 && may_be_repeated(call_.method);
  }
  void begin_try() {
    ++tries_;
    answer_ = {};
    head_bytes_ = 0;
    error_.front() = '\0';
    too_large_ = false;
  }
  UpstreamAnswer take() {
    curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &code_);
    answer_.status = static_cast<int>(code_);
    return std::move(answer_);
  }
  void tell(Upstream::Answer answer) { std::exchange(done_, nullptr)(std::move(answer)); }
  [[nodiscard]] Error failure(string_view why) const {
    std::string sentence = "upstream " + options_.base + ": " + call_.method + " " + call_.target + ": ";
    return {sentence.append(why)};
  }
  [[nodiscard]] Error failure_of(CURLcode code) const {
    if (too_large_) return failure("the answer is larger than " + std::to_string(options_.largest) + " bytes");
    return failure(error_.front() != '\0' ? error_.data() : curl_easy_strerror(code));
  }

  const Ticket ticket;
  Timer limit;
  bool under_way = false;

 private:
  void add_line(const std::string& line) {
    curl_slist* const longer = curl_slist_append(lines_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    (void)lines_.release();
    lines_.reset(longer);
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy(), option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc{};
  }

  void set_up() {
    url_ = options_.base + call_.target;
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_HTTPHEADER, lines_.get());
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_PRIVATE, static_cast<void*>(this));
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_HEADERFUNCTION, static_cast<curl_write_callback>(on_head_line));
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, static_cast<curl_write_callback>(on_body));
    if (call_.method == "HEAD") return set(CURLOPT_NOBODY, 1L);
    const bool has_body =
        !call_.body.empty() || call_.method == "POST" || call_.method == "PUT" || call_.method == "PATCH";
    if (has_body) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
      set(CURLOPT_POSTFIELDS, call_.body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, call_.method.c_str());
  }

  static std::size_t on_head_line(char* bytes, std::size_t, std::size_t size, void* self) noexcept {
    return static_cast<Transfer*>(self)->take_head_line({bytes, size}) ? size : kRefused;
  }
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) noexcept {
    return static_cast<Transfer*>(self)->take_body({bytes, size}) ? size : kRefused;
  }

  // A head that tells of a later one (100, 103) is forgotten when that one begins.
  bool take_head_line(string_view line) noexcept try {
    head_bytes_ += line.size();
    if (head_bytes_ > kLargestHead) return false;
    if (line.starts_with("HTTP/")) {
      answer_.fields.clear();
      answer_.status = 1;  // something has come
      return true;
    }
    const std::size_t colon = line.find(':');
    if (colon != string_view::npos)
      answer_.fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return true;
  } catch (...) {
    return false;
  }
  bool take_body(string_view bytes) noexcept try {
    too_large_ = bytes.size() > options_.largest - answer_.body.size();
    if (!too_large_) answer_.body += bytes;
    return !too_large_;
  } catch (...) {
    return false;
  }

  UpstreamCall call_;
  Done done_;
  const UpstreamOptions& options_;
  std::string url_;
  std::unique_ptr<curl_slist, EndList> lines_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  UpstreamAnswer answer_;
  std::size_t head_bytes_ = 0;
  long code_ = 0;
  int tries_ = 0;
  bool too_large_ = false;
  std::unique_ptr<CURL, EndEasy> easy_;  // the first to go: what is above is its
};

Client::Client(Worker& worker, const UpstreamOptions& options)
    : worker_(worker), options_(options), multi_(std::make_unique<Multi>()) {
  initialise();
  multi_->handle.reset(curl_multi_init());
  if (!multi_->handle) throw std::bad_alloc{};
  CURLM* const multi = multi_->handle.get();
  const auto on_socket = [](CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
    return static_cast<Client*>(self)->watch(socket, what), 0;
  };
  const auto on_timer = [](CURLM*, long milliseconds, void* self) noexcept {
    return static_cast<Client*>(self)->set_timer(milliseconds), 0;
  };
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, static_cast<curl_socket_callback>(on_socket));
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, static_cast<curl_multi_timer_callback>(on_timer));
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, static_cast<void*>(this));
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.connections));
}

Client::~Client() {
  *alive_ = false;
  for (auto& [ticket, transfer] : transfers_)
    if (transfer->under_way) curl_multi_remove_handle(multi_->handle.get(), transfer->easy());
  transfers_.clear();
  multi_.reset();  // closes its connections, which takes them out of watches_
}

Client::Ticket Client::begin(UpstreamCall call, Done done) {
  const auto limit = call.timeout.value_or(options_.timeout);
  const string_view fault = fault_of(call);
  auto made = std::make_unique<Transfer>(++last_, std::move(call), std::move(done), options_);
  Transfer& transfer = *made;
  if (!fault.empty()) return transfer.tell(fail(transfer.failure(fault).message)), 0;
  if (under_way_ >= options_.connections && waiting_.size() >= options_.queue) {
    transfer.tell(fail(transfer.failure("too many calls wait for a connection").message));
    return 0;
  }
  const Ticket ticket = transfer.ticket;
  transfers_.emplace(ticket, std::move(made));
  transfer.limit = worker_.after(
      limit, [this, ticket] { end(ticket, fail(transfers_.at(ticket)->failure("no answer in time").message)); });
  budget_.add_call();
  waiting_.push_back(ticket);
  start_waiting();
  return ticket;
}

void Client::withdraw(Ticket ticket) {
  if (const std::unique_ptr<Transfer> gone = take_out(ticket)) start_waiting();
}

std::unique_ptr<Client::Transfer> Client::take_out(Ticket ticket) {
  const auto found = transfers_.find(ticket);
  if (found == transfers_.end()) return nullptr;
  std::unique_ptr<Transfer> transfer = std::move(found->second);
  transfers_.erase(found);
  std::erase(waiting_, ticket);
  if (!transfer->under_way) return transfer;
  --under_way_;
  curl_multi_remove_handle(multi_->handle.get(), transfer->easy());
  return transfer;
}

void Client::start_waiting() {
  while (!waiting_.empty() && under_way_ < options_.connections) {
    Transfer& transfer = *transfers_.at(waiting_.front());
    waiting_.pop_front();
    start(transfer);
  }
}

// curl asks for a timer of 0 ms: the transfer itself begins in a later turn of the loop.
void Client::start(Transfer& transfer) {
  transfer.begin_try();
  transfer.under_way = true;
  ++under_way_;
  curl_multi_add_handle(multi_->handle.get(), transfer.easy());
}

void Client::end(Ticket ticket, Upstream::Answer answer) {
  const std::unique_ptr<Transfer> transfer = take_out(ticket);
  if (!transfer) return;
  start_waiting();
  transfer->tell(std::move(answer));
}

void Client::act(int socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_->handle.get(), socket, events, &running);
  take_ended();
}

// What is told may make further calls, withdraw others, or end this client.
void Client::take_ended() {
  const std::shared_ptr<bool> alive = alive_;
  int left = 0;
  while (*alive) {
    const CURLMsg* const message = curl_multi_info_read(multi_->handle.get(), &left);
    if (message == nullptr) return;
    if (message->msg != CURLMSG_DONE) continue;
    void* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    settle(static_cast<Transfer*>(owner)->ticket, message->data.result);
  }
}

void Client::settle(Ticket ticket, int code) {
  Transfer& transfer = *transfers_.at(ticket);
  const auto result = static_cast<CURLcode>(code);
  if (result == CURLE_OK) return end(ticket, transfer.take());
  if (!transfer.may_be_tried_again() || !budget_.take()) return end(ticket, fail(transfer.failure_of(result).message));
  curl_multi_remove_handle(multi_->handle.get(), transfer.easy());
  --under_way_;
  start(transfer);
}

void Client::watch(int socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    watches_.erase(socket);
    return;
  }
  const Ready ready = what == CURL_POLL_IN ? Ready::kRead : what == CURL_POLL_OUT ? Ready::kWrite : Ready::kReadWrite;
  if (const auto known = watches_.find(socket); known != watches_.end()) return known->second.change(ready);
  const auto on_ready = [this, socket](Ready is) {
    act(socket, (can_read(is) ? CURL_CSELECT_IN : 0) | (can_write(is) ? CURL_CSELECT_OUT : 0));
  };
  try {
    watches_[socket] = worker_.watch(socket, ready, on_ready);
  } catch (const std::system_error&) {
    watches_.erase(socket);  // its call ends by its limit
  }
}

void Client::set_timer(long milliseconds) {
  if (milliseconds < 0) return timer_.cancel();
  timer_ = worker_.after(std::chrono::milliseconds{milliseconds}, [this] { act(CURL_SOCKET_TIMEOUT, 0); });
}

}  // namespace orrery::upstream
