// Extras: values that a layer leaves with a request for what comes behind it: other layers, and the handler.
//
// One value for each type: `request.extras().set(User{…})` in a layer, `request.extras().get<User>()` in a handler.
// They are used like the request: by one thread at a time. Set them in `before`, which is over when the handler begins.
#pragma once

#include <algorithm>
#include <memory>
#include <typeinfo>
#include <utility>
#include <vector>

namespace orrery {

class Extras {
 public:
  /// Takes the place of an earlier value of this type.
  template <class T>
  T& set(T value) {
    auto made = std::make_shared<T>(std::move(value));
    T& there = *made;
    if (Value* const former = find(typeid(T)))
      former->held = std::move(made);
    else
      values_.push_back({&typeid(T), std::move(made)});
    return there;
  }
  /// Null when there is no value of this type.
  template <class T>
  [[nodiscard]] T* get() {
    Value* const found = find(typeid(T));
    return found ? static_cast<T*>(found->held.get()) : nullptr;
  }
  template <class T>
  [[nodiscard]] const T* get() const {
    return const_cast<Extras*>(this)->get<T>();
  }

 private:
  struct Value {
    const std::type_info* type;
    std::shared_ptr<void> held;
  };
  Value* find(const std::type_info& type) {
    const auto found =
        std::find_if(values_.begin(), values_.end(), [&](const Value& one) { return *one.type == type; });
    return found == values_.end() ? nullptr : &*found;
  }

  std::vector<Value> values_;
};

}  // namespace orrery
