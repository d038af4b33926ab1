#include <fmt/format.h>

#include <iterator>

#include "server/nbns/message.h"

namespace winsome::nbns {
namespace {

/// Appends to one line; every part but the first brings the blank before it.
class Line {
 public:
  Line(std::string_view what, std::uint16_t id) { append("{} id {:#06x}", what, id); }

  template <class... Arguments>
  void append(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void flag(bool set, std::string_view name) {
    if (set) append(" {}", name);
  }

  void entry(const NbEntry& entry) {
    append(" {} {} {}", kind(entry.group), to_text(entry.node), winsome::to_text(entry.address));
  }

  static std::string_view kind(bool group) { return group ? "group" : "unique"; }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string print(const QueryRequest& request) {
  Line line(request.node_status ? "node status request" : "query", request.id);
  line.flag(request.recursion_desired, "RD");
  line.flag(request.broadcast, "B");
  line.append(" {}", to_text(request.name));
  return line.take();
}

std::string print(const NameRequest& request) {
  Line line(to_text(request.opcode), request.id);
  line.flag(request.recursion_desired, "RD");
  line.flag(request.broadcast, "B");
  line.append(" {} ttl {}", to_text(request.name), request.ttl);
  line.entry(request.entry);
  return line.take();
}

std::string print(const NameResponse& response) {
  Line line(response.opcode == Opcode::release ? "release response" : "registration response",
            response.id);
  line.flag(response.opcode != Opcode::release && response.recursion_available, "RA");
  line.append(" {} {} ttl {}", to_text(response.rcode), to_text(response.name), response.ttl);
  line.entry(response.entry);
  return line.take();
}

std::string print(const QueryResponse& response) {
  Line line("query response", response.id);
  line.flag(response.truncated, "TC");
  line.append(" {} {} ttl {}", to_text(Rcode::ok), to_text(response.name), response.ttl);
  for (std::size_t i = 0; i < response.entries.size(); ++i) {
    if (i > 0) line.append(",");
    line.entry(response.entries[i]);
  }
  return line.take();
}

std::string print(const NegativeQueryResponse& response) {
  Line line("query response", response.id);
  line.append(" {} {}", to_text(response.rcode), to_text(response.name));
  return line.take();
}

std::string print(const RedirectResponse& response) {
  Line line("redirect", response.id);
  line.append(" {} ttl {} to {} {}", to_text(response.name), response.ttl, to_text(response.server),
              winsome::to_text(response.server_address));
  return line.take();
}

std::string print(const Wack& wack) {
  Line line("wack", wack.id);
  line.append(" {} ttl {} holds {:#06x}", to_text(wack.name), wack.ttl, wack.held_flags);
  return line.take();
}

std::string print(const NodeStatusResponse& status) {
  Line line("node status response", status.id);
  line.append(" {} unit {:02x}", to_text(status.name), fmt::join(status.unit_id, ":"));
  for (std::size_t i = 0; i < status.names.size(); ++i) {
    const auto& name = status.names[i];
    line.append("{} {} {} {}", i > 0 ? "," : ":", to_text(name.name), Line::kind(name.group),
                to_text(name.node));
    line.flag(name.active, "active");
    line.flag(name.permanent, "permanent");
    line.flag(name.conflict, "conflict");
    line.flag(name.deregistering, "deregistering");
  }
  return line.take();
}

}  // namespace

std::string to_text(const Message& message) {
  return std::visit([](const auto& alternative) { return print(alternative); }, message);
}

std::string_view to_text(Opcode opcode) {
  switch (opcode) {
    case Opcode::query: return "query";
    case Opcode::registration: return "registration";
    case Opcode::release: return "release";
    case Opcode::wack: return "wack";
    case Opcode::refresh: return "refresh";
    case Opcode::refresh_alternate: return "alternate refresh";
    case Opcode::multihomed_registration: return "multihomed registration";
  }
  return "unknown opcode";
}

std::string_view to_text(Rcode rcode) {
  switch (rcode) {
    case Rcode::ok: return "OK";
    case Rcode::fmt_err: return "FMT_ERR";
    case Rcode::srv_err: return "SRV_ERR";
    case Rcode::nam_err: return "NAM_ERR";
    case Rcode::imp_err: return "IMP_ERR";
    case Rcode::rfs_err: return "RFS_ERR";
    case Rcode::act_err: return "ACT_ERR";
    case Rcode::cft_err: return "CFT_ERR";
  }
  return "UNKNOWN";  // 8 to 15 come from the wire as they are
}

std::string_view to_text(NodeType node) {
  switch (node) {
    case NodeType::b: return "B";
    case NodeType::p: return "P";
    case NodeType::m: return "M";
    case NodeType::h: return "H";
  }
  return "?";
}

}  // namespace winsome::nbns
