#include "server/leases/statistics.h"

namespace winsome::dhcp {

std::string_view to_text(Drop why) {
  switch (why) {
    case Drop::not_for_us: return "not_for_us";
    case Drop::no_scope: return "no_scope";
    case Drop::no_address: return "no_address";
    case Drop::denied: return "denied";
    case Drop::delayed: return "delayed";
    case Drop::duplicate: return "duplicate";
    case Drop::limited: return "limited";
    case Drop::unknown_client: return "unknown_client";
    case Drop::foreign: return "foreign";
    case Drop::nonsense: return "nonsense";
  }
  return "?";
}

}  // namespace winsome::dhcp
