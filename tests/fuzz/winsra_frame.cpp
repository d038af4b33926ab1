// Any octets are a frame's body or are refused; what decodes is encoded and decodes to the same.
#include <variant>

#include "replication/winsra/message.h"
#include "server/core/check.h"

namespace {

using namespace winsome;

/// What was left out when decoding is not there any more.
winsra::Message without_faults(winsra::Message message) {
  if (auto* response = std::get_if<winsra::NamesResponse>(&message)) response->faults = {};
  return message;
}

void check_records(const winsra::NamesResponse& response, std::size_t size) {
  check(response.records.size() <= size / 32, "no more records than there is room for");
  for (const auto& record : response.records) {
    check(winsra::has_encoding(record), "what is read can be written");
    check(record.members.size() <= names::members_max, "members are bounded");
    check(record.version <= replication::version_max, "versions are bounded");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto frame = winsra::decode({data, size});
  if (!frame) {
    check(!winsra::to_text(frame.error()).empty(), "every error prints");
    return 0;
  }
  if (const auto* response = std::get_if<winsra::NamesResponse>(&frame->message))
    check_records(*response, size);

  const auto octets = winsra::encode(frame->destination, frame->message);
  check(ByteReader(octets).u32() == octets.size() - 4, "a frame says how long it is");
  const auto again = winsra::decode(Octets(octets).subspan(4));
  check(again.has_value(), "what is encoded decodes");
  check(again->destination == frame->destination, "the destination stays");
  check(again->message == without_faults(frame->message), "what is encoded decodes to the same");
  check(!winsra::to_text(frame->message).empty(), "every message prints");
  return 0;
}
