// Preview: what the page says of the place and the time in its link before any script runs: its title and description,
// which messengers and searches show of a link, and for readers without JavaScript a table and a picture.
//
// Pure: the page's text, what is read of a request and the Earth's rotation in, text out; in a worker. Of the link only
// what is escaped comes into the page. It never says what is wrong with a link: the page does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orrery/request.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

/// All of a request that its preview depends on.
struct Link {
  std::string server;          ///< "https://host/", for HTML; empty where the client named no host
  std::string name;            ///< of the place, for HTML
  std::optional<Query> query;  ///< nothing where it names no place and no time, or one that is wrong
};

/// A link to what is over a place now is one to what is over it this minute.
[[nodiscard]] Link link_of(const Request& request);
/// The same for links with the same preview.
[[nodiscard]] std::string key_of(const Link& link);

/// `page` with what stands between its marks (`<!--preview-->`, `<!--table-->`) made for the link. Where that has no
/// query, only a picture of what is over the usual place (`<!--image-->`) is put in.
[[nodiscard]] std::string preview(std::string_view page, const Link& link, const EarthRotation& rotation);

}  // namespace orrery::planets
