// Bearer: who may come in with which token (RFC 6750), as a ready-made layer.
//
//   app.group("/api").layer(bearer<User>([users](std::string_view token) { return users->find(token); }));
//   …
//   const User& user = *request.extras().get<User>();
//
// What is asked is a function of the application, on the loop thread: it looks into memory and must not block. Compare
// secrets with same_secret().
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/export.hpp"
#include "orrery/layer.hpp"

namespace orrery {

/// Whether both are the same, in a time that tells nothing of where they differ.
ORRERY_EXPORT bool same_secret(std::string_view a, std::string_view b);

namespace bearers {

/// The token of `Authorization: Bearer …`. Throws HttpError 401 when there is none.
ORRERY_EXPORT std::string_view token_of(Request& request);
/// Throws HttpError 401: the token is not known.
[[noreturn]] ORRERY_EXPORT void refuse(Request& request);
/// WWW-Authenticate, which an answer 401 must have.
ORRERY_EXPORT void challenge(const Request& request, Response& response, const std::string& realm);

}  // namespace bearers

/// `known` says whose token it is, or nothing: then the answer is 401. A User is what the handler finds in
/// Request::extras(). `realm`: what the token is for, told to the client; without quotes and backslashes.
template <class User>
Layer bearer(std::function<std::optional<User>(std::string_view token)> known, std::string realm = "service") {
  return {"bearer",
          [known = std::move(known)](Request& request) -> std::optional<Response> {
            std::optional<User> user = known(bearers::token_of(request));
            if (!user) bearers::refuse(request);
            request.extras().set(*std::move(user));
            return {};
          },
          [realm = std::move(realm)](const Request& request, Response& response) {
            bearers::challenge(request, response, realm);
          }};
}

}  // namespace orrery
