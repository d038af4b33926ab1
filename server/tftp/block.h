#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/tftp/packet.h"

namespace winsome::tftp {

/// Where a block begins. In netascii the second octet of a pair may belong to the next block.
struct Position {
  std::uint64_t offset = 0;  // in the file
  std::optional<std::uint8_t> carried;
};

struct Block {
  std::vector<std::uint8_t> datagram;  // DATA
  Position end;
  bool last = false;  // shorter than blksize: the file ends with it
};

/// The block number `number` from `begin` on; `octets` are those of the file from there, and as
/// many as a block has at least, unless the file ends. Netascii sends LF as CR LF and CR as CR NUL
/// (RFC 764).
[[nodiscard]] Block cut_block(std::uint16_t number, Mode mode, std::size_t blksize, Octets octets,
                              const Position& begin);

}  // namespace winsome::tftp
