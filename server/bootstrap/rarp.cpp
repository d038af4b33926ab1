#include "server/bootstrap/rarp.h"

namespace winsome::bootstrap {
namespace {

/// Neither a group's nor nobody's.
bool is_station(const EthernetAddress& address) {
  return (address[0] & 1) == 0 && address != EthernetAddress{};
}

}  // namespace

bool is_rarp_question(const ArpPacket& packet) {
  return packet.operation == ArpOperation::reverse_request && is_station(packet.sender_hardware) &&
         is_station(packet.target_hardware);
}

ArpPacket rarp_answer(const ArpPacket& question, Ipv4 address, const Server& server) {
  return {.operation = ArpOperation::reverse_reply,
          .sender_hardware = server.hardware,
          .sender = server.address,
          .target_hardware = question.target_hardware,
          .target = address};
}

}  // namespace winsome::bootstrap
