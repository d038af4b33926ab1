#include "server/bootstrap/address_mask.h"

#include "server/core/byte_writer.h"
#include "server/core/internet_checksum.h"

namespace winsome::bootstrap {

std::optional<AddressMaskRequest> decode_address_mask_request(Octets message) {
  ByteReader in(message);
  const auto type = in.u8();
  const auto code = in.u8();
  in.take(2);  // checksum, verified over the whole message
  AddressMaskRequest request;
  request.id = in.u16();
  request.sequence = in.u16();
  in.take(4);
  if (!in.ok() || type != address_mask_request_type || code != 0) return std::nullopt;
  if (internet_checksum(message) != 0) return std::nullopt;
  return request;
}

std::array<std::uint8_t, address_mask_length> encode_address_mask_reply(
    const AddressMaskRequest& request, Ipv4 mask) {
  std::array<std::uint8_t, address_mask_length> octets{};
  ByteWriter out(octets);
  out.u8(address_mask_reply_type);
  out.u8(0);
  out.u16(0);
  out.u16(request.id);
  out.u16(request.sequence);
  out.u32(mask.value());
  ByteWriter(std::span(octets).subspan(2)).u16(internet_checksum(octets));
  return octets;
}

}  // namespace winsome::bootstrap
