// EventStream: text/event-stream cut into its events, as the bytes come (HTML standard, 9.2.6).
//
// Pure. Only the data of an event matters here; names, ids and comments are passed over. An event whose end has not
// come is none.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace orrery::ctl {

class EventStream {
 public:
  explicit EventStream(std::function<void(const std::string& data)> on_event) : on_event_(std::move(on_event)) {}
  void take(std::string_view bytes);

 private:
  void take_line(std::string_view line);

  std::function<void(const std::string&)> on_event_;
  std::string rest_;  ///< of a line whose end has not come
  std::string data_;
  bool has_data_ = false;
};

}  // namespace orrery::ctl
