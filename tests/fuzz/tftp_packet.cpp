// Any octets are a packet or are refused; what decodes is encoded and decodes to the same. What a
// request asks for stays inside the root and inside the limits, and a transfer stands it all.
#include <algorithm>
#include <array>

#include "server/core/check.h"
#include "server/tftp/path.h"
#include "server/tftp/transfer.h"

namespace {

using namespace winsome;

void check_path(const tftp::Request& request) {
  const auto path = tftp::relative_path(request.file);
  if (!path) {
    check(!tftp::to_text(path.error()).empty(), "every error prints");
    return;
  }
  check(!path->empty() && path->size() <= tftp::path_length_max, "a path has a length");
  check(path->front() != '/' && path->back() != '/', "a path is relative, and names a file");
  check(path->find_first_of(std::string("\\\0", 2)) == std::string::npos, "a path is clean");
  check(("/" + *path + "/").find("/../") == std::string::npos, "a path does not climb");
  check(tftp::relative_path(*path) == path, "a path is what it says");
}

tftp::Terms check_terms(const tftp::Request& request) {
  tftp::Options options;
  options.blksize_max = tftp::blksize_limit;
  options.windowsize_max = tftp::windowsize_limit;
  const auto terms = tftp::negotiate(request, options, 1 << 20);
  check(terms.blksize >= tftp::blksize_min && terms.blksize <= tftp::blksize_limit, "RFC 2348");
  check(terms.windowsize >= 1, "RFC 7440");
  check(terms.windowsize == 1 ||
            std::size_t{terms.windowsize} * terms.blksize <= tftp::window_octets_max,
        "a window is bounded");
  check(!terms.timeout || (terms.timeout->count() >= 1 && terms.timeout->count() <= 255),
        "RFC 2349");
  const auto answer = tftp::encode(tftp::OptionAck{terms.accepted});
  const auto decoded = tftp::decode(answer);
  check(decoded && std::get<tftp::OptionAck>(*decoded).options == terms.accepted,
        "an OACK decodes");
  return terms;
}

/// A small file, of which as much is sent as is wanted.
void check_transfer(Octets datagram, tftp::Mode mode, tftp::Terms terms) {
  const Endpoint client{Ipv4(192, 0, 2, 10), 2070};
  tftp::Transfer transfer(client, mode, std::move(terms), {});
  static const std::vector<std::uint8_t> file(1 << 12, '\n');
  Instant now{seconds(1)};
  const auto supply = [&](tftp::Actions actions) {
    if (!actions.read) return actions;
    const auto begin = std::min<std::size_t>(actions.read->offset, file.size());
    const auto octets = Octets(file).subspan(begin);
    return transfer.step(
        tftp::FileOctets{octets.first(std::min(actions.read->length, octets.size()))}, now);
  };
  if (supply(transfer.start(now)).ended) return;
  if (supply(transfer.step(tftp::Received{client, datagram}, now)).ended) return;
  const Endpoint stranger{Ipv4(192, 0, 2, 66), 2070};
  check(!transfer.step(tftp::Received{stranger, datagram}, now).read, "strangers move nothing");
  now += seconds(40);
  supply(transfer.step(tftp::TimePassed{}, now));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets datagram(data, size);
  const auto packet = tftp::decode(datagram);
  check_transfer(datagram, tftp::Mode::octet, {});
  if (!packet) {
    check(!tftp::to_text(packet.error()).empty(), "every error prints");
    return 0;
  }
  const auto octets = tftp::encode(*packet);
  const auto again = tftp::decode(octets);
  check(again.has_value() && again->index() == packet->index(), "what is encoded decodes");
  check(tftp::encode(*again) == octets, "what is encoded decodes to the same");
  const auto* request = std::get_if<tftp::Request>(&*packet);
  if (request == nullptr) return 0;
  check(std::get<tftp::Request>(*again) == *request, "a request decodes to the same");
  check_path(*request);
  const std::array<std::uint8_t, 4> first{0, 4, 0, 0};
  check_transfer(first, request->mode, check_terms(*request));
  return 0;
}
