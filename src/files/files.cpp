#include "orrery/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/content_coding.hpp"

#include "base/log.hpp"
#include "files/answer.hpp"
#include "files/disposition.hpp"
#include "files/kept.hpp"
#include "files/media_type.hpp"
#include "files/name.hpp"
#include "os/beneath.hpp"

namespace orrery {

namespace {

using files::Representation;
using Kind = os::FileFacts::Kind;

constexpr std::pair<std::string_view, std::string_view> kRanges{"Accept-Ranges", "bytes"};
constexpr std::pair<std::string_view, std::string_view> kNoSniffing{"X-Content-Type-Options", "nosniff"};
constexpr std::pair<std::string_view, std::string_view> kVary{"Vary", "Accept-Encoding"};

/// Files that may be sent in place of another, the smallest first.
struct Sibling {
  ContentCoding coding;
  std::string_view ending;
};
constexpr std::array kSiblings{Sibling{ContentCoding::kBrotli, ".br"}, Sibling{ContentCoding::kZstd, ".zst"},
                               Sibling{ContentCoding::kGzip, ".gz"}};

/// The fields of a directory's answers: nothing of them depends on the file but whether it may have siblings.
class FieldSets {
 public:
  explicit FieldSets(const std::string& cache_control)
      : control_{"Cache-Control", cache_control.empty() ? "no-cache" : std::string_view{cache_control}},
        says_control_(!cache_control.empty()),
        whole_(says_control_ ? FixedFields{kRanges, kNoSniffing, control_} : FixedFields{kRanges, kNoSniffing}),
        whole_varies_(says_control_ ? FixedFields{kRanges, kNoSniffing, control_, kVary}
                                    : FixedFields{kRanges, kNoSniffing, kVary}),
        unchanged_(says_control_ ? FixedFields{control_} : FixedFields{}),
        unchanged_varies_(says_control_ ? FixedFields{control_, kVary} : FixedFields{kVary}) {}

  [[nodiscard]] files::Shared of(bool varies) const {
    return varies ? files::Shared{&whole_varies_, &unchanged_varies_} : files::Shared{&whole_, &unchanged_};
  }

 private:
  std::pair<std::string_view, std::string_view> control_;
  bool says_control_;
  FixedFields whole_;
  FixedFields whole_varies_;
  FixedFields unchanged_;
  FixedFields unchanged_varies_;
};

/// One root as a worker has it. Made in the master with nothing open; opened after the fork.
class Site {
 public:
  explicit Site(Files options)
      : options_(std::move(options)),
        directory_((options_.root / "").string()),
        fields_(options_.cache_control),
        kept_(options_.memory) {}

  Result<void> open();
  [[nodiscard]] Response answer(const Request& request);

 private:
  /// Where a path leads: a regular file that is open, a directory to be called by its slash, or an errno.
  struct Found {
    os::Opened opened;
    std::string name;
    bool lacks_slash = false;
  };
  [[nodiscard]] Found find(const files::Name& name) const;
  [[nodiscard]] Found find_index(const files::Name& name) const;
  [[nodiscard]] Found find_fallback(int error) const;
  void choose_sibling(const Request& request, Representation& file) const;

  Files options_;
  std::string directory_;  ///< options_.root as a text, with a slash at its end
  FieldSets fields_;
  files::Kept kept_;
  std::optional<os::Beneath> root_;
};

Result<void> Site::open() {
  auto root = os::Beneath::open(options_.root.string());
  if (!root) return fail("serve_files: " + root.error().message);
  if (root->follows_no_links())
    base::log_warning("this kernel has no openat2(2): links below {} are not followed", options_.root.string());
  root_.emplace(std::move(*root));
  return {};
}

Site::Found Site::find_fallback(int error) const {
  Found found;
  found.opened.error = error;
  if (options_.fallback.empty()) return found;
  found.opened = root_->open_to_read(options_.fallback);
  found.name = options_.fallback;
  if (found.opened.error == 0 && found.opened.facts.kind != Kind::kRegular) found.opened.error = ENOENT;
  return found;
}

Site::Found Site::find_index(const files::Name& name) const {
  if (options_.index.empty()) return find_fallback(ENOENT);
  Found found;
  found.name = name.text.empty() ? options_.index : name.text + "/" + options_.index;
  found.opened = root_->open_to_read(found.name);
  if (found.opened.error == EACCES) return found;
  if (found.opened.error != 0 || found.opened.facts.kind != Kind::kRegular) return find_fallback(ENOENT);
  found.lacks_slash = !name.is_directory;
  return found;
}

Site::Found Site::find(const files::Name& name) const {
  Found found;
  found.name = name.text;
  found.opened = root_->open_to_read(name.text);
  if (found.opened.error == 0 && found.opened.facts.kind == Kind::kDirectory) return find_index(name);
  const bool is_file = found.opened.error == 0 && found.opened.facts.kind == Kind::kRegular && !name.is_directory;
  const bool is_told = found.opened.error != 0 && found.opened.error != ENOENT && found.opened.error != ENOTDIR;
  return is_file || is_told ? std::move(found) : find_fallback(ENOENT);
}

/// Takes the form that the client weighs highest of those that lie beside the file.
void Site::choose_sibling(const Request& request, Representation& file) const {
  auto accept = accepted_codings(request);
  if (!accept) return;
  std::vector<ContentCoding> untried;
  for (const Sibling& sibling : kSiblings) untried.push_back(sibling.coding);
  const std::string name = file.name;
  for (;;) {
    const auto coding = choose_coding(*accept, untried);
    // Refused are all that there are: the file as it is says more than an error.
    if (!coding || *coding == ContentCoding::kIdentity) return;
    const auto* const sibling =
        std::find_if(kSiblings.begin(), kSiblings.end(), [&](const Sibling& one) { return one.coding == *coding; });
    os::Opened opened = root_->open_to_read(name + std::string{sibling->ending});
    const bool fits =
        opened.error == 0 && opened.facts.kind == Kind::kRegular && opened.facts.modified >= file.opened.facts.modified;
    if (fits) {
      file.opened = std::move(opened);
      file.coding = *coding;
      file.name += sibling->ending;
      return;
    }
    std::erase(untried, *coding);
  }
}

Response Site::answer(const Request& request) {
  if (!root_) throw HttpError{500, "the directory of these files is not open: no worker has started"};
  const files::Name name = files::read_name(request.target(), request.param("path"), request.path(), options_.hidden);
  if (name.is_refused) files::refuse(ENOENT, {});
  Found found = find(name);
  if (found.opened.error != 0) files::refuse(found.opened.error, directory_ + found.name);
  if (found.lacks_slash) return Response::status(301).with_field("Location", files::with_slash(request.target()));
  const std::string_view media_type = files::media_type_of(found.name);
  Representation file{std::move(found.opened), std::move(found.name), media_type};
  const bool varies = options_.precompressed && is_compressible(file.media_type);
  if (varies) choose_sibling(request, file);
  file.name.insert(0, directory_);
  return files::answer(request, std::move(file), fields_.of(varies), &kept_);
}

}  // namespace

App& serve_files(App& app, std::string_view prefix, Files files) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  const std::string root = files.root.string();
  const auto site = std::make_shared<Site>(std::move(files));
  app.on_check([root](const Config&) -> Result<void> {
    const auto opened = os::Beneath::open(root);
    return opened ? Result<void>{} : fail("serve_files: " + opened.error().message);
  });
  app.on_worker_start([site](Worker&) { return site->open(); });
  app.get(std::string{prefix} + "/{path...}", [site](const Request& request) { return site->answer(request); });
  return app;
}

Response file_response(const Request& request, const std::filesystem::path& path, std::string_view name) {
  static const FixedFields kWhole{kRanges, kNoSniffing};
  os::Opened opened = os::open_to_read(path.string());
  if (opened.error == 0 && opened.facts.kind != Kind::kRegular) opened.error = ENOENT;
  if (opened.error != 0) files::refuse(opened.error, path.string());
  const std::string_view type = files::media_type_of(name.empty() ? path.string() : std::string{name});
  Response response = files::answer(request, {std::move(opened), path.string(), type}, {&kWhole, nullptr}, nullptr);
  response.add_field("Cache-Control", "private, no-cache");
  const bool has_body = response.status() == 200 || response.status() == 206;
  if (has_body && !name.empty()) response.add_field("Content-Disposition", files::attachment(name));
  return response;
}

}  // namespace orrery
