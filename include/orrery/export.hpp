// ORRERY_EXPORT: marks what the shared library shows; everything else is built hidden.
//
// A class or function of include/orrery that is not inline carries it. A program that embeds the server never needs it.
#pragma once

#define ORRERY_EXPORT __attribute__((visibility("default")))
