#include "server/names/statistics.h"

namespace winsome::names {

std::string_view to_text(Drop drop) {
  switch (drop) {
    case Drop::source_refused: return "source_refused";
    case Drop::rate_limited: return "rate_limited";
    case Drop::queue_full: return "queue_full";
    case Drop::queue_share: return "queue_share";
    case Drop::store_unavailable: return "store_unavailable";
    case Drop::duplicate: return "duplicate";
    case Drop::challenge_limit: return "challenge_limit";
    case Drop::burst: return "burst";
    case Drop::bad_address: return "bad_address";
    case Drop::names_limit: return "names_limit";
    case Drop::own_challenge: return "own_challenge";
    case Drop::unexpected_response: return "unexpected_response";
    case Drop::broadcast: return "broadcast";
    case Drop::other_opcode: return "other_opcode";
    case Drop::starting: return "starting";
  }
  return "?";
}

}  // namespace winsome::names
