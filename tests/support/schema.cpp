#include "support/schema.hpp"

#include <algorithm>
#include <regex>
#include <set>

namespace orrery::test {
namespace {

using nlohmann::json;

std::string type_of(const json& value) {
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  return value.type_name();
}

bool is_of_type(const json& value, const std::string& type) {
  return type_of(value) == type || (type == "number" && value.is_number_integer());
}

class Judge {
 public:
  explicit Judge(const json& document) : document_(document) {}

  void judge(const json& value, const json& given, const std::string& path) {
    for (const json& schema : parts_of(given)) {
      judge_type(value, schema, path);
      if (schema.contains("enum"))
        expect(std::ranges::find(schema["enum"], value) != schema["enum"].end(), path, "is none of the enum");
      if (value.is_number()) judge_number(value.get<double>(), schema, path);
      if (value.is_string()) judge_text(value.get<std::string>(), schema, path);
      if (value.is_array()) judge_array(value, schema, path);
    }
    if (value.is_object()) judge_object(value, parts_of(given), path);
  }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  void expect(bool holds, const std::string& path, const std::string& what) {
    if (!holds) found_.push_back(path + " " + what);
  }

  /// The schema and all that it refers to as its own.
  std::vector<json> parts_of(const json& schema) const {
    std::vector<json> parts{schema};
    if (schema.contains("$ref")) {
      const auto target = json::json_pointer{schema["$ref"].get<std::string>().substr(1)};
      for (json& part : parts_of(document_.at(target))) parts.push_back(std::move(part));
    }
    if (schema.contains("allOf"))
      for (const json& one : schema["allOf"])
        for (json& part : parts_of(one)) parts.push_back(std::move(part));
    return parts;
  }

  void judge_type(const json& value, const json& schema, const std::string& path) {
    if (!schema.contains("type")) return;
    const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
    expect(std::ranges::any_of(types, [&](const json& type) { return is_of_type(value, type.get<std::string>()); }),
           path, "is a " + type_of(value) + ", not " + types.dump());
  }

  void judge_number(double value, const json& schema, const std::string& path) {
    if (schema.contains("minimum")) expect(value >= schema["minimum"].get<double>(), path, "is below the minimum");
    if (schema.contains("maximum")) expect(value <= schema["maximum"].get<double>(), path, "is above the maximum");
  }

  void judge_text(const std::string& value, const json& schema, const std::string& path) {
    static const std::regex kDateTime{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))"};
    if (schema.contains("pattern"))
      expect(std::regex_search(value, std::regex{schema["pattern"].get<std::string>()}), path, "has another pattern");
    if (schema.value("format", "") == "date-time") expect(std::regex_match(value, kDateTime), path, "is no date-time");
  }

  void judge_array(const json& value, const json& schema, const std::string& path) {
    if (schema.contains("minItems")) expect(value.size() >= schema["minItems"], path, "has too few items");
    if (schema.contains("maxItems")) expect(value.size() <= schema["maxItems"], path, "has too many items");
    if (!schema.contains("items")) return;
    for (std::size_t i = 0; i < value.size(); ++i) judge(value[i], schema["items"], path + "/" + std::to_string(i));
  }

  void judge_object(const json& value, const std::vector<json>& parts, const std::string& path) {
    std::set<std::string> named;
    bool names = false;
    for (const json& schema : parts) {
      for (const json& name : schema.value("required", json::array()))
        expect(value.contains(name.get<std::string>()), path, "lacks " + name.get<std::string>());
      if (!schema.contains("properties")) continue;
      names = true;
      for (const auto& [name, property] : schema["properties"].items()) {
        named.insert(name);
        if (value.contains(name)) judge(value[name], property, path + "/" + name);
      }
    }
    for (const json& schema : parts) {
      if (!schema.contains("additionalProperties")) continue;
      for (const auto& [name, member] : value.items())
        if (named.insert(name).second) judge(member, schema["additionalProperties"], path + "/" + name);
    }
    for (const auto& [name, member] : value.items())
      expect(!names || named.contains(name), path, "has " + name + ", which is not described");
  }

  const json& document_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> objections(const json& value, const json& schema, const json& document) {
  Judge judge{document};
  judge.judge(value, schema, "");
  return judge.take();
}

}  // namespace orrery::test
