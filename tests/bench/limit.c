// limit: what the kernel charges for HTTP, and nothing else.
//
// epoll, one read, count the blank lines, one write of a constant JSON response for each. It parses nothing, refuses
// nothing, limits nothing and never times out: a bound to measure servers against, not a server. With `-w N` workers
// share one listener by EPOLLEXCLUSIVE and queue up again after each accept, so that connections spread evenly.
//
//   limit [-b 127.0.0.1:PORT] [-w WORKERS] [-c]       -c closes after each response, for clients without keep-alive
//
// Says "listening on PORT" on standard output when connections are taken. Ends with the process that started it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "constant_answer.h"

enum { kMostWorkers = 64, kMostEvents = 256, kReadSize = 64 * 1024 };

static bool close_each;
static bool take_turns;  // with other workers
static char input[kReadSize];
static char* answers;
static size_t answer_size;
static unsigned char* matched;  // by descriptor: bytes of "\r\n\r\n" at the end of what was read so far
static size_t most_descriptors;

static void fail(const char* what) {
  fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int number(const char* text, int most) {
  char* end;
  const long value = strtol(text, &end, 10);
  if (*text == 0 || *end != 0 || value < 0 || value > most) {
    fprintf(stderr, "limit: `%s` is not a number from 0 to %d\n", text, most);
    exit(2);
  }
  return (int)value;
}

static int listen_on(const char* host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  socklen_t size = sizeof address;
  const int one = 1;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) fail("cannot make a socket");
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("the address is not an IPv4 one");
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr*)&address, size) != 0) fail("cannot bind");
  if (listen(listener, 4096) != 0) fail("cannot listen");
  if (getsockname(listener, (struct sockaddr*)&address, &size) != 0) fail("cannot read the port");
  printf("listening on %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void watch(int poller, int fd, unsigned events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0) fail("cannot watch a descriptor");
}

static void accept_one(int poller, int listener) {
  const int one = 1;
  const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  // To the end of the queue: else the one who waits first gets every connection.
  if (take_turns) {
    epoll_ctl(poller, EPOLL_CTL_DEL, listener, NULL);
    watch(poller, listener, EPOLLIN | EPOLLEXCLUSIVE);
  }
  if (fd < 0) return;
  if ((size_t)fd >= most_descriptors) {
    close(fd);
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  matched[fd] = 0;
  watch(poller, fd, EPOLLIN);
}

// Requests whose blank line lies in these bytes.
static size_t count_heads(unsigned char* state, const char* bytes, size_t size) {
  size_t heads = 0;
  const char* at = bytes;
  const char* end = bytes + size;
  while (at < end) {
    if (*state == 0 && !(at = memchr(at, '\r', (size_t)(end - at)))) break;
    const bool wanted = *at == (*state % 2 == 0 ? '\r' : '\n');
    *state = wanted ? (unsigned char)(*state + 1) : (*at == '\r' ? 1 : 0);
    if (*state == 4) {
      ++heads;
      *state = 0;
    }
    ++at;
  }
  return heads;
}

static void serve(int fd) {
  const ssize_t size = read(fd, input, sizeof input);
  if (size < 0 && errno == EAGAIN) return;
  bool done = size <= 0;
  if (!done) {
    const size_t heads = count_heads(&matched[fd], input, (size_t)size);
    // The rest of a short write is given up: the clients of a benchmark read.
    if (heads > kMostPipelined || (heads > 0 && write(fd, answers, heads * answer_size) < 0)) done = true;
    done = done || (close_each && heads > 0);
  }
  if (done) close(fd);
}

static void work(int listener) {
  struct epoll_event ready[kMostEvents];
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) fail("cannot make an epoll");
  watch(poller, listener, EPOLLIN | EPOLLEXCLUSIVE);
  for (;;) {
    const int count = epoll_wait(poller, ready, kMostEvents, -1);
    for (int i = 0; i < count; ++i) {
      if (ready[i].data.fd == listener)
        accept_one(poller, listener);
      else
        serve(ready[i].data.fd);
    }
  }
}

static void prepare(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) fail("cannot read the limit of open files");
  files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
  setrlimit(RLIMIT_NOFILE, &files);
  most_descriptors = files.rlim_cur;
  matched = calloc(most_descriptors, 1);
  if (!matched) fail("no memory");
  answers = make_answers(close_each, &answer_size);
  if (!answers) fail("no memory");
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int main(int argc, char** argv) {
  int workers = 1;
  char host[64] = "127.0.0.1";
  int port = 0;
  for (int option; (option = getopt(argc, argv, "b:w:c")) != -1;) {
    char* colon;
    switch (option) {
      case 'b':
        colon = strrchr(optarg, ':');
        if (!colon || colon - optarg >= (ptrdiff_t)sizeof host) return 2;
        snprintf(host, sizeof host, "%.*s", (int)(colon - optarg), optarg);
        port = number(colon + 1, 65535);
        break;
      case 'w': workers = number(optarg, kMostWorkers); break;
      case 'c': close_each = true; break;
      default: fprintf(stderr, "usage: limit [-b HOST:PORT] [-w WORKERS] [-c]\n"); return 2;
    }
  }
  take_turns = workers > 1;
  prepare();
  const int listener = listen_on(host, port);
  for (int i = 1; i < workers; ++i) {
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      work(listener);
    }
  }
  work(listener);
}
