// Any datagram is an announcement or is refused; what decodes is encoded and decodes to the same.
#include "replication/winsra/discovery.h"
#include "server/core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace winsome;
  const auto announcement = winsra::decode_announcement({data, size});
  if (!announcement) return 0;
  check(announcement->addresses.size() <= winsra::announced_max, "addresses are bounded");
  check(winsra::decode_announcement(winsra::encode(*announcement)) == announcement,
        "what is encoded decodes to the same");
  check(!winsra::to_text(*announcement).empty(), "every announcement prints");
  return 0;
}
