#include "planets/page.hpp"

#include <charconv>
#include <cmath>

#include "planets/body.hpp"
#include "planets/refraction.hpp"
#include "planets/rfc3339.hpp"
#include "planets/sky.hpp"

namespace orrery::planets {

namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Planets over your horizon</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0; }
label { display: grid; font-size: .875rem; }
input { font: inherit; width: 9rem; padding: .25rem .5rem; }
button { font: inherit; padding: .25rem 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; text-align: right; border-bottom: 1px solid #8886; }
th:first-child { text-align: left; text-transform: capitalize; }
.below { opacity: .65; }
.problem { font-weight: 600; }
</style>
<h1>Planets over your horizon</h1>
)";

std::string decimals(double value, int count) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, count).ptr;
  return {text, end};
}

std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string field(std::string_view label, std::string_view name, double value) {
  return "<label>" + std::string{label} + "<input name=\"" + std::string{name} +
         "\" inputmode=\"decimal\" required value=\"" + shortest(value) + "\"></label>\n";
}

std::string row(const Query& query, const Sky& sky, Body body) {
  const SkyPosition position = sky.position(body);
  const double altitude =
      position.altitude.value + refraction(position.altitude, query.pressure, query.temperature).value;
  return std::string{altitude < 0 ? "<tr class=\"below\">" : "<tr>"} + "<th scope=\"row\">" +
         std::string{name_of(body)} + "</th><td>" + decimals(position.azimuth.value, 2) + "&deg;</td><td>" +
         decimals(altitude, 2) + "&deg;</td></tr>\n";
}

}  // namespace

std::string render_page(const Query& query) {
  std::string html{kHead};
  for (const std::string& problem : query.problems)
    html += "<p class=\"problem\" role=\"alert\">" + problem + "</p>\n";
  html += "<form>" + field("Longitude (east positive)", "lon", query.observer.longitude.value) +
          field("Latitude (north positive)", "lat", query.observer.latitude.value) +
          field("Elevation (m)", "elevation", query.observer.elevation.value) +
          "<button>Show</button></form>\n";
  if (!query.problems.empty()) return html + "</html>\n";
  const Sky sky{query.instant, query.observer};
  html += "<table>\n<caption>At " + format_rfc3339(query.instant) +
          ", with refraction; bodies below the horizon are " +
          "dimmed</caption>\n<tr><th scope=\"col\">Body</th><th scope=\"col\">Azimuth</th><th "
          "scope=\"col\">Altitude" +
          "</th></tr>\n";
  for (const Body body : kBodies) html += row(query, sky, body);
  return html + "</table>\n<p>As JSON: <a href=\"/planets\">/planets</a>, " +
         "<a href=\"/planets/mars\">/planets/mars</a></p>\n</html>\n";
}

}  // namespace orrery::planets
