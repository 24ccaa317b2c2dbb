#include "master/children.hpp"

#include <algorithm>

namespace orrery::master {

namespace {

template <class Range, class Predicate>
auto* find_child(Range& children, Predicate predicate) {
  const auto found = std::find_if(children.begin(), children.end(), predicate);
  return found == children.end() ? nullptr : &*found;
}

}  // namespace

Child& Children::add(unsigned place, unsigned generation) {
  Child child;
  child.number = next_number_++;
  child.place = place;
  child.generation = generation;
  return children_.emplace_back(child);
}

void Children::remove(unsigned number) {
  std::erase_if(children_, [number](const Child& child) { return child.number == number; });
}

Child* Children::with_pid(pid_t pid) {
  if (pid <= 0) return nullptr;
  return find_child(children_, [pid](const Child& child) { return child.pid == pid; });
}

Child* Children::with_number(unsigned number) {
  return find_child(children_, [number](const Child& child) { return child.number == number; });
}

Child* Children::current(unsigned place, unsigned generation) {
  return find_child(children_, [=](const Child& child) {
    return child.live() && child.place == place && child.generation == generation && !child.spent;
  });
}

Child* Children::former(unsigned place, unsigned generation) {
  return find_child(children_, [=](const Child& child) {
    return child.ready() && child.place == place && (child.generation != generation || child.spent);
  });
}

bool Children::has_ready(unsigned place) const {
  return find_child(children_, [=](const Child& child) { return child.ready() && child.place == place; }) != nullptr;
}

bool Children::has_ready(unsigned place, unsigned generation) const {
  return std::any_of(begin(), end(), [=](const Child& child) {
    return child.ready() && child.place == place && child.generation == generation && !child.spent;
  });
}

bool Children::all_ready(unsigned places) const {
  for (unsigned place = 0; place < places; ++place) {
    if (!has_ready(place)) return false;
  }
  return true;
}

unsigned Children::ready() const {
  return static_cast<unsigned>(std::count_if(begin(), end(), [](const Child& child) { return child.ready(); }));
}

unsigned Children::live() const {
  return static_cast<unsigned>(std::count_if(begin(), end(), [](const Child& child) { return child.live(); }));
}

bool Children::any_of(unsigned generation) const {
  return std::any_of(begin(), end(), [=](const Child& child) { return child.generation == generation; });
}

unsigned Children::oldest_place(unsigned places) const {
  const Child* oldest = find_child(children_, [=](const Child& child) { return child.live() && child.place < places; });
  return oldest != nullptr ? oldest->place : places - 1;
}

void Children::swap_places(unsigned one, unsigned other) {
  for (Child& child : children_) {
    if (child.place == one) {
      child.place = other;
    } else if (child.place == other) {
      child.place = one;
    }
  }
}

}  // namespace orrery::master
