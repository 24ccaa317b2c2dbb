// Pictures made smaller, beside a route that stays quick:
//
//   POST /half     a picture (PGM, binary) of half the width and height
//   GET /health    answers at once, however many pictures are being made smaller
//
// Pictures have threads of their own, so every worker class does, and `async` holds nobody up.
#pragma once

#include <orrery/orrery.hpp>

orrery::App make_app();
