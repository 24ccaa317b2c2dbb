#include "os/last_words.hpp"

#include <atomic>
#include <cstddef>
#include <sys/socket.h>

namespace orrery::os {

namespace {

// Signal handlers can reach nothing but static storage.
std::atomic<const char*> words_begin{nullptr};
std::atomic<std::size_t> words_size{0};
std::atomic<int> words_socket{-1};

}  // namespace

LastWords::LastWords(int socket, std::string_view words) noexcept {
  words_begin.store(words.data(), std::memory_order_relaxed);
  words_size.store(words.size(), std::memory_order_relaxed);
  words_socket.store(socket, std::memory_order_release);
}

LastWords::~LastWords() { words_socket.store(-1, std::memory_order_relaxed); }

void speak_last_words() noexcept {
  const int socket = words_socket.exchange(-1, std::memory_order_acquire);
  if (socket < 0) return;
  ::send(socket, words_begin.load(std::memory_order_relaxed), words_size.load(std::memory_order_relaxed),
         MSG_NOSIGNAL | MSG_DONTWAIT);
  // Of what the client has sent something may be unread: a close would then take the words away from it.
  ::shutdown(socket, SHUT_WR);
}

}  // namespace orrery::os
