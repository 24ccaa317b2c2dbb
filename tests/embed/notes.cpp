// Part of a stranger's service: layers, typed handlers, JSON by a codec of its own, one form of errors.
#include <charconv>
#include <map>
#include <orrery/orrery.hpp>

struct User {
  std::string name;
};
struct Note {
  std::string text;
};

/// A JSON string without escapes: what a program without a JSON library may do.
template <>
struct orrery::JsonCodec<Note> {
  static Result<Note> read(std::string_view json) {
    if (json.size() < 2 || json.front() != '"' || json.back() != '"') return fail("it is no string");
    return Note{std::string{json.substr(1, json.size() - 2)}};
  }
  static void write(const Note& note, std::string& out) { out += '"' + note.text + '"'; }
};

void add_notes(orrery::App& app) {
  using namespace orrery;
  app.layer(cors({.origins = {"https://notes.example"}}));
  app.layer(security_headers());
  app.on_error([](const Problem& problem) {
    return Response::text("error " + std::to_string(problem.status) + ": " + problem.message + "\n")
        .with_status(problem.status);
  });

  auto notes = app.group("/notes");
  notes.layer(bearer<User>([](std::string_view token) -> std::optional<User> {
    if (same_secret(token, "letmein")) return User{"ann"};
    return {};
  }));
  notes.get("/{id}", [](const Request& request, std::int64_t id) -> Note {
    if (id != 7) throw HttpError{404, "There is no such note."};
    return {request.extras().get<User>()->name + "'s note"};
  });
  notes.post("", [](const Request&, Json<Note> note) { return note.value; });
}
