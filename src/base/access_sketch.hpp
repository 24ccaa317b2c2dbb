// AccessSketch: an access log format cut into texts and atoms, and whether it is a JSON object.
//
// Pure. Made once, when AccessFormat compiles a format; what an atom means is not known here. Refuses a `%`
// that begins no atom. The views point into the format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::base {

class AccessSketch {
 public:
  struct Part {
    std::string_view text;  ///< as it is, when there is no name
    std::string_view name;  ///< what stands between `%(` and `)s`
    std::size_t at = 0;     ///< column, from 0
    bool bare = false;      ///< an atom outside of double quotes
  };

  static Result<AccessSketch> of(std::string_view format);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] bool is_json() const;
  /// Why a format that begins as an object is none: "look at column 17"; empty for all others.
  [[nodiscard]] std::string json_fault() const;

 private:
  void add_character(std::string_view format, std::size_t at);
  void add_atom(std::string_view name, std::size_t at);
  void note(char c, std::size_t at);

  std::vector<Part> parts_;
  std::string model_;  ///< the format with holes for atoms
  std::vector<std::size_t> columns_;
  bool in_string_ = false, escaped_ = false, control_ = false;
};

}  // namespace orrery::base
