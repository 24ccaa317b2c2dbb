// One answer made of what two upstreams say:
//
//   GET /day/{city}    {"weather": …, "events": …}; one of them is null where its upstream fails or takes too long
//
// Coroutines, so any class: nobody is held up while an upstream thinks.
#pragma once

#include <functional>
#include <orrery/orrery.hpp>
#include <string>

/// What an upstream says of a city, as JSON; throws where it cannot. A test gives one of its own.
using Source = std::function<orrery::Task<std::string>(const orrery::Request& request, std::string city)>;

struct Sources {
  Source weather;
  Source events;
};

/// `app` is what the sources were made with.
orrery::App make_app(const Sources& sources, orrery::App app = {});
