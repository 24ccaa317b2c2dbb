// Pictures made smaller, beside a route that stays quick:
//
//   POST /half     a picture (PGM, binary) of half the width and height
//   GET /health    answers at once, however many pictures are being made smaller
//
// Class `threads`: handlers have threads, and what takes a Responder runs on the loop.
#pragma once

#include <orrery/orrery.hpp>

orrery::App make_app();
