// open_loop: requests at a fixed rate, and how long each took from the moment it was due.
//
// A closed loop (wrk, ab) waits for a slow server and so hides how slow it is. Here request number i is due at start +
// i / rate on connection i mod N, whether or not earlier ones are answered; a connection that is busy sends it as soon
// as it may, and the time it waited counts. A connection that the server closes is opened anew, and what it owed is
// asked again; that counts too. It spins instead of sleeping, so give it a CPU of its own.
//
//   open_loop -p PORT [-r REQUESTS-PER-SECOND] [-s SECONDS] [-c CONNECTIONS] PATH
//
// Prints microseconds: p50, p90, p99, p99.9, max; then the numbers of requests sent, of those that got no answer, of
// connections opened anew, and of requests that were cut off and asked again.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kInputSize = 64 * 1024, kEvents = 128 };
static const double kGraceSeconds = 2;  // for the last answers

struct connection {
  int fd;
  bool busy;
  double due;       // of the request that is out
  double* waiting;  // due times of those behind it: a ring of `most`
  size_t first, count;
  size_t filled;
  char input[kInputSize];
};

static struct connection* connections;
static size_t connection_count = 64, most;
static double *latencies, rate = 10000, seconds = 1;
static size_t answered, sent, renewed, cut_off;
static int poller, port;
static char request[2048];
static size_t request_size;

static void fail(const char* what) {
  fprintf(stderr, "open_loop: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void open_connection(struct connection* made) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = made};
  const int one = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  made->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(made->fd, (struct sockaddr*)&address, sizeof address) != 0) fail("cannot connect");
  setsockopt(made->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (epoll_ctl(poller, EPOLL_CTL_ADD, made->fd, &event) != 0) fail("cannot watch");
}

static void send_request(struct connection* to, double due) {
  to->busy = true;
  to->due = due;
  ++sent;
  // When it fails the connection is about to be found closed.
  if (write(to->fd, request, request_size) < 0 && errno != EPIPE && errno != ECONNRESET) fail("cannot send");
}

static void renew(struct connection* broken) {
  close(broken->fd);
  open_connection(broken);
  ++renewed;
  broken->filled = 0;
  if (!broken->busy) return;
  ++cut_off;
  send_request(broken, broken->due);
}

static void give(struct connection* to, double due) {
  if (!to->busy) {
    send_request(to, due);
    return;
  }
  if (to->count == most) {
    fprintf(stderr, "open_loop: the server is too slow for this rate\n");
    exit(1);
  }
  to->waiting[(to->first + to->count++) % most] = due;
}

// The size of the response at the beginning of `text`; 0 while it is not whole. `last` when the server closes after it.
static size_t whole_response(const char* text, size_t size, bool* last) {
  const char* end = memmem(text, size, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t body = 0;
  for (const char* line = text; line < end; ++line) {
    if (strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
    if (strncasecmp(line, "connection: close", 17) == 0) *last = true;
    line = memchr(line, '\n', (size_t)(end + 4 - line));
  }
  const size_t whole = (size_t)(end + 4 - text) + body;
  if (whole > kInputSize) fail("the response is too long");
  return whole <= size ? whole : 0;
}

static void receive(struct connection* from) {
  const ssize_t size = read(from->fd, from->input + from->filled, kInputSize - from->filled);
  if (size <= 0) {
    renew(from);
    return;
  }
  from->filled += (size_t)size;
  bool last = false;
  const size_t whole = whole_response(from->input, from->filled, &last);
  if (whole == 0) return;
  if (strncmp(from->input + 8, " 200", 4) != 0) {
    fprintf(stderr, "open_loop: the answer was %.30s\n", from->input);
    exit(1);
  }
  latencies[answered++] = now() - from->due;
  from->filled = 0;
  from->busy = false;
  if (last) renew(from);
  if (from->count == 0) return;
  const double due = from->waiting[from->first];
  from->first = (from->first + 1) % most;
  --from->count;
  send_request(from, due);
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

static double quantile(double part) {
  if (answered == 0) return 0;
  return latencies[(size_t)(part * (double)(answered - 1) + 0.5)] * 1e6;
}

static void connect_all(void) {
  for (size_t i = 0; i < connection_count; ++i) {
    connections[i].waiting = calloc(most, sizeof *connections[i].waiting);
    if (!connections[i].waiting) fail("no memory");
    open_connection(&connections[i]);
  }
}

static void drive(size_t total) {
  struct epoll_event ready[kEvents];
  const double start = now() + 0.01;
  size_t next = 0;
  while (answered < total && now() < start + seconds + kGraceSeconds) {
    for (double due; next < total && (due = start + (double)next / rate) <= now(); ++next) {
      give(&connections[next % connection_count], due);
    }
    const int count = epoll_wait(poller, ready, kEvents, 0);
    for (int i = 0; i < count; ++i) receive(ready[i].data.ptr);
  }
}

int main(int argc, char** argv) {
  for (int option; (option = getopt(argc, argv, "p:r:s:c:")) != -1;) {
    switch (option) {
      case 'p': port = atoi(optarg); break;
      case 'r': rate = atof(optarg); break;
      case 's': seconds = atof(optarg); break;
      case 'c': connection_count = strtoul(optarg, NULL, 10); break;
      default: return 2;
    }
  }
  if (optind + 1 != argc || port <= 0 || rate <= 0 || seconds <= 0 || connection_count == 0) {
    fprintf(stderr, "usage: open_loop -p PORT [-r REQUESTS-PER-SECOND] [-s SECONDS] [-c CONNECTIONS] PATH\n");
    return 2;
  }
  request_size =
      (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", argv[optind], port);
  const size_t total = (size_t)(rate * seconds);
  most = total / connection_count + 2;
  latencies = calloc(total, sizeof *latencies);
  connections = calloc(connection_count, sizeof *connections);
  if (!latencies || !connections) fail("no memory");
  signal(SIGPIPE, SIG_IGN);
  poller = epoll_create1(EPOLL_CLOEXEC);
  connect_all();
  drive(total);
  qsort(latencies, answered, sizeof *latencies, compare);
  printf("p50 %.1f\np90 %.1f\np99 %.1f\np99.9 %.1f\nmax %.1f\n", quantile(.5), quantile(.9), quantile(.99),
         quantile(.999), quantile(1));
  printf("sent %zu\nunanswered %zu\nrenewed %zu\ncut_off %zu\n", sent, total - answered, renewed, cut_off);
}
