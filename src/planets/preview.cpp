#include "planets/preview.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "planets/answer.hpp"
#include "planets/json.hpp"
#include "planets/postcard.hpp"
#include "planets/refraction.hpp"
#include "planets/utf8.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

constexpr std::size_t kLongestName = 120;  // bytes: 60 letters of most languages

/// Text for HTML, also between quotes. What is no UTF-8 is a replacement, what is no letter to see is left out.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [length, valid] = utf8::first_of(text);
    const std::string_view piece = valid ? text.substr(0, length) : utf8::kReplacement;
    text.remove_prefix(length);
    const auto byte = static_cast<unsigned char>(piece.front());
    if (piece == "&") {
      out += "&amp;";
    } else if (piece == "<") {
      out += "&lt;";
    } else if (piece == ">") {
      out += "&gt;";
    } else if (piece == "\"") {
      out += "&quot;";
    } else if (byte >= 0x20 && byte != 0x7f) {
      out += piece;
    }
  }
  return out;
}

struct Direction {
  Body body;
  Degrees azimuth;
  double altitude;  // as it is seen
};

std::vector<Direction> directions(const Query& query, const EarthRotation& rotation) {
  const Sky sky = rotation.sky(query.instant, query.observer);
  std::vector<Direction> all;
  for (const Body body : kBodies) {
    const Horizontal seen = sky.direction(body);
    const Degrees lifted = refraction(seen.altitude, query.pressure, query.temperature);
    all.push_back({body, seen.azimuth, seen.altitude.value + lifted.value});
  }
  return all;
}

/// "Above the horizon: Moon 27° in the NNE, Saturn 50° in the NNW."
std::string described(const std::vector<Direction>& all) {
  std::string text;
  for (const auto& [body, azimuth, altitude] : all)
    if (altitude >= 0)
      text += (text.empty() ? "Above the horizon: " : ", ") + title_of(body) + " " +
              std::to_string(std::lround(altitude)) + "\u00b0 in the " + compass_point(azimuth);
  return text.empty() ? "No body is above the horizon." : text + ".";
}

/// The same place and time as the API and the picture take them.
std::string parameters_of(const Query& query) {
  JsonText out{128};
  out.raw("lon=").number(query.observer.longitude.value).raw("&amp;lat=").number(query.observer.latitude.value);
  out.raw("&amp;elevation=").number(query.observer.elevation.value);
  if (!query.is_now) put_time(out.raw("&amp;time="), query.instant);
  return out.take();
}

/// Where the client finds this server: a picture for messengers is asked for by others, who need all of its address.
std::string server_of(const Request& request) {
  if (request.host().empty()) return {};
  return std::string{request.scheme()} + "://" + escaped(request.host()) + "/";
}

/// `<meta kind="key" content="content">`
void put_meta(std::string& out, std::string_view kind, std::string_view key, const std::string& content) {
  out.append("<meta ").append(kind).append("=\"").append(key).append("\" content=\"").append(content).append("\">\n");
}

/// What messengers need of a picture: `address` is a whole one, `words` say what is seen.
std::string image(const std::string& address, const std::string& words) {
  std::string out;
  put_meta(out, "property", "og:image", address);
  put_meta(out, "property", "og:image:type", "image/png");
  put_meta(out, "property", "og:image:width", std::to_string(kPostcardWidth));
  put_meta(out, "property", "og:image:height", std::to_string(kPostcardHeight));
  put_meta(out, "property", "og:image:alt", words);
  put_meta(out, "name", "twitter:card", "summary_large_image");
  return out;
}

std::string head(const std::string& name, const std::string& time, const std::string& description) {
  std::string out = "<title>" + name + ": planets over the horizon</title>\n";
  put_meta(out, "name", "description", description);
  put_meta(out, "property", "og:type", "website");
  put_meta(out, "property", "og:title", "The sky over " + name + ", " + time);
  put_meta(out, "property", "og:description", description);
  return out;
}

std::string degrees_text(double value) {
  JsonText out{32};
  return out.rounded<2>(value).raw("\u00b0").take();
}

std::string table(const std::string& name, const std::string& time, const Query& query,
                  const std::vector<Direction>& all) {
  std::string out = "<h2 class=\"seen\">The sky over " + name + "</h2>\n<p><img src=\"sky.svg?" + parameters_of(query) +
                    "\" width=\"600\" height=\"640\" alt=\"" + described(all) + "\"></p>\n<table>\n<caption>" + name +
                    ", " + time +
                    ". Degrees, with the air\u2019s refraction.</caption>\n<thead><tr><th scope=\"col\">Body</th>" +
                    "<th scope=\"col\">Azimuth</th><th scope=\"col\">Altitude</th></tr></thead>\n<tbody>\n";
  for (const auto& [body, azimuth, altitude] : all)
    out += "<tr><th scope=\"row\">" + title_of(body) + "</th><td>" + degrees_text(azimuth.value) + " " +
           compass_point(azimuth) + "</td><td>" + degrees_text(altitude) + "</td></tr>\n";
  return out + "</tbody>\n</table>\n";
}

/// Puts `text` between the two marks of a name.
void put_between(std::string& page, const std::string& name, const std::string& text) {
  const std::string begin = "<!--" + name + "-->";
  const std::size_t at = page.find(begin);
  const std::size_t end = page.find("<!--/" + name + "-->");
  if (at == std::string::npos || end == std::string::npos) return;
  page.replace(at + begin.size(), end - at - begin.size(), text);
}

std::string name_of_place(const Request& request, const Query& query) {
  const auto given = request.query("name");
  const std::string name = given ? escaped(given->substr(0, kLongestName)) : std::string{};
  return name.empty() ? place_text(query.observer) : name;
}

}  // namespace

Link link_of(const Request& request) {
  Link link{server_of(request), {}, {}};
  if (!request.query("lon") && !request.query("lat") && !request.query("time")) return link;
  Query query = read_link_query(request);
  if (!query.problems.empty()) return link;
  if (query.is_now) begin_minute(query);
  link.name = name_of_place(request, query);
  link.query = std::move(query);
  return link;
}

std::string key_of(const Link& link) {
  if (!link.query) return link.server;
  // No escaped text has a control character.
  return link.server + '\n' + link.name + '\n' + key_of(*link.query) + (link.query->is_now ? " now" : "");
}

std::string preview(std::string_view page, const Link& link, const EarthRotation& rotation) {
  const std::string picture = link.server + "sky.png";
  std::string out{page};
  if (!link.query) {
    put_between(out, "image",
                image(picture, "The sky over Greenwich as a disc, with the Sun, the Moon and the planets"));
    return out;
  }
  const Query& query = *link.query;
  const std::string minute = minute_text(query.instant);
  const std::string time = query.is_now ? "now" : minute;
  const auto all = directions(query, rotation);
  const std::string words = described(all);
  put_between(out, "preview", head(link.name, time, words) + image(picture + "?" + parameters_of(query), words));
  put_between(out, "table", table(link.name, minute, query, all));
  return out;
}

}  // namespace orrery::planets
