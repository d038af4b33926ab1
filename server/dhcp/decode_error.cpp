#include "server/dhcp/decode_error.h"

namespace winsome::dhcp {

std::string_view to_text(DecodeError error) {
  switch (error) {
    case DecodeError::truncated: return "truncated";
    case DecodeError::bad_op: return "bad op";
    case DecodeError::bad_hardware: return "bad hardware address";
    case DecodeError::bad_cookie: return "bad magic cookie";
    case DecodeError::truncated_option: return "truncated option";
    case DecodeError::bad_overload: return "bad option overload";
    case DecodeError::bad_type: return "bad message type";
    case DecodeError::too_long: return "too long";
  }
  return "unknown error";
}

}  // namespace winsome::dhcp
