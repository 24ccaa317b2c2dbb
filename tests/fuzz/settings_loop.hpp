// SettingsLoop: a configuration that was loaded, printed and read again must be the same.
#pragma once

#include "config/load.hpp"
#include "config/reference.hpp"
#include "config/validate.hpp"
#include "config/value.hpp"
#include "config/yaml.hpp"
#include "fuzz/claim.hpp"

namespace orrery::fuzz {

inline void check_complaints(const std::vector<config::Complaint>& complaints) {
  for (const config::Complaint& complaint : complaints) {
    claim(!complaint.where.empty(), "a complaint says where");
    claim(!complaint.message.empty(), "a complaint has a sentence");
  }
}

inline void check_printing(const Config& config) {
  const config::Reading reading = config::read_yaml_text(config::render_config(config, {}), "printed");
  claim(reading.complaints.empty(), "a printed configuration can be read");
  Config again;
  for (const config::Given& given : reading.given) {
    std::vector<std::string> texts;
    for (const auto& text : given.texts) texts.push_back(text.text);
    claim(config::assign(*given.setting, again, texts).has_value(), "a printed value can be assigned");
  }
  claim(config::compare(config, again).empty(), "a printed configuration means the same");
}

inline void check_outcome(const config::Outcome& outcome) {
  check_complaints(outcome.complaints);
  if (outcome.complaints.empty() && outcome.action != config::Action::kPrintText) {
    claim(config::validate(outcome.config).empty(), "a configuration without complaints is valid");
    check_printing(outcome.config);
  }
}

}  // namespace orrery::fuzz
