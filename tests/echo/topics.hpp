// The routes of echo that bring bytes to all workers.
//
//   POST /topic/say         publishes the body; 413 when it is too large
//   POST /topic/many/{n}    publishes 1 to n, from a thread of a pool
//   GET  /topic/heard       this worker's pid, how many it has heard, how many it has missed, and the last one
//   GET  /topic/die         publishes for ever, until it is killed
#pragma once

#include "orrery/orrery.hpp"

void add_topics(orrery::App& app);
