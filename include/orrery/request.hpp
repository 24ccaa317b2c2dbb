// Request: one complete HTTP request, as a handler sees it.
//
// Everything is a view into bytes the server keeps: a `const Request&` is good until the handler returns, a `Request`
// by value (handlers that take a Responder) until it is destroyed, on whatever thread. A request is used by one thread
// at a time; only cancelled() may be asked from any thread. Words are RFC 9110's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/extras.hpp"
#include "orrery/from_text.hpp"
#include "orrery/result.hpp"
#include "orrery/tls_facts.hpp"

namespace orrery {

namespace http {
class Message;
}

/// One header or trailer field. The name keeps the case it came in; compare it without regard to case.
struct Field {
  std::string_view name;
  std::string_view value;
};

class ORRERY_EXPORT Request {
 public:
  Request(Request&& other) noexcept : message_(other.message_), owned_(other.owned_) { other.message_ = nullptr; }
  Request& operator=(Request&& other) noexcept;
  ~Request();

  /// "GET", "POST", …; case-sensitive (RFC 9110, 9.1).
  [[nodiscard]] std::string_view method() const;
  /// The request target as it came: "/planets/mars?lon=2".
  [[nodiscard]] std::string_view target() const;
  /// The path, percent-decoded once, dot segments resolved; begins with "/", or is "*". A slash that came encoded stays
  /// `%2F` (Config::encoded_slash).
  [[nodiscard]] std::string_view path() const;
  /// What stands behind "?", undecoded; empty when there is none.
  [[nodiscard]] std::string_view query_string() const;
  /// 1 for HTTP/1.1 and what came as a later 1.x, 0 for HTTP/1.0.
  [[nodiscard]] int minor_version() const;
  /// 1, or 2 for a request that came over HTTP/2, whose minor version is 0.
  [[nodiscard]] int major_version() const;

  /// The decoded value of `{name}` in the route's pattern; empty when the pattern has no such name.
  [[nodiscard]] std::string_view param(std::string_view name) const;
  /// All of them, in the order of the pattern.
  [[nodiscard]] std::size_t param_count() const;
  [[nodiscard]] Field param_at(std::size_t index) const;
  /// The value of `{name}` as a T; where it is none, throws HttpError 400 with a sentence that names the parameter.
  template <ReadableFromText T>
  [[nodiscard]] T param_as(std::string_view name) const {
    auto value = FromText<T>::read(required_param(name));
    if (!value) refuse_parameter(name, value.error());
    return *std::move(value);
  }
  /// The same for those who do not throw: the error is that sentence.
  template <ReadableFromText T>
  [[nodiscard]] Result<T> read_param(std::string_view name) const {
    auto value = FromText<T>::read(required_param(name));
    if (!value) return fail(sentence_of(name, value.error()));
    return value;
  }
  /// The decoded value of the first query parameter with this name; "" for `?name`, nothing when it is absent.
  [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const;
  /// That value as a T; nothing when it is absent. Where it is no T, throws HttpError 400 as param_as() does.
  template <ReadableFromText T>
  [[nodiscard]] std::optional<T> query_as(std::string_view name) const {
    const std::optional<std::string_view> text = query(name);
    if (!text) return {};
    auto value = FromText<T>::read(*text);
    if (!value) refuse_parameter(name, value.error());
    return *std::move(value);
  }
  /// All query parameters in the order they came, decoded, repeated ones included: quicker than to ask for many by
  /// name.
  [[nodiscard]] std::size_t query_count() const;
  [[nodiscard]] Field query_at(std::size_t index) const;

  /// The value of the first header field with this name, in any case.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
  /// The value of the first cookie with this name (RFC 6265, 5.4), as it came, without quotes around it.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
  /// All header fields in the order they came, repeated ones included.
  [[nodiscard]] std::size_t field_count() const;
  [[nodiscard]] Field field_at(std::size_t index) const;
  /// Trailer fields of a chunked body; none before its end has come.
  [[nodiscard]] std::size_t trailer_count() const;
  [[nodiscard]] Field trailer_at(std::size_t index) const;

  /// The whole body, without its transfer coding; empty on routes that read it as it comes (BodyReader).
  [[nodiscard]] std::string_view body() const;

  /// Names this request in the log and in the response: X-Request-ID, kept from trusted peers, else made here.
  [[nodiscard]] std::string_view id() const;
  /// The trace that the request belongs to (W3C Trace Context), as the field `traceparent` of what is asked of others
  /// on its behalf: 00-TRACE-PARENT-FLAGS, where TRACE is the sender's and PARENT names this request. Empty when it has
  /// none (Config::traceparent).
  [[nodiscard]] std::string_view trace() const;
  /// Address of the other end of the connection, without port: "192.0.2.1", "2001:db8::1" or "unix".
  [[nodiscard]] std::string_view peer() const;
  /// Address of who asked, in the same form: what trusted proxies say (PROXY header, X-Forwarded-For, Forwarded), else
  /// peer().
  [[nodiscard]] std::string_view client() const;
  /// "https" when the connection speaks TLS, or a trusted proxy says that it was asked so
  /// (Config::secure_scheme_headers, Forwarded), else "http". What such a proxy says of the scheme counts more than the
  /// connection.
  [[nodiscard]] std::string_view scheme() const;
  /// What its connection has agreed on; null when that does not speak TLS.
  [[nodiscard]] const TlsFacts* tls() const;
  /// host[:port] the request is for: of an absolute-form target, else of Host (RFC 9112, 3.2.2); empty where it is, or
  /// is missing (HTTP/1.0).
  [[nodiscard]] std::string_view host() const;

  /// True once nobody waits for the answer: the client is gone, or has closed its side of the connection
  /// (Config::client_half_close), or `request_deadline` has passed. What is answered all the same is sent as long as
  /// the connection can take it. Any thread; in the class `sync` it asks the kernel, which is a system call.
  [[nodiscard]] bool cancelled() const noexcept;
  /// Calls `callback` when cancelled() becomes true, once, on the loop thread of the worker; at once when it is true
  /// already; never after the answer has been given or its stream has begun (see Stream::on_closed). A second callback
  /// takes the place of the first. For handlers that answer later: call it on the loop thread, where a handler with a
  /// Responder runs in every class and one without in the class `async`; from another thread it throws
  /// std::logic_error.
  void on_cancelled(std::function<void()> callback) const;
  /// Sends 103 (Early Hints, RFC 8297) in front of the answer, so that the client fetches meanwhile what the answer
  /// will need: `links` are values of Link fields (RFC 8288), as `</style.css>; rel=preload; as=style`. The answer
  /// repeats those that it stands by. For handlers that are tasks, on the loop thread or in what they run on a pool;
  /// others have Responder::early_hints. May be called up to 8 times for a request, with up to 4 KiB of links each.
  /// Clients of HTTP/1.0 are sent nothing. Some clients of HTTP/1.1 do not understand an answer in front of the answer:
  /// send hints to who asks for it (Sec-Fetch-Mode: navigate). An error: a link cannot be sent, they are too many, the
  /// request is answered, or its handler is of another kind; nothing is sent then.
  Result<void> early_hints(const std::vector<std::string>& links) const;
  /// When the handler must have answered; nothing when it has no limit.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const;
  /// The class of the worker that runs the handler.
  [[nodiscard]] WorkerClass worker_class() const;
  /// Values that layers have left for what comes behind them.
  [[nodiscard]] Extras& extras();
  [[nodiscard]] const Extras& extras() const;

  /// Throws HttpError 400 with a sentence that names the parameter: for who reads its text in another way.
  [[noreturn]] static void refuse_parameter(std::string_view name, const Error& why);

 private:
  friend class http::Message;
  /// Throws std::logic_error when the pattern has no such name.
  [[nodiscard]] std::string_view required_param(std::string_view name) const;
  static std::string sentence_of(std::string_view name, const Error& why);
  Request(http::Message* message, bool owned) : message_(message), owned_(owned) {}

  http::Message* message_;
  bool owned_;  // false: the server outlives this Request and keeps the message
};

/// One step of a request body that is read as it comes.
struct BodyPiece {
  enum class Kind : std::uint8_t {
    kData,     ///< `bytes` came
    kEnd,      ///< the body is complete
    kAborted,  ///< the client went away or sent nonsense; no more comes
  };
  Kind kind = Kind::kEnd;
  std::string_view bytes;  ///< good until the call returns
};

}  // namespace orrery
