// The program of ECHO_ROUTES=settings: an application with settings of its own, which it tells at /settings.
#pragma once

/// As orrery::run().
int run_with_settings(int argc, char** argv);
