// A body's path over the sky as JSON or as CSV (RFC 4180), point by point. A Track is asked for the next piece until it
// ends, so a long one never sits in memory; positions are computed as the client takes them. One owner, one thread at a
// time. It never reads a clock: what it shows depends on the query alone.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "planets/earth_rotation.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

class Track {
 public:
  enum class Form { kJson, kCsv };

  Track(Body body, TrackQuery query, std::shared_ptr<const EarthRotation> rotation, Form form = Form::kJson)
      : body_(body), query_(std::move(query)), rotation_(std::move(rotation)), form_(form) {}

  /// Appends the next piece to `out`, some 16 KB; false when that was the last.
  bool next(std::string& out);

 private:
  void put_head(std::string& out) const;
  void put_point(std::string& out) const;
  void put_row(std::string& out, Instant time) const;

  Body body_;
  TrackQuery query_;
  std::shared_ptr<const EarthRotation> rotation_;
  Form form_;
  std::size_t point_ = 0;
};

}  // namespace orrery::planets
