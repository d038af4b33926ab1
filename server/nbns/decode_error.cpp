#include "server/nbns/decode_error.h"

namespace winsome::nbns {

std::string_view to_text(DecodeError error) {
  switch (error) {
    case DecodeError::truncated: return "truncated";
    case DecodeError::bad_label: return "bad label";
    case DecodeError::bad_pointer: return "bad pointer";
    case DecodeError::name_too_long: return "name too long";
    case DecodeError::bad_counts: return "bad counts";
    case DecodeError::bad_type: return "bad type";
    case DecodeError::bad_class: return "bad class";
    case DecodeError::bad_rdata: return "bad rdata";
    case DecodeError::unknown_opcode: return "unknown opcode";
  }
  return "unknown error";
}

}  // namespace winsome::nbns
