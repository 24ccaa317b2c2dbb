#include "os/order.hpp"

#include <type_traits>

namespace orrery::os {

static_assert(std::has_unique_object_representations_v<Order> && std::has_unique_object_representations_v<OrderAnswer>,
              "every byte that is sent is said");

namespace {

template <class Message>
bool send_whole(int fd, const Message& message) {
  return send_packet(fd, {reinterpret_cast<const char*>(&message), sizeof message});
}

template <class Message>
Arrival take_whole(int fd, Message& message) {
  const Packet packet = take_packet(fd, {reinterpret_cast<char*>(&message), sizeof message});
  if (packet.what != Arrival::kMessage) return packet.what;
  return packet.size == sizeof message ? Arrival::kMessage : Arrival::kNonsense;
}

}  // namespace

std::string_view word_for(OrderKind kind) {
  switch (kind) {
    case OrderKind::kReload: return "reload";
    case OrderKind::kUpgrade: return "upgrade";
    case OrderKind::kScale: return "scale";
    case OrderKind::kRestart: return "restart";
    case OrderKind::kDrain: return "drain";
    case OrderKind::kUndrain: return "undrain";
    case OrderKind::kStop: return "stop";
    case OrderKind::kLogLevel: return "log-level";
    case OrderKind::kAutoscale: return "autoscale";
    case OrderKind::kStack: return "stack";
  }
  return "unknown";
}

std::string_view word_for(OrderOutcome outcome) {
  switch (outcome) {
    case OrderOutcome::kBegun: return "begun";
    case OrderOutcome::kDone: return "done";
    case OrderOutcome::kRefused: return "refused";
    case OrderOutcome::kFailed: return "failed";
  }
  return "failed";
}

bool send_order(int fd, const Order& order) { return send_whole(fd, order); }
bool send_answer(int fd, const OrderAnswer& answer) { return send_whole(fd, answer); }

OrderArrival take_order(int fd) {
  OrderArrival arrival;
  arrival.what = take_whole(fd, arrival.order);
  const bool known = static_cast<std::size_t>(arrival.order.kind) < kOrderKinds;
  if (arrival.what == Arrival::kMessage && !known) arrival.what = Arrival::kNonsense;
  return arrival;
}

AnswerArrival take_answer(int fd) {
  AnswerArrival arrival;
  arrival.what = take_whole(fd, arrival.answer);
  return arrival;
}

}  // namespace orrery::os
