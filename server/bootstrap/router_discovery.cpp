#include "server/bootstrap/router_discovery.h"

#include <algorithm>

#include "server/core/byte_writer.h"
#include "server/core/internet_checksum.h"

namespace winsome::bootstrap {
namespace {

// RFC 1256 5
constexpr milliseconds initial_interval_max = seconds(16);
constexpr unsigned initial_advertisements = 3;
constexpr milliseconds response_delay_max = seconds(2);

constexpr std::size_t header_length = 8;
constexpr std::size_t entry_length = 8;
constexpr std::size_t routers_max = 255;  // the field has one octet

}  // namespace

bool is_router_solicitation(Octets message) {
  ByteReader in(message);
  const auto type = in.u8();
  const auto code = in.u8();
  in.take(6);  // checksum, reserved
  return in.ok() && type == router_solicitation_type && code == 0 &&
         internet_checksum(message) == 0;
}

std::vector<std::uint8_t> encode_router_advertisement(std::span<const Ipv4> routers,
                                                      std::int32_t preference, seconds lifetime) {
  routers = routers.first(std::min(routers.size(), routers_max));
  std::vector<std::uint8_t> octets(header_length + entry_length * routers.size());
  ByteWriter out(octets);
  out.u8(router_advertisement_type);
  out.u8(0);
  out.u16(0);
  out.u8(static_cast<std::uint8_t>(routers.size()));
  out.u8(entry_length / 4);
  out.u16(static_cast<std::uint16_t>(std::clamp<seconds::rep>(lifetime.count(), 0, 0xffff)));
  for (const auto router : routers) {
    out.u32(router.value());
    out.u32(static_cast<std::uint32_t>(preference));
  }
  ByteWriter(std::span(octets).subspan(2)).u16(internet_checksum(octets));
  return octets;
}

AdvertisementSchedule::AdvertisementSchedule(const RouterDiscoveryOptions& options,
                                             std::uint64_t seed, Instant now)
    : interval_min_(options.interval_min),
      interval_max_(std::max(options.interval_min, options.interval_max)),
      random_(seed),
      initial_left_(initial_advertisements),
      due_(after(now, milliseconds(0), response_delay_max)) {}

void AdvertisementSchedule::advertised(Instant now) {
  if (initial_left_ > 0) --initial_left_;
  due_ = after(now, interval_min_, interval_max_);
  if (initial_left_ > 0) due_ = std::min(due_, now + initial_interval_max);
}

void AdvertisementSchedule::solicited(Instant now) {
  due_ = std::min(due_, after(now, milliseconds(0), response_delay_max));
}

Instant AdvertisementSchedule::after(Instant now, milliseconds least, milliseconds most) {
  const auto room = static_cast<std::uint32_t>((most - least).count()) + 1;
  return now + least + milliseconds(random_.below(room));
}

}  // namespace winsome::bootstrap
