#include "server/tftp/block.h"

#include <algorithm>

namespace winsome::tftp {
namespace {

void cut_octets(Block& block, std::size_t size, Octets octets) {
  const auto part = octets.first(std::min(size - data_header_size, octets.size()));
  block.datagram.insert(block.datagram.end(), part.begin(), part.end());
  block.end.offset += part.size();
}

void cut_netascii(Block& block, std::size_t size, Octets octets) {
  auto& out = block.datagram;
  auto& carried = block.end.carried;
  for (const auto octet : octets) {
    if (carried && out.size() < size) {
      out.push_back(*carried);
      carried.reset();
    }
    if (out.size() == size) return;
    ++block.end.offset;
    if (octet == '\n' || octet == '\r') {
      out.push_back('\r');
      carried = octet == '\n' ? '\n' : '\0';
    } else {
      out.push_back(octet);
    }
  }
  if (carried && out.size() < size) {
    out.push_back(*carried);
    carried.reset();
  }
}

}  // namespace

Block cut_block(std::uint16_t number, Mode mode, std::size_t blksize, Octets octets,
                const Position& begin) {
  const auto size = data_header_size + blksize;
  Block block{.datagram = {}, .end = begin, .last = false};
  block.datagram.reserve(size);
  block.datagram.assign({0, static_cast<std::uint8_t>(Opcode::data),
                         static_cast<std::uint8_t>(number >> 8),
                         static_cast<std::uint8_t>(number)});
  if (mode == Mode::octet) {
    cut_octets(block, size, octets);
  } else {
    cut_netascii(block, size, octets);
  }
  block.last = block.datagram.size() < size;
  return block;
}

}  // namespace winsome::tftp
