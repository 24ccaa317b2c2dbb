#include "http/router.hpp"

#include <algorithm>
#include <array>

#include "base/counted.hpp"
#include "http/characters.hpp"
#include "http/method.hpp"

namespace orrery::http {

struct Router::Node {
  struct Endpoint {
    std::string method;
    std::string_view known;  ///< the same, as messages have it; empty where they cannot
    std::uint16_t route;
    std::vector<std::string> names;
  };
  /// Those with the same first character stand together.
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  /// Where those with a first character begin.
  std::array<std::uint16_t, 256> first_of{};
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::vector<Endpoint> endpoints;
  std::string allow;

  Node* literal(std::string_view segment) {
    for (auto& [name, node] : literals)
      if (name == segment) return node.get();
    const auto behind = std::upper_bound(literals.begin(), literals.end(), first(segment),
                                         [](unsigned char one, const auto& other) { return one < first(other.first); });
    const auto made = literals.emplace(behind, segment, std::make_unique<Node>());
    for (std::size_t i = literals.size(); i-- > 0;) first_of[first(literals[i].first)] = static_cast<std::uint16_t>(i);
    return made->second.get();
  }

  /// An empty segment is followed by the next `/`, or by nothing.
  static unsigned char first(std::string_view text) {
    return text.empty() ? '/' : static_cast<unsigned char>(text.front());
  }

  [[nodiscard]] const Endpoint* endpoint(std::string_view method) const {
    const Endpoint* any = nullptr;
    const Endpoint* get = nullptr;
    for (const Endpoint& candidate : endpoints) {
      if (candidate.known.data() == method.data() || candidate.method == method) return &candidate;
      if (candidate.method == "*") any = &candidate;
      if (candidate.method == "GET") get = &candidate;
    }
    return method == "HEAD" && get ? get : any;
  }

  static bool begins_with_segment(std::string_view path, std::string_view segment) {
    if (segment.empty()) return path.empty() || path.front() == '/';
    return path.starts_with(segment) && (path.size() == segment.size() || path[segment.size()] == '/');
  }

  /// The node with endpoints that `path` leads to, filling the parameters on its way.
  const Node* find(std::string_view path, std::size_t at, RouteMatch& match) const {
    if (at == path.size()) return endpoints.empty() ? find_rest(path, at, match) : this;
    const std::size_t begin = at + 1;
    const std::string_view left = path.substr(begin);
    const unsigned char key = first(left);
    for (std::size_t i = first_of[key]; i < literals.size() && first(literals[i].first) == key; ++i) {
      const auto& [name, node] = literals[i];
      if (!begins_with_segment(left, name)) continue;
      if (const Node* found = node->find(path, begin + name.size(), match)) return found;
    }
    if (parameter && !left.empty() && left.front() != '/') {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::uint8_t count = match.parameter_count;
      match.parameters[match.parameter_count++] = {static_cast<std::uint32_t>(begin),
                                                   static_cast<std::uint32_t>(end - begin)};
      if (const Node* found = parameter->find(path, end, match)) return found;
      match.parameter_count = count;
    }
    return find_rest(path, begin, match);
  }

  const Node* find_rest(std::string_view path, std::size_t begin, RouteMatch& match) const {
    if (!rest) return nullptr;
    match.parameters[match.parameter_count++] = {static_cast<std::uint32_t>(begin),
                                                 static_cast<std::uint32_t>(path.size() - begin)};
    return rest.get();
  }
};

namespace {

std::string with_method(std::string list, std::string_view method) {
  bool present = false;
  for_each_element(list, [&](std::string_view known) { present = present || known == method; });
  if (present) return list;
  return list.empty() ? std::string{method} : list + ", " + std::string{method};
}

std::string allowing(std::string list, std::string_view method) {
  if (method != "*") list = with_method(std::move(list), method);
  if (method == "GET") list = with_method(std::move(list), "HEAD");
  return with_method(std::move(list), "OPTIONS");
}

/// What is wrong with a pattern; empty = nothing.
std::string fault_of(const patterns::Reading& reading) {
  using patterns::Fault;
  const std::string at = "`" + std::string{reading.at} + "`";
  switch (reading.fault) {
    case Fault::kNone: return {};
    case Fault::kNoSlash: return "a pattern begins with /";
    case Fault::kBraces: return "a segment is either literal or one {name}";
    case Fault::kNoName: return at + " is not {name} or {name...}";
    case Fault::kTyped: return at + " has a type; write {name}, and let the handler take a value of that type";
    case Fault::kRestNotLast: return "{name...} must be the last segment";
    case Fault::kTooManyNames: return "more than 8 parameters";
    case Fault::kRepeatedName: return "the name of " + at + " stands in it before";
  }
  return {};
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Result<Router> Router::make(const std::vector<Route>& routes) {
  Router router;
  for (const Route& route : routes) {
    if (auto added = router.add(route.method, route.pattern, route.values); !added) return fail(added);
  }
  return router;
}

Result<void> Router::add(std::string_view method, std::string_view pattern, std::size_t values) {
  const patterns::Reading reading = patterns::read(pattern);
  if (const std::string fault = fault_of(reading); !fault.empty())
    return fail("route " + std::string{pattern} + ": " + fault);
  if (values > 0 && values != reading.count)
    return fail("route " + std::string{method} + " " + std::string{pattern} + ": its handler takes " +
                base::counted(values, "value") + ", and the pattern has " + base::counted(reading.count, "name"));
  Node* node = root_.get();
  for (std::string_view left = pattern; !left.empty();) {
    left.remove_prefix(1);
    const patterns::Segment segment = patterns::read_segment(left.substr(0, left.find('/')));
    left.remove_prefix(std::min(left.find('/'), left.size()));
    if (segment.kind == patterns::Segment::Kind::kLiteral) {
      node = node->literal(segment.text);
      continue;
    }
    auto& child = segment.kind == patterns::Segment::Kind::kRest ? node->rest : node->parameter;
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  std::vector<std::string> names{reading.names.begin(), reading.names.begin() + reading.count};
  for (const auto& endpoint : node->endpoints) {
    if (endpoint.method == method) {
      return fail("route " + std::string{method} + " " + std::string{pattern} + " is registered twice");
    }
  }
  node->endpoints.push_back({std::string{method}, known_method(method), count_++, std::move(names)});
  node->allow = allowing(std::move(node->allow), method);
  all_methods_ = allowing(std::move(all_methods_), method);
  return {};
}

void Router::find(std::string_view method, std::string_view path, RouteMatch& match) const {
  match.clear();
  if (path == "*") {
    match.kind = RouteMatch::Kind::kOptions;
    match.allow = &all_methods_;
    return;
  }
  const Node* node = root_->find(path, 0, match);
  if (!node) return;
  match.allow = &node->allow;
  match.route = node->endpoints.front().route;
  if (const Node::Endpoint* endpoint = node->endpoint(method)) {
    match.kind = RouteMatch::Kind::kFound;
    match.route = endpoint->route;
    match.names = &endpoint->names;
  } else {
    match.kind = method == "OPTIONS" ? RouteMatch::Kind::kOptions : RouteMatch::Kind::kNoMethod;
  }
}

}  // namespace orrery::http
