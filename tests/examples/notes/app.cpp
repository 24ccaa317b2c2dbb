#include "app.hpp"

#include <initializer_list>
#include <memory>
#include <orrery/json_nlohmann.hpp>
#include <sqlite3.h>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

struct Words {
  std::string text;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Words, text)
struct Note {
  sqlite3_int64 id = 0;
  std::string text;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Note, id, text)

namespace {

using orrery::HttpError;
using orrery::Json;
using orrery::Request;
using orrery::Response;

class Notes {
 public:
  orrery::Result<void> open(const Settings& settings) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(settings.database.c_str(), &opened);
    database_.reset(opened);
    if (code != SQLITE_OK) return orrery::fail("cannot open " + settings.database + ": " + sqlite3_errmsg(opened));
    // Another worker may be writing.
    sqlite3_busy_timeout(opened, static_cast<int>(settings.patience.count()));
    run("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    return {};
  }
  /// The notes that the statement returns, with `values` for its `?`.
  std::vector<Note> run(const char* text, std::initializer_list<std::variant<sqlite3_int64, std::string>> values = {}) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database_.get(), text, -1, &statement, nullptr), SQLITE_OK);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> kept{statement, &sqlite3_finalize};
    int place = 0;
    for (const auto& value : values) {
      ++place;
      if (const auto* words = std::get_if<std::string>(&value))
        check(sqlite3_bind_text(statement, place, words->data(), static_cast<int>(words->size()), nullptr), SQLITE_OK);
      else
        check(sqlite3_bind_int64(statement, place, std::get<sqlite3_int64>(value)), SQLITE_OK);
    }
    std::vector<Note> notes;
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
      const auto* const words = reinterpret_cast<const char*>(sqlite3_column_text(statement, 1));
      notes.push_back(
          {sqlite3_column_int64(statement, 0), {words, static_cast<std::size_t>(sqlite3_column_bytes(statement, 1))}});
    }
    check(code, SQLITE_DONE);
    return notes;
  }
  /// The one note that it returns.
  Note run_on_one(const char* text, std::initializer_list<std::variant<sqlite3_int64, std::string>> values) {
    auto notes = run(text, values);
    if (notes.empty()) throw HttpError{404, "There is no such note."};
    return std::move(notes.front());
  }

 private:
  void check(int code, int wanted) {
    if (code != wanted) throw std::runtime_error(sqlite3_errmsg(database_.get()));
  }
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database_{nullptr, &sqlite3_close};
};

}  // namespace

orrery::App make_app(const Settings& settings) {
  const auto notes = std::make_shared<Notes>();
  orrery::App app;
  // One thread in each worker: SQLite may wait for another worker, and its connection needs no lock.
  const orrery::Pool pool{app, "database", {.threads = 1, .queue = 256}};
  app.on_worker_start([notes, settings](orrery::Worker&) { return notes->open(settings); });
  app.get("/notes",
          blocking(pool, [notes](const Request&) { return notes->run("SELECT id, text FROM notes ORDER BY id"); }));
  app.post("/notes", blocking(pool, [notes](const Request&, const Json<Words>& said) {
             const Note note =
                 notes->run_on_one("INSERT INTO notes (text) VALUES (?) RETURNING id, text", {said.value.text});
             return Response::json(nlohmann::json(note).dump())
                 .with_status(201)
                 .with_field("Location", "/notes/" + std::to_string(note.id));
           }));
  app.get("/notes/{id}", blocking(pool, [notes](const Request&, std::int64_t id) {
            return notes->run_on_one("SELECT id, text FROM notes WHERE id = ?", {id});
          }));
  app.put(
      "/notes/{id}", blocking(pool, [notes](const Request&, std::int64_t id, const Json<Words>& said) {
        return notes->run_on_one("UPDATE notes SET text = ? WHERE id = ? RETURNING id, text", {said.value.text, id});
      }));
  app.del("/notes/{id}", blocking(pool, [notes](const Request&, std::int64_t id) {
            notes->run_on_one("DELETE FROM notes WHERE id = ? RETURNING id, text", {id});
            return Response::status(204);
          }));
  return app;
}
