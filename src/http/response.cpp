#include "orrery/response.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/characters.hpp"
#include "http/sendable.hpp"
#include "http/trailers.hpp"

namespace orrery {

FixedFields::FixedFields(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  for (const auto& [name, value] : fields) {
    const bool sendable = !name.empty() && http::token_length(name) == name.size() &&
                          http::has_only_field_bytes(value) && !http::is_servers_own(name) &&
                          !http::same_field_name(name, "content-type");
    if (!sendable) throw std::invalid_argument("the header field `" + std::string{name} + "` cannot be fixed");
    fields_.emplace_back(name, value);
    text_.append(name).append(": ").append(value).append("\r\n");
  }
}

Response Response::status(int code) { return Response{}.with_status(code); }

Response Response::bytes(std::string_view media_type, std::string body) {
  Response response;
  response.media_type_ = media_type;
  response.body_ = std::move(body);
  return response;
}

Response Response::fixed(std::string_view media_type, std::string_view body) {
  Response response;
  response.media_type_ = media_type;
  response.fixed_ = body;
  return response;
}

Response Response::stream(std::string_view media_type, Pull pull, std::optional<std::uint64_t> length) {
  Response response;
  response.media_type_ = media_type;
  response.extra().pull = std::move(pull);
  response.extra().length = length;
  return response;
}

Response Response::file(std::string_view media_type, FilePart part) {
  Response response;
  response.media_type_ = media_type;
  response.extra().part = std::move(part);
  return response;
}

Response&& Response::with_cookie(const Cookie& cookie) && {
  add_field("Set-Cookie", cookie.text());
  return std::move(*this);
}

Response&& Response::with_body(std::string body) && {
  body_ = std::move(body);
  fixed_ = {};
  if (extra_) extra_->forget_body();
  return std::move(*this);
}

Response&& Response::with_trailers(const std::vector<std::string>& names, MakeTrailers make) && {
  std::string list;
  for (const std::string& name : names) {
    if (const auto judged = http::judge_trailer_name(name); !judged)
      throw std::invalid_argument(judged.error().message);
    list.append(list.empty() ? "" : ", ").append(name);
  }
  extra().trailer_names = std::move(list);
  extra().trailers = std::move(make);
  return std::move(*this);
}

Response&& Response::with_field(std::string name, std::string value) && {
  add_field(std::move(name), std::move(value));
  return std::move(*this);
}

void Response::add_field(std::string name, std::string value) {
  if (http::same_field_name(name, "content-type")) {
    extra().media_type = std::move(value);
    media_type_ = extra().media_type;
    return;
  }
  extra().fields.emplace_back(std::move(name), std::move(value));
}

void Response::set_field(std::string_view name, std::string value) {
  if (extra_)
    std::erase_if(extra_->fields, [&](const auto& field) { return http::same_field_name(field.first, name); });
  add_field(std::string{name}, std::move(value));
}

void Response::replace_body(std::string body) {
  fixed_ = {};
  body_ = std::move(body);
  if (extra_) extra_->forget_body();
}

void Response::replace_body(Pull pull) {
  std::string names{trailer_names()};
  MakeTrailers trailers = take_trailers();
  replace_body(std::string{});
  extra().pull = std::move(pull);
  extra().trailer_names = std::move(names);
  extra().trailers = std::move(trailers);
}

const std::vector<Response::FieldPair>& Response::fields() const {
  static const std::vector<FieldPair> none;
  return extra_ ? extra_->fields : none;
}

std::optional<std::string_view> Response::field(std::string_view name) const {
  if (http::same_field_name(name, "content-type") && !media_type_.empty()) return media_type_;
  for (const auto& [key, value] : fields())
    if (http::same_field_name(key, name)) return value;
  if (!shared_fields_) return {};
  for (const auto& [key, value] : shared_fields_->fields())
    if (http::same_field_name(key, name)) return value;
  return {};
}

std::optional<std::uint64_t> Response::stream_length() const { return extra_ ? extra_->length : std::nullopt; }
std::string_view Response::trailer_names() const { return extra_ ? extra_->trailer_names : std::string_view{}; }
Response::MakeTrailers Response::take_trailers() { return extra_ ? std::move(extra_->trailers) : MakeTrailers{}; }
Response::Pull Response::take_pull() { return extra_ ? std::move(extra_->pull) : Pull{}; }

FilePart Response::take_file_part() { return extra_ ? std::exchange(extra_->part, {}) : FilePart{}; }

Response::Extra& Response::extra() {
  if (!extra_) extra_ = std::make_unique<Extra>();
  return *extra_;
}

}  // namespace orrery
