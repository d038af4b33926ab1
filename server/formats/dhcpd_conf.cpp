#include "server/formats/dhcpd_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/dhcp/octet_text.h"
#include "server/formats/dhcpd_parameters.h"
#include "server/formats/dhcpd_tokens.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

using Kind = DhcpdTokenKind;
using Statement = DhcpdStatement;

constexpr std::size_t depth_max = 64;         // real files have four
constexpr std::size_t statement_max = 1'000;  // tokens; an option of addresses has 255 at most
constexpr std::size_t circuit_max = 255;

enum class Block : std::uint8_t {
  file,   // outside of all
  scope,  // what it says holds for addresses, not for the hosts in it
  group,  // what it says holds for the hosts in it
  host,
  other,  // nothing in it is looked at
};

/// What a host, or a group for its hosts, says.
struct Said {
  std::optional<dhcp::HardwareAddress> hardware;
  std::optional<dhcp::ClientId> client;
  std::vector<std::uint8_t> circuit;
  std::vector<Ipv4> addresses;
  std::string name;
  dhcp::Parameters parameters;
  bool wrong = false;   // said so already
  bool denied = false;  // it is to get no answer
};

struct Frame {
  Block block = Block::file;
  std::string word;
  std::string name;  // of a host
  std::size_t line = 0;
  std::size_t first_row = 0;
  Said said;
};

Block block_of(std::string_view word) {
  if (word == "host") return Block::host;
  if (word == "group") return Block::group;
  if (word == "subnet" || word == "shared-network" || word == "pool") return Block::scope;
  return Block::other;
}

/// Text as it is, or hexadecimal octets without quotes.
std::optional<std::vector<std::uint8_t>> octets_of(const DhcpdToken& token, std::size_t most) {
  auto octets =
      token.kind == Kind::word
          ? dhcp::parse_octets(token.text)
          : std::optional(std::vector<std::uint8_t>(token.text.begin(), token.text.end()));
  if (!octets || octets->empty() || octets->size() > most) return {};
  return octets;
}

class DhcpdParser {
 public:
  DhcpdParser(std::string_view file, const ReadFile& read) : sources_(file, read) {
    frames_.emplace_back();
  }

  void read(std::string_view text, std::string_view file);
  [[nodiscard]] ParsedReservations finish() && { return std::move(rows_).finish(); }

 private:
  void statement(const Place& place, Statement tokens);
  void include(const Place& place, Statement tokens);
  void open(const Place& place, Statement head);
  void close(std::string_view file);
  void give_up(const Place& place, std::string text);

  void host_statement(const Place& place, std::string_view word, Statement rest, Said& said);
  void hardware(const Place& place, Statement rest, Said& said);
  void addresses(const Place& place, Statement rest, Said& said);
  void circuit(const Place& place, Statement rest, Said& said);
  void client(const Place& place, Statement rest, Said& said);
  void add(const Place& place, const Frame& host);

  ReservationGatherer rows_;
  Sources sources_;
  std::vector<Frame> frames_;
  bool stopped_ = false;
};

void DhcpdParser::read(std::string_view text, std::string_view file) {
  const auto outside = frames_.size();
  DhcpdTokens tokens(text, file, rows_);
  std::vector<DhcpdToken> held;
  for (auto token = tokens.next(); token.kind != Kind::end && !stopped_; token = tokens.next()) {
    if (token.kind == Kind::semicolon || token.kind == Kind::open) {
      const Place place{file, held.empty() ? token.line : held.front().line};
      if (token.kind == Kind::open) {
        open(place, held);
      } else if (!held.empty()) {
        statement(place, held);
      }
      held.clear();
    } else if (token.kind == Kind::close) {
      if (!held.empty()) rows_.problem({file, held.front().line}, "no ';' before '}'");
      held.clear();
      if (frames_.size() > outside) {
        close(file);
      } else {
        rows_.problem({file, token.line}, "'}' without '{'");
      }
    } else if (held.size() == statement_max) {
      give_up({file, held.front().line},
              fmt::format("a statement of more than {} words", statement_max));
    } else {
      held.push_back(std::move(token));
    }
    stopped_ = stopped_ || rows_.full();
  }
  stopped_ = stopped_ || tokens.broken();
  if (!stopped_ && !held.empty()) {
    rows_.problem({file, held.front().line}, "no ';' before the file's end");
  }
  for (; frames_.size() > outside; frames_.pop_back()) {
    if (stopped_) continue;  // it may well have been closed there
    const auto& frame = frames_.back();
    rows_.problem({file, frame.line},
                  fmt::format("the block of '{}' has no closing brace", shown(frame.word)));
  }
}

void DhcpdParser::give_up(const Place& place, std::string text) {
  rows_.problem(place, std::move(text));
  stopped_ = true;
}

void DhcpdParser::statement(const Place& place, Statement tokens) {
  auto& frame = frames_.back();
  const auto word = lower(tokens.front().text);
  const auto rest = tokens.subspan(1);
  if (frame.block == Block::other) return;
  if (word == "include") return include(place, rest);
  if (frame.block == Block::host) return host_statement(place, word, rest, frame.said);
  if (frame.block == Block::group &&
      read_parameter(place, word, rest, frame.said.parameters, rows_))
    return;
  const auto what = rest.empty() ? word : word + ' ' + rest.front().text;
  rows_.skip(place, fmt::format("'{}' is not a reservation's", shown(what)));
}

void DhcpdParser::include(const Place& place, Statement tokens) {
  if (tokens.size() != 1 || tokens[0].text.empty()) {
    rows_.problem(place, "include names no file");
    return;
  }
  const auto& path = tokens[0].text;
  const auto text = sources_.enter(path);
  if (!text) {
    rows_.problem(place, fmt::format("include: '{}' {}", shown(path), to_text(text.error())));
    return;
  }
  read(*text, path);
  sources_.leave();
}

void DhcpdParser::open(const Place& place, Statement head) {
  if (frames_.size() > depth_max) {
    return give_up(place, fmt::format("blocks more than {} deep", depth_max));
  }
  Frame frame;
  frame.word = head.empty() ? "" : head.front().text;
  frame.line = place.line;
  frame.first_row = rows_.size();
  const auto around = frames_.back().block;
  frame.block =
      around == Block::other || around == Block::host ? Block::other : block_of(lower(frame.word));
  if (frame.block == Block::host) {
    if (head.size() == 2) {
      frame.name = head[1].text;
    } else {
      rows_.problem(place, "expected one name behind 'host'");
      frame.said.wrong = true;
    }
  } else if (frame.block == Block::other && around != Block::other) {
    rows_.skip(place, fmt::format("the block of '{}' is not a reservation's", shown(frame.word)));
  }
  frames_.push_back(std::move(frame));
}

void DhcpdParser::close(std::string_view file) {
  const auto frame = std::move(frames_.back());
  frames_.pop_back();
  if (frame.block == Block::host) add({file, frame.line}, frame);
  if (frame.block != Block::group) return;
  for (auto& row : rows_.rows_after(frame.first_row)) {
    inherit(row.reservation.parameters, frame.said.parameters);
  }
}

void DhcpdParser::host_statement(const Place& place, std::string_view word, Statement rest,
                                 Said& said) {
  if (word == "hardware") return hardware(place, rest, said);
  if (word == "fixed-address") return addresses(place, rest, said);
  if (word == "host-identifier") return circuit(place, rest, said);
  if ((word == "deny" || word == "ignore") && rest.size() == 1 && rest[0].text == "booting") {
    said.denied = true;
    return;
  }
  if (word == "option" && rest.size() == 2 && lower(rest[0].text) == "host-name") {
    auto name = rows_.host_name(place, rest[1].text);
    said.wrong = said.wrong || !name;
    said.name = std::move(name).value_or("");
    return;
  }
  if (word == "option" && !rest.empty() && lower(rest[0].text) == "dhcp-client-identifier") {
    return client(place, rest.subspan(1), said);
  }
  if (read_parameter(place, word, rest, said.parameters, rows_)) return;
  const auto what = rest.empty() ? std::string(word) : fmt::format("{} {}", word, rest[0].text);
  rows_.skip(place, fmt::format("'{}' is not taken over", shown(what)));
}

void DhcpdParser::hardware(const Place& place, Statement rest, Said& said) {
  const auto kind = rest.empty() ? std::string() : lower(rest[0].text);
  const auto text = rest.size() == 2 && !rest[1].text.contains('/') ? rest[1].text : std::string();
  if (kind == "ethernet") said.hardware = dhcp::parse_hardware(text);
  if (kind == "token-ring" && !text.empty()) said.hardware = dhcp::parse_hardware("6/" + text);
  if (kind == "fddi" && !text.empty()) said.hardware = dhcp::parse_hardware("8/" + text);
  if (said.hardware) return;
  said.wrong = true;
  rows_.problem(place, fmt::format("'{}' is no hardware address, expected ethernet and six octets",
                                   shown(values_of(rest).front())));
}

void DhcpdParser::addresses(const Place& place, Statement rest, Said& said) {
  for (const auto& word : values_of(rest)) {
    const bool is_name =
        std::ranges::any_of(word, [](char c) { return c != '.' && (c < '0' || c > '9'); });
    if (is_name) {
      rows_.skip(place, fmt::format("'{}' is a name: write its address instead", shown(word)));
    } else if (const auto address = rows_.address(place, word)) {
      said.addresses.push_back(*address);
    } else {
      said.wrong = true;
    }
  }
}

/// `host-identifier option agent.circuit-id "eth0:7"`.
void DhcpdParser::circuit(const Place& place, Statement rest, Said& said) {
  if (rest.size() == 3 && lower(rest[1].text) == "agent.circuit-id") {
    if (auto octets = octets_of(rest[2], circuit_max)) {
      said.circuit = std::move(*octets);
      return;
    }
  }
  rows_.skip(place, fmt::format("host-identifier '{}': a client is known here by hardware address, "
                                "client identifier or agent.circuit-id",
                                shown(values_of(rest).front())));
}

void DhcpdParser::client(const Place& place, Statement rest, Said& said) {
  const auto octets = rest.size() == 1 ? octets_of(rest[0], dhcp::client_id_max) : std::nullopt;
  if (octets) {
    said.client = dhcp::ClientId::of(Octets(*octets));
  } else {
    said.wrong = true;
    rows_.problem(place, fmt::format("'{}' is no client identifier, expected text in quotes or "
                                     "octets, as 1:0:1b:44:11:3a:b7",
                                     shown(values_of(rest).front())));
  }
}

void DhcpdParser::add(const Place& place, const Frame& host) {
  const auto& said = host.said;
  if (said.wrong) return;
  if (said.denied) {
    rows_.skip(place, fmt::format("host '{}' gets no answer", shown(host.name)));
    return;
  }
  if (said.addresses.empty()) {
    rows_.skip(place, fmt::format("host '{}' has no fixed address", shown(host.name)));
    return;
  }
  dhcp::Reservation reservation;
  reservation.hardware = said.hardware;
  if (!said.hardware) reservation.client = said.client;
  if (!said.hardware && !said.client) reservation.circuit = said.circuit;
  if (!reservation.hardware && !reservation.client && reservation.circuit.empty()) {
    rows_.skip(place, fmt::format("host '{}' has neither hardware address nor client identifier",
                                  shown(host.name)));
    return;
  }
  auto name = said.name.empty() ? rows_.host_name(place, host.name) : said.name;
  if (!name) return;
  reservation.name = std::move(*name);
  reservation.parameters = said.parameters;
  for (const auto address : said.addresses) {
    reservation.address = address;
    rows_.add(place, reservation);
  }
}

}  // namespace

ParsedReservations parse_dhcpd_conf(std::string_view text, std::string_view file,
                                    const ReadFile& read) {
  DhcpdParser parser(file, read);
  parser.read(text, file);
  return std::move(parser).finish();
}

}  // namespace winsome::formats
