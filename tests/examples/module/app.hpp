// A greeting that the program `orrery` serves: `orrery ./libgreeter.so --reload`.
#pragma once

#include <orrery/orrery.hpp>

orrery::App make_app();
