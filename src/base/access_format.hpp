// AccessFormat: gunicorn's access_log_format, compiled once, rendered for each request.
//
// Pure. Used by the worker for every finished request and by the master for the requests a dead worker left.
// Every atom is escaped (control bytes, quote, backslash, bytes >= 0x7f as \xHH), so a peer cannot forge a
// line or a field. A format that is a JSON object as it stands is rendered as JSON: values are escaped as
// JSON strings, an atom outside the quotes is a whole value (a number, or a string with its quotes, or null),
// and each line is a JSON object.
//
// Atoms: %(h)s client  %(l)s -  %(u)s user of basic authentication  %(t)s [22/Nov/2026:10:00:00 +0000]
//   %(r)s request line  %(m)s method  %(U)s path  %(q)s query  %(H)s protocol  %(s)s status
//   %(B)s response body bytes  %(b)s the same, `-` when 0  %(f)s referer  %(a)s user agent
//   %(T)s seconds  %(M)s ms  %(D)s us  %(L)s seconds with 6 decimals  %(p)s <pid>  %(I)s request id
//   %(X)s how the response ended, as in Apache: X cut off  + whole, the connection goes on  - whole, it is closed
//   %(trace)s id of its trace  %(route)s pattern of its route  %(time)s time as RFC 3339 has it, in UTC
//   %(queue)s seconds with 6 decimals that it waited for its handler
//   of a connection that speaks TLS: %(tls)s version  %(tls_cipher)s cipher  %(tls_name)s the name that the client
//   asked for  %(tls_resumed)s yes or no  %(tls_subject)s subject of the client's certificate
//   %({name}i)s request field  %({name}o)s response field  %({name}e)s environment variable;  %% a percent sign.
// A missing value (an empty query and a status of 0 too) is `-`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "orrery/result.hpp"
#include "orrery/tls_facts.hpp"

#include "base/clock.hpp"
#include "base/protocol.hpp"

namespace orrery::base {

/// What became of a response and of its connection, in Apache's letters.
enum class Ending : char {
  kCut = 'X',     ///< not all of it left
  kKept = '+',    ///< it left, and the connection goes on
  kClosed = '-',  ///< it left, and the connection is closed
};

/// One finished request as the log sees it. Views live as long as the call that renders them.
struct AccessRecord {
  std::string_view client;  ///< address without port
  std::string_view method;
  std::string_view target;  ///< as it came: path and query
  Protocol protocol = Protocol::kHttp11;
  std::string_view id;
  std::string_view trace;  ///< 32 hexadecimal digits; empty when it has none
  std::string_view route;  ///< its pattern; empty when no route has it
  int status = 0;
  std::uint64_t body_bytes = 0;  ///< body bytes of the response that left, without framing
  WallTime finished;
  std::optional<Nanoseconds> queue;  ///< how long it waited for its handler; nothing when it got none
  Nanoseconds duration{0};
  pid_t pid = 0;
  Ending ending = Ending::kClosed;
  const TlsFacts* tls = nullptr;  ///< null: the connection does not speak TLS

  /// Looks a field up by its lower-case name; empty when absent. May be null.
  std::string_view (*request_field)(const void* context, std::string_view name) = nullptr;
  std::string_view (*response_field)(const void* context, std::string_view name) = nullptr;
  const void* context = nullptr;
};

/// What the word `json` stands for; where TLS is spoken kJsonTls stands in front of its last brace.
inline constexpr std::string_view kJsonFormat =
    R"({"time":%(time)s,"client":%(h)s,"user":%(u)s,"method":%(m)s,"path":%(U)s,"query":%(q)s,"protocol":%(H)s,)"
    R"("status":%(s)s,"bytes":%(B)s,"duration":%(L)s,"queue":%(queue)s,"route":%(route)s,"referer":%(f)s,)"
    R"("agent":%(a)s,"request":%(I)s,"trace":%(trace)s,"ending":%(X)s,"pid":%(p)s})";

inline constexpr std::string_view kJsonTls =
    R"(,"tls":{"version":%(tls)s,"cipher":%(tls_cipher)s,"name":%(tls_name)s,"resumed":%(tls_resumed)s,)"
    R"("subject":%(tls_subject)s})";

class AccessFormat {
 public:
  /// Compiles `format`, or what the word `json` stands for; fails with a sentence that names the unknown atom and its
  /// column.
  static Result<AccessFormat> compile(std::string_view format);

  /// Whether a line has fields of the response in it.
  [[nodiscard]] bool has_response_fields() const;

  /// Writes one line, with its newline, to the beginning of `to`, and returns its length. When it does not
  /// fit the result is a size that would do, larger than `to`, and what lies there is no line.
  [[nodiscard]] std::size_t render(const AccessRecord& record, std::span<char> to) const;
  /// The same for at least kShortestRoom bytes: values are cut, the longest first, where the line would not
  /// fit.
  [[nodiscard]] std::size_t render_within(const AccessRecord& record, std::span<char> to) const;
  /// Appends it to `out`.
  void render(const AccessRecord& record, std::string& out) const;

  /// Whether anything of a request is in a line.
  [[nodiscard]] bool has_atoms() const { return has_atoms_; }
  /// Whether lines are JSON objects.
  [[nodiscard]] bool is_json() const { return json_; }
  /// Why a format that begins as a JSON object is none: "look at column 17"; empty for all others.
  [[nodiscard]] const std::string& json_fault() const { return json_fault_; }
  /// Atoms of a JSON object that would be numbers without the quotes around them: "%(s)s, %(B)s".
  [[nodiscard]] const std::string& quoted_numbers() const { return quoted_numbers_; }

  /// What a pipe takes whole (PIPE_BUF). Half of it is kept for what a request brings.
  static constexpr std::size_t kShortestRoom = 4096;

 private:
  enum class Atom : std::uint8_t;
  struct Piece {
    Atom atom;
    std::string text;  ///< literal text, or the name inside {}
    bool bare;         ///< JSON: outside the quotes
  };
  static Result<AccessFormat> compile_text(std::string_view format);
  /// The piece for what stands between `%(` and `)s`; nothing when it is not known.
  static std::optional<Piece> piece_for(std::string_view name);
  static bool brings_text(Atom atom);
  static bool is_number(Atom atom);
  void add(Piece piece);
  template <class Style>
  std::size_t write(const AccessRecord& record, std::span<char> to, const Style& style) const;

  std::vector<Piece> pieces_;
  std::vector<Piece> secured_;  ///< of a line where TLS is spoken; empty = the same
  std::size_t fixed_ = 0;       ///< bytes that a line may need beside the texts of its request
  std::size_t texts_ = 0;       ///< how many of these are in a line
  bool json_ = false, has_atoms_ = false;
  std::string json_fault_, quoted_numbers_;
};

}  // namespace orrery::base
