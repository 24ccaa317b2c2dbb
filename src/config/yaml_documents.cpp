#include "config/yaml_documents.hpp"

#include <cstddef>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace orrery::config {
namespace {

/// Notes where documents begin, and nothing else of them.
class Beginnings final : public YAML::EventHandler {
 public:
  [[nodiscard]] const std::vector<YamlDocument>& documents() const { return documents_; }

  void OnDocumentStart(const YAML::Mark& mark) override { documents_.push_back({mark, YAML::Mark::null_mark()}); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override { note(mark); }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnMapEnd() override {}

 private:
  void note(const YAML::Mark& mark) {
    YAML::Mark& content = documents_.back().content;
    if (content.is_null()) content = mark;
  }

  std::vector<YamlDocument> documents_;
};

}  // namespace

std::vector<YamlDocument> find_documents(const std::string& text) {
  std::istringstream stream{text};
  YAML::Parser parser{stream};
  Beginnings beginnings;
  while (beginnings.documents().size() < 3 && parser.HandleNextDocument(beginnings)) continue;
  return beginnings.documents();
}

std::optional<YAML::Mark> find_stray(const std::vector<YamlDocument>& documents) {
  for (std::size_t i = 1; i < documents.size(); ++i) {
    if (documents[i].start.pos == documents[i - 1].start.pos) return documents[i].start;
  }
  return {};
}

std::string without_last_blanks(const std::string& text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

}  // namespace orrery::config
