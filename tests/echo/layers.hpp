// The routes of ECHO_ROUTES=layers: handlers of every shape, with layers around them, and one form of errors.
//
// A layer around all says in X-Layer how often its `before` and `after` have seen the request, and on which thread.
//
//   GET  /plain /task /later /stream /pull   answers of every shape; `?fault=before|after` makes the inner layer throw,
//                                            `?fault=crash|crash-after` makes its `before` or `after` abort
//   POST /body                               reads its body as it comes; without X-Token it is refused before
//   GET  /teapot                             throws HttpError 418
//   GET  /typed/{a}/{b}                      and /typed-task, /typed-later: two numbers, added
//   POST /json                               a body as JSON, answered as JSON
//   GET  /quick                              blocks longer than its deadline of 100 ms
//   GET  /quick/later                        never answers, with the same deadline
//
// With ECHO_ROUTES=wrong it has four routes that are wrong, each in its way.
#pragma once

#include "orrery/app.hpp"

orrery::App make_layered_app();
orrery::App make_wrong_app();
