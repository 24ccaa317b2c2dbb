// ORRERY_EXPORT: marks what the shared library shows; everything else is built hidden.
#pragma once

#define ORRERY_EXPORT __attribute__((visibility("default")))
