// The answer plane's decoder agrees with the full one, and its answers decode to what they were
// made of.
#include <array>
#include <variant>

#include "server/core/check.h"
#include "server/nbns/message.h"
#include "server/nbns/query_view.h"

namespace {

using namespace winsome;

constexpr std::array<std::uint8_t, 6> entry{0x60, 0x00, 0xc0, 0x00, 0x02, 0x0a};
constexpr std::array<std::uint8_t, 47> no_names{};

void check_answers(const nbns::QueryView& view) {
  std::array<std::uint8_t, nbns::payload_length_max> room{};
  const Octets out(room);
  const nbns::ScopedName name(view.scoped_name());

  const auto positive = nbns::decode(out.first(nbns::write_positive(view, 5, entry, false, room)));
  const nbns::NbEntry host{
      .group = false, .node = nbns::NodeType::h, .address = Ipv4(192, 0, 2, 10)};
  check(positive == nbns::Message(nbns::QueryResponse{view.id, false, name, 5, {host}}),
        "a positive answer decodes");
  const auto negative = nbns::decode(out.first(nbns::write_negative(view, room)));
  check(negative == nbns::Message(nbns::NegativeQueryResponse{view.id, nbns::Rcode::nam_err, name}),
        "a negative answer decodes");
  const auto status = nbns::decode(out.first(nbns::write_node_status(view, no_names, room)));
  check(status == nbns::Message(nbns::NodeStatusResponse{view.id, name, {}, {}}),
        "a node status decodes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets datagram(data, size);
  const auto preview = nbns::preview(datagram);
  const bool node_status = preview.kind == nbns::DatagramKind::node_status;
  if (!node_status && preview.kind != nbns::DatagramKind::query) return 0;

  nbns::QueryView view;
  const auto decoded = nbns::decode_query(datagram, view);
  const auto full = nbns::decode(datagram);
  check(decoded.has_value() == full.has_value(), "both decoders take the same queries");
  if (!decoded) {
    check(decoded.error() == full.error(), "both decoders refuse for the same reason");
    return 0;
  }
  const nbns::QueryRequest expected{preview.id, node_status, view.recursion_desired, false,
                                    nbns::ScopedName(view.scoped_name())};
  check(*full == nbns::Message(expected), "both decoders read the same");
  check_answers(view);
  return 0;
}
