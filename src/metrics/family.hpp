// Family: one metric of the application, and its values in memory that all workers share.
//
// Made in the master with the App. Workers write, any thread, without a lock; the admin process reads. A worker may be
// killed at any instruction: then what it was about to add is lost, and a series whose name it was about to write is
// never used, and nothing waits for it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "orrery/shared_memory.hpp"

namespace orrery::os {
class Ledger;
}  // namespace orrery::os

namespace orrery::metrics {

enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };

/// One line of an exposition.
struct Sample {
  std::string_view suffix;                                  ///< behind the name: "_bucket"
  std::vector<std::pair<std::string, std::string>> labels;  ///< name and value, not escaped
  std::string value;
};

class Family {
 public:
  /// Throws std::invalid_argument with a sentence.
  Family(Kind kind, std::string name, std::string help, std::vector<std::string> labels = {});
  virtual ~Family() = default;
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& help() const { return help_; }
  /// `alive`: the workers there are. With a `ledger` (it may be null) counters and histograms are those of all masters,
  /// and what this one counted is entered there.
  [[nodiscard]] virtual std::vector<Sample> samples(std::span<const pid_t> alive, os::Ledger* ledger) const = 0;
  /// Goes on in the memory of `older`, which was made for an App before: for workers that are not forked yet, and
  /// without losing what others count there. False when it has another form: then this one stays on its own.
  bool share(const Family& older);
  /// Enters what this master's workers have counted.
  void enter(os::Ledger& ledger) const { (void)samples({}, &ledger); }

 protected:
  /// Of this family in the ledger; what differs in its labels is another family.
  [[nodiscard]] std::string ledger_name() const;
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  /// Of one with the same kind, name and labels.
  virtual bool take_memory(const Family& older) = 0;

 private:
  Kind kind_;
  std::string name_, help_;
  std::vector<std::string> labels_;
};

class CounterFamily final : public Family {
 public:
  CounterFamily(std::string name, std::string help, std::vector<std::string> labels, std::size_t most_series);

  using Values = std::initializer_list<std::string_view>;
  void add(std::uint64_t n, Values values);
  [[nodiscard]] std::uint64_t value(Values values) const;
  [[nodiscard]] std::vector<Sample> samples(std::span<const pid_t> alive, os::Ledger* ledger) const override;

 private:
  static constexpr std::size_t kLongestKey = 112;
  /// All zero at first.
  struct Series {
    enum State : std::uint32_t { kFree, kBeingNamed, kNamed };
    std::atomic<std::uint32_t> state;
    std::uint32_t length;
    std::array<char, kLongestKey> key;
    std::atomic<std::uint64_t> count;
    [[nodiscard]] std::string_view name() const { return {key.data(), length}; }
  };
  static_assert(sizeof(Series) == 128);

  /// The values of the labels, one behind the other.
  class Key {
   public:
    Key(std::size_t labels, Values values);
    [[nodiscard]] bool fits() const { return length_ <= kLongestKey; }
    [[nodiscard]] std::string_view text() const { return {bytes_.data(), std::min(length_, kLongestKey)}; }

   private:
    void put(char c) {
      if (length_ < kLongestKey) bytes_[length_] = c;
      ++length_;
    }
    std::array<char, kLongestKey> bytes_;
    std::size_t length_ = 0;
  };

  bool take_memory(const Family& older) override;
  Series& find_or_add(std::string_view key);
  Series* name_it(Series& series, std::string_view key);
  [[nodiscard]] Sample sample_of(std::string_view key, std::uint64_t count) const;
  /// By key, with those of no series of their own under `other`.
  [[nodiscard]] std::map<std::string, std::uint64_t> sums() const;

  std::size_t most_series_;
  std::size_t places_;  ///< a power of 2, and behind them the one for all others
  std::shared_ptr<SharedMemory> memory_;
  Series* series_;
  std::atomic<std::uint64_t>* used_;
};

class GaugeFamily final : public Family {
 public:
  /// `places`: of processes that hold something at once; by default twice as many as there can be workers.
  GaugeFamily(std::string name, std::string help, std::size_t places = 1024);

  /// This process's value; null when there are more processes than places.
  std::atomic<std::int64_t>* own();
  [[nodiscard]] std::vector<Sample> samples(std::span<const pid_t> alive, os::Ledger* ledger) const override;

 private:
  struct Cell {
    std::atomic<pid_t> owner;
    std::atomic<std::int64_t> value;
  };
  bool take_memory(const Family& older) override;
  Cell* claim();

  std::shared_ptr<SharedMemory> memory_;
  std::span<Cell> cells_;
  std::mutex claiming_;
  std::atomic<Cell*> own_{nullptr};
  std::atomic<std::uint64_t> own_since_{0};  ///< the fork after which it was claimed
};

class HistogramFamily final : public Family {
 public:
  HistogramFamily(std::string name, std::string help, std::vector<double> bounds);

  void observe(double value);
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::vector<Sample> samples(std::span<const pid_t> alive, os::Ledger* ledger) const override;

 private:
  bool take_memory(const Family& older) override;

  std::vector<double> bounds_;
  std::shared_ptr<SharedMemory> memory_;
  std::atomic<std::uint64_t>* counts_;  ///< one more than bounds
  std::atomic<double>* sum_;
};

}  // namespace orrery::metrics
