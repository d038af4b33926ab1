#include "server/names/record.h"

namespace winsome::names {

std::string_view to_text(RecordType type) {
  switch (type) {
    case RecordType::unique: return "unique";
    case RecordType::normal_group: return "group";
    case RecordType::special_group: return "special-group";
    case RecordType::multihomed: return "multihomed";
  }
  return "?";
}

std::string_view to_text(State state) {
  switch (state) {
    case State::active: return "active";
    case State::released: return "released";
    case State::tombstone: return "tombstone";
  }
  return "?";
}

}  // namespace winsome::names
