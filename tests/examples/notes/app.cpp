#include "app.hpp"

#include <charconv>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <sqlite3.h>
#include <utility>

namespace {

using nlohmann::json;
using orrery::HttpError;
using orrery::Request;
using orrery::Response;

/// One prepared statement, from its first parameter to its last row.
class Query {
 public:
  Query(sqlite3* database, const char* text) : database_(database) {
    check(sqlite3_prepare_v2(database, text, -1, &statement_, nullptr));
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { sqlite3_finalize(statement_); }

  /// `text` outlives the query, which makes no copy.
  Query& with(const std::string& text) {
    check(sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()), nullptr));
    return *this;
  }
  Query& with(sqlite3_int64 number) {
    check(sqlite3_bind_int64(statement_, ++bound_, number));
    return *this;
  }
  /// True while there is a row.
  bool next() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
    return code == SQLITE_ROW;
  }
  sqlite3_int64 number(int column) { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) {
    const auto* bytes = sqlite3_column_text(statement_, column);
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
  }
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

class Notes {
 public:
  orrery::Result<void> open(const std::string& path, std::chrono::milliseconds patience) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(path.c_str(), &opened);
    database_.reset(opened);
    if (code != SQLITE_OK) return orrery::fail("cannot open " + path + ": " + sqlite3_errmsg(opened));
    // Another worker may be writing.
    sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
    run("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)").next();
    return {};
  }
  json all() {
    const std::lock_guard lock{mutex_};
    json list = json::array();
    for (Query query = run("SELECT id, text FROM notes ORDER BY id"); query.next();)
      list.push_back({{"id", query.number(0)}, {"text", query.text(1)}});
    return list;
  }
  std::optional<json> find(sqlite3_int64 id) {
    const std::lock_guard lock{mutex_};
    Query query = run("SELECT text FROM notes WHERE id = ?");
    if (!query.with(id).next()) return {};
    return json{{"id", id}, {"text", query.text(0)}};
  }
  sqlite3_int64 add(const std::string& text) {
    const std::lock_guard lock{mutex_};
    run("INSERT INTO notes (text) VALUES (?)").with(text).next();
    return sqlite3_last_insert_rowid(database_.get());
  }
  bool change(sqlite3_int64 id, const std::string& text) {
    const std::lock_guard lock{mutex_};
    run("UPDATE notes SET text = ? WHERE id = ?").with(text).with(id).next();
    return sqlite3_changes(database_.get()) > 0;
  }
  bool remove(sqlite3_int64 id) {
    const std::lock_guard lock{mutex_};
    run("DELETE FROM notes WHERE id = ?").with(id).next();
    return sqlite3_changes(database_.get()) > 0;
  }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  Query run(const char* text) { return Query{database_.get(), text}; }

  std::mutex mutex_;  // class `threads` calls from several
  std::unique_ptr<sqlite3, Close> database_;
};

sqlite3_int64 id_of(const Request& request) {
  const std::string_view text = request.param("id");
  sqlite3_int64 id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) throw HttpError{404, "A note is named by its number."};
  return id;
}

std::string text_of(const Request& request) {
  const json body = json::parse(request.body(), nullptr, false);
  if (!body.is_object() || !body.contains("text") || !body["text"].is_string())
    throw HttpError{400, "The body is not {\"text\": \"…\"}."};
  return body["text"].get<std::string>();
}

HttpError no_such_note() { return {404, "There is no such note."}; }

}  // namespace

orrery::App make_app(const Settings& settings) {
  auto notes = std::make_shared<Notes>();
  orrery::App app;
  app.on_worker_start([notes, settings](orrery::Worker&) { return notes->open(settings.database, settings.patience); });
  app.get("/notes", [notes](const Request&) { return Response::json(notes->all().dump()); });
  app.post("/notes", [notes](const Request& request) {
    const std::string text = text_of(request);
    const auto id = notes->add(text);
    return Response::json(json{{"id", id}, {"text", text}}.dump())
        .with_status(201)
        .with_field("Location", "/notes/" + std::to_string(id));
  });
  app.get("/notes/{id}", [notes](const Request& request) {
    const auto note = notes->find(id_of(request));
    if (!note) throw no_such_note();
    return Response::json(note->dump());
  });
  app.put("/notes/{id}", [notes](const Request& request) {
    if (!notes->change(id_of(request), text_of(request))) throw no_such_note();
    return Response::status(204);
  });
  app.del("/notes/{id}", [notes](const Request& request) {
    if (!notes->remove(id_of(request))) throw no_such_note();
    return Response::status(204);
  });
  return app;
}
