#include "replication/winsra/decode_error.h"

namespace winsome::winsra {

std::string_view to_text(DecodeError error) {
  switch (error) {
    case DecodeError::truncated: return "truncated";
    case DecodeError::too_short: return "too short";
    case DecodeError::too_long: return "too long";
    case DecodeError::no_association_bits: return "no association bits";
    case DecodeError::unknown_type: return "unknown type";
    case DecodeError::unknown_opcode: return "unknown opcode";
    case DecodeError::too_many_owners: return "too many owners";
    case DecodeError::name_too_long: return "name too long";
    case DecodeError::bad_signature: return "bad signature";
  }
  return "unknown error";
}

}  // namespace winsome::winsra
