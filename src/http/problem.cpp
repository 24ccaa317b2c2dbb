#include "http/problem.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string>

#include "base/html_text.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "http/characters.hpp"
#include "http/status.hpp"

namespace orrery::http {

namespace {

/// `text` with U+FFFD for whatever is no UTF-8: part of it may have come from a peer.
std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    valid += length == 0 ? "\uFFFD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

std::string json_body(int status, std::string_view message) {
  return fmt::format("{{\"error\":{{\"message\":{},\"status\":{}}}}}\n", base::json_text(message), status);
}

/// RFC 9457. The type `about:blank` says that the status tells what it is about.
std::string problem_body(int status, std::string_view message) {
  return fmt::format("{{\"type\":\"about:blank\",\"title\":{},\"status\":{},\"detail\":{}}}\n",
                     base::json_text(reason_phrase(status)), status, base::json_text(message));
}

std::string html_body(int status, std::string_view message) {
  const std::string title = std::to_string(status) + " " + std::string{reason_phrase(status)};
  return "<!doctype html><html lang=\"en\"><title>" + title + "</title><h1>" + title + "</h1><p>" +
         base::html_text(message) + "</p></html>\n";
}

constexpr int kMostWeight = 1000;  // q=1

/// A qvalue in thousandths (RFC 9110, 12.4.2). One that is none counts as 0: what is not understood is not wanted.
int thousandths(std::string_view text) {
  if (text.empty() || text.size() > 5 || text[0] < '0' || text[0] > '1' || (text.size() > 1 && text[1] != '.'))
    return 0;
  int value = (text[0] - '0') * kMostWeight;
  int place = kMostWeight / 10;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (digit < '0' || digit > '9') return 0;
    value += (digit - '0') * place;
    place /= 10;
  }
  return value <= kMostWeight ? value : 0;
}

/// A member of Accept.
struct MediaRange {
  std::string_view type;
  int weight = kMostWeight;

  explicit MediaRange(std::string_view member) : type(trimmed(member.substr(0, member.find(';')))) {
    for (std::size_t at = member.find(';'); at != std::string_view::npos; at = member.find(';', at + 1)) {
      const std::string_view rest = member.substr(at + 1);
      const std::string_view parameter = trimmed(rest.substr(0, rest.find(';')));
      if (parameter.size() >= 2 && same_field_name(parameter.substr(0, 2), "q="))
        weight = thousandths(parameter.substr(2));
    }
  }
  [[nodiscard]] bool is(std::string_view name) const { return same_field_name(type, name); }
  [[nodiscard]] bool ends_with(std::string_view end) const {
    return type.size() >= end.size() && same_field_name(type.substr(type.size() - end.size()), end);
  }
};

/// A form of an error, and how much the client wants it.
struct Candidate {
  ErrorForm form;
  int precedence = 0;  ///< of the range that spoke for it: 0 none, 1 any type, 2 any subtype, 3 its own name
  int weight = 0;

  void put(int of_range, int wanted) {
    if (of_range > precedence) weight = wanted;
    if (of_range == precedence) weight = std::max(weight, wanted);
    precedence = std::max(precedence, of_range);
  }
  [[nodiscard]] bool named() const { return precedence == 3; }
};

/// How closely a range means a form (RFC 9110, 12.5.1); 0: not at all.
int precedence_of(const MediaRange& range, ErrorForm form) {
  if (range.is("*/*") || range.is("*")) return 1;
  const std::string_view own = media_type_of(form);
  if (form == ErrorForm::kProblem) return range.is(own) ? 3 : 0;
  if (form == ErrorForm::kJson) {
    if (range.is(media_type_of(ErrorForm::kProblem))) return 0;
    if (range.is("application/json") || range.is("json") || range.ends_with("+json")) return 3;
    return range.is("application/*") ? 2 : 0;
  }
  if (range.is(own)) return 3;
  return range.is("text/*") ? 2 : 0;
}

/// The form that the client weighs highest; of equal ones the one it names, HTML before JSON before text, and text
/// where it names none. That of RFC 9457 only where it is named. Text also for a client that wants none of them: RFC
/// 9110 has an error answered in any form rather than not.
ErrorForm wanted_form(std::string_view accept) {
  std::array<Candidate, 4> forms{{{ErrorForm::kHtml}, {ErrorForm::kProblem}, {ErrorForm::kJson}, {ErrorForm::kText}}};
  for_each_element(accept, [&](std::string_view member) {
    const MediaRange range{member};
    for (Candidate& candidate : forms)
      if (const int precedence = precedence_of(range, candidate.form); precedence > 0)
        candidate.put(precedence, range.weight);
  });
  Candidate best{ErrorForm::kText};
  for (const Candidate& candidate : forms)
    if (candidate.named() && candidate.weight > best.weight) best = candidate;
  for (auto candidate = forms.rbegin(); candidate != forms.rend(); ++candidate)
    if (candidate->weight > best.weight) best = *candidate;
  return best.form;
}

}  // namespace

std::string_view media_type_of(ErrorForm form) {
  switch (form) {
    case ErrorForm::kAuto: return {};
    case ErrorForm::kText: return "text/plain";
    case ErrorForm::kHtml: return "text/html";
    case ErrorForm::kJson: return "application/json";
    case ErrorForm::kProblem: return "application/problem+json";
  }
  return {};
}

std::string_view sentence_of(int status) {
  switch (status) {
    case 404: return "Nothing is served at this path.";
    case 405: return "This path does not answer that method; see Allow.";
    case 500: return "The server failed to answer this request.";
    case 501: return "The server does not know this method.";
    case 503: return "The server is busy; try again shortly.";
    case 504: return "The answer took too long.";
    default: return reason_phrase(status);
  }
}

Response problem(int status, std::string_view message, std::string_view accept) {
  const std::string text = valid_utf8(message);
  switch (wanted_form(accept)) {
    case ErrorForm::kHtml: return Response::html(html_body(status, text)).with_status(status);
    case ErrorForm::kJson: return Response::json(json_body(status, text)).with_status(status);
    case ErrorForm::kProblem:
      return Response::bytes(media_type_of(ErrorForm::kProblem), problem_body(status, text)).with_status(status);
    default: return Response::text(text + "\n").with_status(status);
  }
}

Response problem(int status, std::string_view accept) { return problem(status, sentence_of(status), accept); }

}  // namespace orrery::http
