// The routes of echo that are coroutines; each counts its frame, so that a leak and a second destruction show.
//
//   any  /task/echo/{name}        method, name, query and body, after a sleep (the request outlives its read)
//   POST /task/owned              the same body, by a handler that takes its request by value
//   GET  /task/now                answers without waiting
//   GET  /task/sleep?ms=          sleeps that long
//   GET  /task/throw?ms=          fails after a sleep; at once with ms=0
//   GET  /task/teapot?ms=         throws HttpError 418 after a sleep
//   GET  /task/unmade             throws before there is a coroutine
//   GET  /task/all?ms=            three sleeps side by side
//   GET  /task/within?ms=&limit=  a sleep with a limit
//   GET  /task/thread?ms=         waits for a callback that comes from another thread
//   GET  /task/dropped            waits for a callback that never comes
//   GET  /task/gives-up           throws Cancelled though nobody cancelled it
//   GET  /task/counts             living frames, how many were cancelled
#pragma once

#include "orrery/orrery.hpp"

void add_tasks(orrery::App& app);
