// fetch: the same GET many times with libcurl, in one of three ways; scripts/bench article takes the time.
//
//   fetch easy URL COUNT              one after the other on one handle, which keeps its connection
//   fetch threads URL COUNT THREADS   a pool of threads, a handle each
//   fetch multi URL COUNT             all at once on one event loop, one thread
//
// Exits with 1 when a response is not a 200.
#include <atomic>
#include <charconv>
#include <cstdio>
#include <curl/curl.h>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct CloseEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct CloseMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, CloseEasy>;
using Multi = std::unique_ptr<CURLM, CloseMulti>;

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

Easy handle_for(const std::string& url) {
  Easy handle{curl_easy_init()};
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  return handle;
}

bool answered_well(CURL* handle, CURLcode result) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (result == CURLE_OK && status == 200) return true;
  std::fprintf(stderr, "fetch: %s, status %ld\n", curl_easy_strerror(result), status);
  return false;
}

/// Takes requests from `left` until none is left.
bool one_by_one(const std::string& url, std::atomic<int>& left) {
  const Easy handle = handle_for(url);
  bool good = true;
  while (good && left.fetch_sub(1) > 0) good = answered_well(handle.get(), curl_easy_perform(handle.get()));
  return good;
}

bool by_threads(const std::string& url, int count, int threads) {
  std::atomic<int> left{count};
  std::atomic<bool> good{true};
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&] {
      if (!one_by_one(url, left)) good = false;
    });
  }
  for (std::thread& thread : pool) thread.join();
  return good;
}

bool at_once(const std::string& url, int count) {
  const Multi multi{curl_multi_init()};
  std::vector<Easy> handles;
  for (int i = 0; i < count; ++i) {
    handles.push_back(handle_for(url));
    curl_multi_add_handle(multi.get(), handles.back().get());
  }
  int running = count;
  bool good = true;
  while (running > 0) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) return false;
    int more = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &more))
      if (message->msg == CURLMSG_DONE) good = answered_well(message->easy_handle, message->data.result) && good;
    if (running > 0) curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  }
  for (const Easy& handle : handles) curl_multi_remove_handle(multi.get(), handle.get());
  return good;
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const int count = words.size() > 2 ? number(words[2]) : 0;
  const int threads = words.size() > 3 ? number(words[3]) : 0;
  if (count <= 0 || (words[0] == "threads") != (threads > 0)) {
    std::fputs("usage: fetch easy URL COUNT | fetch threads URL COUNT THREADS | fetch multi URL COUNT\n", stderr);
    return 2;
  }
  curl_global_init(CURL_GLOBAL_ALL);
  std::atomic<int> left{count};
  const bool good = words[0] == "multi"     ? at_once(words[1], count)
                    : words[0] == "threads" ? by_threads(words[1], count, threads)
                                            : one_by_one(words[1], left);
  curl_global_cleanup();
  return good ? 0 : 1;
}
