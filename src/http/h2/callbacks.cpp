#include "http/h2/callbacks.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include "http/h2/connection.hpp"
#include "http/h2/stream.hpp"

namespace orrery::http::h2 {

namespace {

constexpr std::size_t kFlushAt = 64 * 1024;
constexpr std::size_t kContinuationPieces = 10'000;
/// Frames without content that a frame of ours makes due: WINDOW_UPDATE.
constexpr double kFramesDueForData = 2;

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

RequestId id_of(std::int32_t stream) { return static_cast<RequestId>(stream); }

bool ends_stream(const nghttp2_frame& frame) { return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0; }

/// Later versions of nghttp2 count CONTINUATION frames, each once for every piece in which its head comes. We count
/// whole ones (Connection::is_tolerable).
template <class Option>
void let_continuations_pass(Option* option) {
  if constexpr (requires { nghttp2_option_set_max_continuations(option, kContinuationPieces); })
    nghttp2_option_set_max_continuations(option, kContinuationPieces);
}

template <auto kDelete>
struct Deleter {
  template <class Object>
  void operator()(Object* object) const noexcept {
    kDelete(object);
  }
};

}  // namespace

/// Runs `act`; what it throws, or a fault that it found, stops the library.
template <class Act>
int Callbacks::guarded(Connection& connection, Act&& act) noexcept {
  try {
    act();
  } catch (const std::bad_alloc&) {
    connection.no_memory_ = true;
  }
  return connection.no_memory_ || connection.fault_ ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

void Callbacks::on_begin_headers(Connection& connection, const nghttp2_frame& frame) {
  connection.head_started_ = connection.now_;
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    Stream& stream = connection.begin_request(id_of(frame.hd.stream_id));
    return connection.head_.begin(*stream.request.message);
  }
  Stream* const stream = connection.find(id_of(frame.hd.stream_id));
  if (!stream || stream->gone) return connection.head_.ignore();
  stream->answered() ? connection.head_.judge_trailers() : connection.head_.begin_trailers(*stream->request.message);
}

void Callbacks::on_frame(Connection& connection, const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS: {
      connection.head_started_ = {};
      Stream* const stream = connection.find(id_of(frame.hd.stream_id));
      if (!stream) return;
      if (frame.headers.cat == NGHTTP2_HCAT_REQUEST)
        connection.take_head(*stream, ends_stream(frame));
      else
        connection.take_trailers(*stream, ends_stream(frame));
      return;
    }
    case NGHTTP2_DATA:
      if (Stream* const stream = connection.find(id_of(frame.hd.stream_id)); stream && ends_stream(frame))
        connection.end_body(*stream);
      return;
    case NGHTTP2_RST_STREAM: return connection.on_reset(id_of(frame.hd.stream_id));
    case NGHTTP2_PING:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0 && connection.leaving_ == Connection::Leaving::kAsked)
        connection.say_last();
      return;
    default: return;
  }
}

void Callbacks::on_frame_sent(Connection& connection, const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_GOAWAY && frame.goaway.error_code != NGHTTP2_NO_ERROR)
    return connection.tell_fault(frame.goaway.error_code == NGHTTP2_ENHANCE_YOUR_CALM ? base::Reject::frame_flood
                                                                                      : base::Reject::bad_frame);
  if (frame.hd.type == NGHTTP2_GOAWAY && connection.leaving_ == Connection::Leaving::kAsked)
    return connection.ask_for_round_trip();
  // Those of DATA are told where they are written: before that the frame does not stand in the output.
  if (frame.hd.type != NGHTTP2_HEADERS || !ends_stream(frame)) return;
  Stream* const stream = connection.find(id_of(frame.hd.stream_id));
  if (!stream) return;
  stream->blocked.end();
  connection.on_written(*stream);
}

/// How much of the response the next frame has.
ssize_t Callbacks::read(Stream& stream, std::size_t length, std::uint32_t& flags) {
  // Its end will be the RST_STREAM that waits behind this frame.
  if (stream.gone) return NGHTTP2_ERR_DEFERRED;
  const std::uint64_t waiting = stream.out.size();
  if (waiting == 0 && stream.breaking) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (waiting == 0 && !stream.out_ended) {
    stream.deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(waiting, length));
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (size == waiting && stream.out_ended) flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(size);
}

/// Writes one DATA frame: its head, and its bytes straight from the response.
int Callbacks::write(Connection& connection, const nghttp2_frame& frame, const std::uint8_t* head, std::size_t length,
                     Stream& stream) {
  constexpr std::size_t kHeadSize = 9;
  Output& output = *connection.output_;
  if (stream.gone) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (output.size() >= kFlushAt) return NGHTTP2_ERR_WOULDBLOCK;
  char* const room = output.reserve(kHeadSize + length);
  std::memcpy(room, head, kHeadSize);
  if (!stream.out.take(room + kHeadSize, length)) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  output.commit(kHeadSize + length);
  stream.body_sent += length;
  stream.blocked.took(length);
  if (stream.out.size() == 0 && !stream.breaking) stream.blocked.end();
  connection.frames_.earn(kFramesDueForData);
  if (ends_stream(frame))
    connection.on_written(stream);
  else if (stream.request.phase == RequestState::Phase::kStreaming)
    connection.wake(stream);
  return 0;
}

struct Callbacks::Trampolines {
  static Connection& of(void* user) { return *static_cast<Connection*>(user); }

  static ssize_t send(nghttp2_session*, const std::uint8_t* data, std::size_t length, int, void* user) noexcept {
    Connection& connection = of(user);
    if (connection.output_->size() >= kFlushAt) return NGHTTP2_ERR_WOULDBLOCK;
    const int failed = guarded(connection, [&] { connection.output_->append(text_of(data, length)); });
    return failed != 0 ? failed : static_cast<ssize_t>(length);
  }
  static int send_data(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* head, std::size_t length,
                       nghttp2_data_source* source, void* user) noexcept {
    int result = 0;
    const int failed =
        guarded(of(user), [&] { result = write(of(user), *frame, head, length, *static_cast<Stream*>(source->ptr)); });
    return failed != 0 ? failed : result;
  }
  static ssize_t read_data(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t length, std::uint32_t* flags,
                           nghttp2_data_source* source, void* user) noexcept {
    Stream& stream = *static_cast<Stream*>(source->ptr);
    const ssize_t size = read(stream, length, *flags);
    if ((*flags & NGHTTP2_DATA_FLAG_EOF) == 0 || !stream.has_trailers()) return size;
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const int failed = guarded(of(user), [&] { of(user).submit_trailers(stream); });
    return failed != 0 ? failed : size;
  }
  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) noexcept {
    return guarded(of(user), [&] { on_begin_headers(of(user), *frame); });
  }
  static int header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) noexcept {
    return guarded(of(user), [&] { of(user).head_.take(text_of(name, name_size), text_of(value, value_size)); });
  }
  static int frame(nghttp2_session*, const nghttp2_frame* whole, void* user) noexcept {
    return guarded(of(user), [&] { on_frame(of(user), *whole); });
  }
  static int data(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* user) noexcept {
    return guarded(of(user), [&] {
      // The connection's window is not what bounds memory: see Intake.
      nghttp2_session_consume_connection(session, size);
      if (Stream* const stream = of(user).find(id_of(id))) of(user).take_data(*stream, text_of(bytes, size));
    });
  }
  static int stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) noexcept {
    return guarded(of(user), [&] { of(user).on_stream_closed(id_of(id), error); });
  }
  static int frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) noexcept {
    return guarded(of(user), [&] { on_frame_sent(of(user), *frame); });
  }
};

void Callbacks::fill(nghttp2_session_callbacks* callbacks) {
  nghttp2_session_callbacks_set_send_callback(callbacks, Trampolines::send);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, Trampolines::send_data);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Trampolines::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Trampolines::header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Trampolines::frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Trampolines::data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Trampolines::stream_closed);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Trampolines::frame_sent);
}

nghttp2_data_provider Callbacks::provider_of(Stream& stream) {
  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = Trampolines::read_data;
  return provider;
}

void Callbacks::open_session(Connection& connection) {
  nghttp2_session_callbacks* made_callbacks = nullptr;
  nghttp2_option* made_options = nullptr;
  if (nghttp2_session_callbacks_new(&made_callbacks) != 0) throw std::bad_alloc();
  const std::unique_ptr<nghttp2_session_callbacks, Deleter<nghttp2_session_callbacks_del>> callbacks{made_callbacks};
  if (nghttp2_option_new(&made_options) != 0) throw std::bad_alloc();
  const std::unique_ptr<nghttp2_option, Deleter<nghttp2_option_del>> options{made_options};
  fill(callbacks.get());
  // What fields mean is judged by our own rules (Head), which have names; windows are opened by Intake.
  nghttp2_option_set_no_http_messaging(options.get(), 1);
  nghttp2_option_set_no_auto_window_update(options.get(), 1);
  nghttp2_option_set_no_closed_streams(options.get(), 1);
  let_continuations_pass(options.get());
  nghttp2_option_set_builtin_recv_extension_type(options.get(), NGHTTP2_PRIORITY_UPDATE);
  connection.session_.open(callbacks.get(), &connection, options.get());
}

void Connection::introduce() {
  Callbacks::open_session(*this);
  const std::array<nghttp2_settings_entry, 4> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
       static_cast<std::uint32_t>(context_.config.http2_max_concurrent_streams)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(context_.config.limit_request_head)},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
      {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
  }};
  const std::size_t said = has_web_sockets(context_) ? settings.size() : settings.size() - 1;
  if (nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings.data(), said) != 0 ||
      nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0,
                                            static_cast<std::int32_t>(kLargestWindow)) != 0)
    throw std::bad_alloc();
}

}  // namespace orrery::http::h2
