// Notes in SQLite, over REST:
//
//   GET /notes   POST /notes {"text": …}   GET, PUT, DELETE /notes/{id}
//
// Each worker has a connection of its own, and a thread that waits for it, so any class.
#pragma once

#include <chrono>
#include <orrery/orrery.hpp>
#include <string>

struct Settings {
  std::string database = "notes.db";
  std::chrono::milliseconds patience{2000};
};

inline orrery::Section<Settings> section() {
  orrery::Section<Settings> section;
  section.add("database", &Settings::database, "File of the database, which the first worker makes.")
      .add("patience", &Settings::patience, "How long one worker waits for another that writes.", {.most = 60'000});
  return section;
}

orrery::App make_app(const Settings& settings);
