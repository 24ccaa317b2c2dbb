// The version of these headers, for #if and for messages: ORRERY_VERSION is text, ORRERY_VERSION_NUMBER counts.
//
// 0.1.0 is 100, 1.2.3 is 10203. orrery::version() (server.hpp) is that of the library that runs; below 1.0 both must
// have the same first two numbers, which the soname sees to. The build refuses a version here that is not its own.
#pragma once

#define ORRERY_VERSION "0.1.0"
#define ORRERY_VERSION_MAJOR 0
#define ORRERY_VERSION_MINOR 1
#define ORRERY_VERSION_PATCH 0
#define ORRERY_VERSION_NUMBER (ORRERY_VERSION_MAJOR * 10000 + ORRERY_VERSION_MINOR * 100 + ORRERY_VERSION_PATCH)
