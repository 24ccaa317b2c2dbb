#include "files/answer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "orrery/conditional.hpp"
#include "orrery/open_file.hpp"

#include "base/file_part.hpp"
#include "base/log.hpp"
#include "files/range.hpp"

namespace orrery::files {

namespace {

using std::chrono::system_clock;

void append_hex(std::string& text, std::uint64_t value) {
  std::array<char, 16> digits{};
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr);
}

std::int64_t nanoseconds_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(system_clock::now().time_since_epoch()).count();
}

/// No message may say that something was changed after the message was made (8.8.2.1).
HttpTime last_modified(const os::FileFacts& facts) {
  return std::min(facts.last_modified(), std::chrono::floor<std::chrono::seconds>(system_clock::now()));
}

[[noreturn, gnu::cold]] void fail_to_read(const std::string& name, long error) {
  if (error == base::kFileEnded) throw HttpError{503, "the file is being changed; please try again"};
  base::log_error("cannot read the file {}: {}", name, std::strerror(static_cast<int>(-error)));
  throw HttpError{500, "the file cannot be read"};
}

std::string read(FilePart part) {
  std::string bytes(part.length, '\0');
  std::size_t done = 0;
  while (part.length > 0) {
    const long got = base::read_part(part, bytes.data() + done, part.length);
    if (got <= 0) fail_to_read(part.file->name(), got);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

/// The small file whole, from memory where it is kept.
Kept::Bytes whole(const FilePart& file, const os::FileFacts& facts, Kept* kept) {
  if (kept)
    if (auto known = kept->find(facts)) return known;
  auto bytes = std::make_shared<const std::string>(read({file.file, 0, facts.size}));
  // Changed while it was read, it would be kept half old.
  if (kept && os::facts_of(file.file->descriptor()).value_or(os::FileFacts{}) == facts)
    kept->keep(facts, bytes, nanoseconds_now());
  return bytes;
}

Response with_body(const Representation& file, FilePart part, Kept* kept) {
  const os::FileFacts& facts = file.opened.facts;
  if (facts.size > kSmall) return Response::file(file.media_type, std::move(part));
  const Kept::Bytes bytes = whole(part, facts, kept);
  return Response::bytes(file.media_type, bytes->substr(part.offset, part.length));
}

/// Where a body is sent whole, or none is, Range is not asked.
Range range_for(const Request& request, const Validators& validators, std::uint64_t size) {
  const auto field = request.method() == "GET" ? request.field("range") : std::nullopt;
  if (!field || !range_holds(request, validators)) return {};
  return read_range(*field, size);
}

Response with_fields(Response response, const FixedFields* fields) {
  return fields ? std::move(response).with_fixed_fields(*fields) : std::move(response);
}

Response not_modified(std::string tag, const Shared& shared) {
  return with_fields(Response::status(304).with_field("ETag", std::move(tag)), shared.unchanged);
}

Response failed(const Shared& shared) {
  return with_fields(
      Response::text("the condition of this request is not met: the file has another state\n").with_status(412),
      shared.unchanged);
}

Response unsatisfiable(const Range& range, std::uint64_t size, const Shared& shared) {
  return with_fields(Response::text("the file has no bytes in this range\n")
                         .with_status(416)
                         .with_field("Content-Range", content_range(range, size)),
                     shared.unchanged);
}

Response sent(Representation file, const Range& range, std::string tag, HttpTime modified, const Shared& shared,
              Kept* kept) {
  const std::uint64_t size = file.opened.facts.size;
  const bool is_part = range.kind == Range::Kind::kPart;
  const auto open =
      std::make_shared<const OpenFile>(file.opened.file.release(), file.name, file.opened.facts.identity());
  const FilePart part{open, range.offset, is_part ? range.length : size};
  Response response = with_fields(with_body(file, part, kept), shared.whole);
  response.add_field("ETag", std::move(tag));
  response.add_field("Last-Modified", http_date(modified));
  if (file.coding != ContentCoding::kIdentity)
    response.add_field("Content-Encoding", std::string{name_of(file.coding)});
  if (!is_part) return response;
  response.add_field("Content-Range", content_range(range, size));
  return std::move(response).with_status(206);
}

}  // namespace

std::string entity_tag_of(const os::FileFacts& facts, ContentCoding coding) {
  std::string tag = "\"";
  append_hex(tag, facts.inode);
  append_hex(tag += '-', facts.size);
  append_hex(tag += '-', static_cast<std::uint64_t>(facts.modified));
  if (coding != ContentCoding::kIdentity) tag.append("-").append(name_of(coding));
  return tag + '"';
}

Response answer(const Request& request, Representation file, const Shared& shared, Kept* kept) {
  const os::FileFacts facts = file.opened.facts;
  std::string tag = entity_tag_of(facts, file.coding);
  const HttpTime modified = last_modified(facts);
  const Validators validators{tag, modified};
  switch (evaluate(request, validators)) {
    case Precondition::kFailed: return failed(shared);
    case Precondition::kNotModified: return not_modified(std::move(tag), shared);
    case Precondition::kMet: break;
  }
  const Range range = range_for(request, validators, facts.size);
  if (range.kind == Range::Kind::kUnsatisfiable) return unsatisfiable(range, facts.size, shared);
  return sent(std::move(file), range, std::move(tag), modified, shared, kept);
}

void refuse(int error, const std::string& name) {
  switch (error) {
    case EACCES:
    case EPERM: throw HttpError{403, "this file may not be read"};
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      base::log_error("cannot open the file {}: {}", name, std::strerror(error));
      throw HttpError{503, "the server cannot open more files now; please try again"};
    case EIO:
    case ESTALE:
    case ETIMEDOUT: fail_to_read(name, -error);
    default: throw HttpError{404, "there is no file of this name"};
  }
}

}  // namespace orrery::files
