// floor: what libuv and llhttp charge for HTTP, and nothing else.
//
// A libuv loop, llhttp over every byte, one uv_try_write of a constant JSON response for each request of a read. It
// decides nothing, limits nothing, never times out and has no message to hand on: what a server built on these two
// libraries has to pay before its own first instruction. One worker.
//
//   floor [-b 127.0.0.1:PORT] [-c]       -c closes after each response, for clients without keep-alive
//
// Says "listening on PORT" on standard output when connections are taken. Ends with the process that started it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <llhttp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <uv.h>

#include "constant_answer.h"

enum { kReadSize = 64 * 1024 };

struct connection {
  uv_tcp_t stream;
  llhttp_t parser;
  unsigned messages;  // complete since the last write
};

static bool close_each;
static llhttp_settings_t settings;
static char input[kReadSize];
static char* answers;
static size_t answer_size;

static void check(int status, const char* what) {
  if (status >= 0) return;
  fprintf(stderr, "floor: %s: %s\n", what, uv_strerror(status));
  exit(1);
}

static int on_message_complete(llhttp_t* parser) {
  ++((struct connection*)parser->data)->messages;
  return 0;
}

static int on_span(llhttp_t* parser, const char* at, size_t length) {
  (void)parser, (void)at, (void)length;
  return 0;
}

static void on_closed(uv_handle_t* handle) { free(handle); }

static void on_room_wanted(uv_handle_t* handle, size_t suggested, uv_buf_t* room) {
  (void)handle, (void)suggested;
  *room = uv_buf_init(input, sizeof input);
}

static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* bytes) {
  struct connection* connection = (struct connection*)stream;
  bool done = size < 0;
  if (size > 0) {
    connection->messages = 0;
    done = llhttp_execute(&connection->parser, bytes->base, (size_t)size) != HPE_OK;
    const unsigned messages = connection->messages;
    uv_buf_t output = uv_buf_init(answers, (unsigned)(messages * answer_size));
    // The rest of a short write is given up: the clients of a benchmark read.
    if (messages > kMostPipelined || (messages > 0 && uv_try_write(stream, &output, 1) < 0)) done = true;
    done = done || (close_each && messages > 0);
  }
  if (done && !uv_is_closing((uv_handle_t*)stream)) uv_close((uv_handle_t*)stream, on_closed);
}

static void on_connection(uv_stream_t* listener, int status) {
  if (status < 0) return;
  struct connection* connection = malloc(sizeof *connection);
  if (!connection) return;
  check(uv_tcp_init(listener->loop, &connection->stream), "cannot make a stream");
  if (uv_accept(listener, (uv_stream_t*)&connection->stream) != 0) {
    uv_close((uv_handle_t*)&connection->stream, on_closed);
    return;
  }
  llhttp_init(&connection->parser, HTTP_REQUEST, &settings);
  connection->parser.data = connection;
  check(uv_tcp_nodelay(&connection->stream, 1), "cannot set TCP_NODELAY");
  check(uv_read_start((uv_stream_t*)&connection->stream, on_room_wanted, on_read), "cannot read");
}

static void listen_on(uv_tcp_t* listener, const char* host, int port) {
  struct sockaddr_in address;
  int size = sizeof address;
  check(uv_tcp_init(uv_default_loop(), listener), "cannot make a listener");
  check(uv_ip4_addr(host, port, &address), "the address is not an IPv4 one");
  check(uv_tcp_bind(listener, (const struct sockaddr*)&address, 0), "cannot bind");
  check(uv_listen((uv_stream_t*)listener, 4096, on_connection), "cannot listen");
  check(uv_tcp_getsockname(listener, (struct sockaddr*)&address, &size), "cannot read the port");
  printf("listening on %d\n", ntohs(address.sin_port));
  fflush(stdout);
}

int main(int argc, char** argv) {
  char host[64] = "127.0.0.1";
  int port = 0;
  for (int option; (option = getopt(argc, argv, "b:c")) != -1;) {
    if (option == 'c') {
      close_each = true;
    } else if (option != 'b' || sscanf(optarg, "%63[^:]:%d", host, &port) != 2) {
      fprintf(stderr, "usage: floor [-b HOST:PORT] [-c]\n");
      return 2;
    }
  }
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  llhttp_settings_init(&settings);
  settings.on_url = settings.on_header_field = settings.on_header_value = on_span;
  settings.on_message_complete = on_message_complete;
  answers = make_answers(close_each, &answer_size);
  if (!answers) check(UV_ENOMEM, "cannot keep the answers");
  uv_tcp_t listener;
  listen_on(&listener, host, port);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
