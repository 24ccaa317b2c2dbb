// Descriptors: how many open files the service needs, and whether the limit leaves room for them.
//
// Asked by the master before a start and before a reload, so that a limit that is too small is one sentence
// and not a worker that dies each time it boots. Pure; connections come on top of it, as many as there is
// room for.
#pragma once

#include <cstddef>
#include <string>

#include "orrery/config.hpp"

namespace orrery::master {

/// What a worker holds open before its first connection, and for that.
std::size_t descriptors_of_worker(const Config& config);
/// What the master holds open when it reloads to `workers` workers.
std::size_t descriptors_of_master(const Config& config, std::size_t workers);

/// Empty, or the sentence that says how many are needed.
std::string too_few_descriptors(const Config& config, std::size_t workers, std::size_t limit);

}  // namespace orrery::master
