// The routes of echo that send more than an answer: early hints in front of it, trailer fields behind it.
//
//   GET  /hints                   a task: two links at once, one more later, and the answer
//   GET  /hints/responder         the same from another thread
//   GET  /hints/pool              the same by a handler that blocks
//   GET  /hints/refused           why six calls were refused, a line each
//   GET  /trailers/pulled         a body that is pulled, with X-Sum behind it
//   GET  /trailers/written        a body that is written, with X-Sum behind it, or why not
//   GET  /trailers/wrong          a body that is pulled, with a field behind it that was not announced
#pragma once

#include "orrery/orrery.hpp"

void add_around(orrery::App& app);
