#include "app.hpp"

#include <fstream>
#include <ios>
#include <orrery/files.hpp>
#include <orrery/json_nlohmann.hpp>
#include <orrery/multipart.hpp>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using orrery::HttpError;
using orrery::MultipartEvent;
using orrery::Request;

/// Takes the files of one form: each has its name when it is whole.
class Upload {
 public:
  Upload(const fs::path& directory, const Request& request)
      : directory_(directory), unfinished_(directory / (".unfinished-" + std::string{request.id()})) {}
  ~Upload() {
    std::error_code none;
    fs::remove(unfinished_, none);
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  void take(const MultipartEvent& event) {
    const bool is_file = event.head && event.head->filename;
    if (!is_file) return;
    if (event.kind == MultipartEvent::Kind::kPart) {
      const std::string& name = *event.head->filename;
      if (name.empty() || name.front() == '.')
        throw HttpError{400, "A file needs a name that does not begin with a dot."};
      file_.open(unfinished_, std::ios::binary | std::ios::trunc);
    }
    if (event.kind == MultipartEvent::Kind::kData) file_ << event.bytes;
    if (event.kind == MultipartEvent::Kind::kPartEnd) {
      file_.close();
      fs::rename(unfinished_, directory_ / *event.head->filename);
      names.push_back(*event.head->filename);
    }
    if (!file_) throw HttpError{507, "There is no room for this file."};
  }

  std::vector<std::string> names;

 private:
  fs::path directory_, unfinished_;
  std::ofstream file_;
};

}  // namespace

orrery::App make_app(const fs::path& directory) {
  orrery::App app;
  const orrery::Pool disk{app, "disk", {.threads = 4, .queue = 64}};
  const auto upload = [directory](const Request& request) {
    Upload files{directory, request};
    auto form = orrery::Multipart::begin(request.field("content-type").value_or(""), {},
                                         [&](const MultipartEvent& event) { files.take(event); });
    if (!form) throw HttpError{415, form.error().message};
    auto read = form->feed(request.body());
    if (read) read = form->end();
    if (!read) throw HttpError{400, read.error().message};
    return files.names;
  };
  app.post("/files", blocking(disk, upload), {.limit_request_body = std::size_t{1} << 30});
  serve_files(app, "/files", {.root = directory});
  return app;
}
