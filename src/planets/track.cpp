#include "planets/track.hpp"

#include "planets/answer.hpp"

namespace orrery::planets {

bool Track::next(std::string& out) {
  constexpr std::size_t kPiece = 16 * 1024;
  const std::size_t begin = out.size();
  if (point_ == 0) put_head(out);
  for (; point_ < query_.points && out.size() - begin < kPiece; ++point_) put_point(out);
  if (point_ < query_.points) return true;
  if (form_ == Form::kJson) out += "]}\n";
  return false;
}

void Track::put_head(std::string& out) const {
  if (form_ == Form::kCsv) {
    out += "time,az,alt\r\n";
    return;
  }
  JsonText json{256};
  json.raw(R"({"name":")").raw(name_of(body_)).raw("\"");
  put_place(json, query_.query.observer);
  out += json.raw(R"(,"track":[)").take();
}

void Track::put_point(std::string& out) const {
  const Instant time = query_.query.instant.later(static_cast<double>(point_) * query_.step);
  if (form_ == Form::kCsv) return put_row(out, time);
  JsonText json{128};
  put_time(json.raw(point_ == 0 ? "{\"time\":\"" : ",{\"time\":\""), time);
  put_direction(json.raw("\""), query_.query, rotation_->sky(time, query_.query.observer), body_);
  json.raw("}");
  out += json.take();
}

void Track::put_row(std::string& out, Instant time) const {
  JsonText row{128};
  put_time(row, time);
  put_direction_cells(row, query_.query, rotation_->sky(time, query_.query.observer), body_);
  out += row.raw("\r\n").take();
}

}  // namespace orrery::planets
