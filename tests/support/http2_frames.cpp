#include "support/http2_frames.hpp"

#include <algorithm>
#include <array>
#include <nghttp2/nghttp2.h>
#include <stdexcept>

namespace orrery::test::http2 {

namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t at, int size = 4) {
  std::uint32_t value = 0;
  for (int i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
  return value;
}

/// RFC 7541, 5.1 and 5.2, without Huffman.
void append_text(std::string& out, std::string_view text) {
  std::size_t length = text.size();
  if (length < 127) {
    out.push_back(static_cast<char>(length));
  } else {
    out.push_back(127);
    for (length -= 127; length >= 128; length /= 128) out.push_back(static_cast<char>(length % 128 + 128));
    out.push_back(static_cast<char>(length));
  }
  out.append(text);
}

}  // namespace

std::string number(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
  return out;
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  std::string out = number(static_cast<std::uint32_t>(payload.size()), 3);
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  return out + number(stream) + std::string{payload};
}

std::string block(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    out.push_back('\0');
    append_text(out, name);
    append_text(out, value);
  }
  return out;
}

Fields get(const Fields& other) {
  Fields fields{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a.example"}};
  for (const auto& [name, value] : other) {
    const auto same =
        std::find_if(fields.begin(), fields.end(), [&known = name](const auto& field) { return field.first == known; });
    if (same == fields.end())
      fields.emplace_back(name, value);
    else
      same->second = value;
  }
  fields.erase(std::remove_if(fields.begin(), fields.end(), [](const auto& field) { return field.second.empty(); }),
               fields.end());
  return fields;
}

std::string headers(std::uint32_t stream, const Fields& fields, std::uint8_t flags) {
  return frame(kHeaders, flags, stream, block(fields));
}

std::string data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags) {
  return frame(kData, flags, stream, bytes);
}

std::string setting(std::uint16_t id, std::uint32_t value) { return number(id, 2) + number(value); }

std::string settings(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& entries) {
  std::string payload;
  for (const auto& [id, value] : entries) payload += setting(id, value);
  return frame(kSettings, 0, 0, payload);
}

std::string reset(std::uint32_t stream, std::uint32_t error) { return frame(kRstStream, 0, stream, number(error)); }
std::string window(std::uint32_t stream, std::uint32_t size) { return frame(kWindowUpdate, 0, stream, number(size)); }
std::string ping(std::string_view eight, std::uint8_t flags) { return frame(kPing, flags, 0, eight); }

std::string name_of_error(std::uint32_t code) {
  constexpr std::array<const char*, 14> kNames{"NO_ERROR",
                                               "PROTOCOL_ERROR",
                                               "INTERNAL_ERROR",
                                               "FLOW_CONTROL_ERROR",
                                               "SETTINGS_TIMEOUT",
                                               "STREAM_CLOSED",
                                               "FRAME_SIZE_ERROR",
                                               "REFUSED_STREAM",
                                               "CANCEL",
                                               "COMPRESSION_ERROR",
                                               "CONNECT_ERROR",
                                               "ENHANCE_YOUR_CALM",
                                               "INADEQUATE_SECURITY",
                                               "HTTP_1_1_REQUIRED"};
  return code < kNames.size() ? kNames.at(code) : std::to_string(code);
}

std::string Answer::field(std::string_view name) const {
  for (const auto& [own, value] : fields)
    if (own == name) return value;
  return {};
}

void Reader::Free::operator()(nghttp2_hd_inflater* inflater) const noexcept { nghttp2_hd_inflate_del(inflater); }

Reader::Reader() {
  nghttp2_hd_inflater* made = nullptr;
  nghttp2_hd_inflate_new(&made);
  inflater_.reset(made);
}
Reader::~Reader() = default;

void Reader::read(std::string_view bytes) {
  held_.append(bytes);
  while (held_.size() >= 9) {
    const std::size_t length = number_at(held_, 0, 3);
    if (length > 16384) throw std::runtime_error("a frame of " + std::to_string(length) + " bytes");
    if (held_.size() < 9 + length) return;
    const std::string whole = held_.substr(0, 9 + length);
    held_.erase(0, whole.size());
    take(static_cast<std::uint8_t>(whole[3]), static_cast<std::uint8_t>(whole[4]), number_at(whole, 5),
         std::string_view{whole}.substr(9));
  }
}

void Reader::end(std::uint32_t stream) {
  answers_[stream].whole = true;
  events_.push_back("end " + std::to_string(stream));
}

void Reader::take(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  const std::string id = std::to_string(stream);
  switch (type) {
    case kData:
      answers_[stream].body.append(payload);
      events_.push_back("data " + id + " " + std::to_string(payload.size()));
      break;
    case kHeaders: take_headers(stream, payload); break;
    case kRstStream: events_.push_back("reset " + id + " " + name_of_error(number_at(payload, 0))); return;
    case kSettings: return take_settings(flags, payload);
    case kPing: events_.push_back((flags & kAck) != 0 ? "pong " + std::string{payload} : "ping"); return;
    case kGoaway:
      events_.push_back("goaway " + std::to_string(number_at(payload, 0)) + " " + name_of_error(number_at(payload, 4)));
      return;
    case kWindowUpdate: opened_[stream] += number_at(payload, 0); return;
    default: throw std::runtime_error("a server sends no frame of type " + std::to_string(type));
  }
  if ((flags & kEndStream) != 0) end(stream);
}

void Reader::take_settings(std::uint8_t flags, std::string_view payload) {
  if ((flags & kAck) != 0) return events_.push_back("acked");
  for (std::size_t at = 0; at < payload.size(); at += 6)
    settings_[static_cast<std::uint16_t>(number_at(payload, at, 2))] = number_at(payload, at + 2);
}

void Reader::take_headers(std::uint32_t stream, std::string_view payload) {
  Answer& answer = answers_[stream];
  answer.block_bytes += payload.size();
  // Whose fields they are, unless a status says otherwise.
  Fields* to = &answer.trailers;
  const auto* in = reinterpret_cast<const std::uint8_t*>(payload.data());
  std::size_t left = payload.size();
  for (;;) {
    nghttp2_nv field{};
    int flags = 0;
    const ssize_t used = nghttp2_hd_inflate_hd2(inflater_.get(), &field, &flags, in, left, 1);
    if (used < 0) throw std::runtime_error("a header block that cannot be read");
    in += used;
    left -= static_cast<std::size_t>(used);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      const std::string name{reinterpret_cast<const char*>(field.name), field.namelen};
      const std::string value{reinterpret_cast<const char*>(field.value), field.valuelen};
      if (name == ":status")
        to = &take_status(answer, stream, value);
      else
        to->emplace_back(name, value);
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0) break;
  }
  nghttp2_hd_inflate_end_headers(inflater_.get());
  if (to == &answer.trailers) events_.push_back("trailers " + std::to_string(stream));
}

Fields& Reader::take_status(Answer& answer, std::uint32_t stream, const std::string& value) {
  if (answer.status != 0) throw std::runtime_error("a status behind the head");
  events_.push_back(value + " " + std::to_string(stream));
  if (value.front() != '1') {
    answer.status = std::stoi(value);
    return answer.fields;
  }
  answer.interim.push_back(std::stoi(value));
  return answer.interim_fields;
}

}  // namespace orrery::test::http2
