#include "support/http2_load.hpp"

#include <poll.h>

#include "support/http2_client.hpp"

namespace orrery::test {

namespace {

void wait_a_little() { ::poll(nullptr, 0, 1); }

}  // namespace

void Http2Load::start(const Wire::Place& place, const std::string& path, int connections, bool tls) {
  crew_.add(connections, [this, place, path, tls] { keep_asking(place, path, tls); });
}

void Http2Load::keep_asking(const Wire::Place& place, const std::string& path, bool tls) {
  while (!crew_.stopping()) {
    Http2Client client{place, tls};
    if (client.wire().connected() && client.until([&] { return !client.reader().settings().empty(); })) {
      ++opened_;
      ask(client, path);
    } else {
      ++refused_;
      crew_.note("refused");
      wait_a_little();
    }
  }
}

void Http2Load::ask(Http2Client& client, const std::string& path) {
  for (std::uint32_t next = 1; !crew_.stopping() && ask_bundle(client, path, next); next += 2 * kAtOnce)
    wait_a_little();
}

bool Http2Load::ask_bundle(Http2Client& client, const std::string& path, std::uint32_t first) {
  const std::uint32_t end = first + 2 * kAtOnce;
  std::string bundle;
  for (std::uint32_t stream = first; stream < end; stream += 2)
    bundle += http2::headers(stream, http2::get({{":path", path}}));
  client.send(bundle);
  for (std::uint32_t stream = first; stream < end; stream += 2) {
    const std::string mark = "reset " + std::to_string(stream) + " ";
    const auto is_over = [&] {
      return client.reader().answer(stream).whole || stream > client.last_allowed() || client.heard(mark);
    };
    const bool heard = client.until(is_over);
    count(client, stream, heard);
  }
  return !client.heard("goaway") && client.wire().ended().empty();
}

void Http2Load::count(Http2Client& client, std::uint32_t stream, bool heard) {
  const http2::Answer& answer = client.reader().answer(stream);
  if (answer.whole && answer.status == 200) {
    ++answered_;
  } else if (!answer.whole &&
             (stream > client.last_allowed() || client.heard("reset " + std::to_string(stream) + " REFUSED_STREAM"))) {
    ++repeated_;
  } else {
    ++lost_;
    crew_.note(answer.whole ? "status " + std::to_string(answer.status)
               : heard
                   ? "stream " + std::to_string(stream) + " was reset"
                   : "the connection ended (" + client.wire().ended() + ") before stream " + std::to_string(stream));
  }
}

Http2Account Http2Load::so_far() const {
  return {answered_, lost_, repeated_, refused_, opened_, crew_.first_problem()};
}

Http2Account Http2Load::stop() {
  crew_.stop();
  return so_far();
}

}  // namespace orrery::test
