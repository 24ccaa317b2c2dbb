// Response: what a handler answers, as a value.
//
// Made by the makers below, adjusted in builder style, moved to the server, which frames it (RFC 9112): Content-Length
// or chunked, Date, Server, Connection and X-Request-ID are the server's and what a handler sets under these names is
// dropped. A field with a CR, LF or NUL in it is never sent: the client gets 500 and the log a line.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/cookie.hpp"
#include "orrery/export.hpp"
#include "orrery/http_error.hpp"
#include "orrery/open_file.hpp"

namespace orrery {

/// Header fields that are the same in many answers, put together once and never copied:
/// `static const FixedFields kAnybody{{"Access-Control-Allow-Origin", "*"}};`
class ORRERY_EXPORT FixedFields {
 public:
  /// Throws std::invalid_argument for a field that could not be sent or is the server's own.
  FixedFields(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }
  /// As they are sent, each line with its CRLF.
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
  std::string text_;
};

class ORRERY_EXPORT Response {
 public:
  /// Appends the next piece of a body to `out`; returns false when that was the last (an empty last piece is fine).
  /// Called only when the socket can take more: on the loop thread (`async`, `sync`) or on a pool thread (`threads`).
  using Pull = std::function<bool(std::string& out)>;
  using FieldPair = std::pair<std::string, std::string>;
  /// The trailer fields of a body that has come to its end. Called once, where a Pull is called, after the last piece.
  using MakeTrailers = std::function<std::vector<FieldPair>()>;

  Response() = default;

  /// An answer without a body.
  static Response status(int code);
  static Response text(std::string body) { return bytes("text/plain; charset=utf-8", std::move(body)); }
  static Response html(std::string body) { return bytes("text/html; charset=utf-8", std::move(body)); }
  static Response json(std::string body) { return bytes("application/json", std::move(body)); }
  /// A `media_type` that is a std::string_view must outlive the response: a string literal does. A std::string is kept.
  static Response bytes(std::string_view media_type, std::string body);
  template <std::same_as<std::string> Owned>
  static Response bytes(Owned media_type, std::string body) {
    return Response{}.with_body(std::move(body)).with_field("Content-Type", std::move(media_type));
  }
  // The same of a body that is copied.
  template <std::same_as<std::string_view> View>
  static Response text(View body) {
    return text(std::string{body});
  }
  template <std::same_as<std::string_view> View>
  static Response html(View body) {
    return html(std::string{body});
  }
  template <std::same_as<std::string_view> View>
  static Response json(View body) {
    return json(std::string{body});
  }
  template <class MediaType, std::same_as<std::string_view> View>
  static Response bytes(MediaType&& media_type, View body) {
    return bytes(std::forward<MediaType>(media_type), std::string{body});
  }
  /// A body that outlives the process's last response (a constant, an embedded file): never copied.
  static Response fixed(std::string_view media_type, std::string_view body);
  // What would be gone before it is sent: use bytes().
  template <std::same_as<std::string> Temporary>
  static Response fixed(std::string_view media_type, Temporary&& body) = delete;
  template <std::same_as<std::string> Temporary>
  static Response fixed(Temporary&& media_type, std::string_view body) = delete;
  /// A body made piece by piece as the client takes it. With `length`, that many bytes must come; without, the body is
  /// chunked (HTTP/1.1) or ended by closing (HTTP/1.0). A pull that throws ends the connection, so the client sees the
  /// break.
  static Response stream(std::string_view media_type, Pull pull, std::optional<std::uint64_t> length = {});
  /// A body that the kernel sends from a file (sendfile(2)), in pieces, as the client takes it: never in memory whole,
  /// and never a wrong length. Where the file turns out to be shorter than `part`, the connection is cut, so that the
  /// client sees the break, and the error log has a line. serve_files() and file_response() (files.hpp) make these.
  static Response file(std::string_view media_type, FilePart part);

  /// Changes the status; 200 to 599. With another one, 500 is sent and the log has a sentence.
  Response&& with_status(int code) && {
    status_ = code >= 0 && code <= kNoStatus ? static_cast<std::uint16_t>(code) : kNoStatus;
    return std::move(*this);
  }
  /// Adds a header field; repeated names are sent repeatedly, but Content-Type replaces the maker's.
  Response&& with_field(std::string name, std::string value) &&;
  template <class Name, class Value>
  requires(std::same_as<Name, std::string_view> || std::same_as<Value, std::string_view>) Response &&
      with_field(Name name, Value value) && {
    return std::move(*this).with_field(std::string{std::move(name)}, std::string{std::move(value)});
  }
  /// Adds a Set-Cookie. Throws std::invalid_argument for what cannot stand there.
  Response&& with_cookie(const Cookie& cookie) &&;
  /// Replaces the body, and a body that comes piece by piece.
  Response&& with_body(std::string body) &&;
  void add_field(std::string name, std::string value);
  /// Sends these too, at no cost; they must outlive the response, as a static does. At most one set of them.
  Response&& with_fixed_fields(const FixedFields& fields) && {
    shared_fields_ = &fields;
    return std::move(*this);
  }
  Response&& with_fixed_fields(const FixedFields&&) && = delete;  // it would be gone before it is sent
  /// Fields that stand behind a streamed body (RFC 9110, 6.5), for what is known at its end only: a checksum,
  /// Server-Timing. `names` are told in the head, in the field `Trailer`; none else can be sent. `make` gives them to
  /// a body that is pulled, Stream::end() to one that is written. A `make` that throws, or gives a field that was not
  /// announced or cannot be sent, ends the connection as a Pull that throws does. Where they cannot stand they are left
  /// out and nobody is told: HTTP/1.0, HTTP/1.1 with `length`, HEAD, a body that is not streamed; proxies may drop
  /// them. Throws std::invalid_argument for a name that is none, or whose field a client needs before the body.
  Response&& with_trailers(const std::vector<std::string>& names, MakeTrailers make = {}) &&;

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::string_view media_type() const { return media_type_; }
  [[nodiscard]] std::string_view body() const { return fixed_.data() ? fixed_ : std::string_view{body_}; }
  [[nodiscard]] bool body_outlives() const { return fixed_.data() != nullptr; }
  /// What is sent of a file; null for other bodies. body() is then empty.
  [[nodiscard]] const FilePart* file_part() const { return extra_ && extra_->part.file ? &extra_->part : nullptr; }
  /// Bytes of body() or of the file's part.
  [[nodiscard]] std::uint64_t body_length() const {
    const FilePart* const part = file_part();
    return part ? part->length : body().size();
  }
  [[nodiscard]] const std::vector<FieldPair>& fields() const;
  /// False when it has neither fields nor a streamed body of its own: most have not.
  [[nodiscard]] bool has_extras() const { return extra_ != nullptr; }
  [[nodiscard]] const FixedFields* fixed_fields() const { return shared_fields_; }
  /// The value of the first field with this name, in any case; nothing when it is absent.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
  [[nodiscard]] bool is_stream() const { return extra_ && extra_->pull; }
  [[nodiscard]] std::optional<std::uint64_t> stream_length() const;
  [[nodiscard]] Pull take_pull();
  /// The names of its trailer fields, as the field `Trailer` tells them; empty = it has none.
  [[nodiscard]] std::string_view trailer_names() const;
  [[nodiscard]] MakeTrailers take_trailers();
  [[nodiscard]] std::string take_body() { return std::move(body_); }
  [[nodiscard]] FilePart take_file_part();
  /// Puts another body in the place of this one, whatever that was: its length and framing follow.
  void replace_body(std::string body);
  void replace_body(Pull pull);
  /// Sends this value under `name` in the place of all that the response itself has under it.
  void set_field(std::string_view name, std::string value);

 private:
  struct Extra {
    std::vector<FieldPair> fields;
    FilePart part;
    std::string media_type;
    Pull pull;
    std::optional<std::uint64_t> length;
    std::string trailer_names;
    MakeTrailers trailers;
    /// What stands behind a body goes with it.
    void forget_body() {
      pull = nullptr;
      length.reset();
      part = {};
      trailer_names.clear();
      trailers = nullptr;
    }
  };
  Extra& extra();
  static constexpr std::uint16_t kNoStatus = 65535;

  std::uint16_t status_ = 200;
  std::string_view media_type_;
  std::string_view fixed_;
  const FixedFields* shared_fields_ = nullptr;
  std::string body_;
  std::unique_ptr<Extra> extra_;
};

}  // namespace orrery
