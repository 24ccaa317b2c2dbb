#include "http/problem.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "http/writer.hpp"

namespace orrery::http {

namespace {

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string json_body(int status, std::string_view message) {
  const nlohmann::json body{{"error", {{"status", status}, {"message", message}}}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string html_body(int status, std::string_view message) {
  const std::string title = std::to_string(status) + " " + std::string{reason_phrase(status)};
  return "<!doctype html><html lang=\"en\"><title>" + title + "</title><h1>" + title + "</h1><p>" +
         escaped_html(message) + "</p></html>\n";
}

std::string_view sentence(int status) {
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

}  // namespace

std::string_view media_type_of(ErrorForm form) {
  switch (form) {
    case ErrorForm::kAuto: return {};
    case ErrorForm::kText: return "text/plain";
    case ErrorForm::kHtml: return "text/html";
    case ErrorForm::kJson: return "application/json";
  }
  return {};
}

Response problem(int status, std::string_view message, std::string_view accept) {
  const auto wants = [&](std::string_view type) { return accept.find(type) != std::string_view::npos; };
  if (wants("text/html")) return Response::html(html_body(status, message)).with_status(status);
  if (wants("json")) return Response::json(json_body(status, message)).with_status(status);
  return Response::text(std::string{message} + "\n").with_status(status);
}

Response problem(int status, std::string_view accept) { return problem(status, sentence(status), accept); }

}  // namespace orrery::http
