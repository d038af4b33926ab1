#include "tools/winsome/arguments.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <charconv>

namespace winsome::cli {
namespace {

std::string name_expected(std::string_view text) {
  return fmt::format(
      "'{}' is not a NetBIOS name; write at most 15 octets and a suffix, as in 'FRED<20>' (quote "
      "the brackets), FRED#20 or FRED",
      text);
}

Result<Ipv4, std::string> resolve(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (error != 0) {
    return fail(fmt::format("server '{}' is neither an IPv4 address nor a host we can resolve: {}",
                            host, ::gai_strerror(error)));
  }
  const auto* address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  const Ipv4 resolved(ntohl(address->sin_addr.s_addr));
  ::freeaddrinfo(found);
  return resolved;
}

}  // namespace

bool has_suffix(std::string_view text) {
  // A text without a suffix takes whichever is the default, and so gives two names.
  return nbns::parse_name(text, 0x00) == nbns::parse_name(text, 0x01);
}

Result<nbns::ScopedName, std::string> name_argument(std::string_view text, bool as_typed) {
  auto name = nbns::parse_name(text, usual_suffix, !as_typed);
  if (!name) return fail(name_expected(text));
  return std::move(*name);
}

Result<nbns::ScopedName, std::string> whole_name_argument(std::string_view text, bool as_typed) {
  auto name = name_argument(text, as_typed);
  if (name && !has_suffix(text)) {
    return fail(
        fmt::format("which '{0}' is meant? add a suffix, as in '{0}<20>'; winsome name "
                    "show {0} lists them",
                    text));
  }
  return name;
}

std::optional<std::uint8_t> suffix_argument(std::string_view text) {
  if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.ends_with('h') || text.ends_with('H')) text.remove_suffix(1);
  std::uint8_t suffix = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), suffix, 16);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() > 2) return {};
  return suffix;
}

Result<Ipv4, std::string> address_argument(const std::string& text) {
  const auto address = parse_ipv4(text);
  if (!address) return fail(fmt::format("'{}' is not an IPv4 address, as in 192.0.2.1", text));
  return *address;
}

std::optional<nbns::NodeType> node_argument(std::string_view text) {
  if (text == "b" || text == "B") return nbns::NodeType::b;
  if (text == "p" || text == "P") return nbns::NodeType::p;
  if (text == "m" || text == "M") return nbns::NodeType::m;
  if (text == "h" || text == "H") return nbns::NodeType::h;
  return {};
}

Result<Targets, std::string> targets_argument(const std::vector<std::string>& words) {
  Targets targets;
  bool server_given = false;
  for (const auto& word : words) {
    if (word.starts_with('@')) {
      if (server_given) return fail(std::string("more than one @SERVER"));
      if (word.size() == 1) return fail(std::string("'@' lacks its server, as in @192.0.2.10"));
      server_given = true;
      targets.server = word.substr(1);
      continue;
    }
    const auto address = address_argument(word);
    if (!address) return fail(address.error());
    targets.addresses.push_back(*address);
  }
  return targets;
}

Result<Endpoint, std::string> server_argument(const std::string& text, std::uint16_t port) {
  if (const auto endpoint = parse_endpoint(text)) return *endpoint;
  if (const auto address = parse_ipv4(text)) return Endpoint{*address, port};
  const auto resolved = resolve(text);
  if (!resolved) return fail(resolved.error());
  return Endpoint{*resolved, port};
}

}  // namespace winsome::cli
