#include "http/message.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/characters.hpp"
#include "http/cookie.hpp"
#include "http/target.hpp"

namespace orrery::http {

namespace {

/// A message that once held a large body or head does not keep that memory.
constexpr std::size_t kKeptCapacity = 64 * 1024;

/// Tells threads apart without a system call: the address of a thread-local.
std::uintptr_t this_thread() noexcept {
  static thread_local char anchor;
  return reinterpret_cast<std::uintptr_t>(&anchor);
}

inline void trim(std::string& text) {
  if (text.empty()) return;
  text.clear();
  if (text.capacity() > kKeptCapacity) text.shrink_to_fit();
}

/// On the wire: its size in hexadecimal digits, its bytes, and a CRLF behind each.
std::uint64_t framed(std::uint64_t chunk) { return chunk + 4 + (static_cast<unsigned>(std::bit_width(chunk)) + 3) / 4; }

}  // namespace

std::uint64_t Departure::unsent_body(std::uint64_t unsent) const {
  if (!chunked) return std::min(unsent, body_bytes);
  unsent -= std::min<std::uint64_t>(unsent, end_bytes);
  std::uint64_t body = 0;
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend() && unsent > 0; ++chunk) {
    // The CRLF behind it, the bytes of the body, the size in front of them.
    body += std::min<std::uint64_t>(*chunk, unsent - std::min<std::uint64_t>(unsent, 2));
    unsent -= std::min(unsent, framed(*chunk));
  }
  return body;
}

void Departure::forget_sent_chunks(std::uint64_t unsent) {
  auto first = chunks.end();
  for (std::uint64_t bytes = 0; first != chunks.begin() && bytes < unsent; bytes += framed(*first)) --first;
  chunks.erase(chunks.begin(), first);
}

Field Message::trailer(const FieldSpan& span) const {
  const std::string_view all = trailer_bytes;
  return {all.substr(span.name.begin, span.name.length), trimmed(all.substr(span.value.begin, span.value.length))};
}

void Message::set_id(std::string_view text) {
  id_length = static_cast<std::uint8_t>(std::min(text.size(), id.size()));
  std::memcpy(id.data(), text.data(), id_length);
}

std::optional<std::string_view> Message::field_value(std::string_view name) const {
  for (const FieldSpan& span : fields)
    if (same_field_name(view(span.name), name)) return view(span.value);
  return {};
}

bool Message::failures_are_told() const {
  const auto here = [](const base::Address& address) {
    return address.family == base::Address::Family::kUnix || address.is_loopback();
  };
  return pool_->tells_failures && here(peer) && here(client);
}

void Message::join_accept(std::string_view more) {
  const bool joined = !error_media_type.empty() && error_media_type.data() == accept_text_.data();
  if (!error_media_type.empty() && !joined) return;  // the settings say it
  if (!joined) accept_text_.assign(view(accept));
  accept_text_.append(", ").append(more);
  error_media_type = accept_text_;
}

void Message::keep_bytes() {
  if (bytes == kept_.data()) return;
  kept_.assign(bytes, head_length);
  bytes = kept_.data();
}

void Message::split_query() {
  query_is_split_ = true;
  const std::string_view all = view(query);
  // As spans have them: from message.bytes on. Never 0, where the method is.
  constexpr std::uint32_t kNone = 0;
  std::uint32_t name = query.begin;
  std::uint32_t equals = kNone;
  bool plain = true;
  const auto end_pair = [&](std::uint32_t at) __attribute__((always_inline)) {
    const std::uint32_t name_end = equals == kNone ? at : equals;
    const std::uint32_t value = equals == kNone ? at : equals + 1;
    query_pairs_.push_back({{name, name_end - name}, {value, at - value}, plain});
    name = at + 1;
    equals = kNone;
    plain = true;
  };
  sixteen::for_each(
      all, [](sixteen::Block block) { return (block == '=') | (block == '&') | (block == '%') | (block == '+'); },
      [&](std::size_t place) __attribute__((always_inline)) {
        const auto at = query.begin + static_cast<std::uint32_t>(place);
        switch (all[place]) {
          case '&': end_pair(at); break;
          case '=':
            if (equals == kNone) equals = at;
            break;
          default: plain = false;
        }
      });
  if (const std::uint32_t end = query.begin + query.length; name < end) end_pair(end);
}

std::optional<std::string_view> Message::query_value(std::string_view name) {
  if (!query_is_split_) split_query();
  for (const QueryPair& pair : query_pairs_) {
    const bool named = pair.plain ? pair.name.length == name.size() && view(pair.name) == name
                                  : decode_query_component(view(pair.name)) == name;
    if (named) return pair.plain ? view(pair.value) : decoded(pair.value);
  }
  return {};
}

std::string_view Message::decoded(Span span) {
  decoded_values_.push_back(std::make_unique<std::string>(decode_query_component(view(span))));
  return *decoded_values_.back();
}

Field Message::decoded_pair(const QueryPair& pair) { return {decoded(pair.name), decoded(pair.value)}; }

/// The values go behind the path, so that they live where views of it do.
void Message::put_slashes_into_parameters() {
  std::string values;
  for (std::size_t i = 0; i < match.parameter_count; ++i) {
    RouteMatch::Part& part = match.parameters[i];
    const auto begin = static_cast<std::uint32_t>(normal_path.text.size() + values.size());
    append_with_slashes(values, parameter(i), part.begin, normal_path.slashes);
    part = {begin, static_cast<std::uint32_t>(normal_path.text.size() + values.size()) - begin};
  }
  normal_path.text += values;
}

Request Message::share() {
  keep_bytes();
  retain();
  return Request{this, true};
}

bool Message::on_loop_thread() const noexcept { return pool_->on_owner_thread(); }

void Message::release() noexcept {
  // The only reference that is left needs no locked instruction to know that.
  if (references_.load(std::memory_order_acquire) != 1 && references_.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  if (pool_->on_owner_thread()) {
    pool_->give_back(this);
  } else {
    delete this;
  }
}

void Message::clear() {
  references_.store(1, std::memory_order_relaxed);
  trim(body);
  if (framing == BodyFraming::kChunked) {
    trailers.clear();
    trim(trailer_bytes);
  }
  static_cast<MessageState&>(*this) = {};
  fields.clear();
  trim(normal_path.text);
  match.clear();
  pull.reset();
  cancelled.store(false, std::memory_order_relaxed);
  over.store(false, std::memory_order_relaxed);
  taken_ns.store(0, std::memory_order_relaxed);
  if (on_cancelled) on_cancelled = nullptr;
  if (extras) extras.reset();
  if (tls) tls.reset();
  if (stored_) stored_.reset();
  trim(kept_);
  peer_text_.clear();
  client_text_.clear();
  if (std::exchange(query_is_split_, false)) {
    query_pairs_.clear();
    decoded_values_.clear();
  }
}

std::string name_in_log(const Message& message) {
  std::string name = "request " + std::string{message.id_view()};
  if (message.traced) name.append(", trace ").append(trace_id(message.trace_view()));
  return name;
}

MessagePool::MessagePool() : owner_(this_thread()) {}
MessagePool::~MessagePool() = default;

bool MessagePool::on_owner_thread() const noexcept { return owner_ == this_thread(); }

Message* MessagePool::take() {
  Message* const message = spares_.take().release();
  return message ? message : make();
}

void MessagePool::give_back(Message* message) noexcept {
  std::unique_ptr<Message> owned{message};
  message->clear();
  if (!spares_.keep(owned)) --made_;
}

Message* MessagePool::make() {
  ++made_;
  return new Message(*this);
}

}  // namespace orrery::http

namespace orrery {

namespace {

/// The address as text, made once.
std::string_view shown(const base::Address& address, std::string& text) {
  if (text.empty()) {
    std::array<char, 46> buffer{};
    text = address.format_ip(buffer);
  }
  return text;
}

}  // namespace

Request& Request::operator=(Request&& other) noexcept {
  std::swap(message_, other.message_);
  std::swap(owned_, other.owned_);
  return *this;
}

Request::~Request() {
  if (message_ && owned_) message_->release();
}

std::string_view Request::method() const { return message_->method; }
std::string_view Request::target() const { return message_->view(message_->target); }
std::string_view Request::path() const { return message_->path(); }
std::string_view Request::query_string() const { return message_->view(message_->query); }
int Request::minor_version() const { return message_->protocol == base::Protocol::kHttp11 ? 1 : 0; }
int Request::major_version() const { return message_->protocol == base::Protocol::kHttp2 ? 2 : 1; }

std::string_view Request::param(std::string_view name) const {
  const http::RouteMatch& match = message_->match;
  if (!match.names) return {};
  for (std::size_t i = 0; i < match.names->size(); ++i) {
    if ((*match.names)[i] == name) return message_->parameter(i);
  }
  return {};
}

std::size_t Request::param_count() const { return message_->match.names ? message_->match.parameter_count : 0; }
Field Request::param_at(std::size_t index) const {
  if (index >= param_count()) throw std::out_of_range("Request::param_at: the pattern has fewer names");
  return {(*message_->match.names)[index], message_->parameter(index)};
}

std::string_view Request::required_param(std::string_view name) const {
  for (std::size_t i = 0; i < param_count(); ++i)
    if (const Field parameter = param_at(i); parameter.name == name) return parameter.value;
  throw std::logic_error("the pattern of the route has no {" + std::string{name} + "}");
}

std::string Request::sentence_of(std::string_view name, const Error& why) {
  return "The parameter `" + std::string{name} + "` " + why.message + ".";
}
void Request::refuse_parameter(std::string_view name, const Error& why) {
  throw HttpError{400, sentence_of(name, why)};
}

std::optional<std::string_view> Request::query(std::string_view name) const { return message_->query_value(name); }

std::size_t Request::query_count() const { return message_->query_count(); }
Field Request::query_at(std::size_t index) const { return message_->query_at(index); }

std::optional<std::string_view> Request::field(std::string_view name) const { return message_->field_value(name); }

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const http::FieldSpan& span : message_->fields) {
    if (!http::same_field_name(message_->view(span.name), "cookie")) continue;
    if (const auto value = http::cookie_value(message_->view(span.value), name)) return value;
  }
  return {};
}

std::size_t Request::field_count() const { return message_->fields.size(); }
Field Request::field_at(std::size_t index) const { return message_->field(message_->fields.at(index)); }
std::size_t Request::trailer_count() const { return message_->body_complete ? message_->trailers.size() : 0; }
Field Request::trailer_at(std::size_t index) const { return message_->trailer(message_->trailers.at(index)); }
std::string_view Request::body() const { return message_->whole_body(); }
std::string_view Request::id() const { return message_->id_view(); }

std::string_view Request::trace() const { return message_->trace_view(); }

std::string_view Request::peer() const { return shown(message_->peer, message_->peer_text_); }
std::string_view Request::client() const { return shown(message_->client, message_->client_text_); }
std::string_view Request::scheme() const { return message_->secure ? "https" : "http"; }
const TlsFacts* Request::tls() const { return message_->tls.get(); }
std::string_view Request::host() const { return message_->view(message_->authority); }

bool Request::cancelled() const noexcept {
  return message_->cancelled.load(std::memory_order_acquire) || (message_->probe && message_->probe->left());
}

void Request::on_cancelled(std::function<void()> callback) const {
  if (!message_->on_loop_thread())
    throw std::logic_error("Request::on_cancelled was called off the loop thread; use Worker::post");
  if (message_->cancelled.load(std::memory_order_relaxed)) return callback();
  if (!message_->answered) message_->on_cancelled = std::move(callback);
}

Result<void> Request::early_hints(const std::vector<std::string>& links) const {
  if (message_->task) return message_->task->early_hints(links);
  return fail("no task runs for the request: early hints are for handlers that are tasks, or by their Responder");
}

std::optional<std::chrono::steady_clock::time_point> Request::deadline() const {
  if (message_->deadline == base::Monotonic{}) return {};
  return message_->deadline;
}

WorkerClass Request::worker_class() const { return message_->worker_class; }

Extras& Request::extras() {
  if (!message_->extras) message_->extras = std::make_unique<Extras>();
  return *message_->extras;
}
const Extras& Request::extras() const {
  static const Extras none;
  return message_->extras ? *message_->extras : none;
}

}  // namespace orrery
