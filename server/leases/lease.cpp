#include "server/leases/lease.h"

namespace winsome::dhcp {

std::string_view to_text(LeaseState state) {
  switch (state) {
    case LeaseState::active: return "active";
    case LeaseState::ended: return "ended";
    case LeaseState::declined: return "declined";
  }
  return "?";
}

std::string_view to_text(NameState state) {
  switch (state) {
    case NameState::none: return "none";
    case NameState::pending: return "pending";
    case NameState::registered: return "registered";
    case NameState::refused: return "refused";
    case NameState::client: return "client";
  }
  return "?";
}

}  // namespace winsome::dhcp
