// Files that are sent up and fetched again:
//
//   POST /files          a form (multipart/form-data) with files; answers their names
//   GET /files/{name}    one of them, whole or in parts
//
// What writes to the disk has threads of its own, so any class.
#pragma once

#include <filesystem>
#include <orrery/orrery.hpp>

/// `directory` is there; nothing outside of it is read or written.
orrery::App make_app(const std::filesystem::path& directory);
