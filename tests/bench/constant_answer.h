// The one response the limit and the floor server give, many times over, so that a pipeline's answers are one write.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kMostPipelined = 256 };

static const char kBody[] =
    "{\"name\":\"mars\",\"az\":123.45678901234567,\"alt\":-12.345678901234567,\"geo_location\":"
    "{\"lon\":145.051,\"lat\":-39.754,\"elevation\":0},\"time\":\"2026-11-22T10:00:00.000Z\"}\n";

/// kMostPipelined responses, one behind the other, and the size of one; null where there is no memory.
static char* make_answers(bool close_each, size_t* answer_size) {
  char answer[512];
  *answer_size =
      (size_t)snprintf(answer, sizeof answer,
                       "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n%s",
                       sizeof kBody - 1, close_each ? "close" : "keep-alive", kBody);
  char* answers = malloc(kMostPipelined * *answer_size);
  if (answers == NULL) return NULL;
  for (size_t i = 0; i < kMostPipelined; ++i) memcpy(answers + i * *answer_size, answer, *answer_size);
  return answers;
}
