// ProcessTitle: what ps shows for a master or a worker, so that several services on one machine can be told
// apart.
//
// Pure. Name, role, worker class and first address: `orrery: master [async] 127.0.0.1:8000`. The master makes
// the titles of both; each process writes its own (os/title). What is too long is cut where it tells the
// least.
#pragma once

#include <string>
#include <string_view>

#include "orrery/config.hpp"

#include "master/listeners.hpp"

namespace orrery::master {

/// `role`: "master", "master (new)" or "worker 3"; `more` stands behind the class: "gen 2", or nothing.
std::string process_title(const Config& config, const ListenerSet& listeners, std::string_view role,
                          std::string_view more = {});

}  // namespace orrery::master
