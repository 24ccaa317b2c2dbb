#include "http/layers.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/thrown.hpp"
#include "http/error_answer.hpp"
#include "http/observer.hpp"
#include "http/sendable.hpp"

namespace orrery::http {

namespace {

void append(LayerChain& chain, const Layers& layers) {
  for (const Layers::Shared& layer : layers.all())
    if (std::find(chain.begin(), chain.end(), layer.get()) == chain.end()) chain.push_back(layer.get());
}

/// The same for all patterns that the same paths match first: the names do not count.
std::string path_of(std::string_view pattern) {
  std::string path;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view text = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(text.size());
    const patterns::Segment segment = patterns::read_segment(text);
    path += '/';
    if (segment.kind == patterns::Segment::Kind::kLiteral)
      path += segment.text;
    else
      path += segment.kind == patterns::Segment::Kind::kName ? "{}" : "{...}";
  }
  return path;
}

/// Whether the first segments of `path` are what the segments of `prefix` say.
bool begins_with(std::string_view path, std::string_view prefix) {
  while (!prefix.empty()) {
    if (!path.starts_with('/') || !prefix.starts_with('/')) return false;
    path.remove_prefix(1);
    prefix.remove_prefix(1);
    const std::string_view wanted = prefix.substr(0, prefix.find('/'));
    const std::string_view found = path.substr(0, path.find('/'));
    prefix.remove_prefix(wanted.size());
    path.remove_prefix(found.size());
    const bool literal = patterns::read_segment(wanted).kind == patterns::Segment::Kind::kLiteral;
    if (literal ? wanted != found : found.empty()) return false;
  }
  return true;
}

/// Inside a catch block: what a layer threw, as an answer.
[[gnu::cold]] Response answer_to_thrown(const Layer& layer, const Message& message, Observer& observer) {
  try {
    throw;
  } catch (const HttpError& error) {
    return error_answer(message, error.status, {}, error.message);
  } catch (...) {
    const std::string why = base::describe_exception();
    observer.on_layer_failed(message, layer.name, why);
    return failure_answer(message, "layer_failed", why);
  }
}

/// Null, or the layer that threw: then `response` is the answer to that.
const Layer* pass(const LayerChain& chain, Message& message, Response& response, Observer& observer,
                  const Layer* without) {
  const Request request = message.borrow();
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const Layer* const layer = *at;
    if (!layer->after || layer == without) continue;
    try {
      layer->after(request, response);
    } catch (...) {
      response = answer_to_thrown(*layer, message, observer);
      return layer;
    }
  }
  return nullptr;
}

}  // namespace

LayerTable::LayerTable(const std::vector<Route>& routes, const Layers& global, const std::vector<PrefixLayers>& below) {
  const auto keep = [&](const Layers& layers) { kept_.insert(kept_.end(), layers.all().begin(), layers.all().end()); };
  keep(global);
  append(global_, global);
  std::map<std::string, std::size_t> first_of_path;
  of_routes_.assign(routes.size(), global_);
  of_paths_.assign(routes.size(), global_);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    keep(routes[i].options.layers);
    append(of_routes_[i], routes[i].options.layers);
    append(of_paths_[first_of_path.emplace(path_of(routes[i].pattern), i).first->second], routes[i].options.layers);
  }
  for (const PrefixLayers& one : below) {
    keep(one.layers);
    add_prefix(one);
  }
  std::ranges::stable_sort(prefixes_, std::ranges::greater{}, &Prefix::segments);
}

void LayerTable::add_prefix(const PrefixLayers& below) {
  const std::string_view prefix = std::string_view{below.prefix}.substr(0, below.prefix.find_last_not_of('/') + 1);
  auto known =
      std::ranges::find_if(prefixes_, [prefix](const Prefix& one) { return path_of(one.pattern) == path_of(prefix); });
  if (known == prefixes_.end()) {
    const auto segments = static_cast<std::size_t>(std::ranges::count(prefix, '/'));
    known = prefixes_.insert(prefixes_.end(), Prefix{std::string{prefix}, segments, global_});
  }
  append(known->chain, below.layers);
}

const LayerChain* LayerTable::of_no_path(std::string_view path) const {
  for (const Prefix& prefix : prefixes_)
    if (begins_with(path, prefix.pattern)) return &prefix.chain;
  return &global_;
}

std::unique_ptr<const LayerTable> LayerTable::make(const std::vector<Route>& routes, const Layers& global,
                                                   const std::vector<PrefixLayers>& below) {
  const bool any =
      !below.empty() || !global.all().empty() ||
      std::any_of(routes.begin(), routes.end(), [](const Route& route) { return !route.options.layers.all().empty(); });
  return any ? std::make_unique<const LayerTable>(routes, global, below) : nullptr;
}

const LayerChain* LayerTable::of(const Message& message) const {
  const RouteMatch& match = message.match;
  if (match.kind == RouteMatch::Kind::kFound) return &of_routes_[match.route];
  const bool known = match.kind != RouteMatch::Kind::kNoPath && match.route != kNoRoute;
  return known ? &of_paths_[match.route] : of_no_path(message.path());
}

bool sees_requests(const LayerChain& chain) {
  return std::ranges::any_of(chain, [](const Layer* layer) { return layer->before != nullptr; });
}

bool sees_answers(const LayerChain& chain) {
  return std::ranges::any_of(chain, [](const Layer* layer) { return layer->after != nullptr; });
}

std::optional<Response> run_before(const LayerChain& chain, Message& message, Observer& observer) {
  Request request = message.borrow();
  for (const Layer* const layer : chain) {
    if (!layer->before) continue;
    try {
      if (auto answer = layer->before(request)) return answer;
    } catch (...) {
      return answer_to_thrown(*layer, message, observer);
    }
  }
  return {};
}

bool run_after(const LayerChain& chain, Message& message, Response& response, Observer& observer) {
  const Layer* const failed = pass(chain, message, response, observer, nullptr);
  if (!failed && is_sendable(response)) return true;
  if (!failed) response = answer_unsendable(message, response, observer);
  if (pass(chain, message, response, observer, failed) || !is_sendable(response)) response = error_answer(message, 500);
  return false;
}

}  // namespace orrery::http
