#include <gtest/gtest.h>
// rapidcheck directly behind gtest, before all else: its Shrink.hpp breaks otherwise.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "server/dhcp/client.h"
#include "server/dhcp/message.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

using rc::Gen;
namespace gen = rc::gen;
using Bytes = std::vector<std::uint8_t>;

Gen<std::uint8_t> octet() {
  return gen::arbitrary<std::uint8_t>();
}
Gen<Ipv4> address() {
  return gen::map(gen::arbitrary<std::uint32_t>(), [](std::uint32_t value) { return Ipv4(value); });
}
Gen<std::string> printable_text(std::size_t length_max) {
  const auto letter =
      gen::map(gen::inRange(0x20, 0x7f), [](int c) { return static_cast<char>(c); });
  return gen::mapcat(gen::inRange<std::size_t>(0, length_max + 1), [letter](std::size_t length) {
    return gen::container<std::string>(length, letter);
  });
}
Gen<Bytes> octets(std::size_t length_max) {
  return gen::mapcat(gen::inRange<std::size_t>(0, length_max + 1),
                     [](std::size_t length) { return gen::container<Bytes>(length, octet()); });
}

Gen<HardwareAddress> hardware() {
  return gen::map(gen::pair(octet(), octets(16)), [](const std::pair<std::uint8_t, Bytes>& pair) {
    HardwareAddress address{pair.first, static_cast<std::uint8_t>(pair.second.size())};
    std::ranges::copy(pair.second, address.octets.begin());
    return address;
  });
}

/// Up to a dozen options, small ones and such as need parts. The names stand in their fields.
Gen<OptionSet> any_options() {
  const auto option = gen::pair(octet(), gen::oneOf(octets(8), octets(8), octets(600)));
  return gen::map(
      gen::resize(12, gen::container<std::vector<std::pair<std::uint8_t, Bytes>>>(option)),
      [](const std::vector<std::pair<std::uint8_t, Bytes>>& all) {
        OptionSet options;
        for (const auto& [code, value] : all) {
          if (code != option::message_type && code != option::tftp_server_name &&
              code != option::boot_file_name) {
            options.put(code, value);
          }
        }
        return options;
      });
}

Gen<Message> any_message() {
  return gen::build<Message>(
      gen::set(&Message::op, gen::element(Op::request, Op::reply)),
      gen::set(&Message::type, gen::map(gen::inRange(0, 9),
                                        [](int type) { return static_cast<MessageType>(type); })),
      gen::set(&Message::hardware, hardware()), gen::set(&Message::hops), gen::set(&Message::xid),
      gen::set(&Message::secs), gen::set(&Message::broadcast),
      gen::set(&Message::ciaddr, address()), gen::set(&Message::yiaddr, address()),
      gen::set(&Message::siaddr, address()), gen::set(&Message::giaddr, address()),
      gen::set(&Message::server_name, gen::oneOf(gen::just(std::string()), printable_text(63))),
      gen::set(&Message::boot_file, gen::oneOf(gen::just(std::string()), printable_text(127))),
      gen::set(&Message::options, any_options()));
}

void reads_back(const Message& message, std::size_t limit) {
  const auto decoded = decode(encode(message, limit).octets);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == message);
}

// RFC 2131 2, 4.1; RFC 3396
RC_GTEST_PROP(DhcpMessageProperty, WhatIsNotCutReadsBack, ()) {
  const auto message = *any_message();
  const auto limit = *gen::inRange<std::size_t>(0, 3'000);
  const auto encoded = encode(message, limit);
  const auto decoded = decode(encoded.octets);
  RC_CLASSIFY(encoded.omitted > 0, "cut");
  RC_ASSERT(decoded.has_value());
  if (encoded.omitted == 0) RC_ASSERT(*decoded == message);
}

RC_GTEST_PROP(DhcpMessageProperty, NothingIsCutWhereThereIsRoom, ()) {
  RC_ASSERT(encode(*any_message(), 300 + 12 * 610).omitted == 0U);
}

RC_GTEST_PROP(DhcpMessageProperty, StaysInItsBounds, ()) {
  const auto message = *any_message();
  const auto limit = *gen::inRange<std::size_t>(0, 3'000);
  const auto size = encode(message, limit).octets.size();
  RC_ASSERT(size >= message_size_min);
  const bool required = message.options.has(option::lease_time) ||
                        message.options.has(option::server_identifier) ||
                        message.options.has(option::relay_agent_information);
  RC_ASSERT(required || size <= std::max(limit, message_size_min));
}

RC_GTEST_PROP(DhcpMessageProperty, OptionsAreThereWholeOrAreCounted, ()) {
  const auto message = *any_message();
  const auto encoded = encode(message, *gen::inRange<std::size_t>(300, 1'000));
  const auto decoded = decode(encoded.octets);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->options.size() + encoded.omitted == message.options.size());
  for (std::size_t i = 0; i < message.options.size(); ++i) {
    const auto [code, value] = message.options.at(i);
    const auto found = decoded->options.find(code);
    if (found) RC_ASSERT(std::ranges::equal(*found, value));  // `||` does not stop in RC_ASSERT
  }
  RC_ASSERT(decoded->type == message.type);
  RC_ASSERT(decoded->server_name == message.server_name);
  RC_ASSERT(decoded->boot_file == message.boot_file);
}

// RFC 951 3
RC_GTEST_PROP(DhcpMessageProperty, BootpWithoutCookieReadsBack, ()) {
  auto message = *any_message();
  message.type = MessageType::none;
  message.has_cookie = false;
  message.options = {};
  reads_back(message, 300);
}

RC_GTEST_PROP(DhcpMessageProperty, AnyOctetsBehindTheCookieAreReadOrRefused, ()) {
  auto datagram = encode(*any_message(), 300).octets;
  datagram.resize(240);
  const auto options = *octets(400);
  datagram.insert(datagram.end(), options.begin(), options.end());
  const auto message = decode(datagram);
  RC_CLASSIFY(message.has_value(), "read");
  if (message) reads_back(*message, received_size_max);
}

RC_GTEST_PROP(DhcpMessageProperty, OneOctetChangedIsReadOrRefused, ()) {
  auto datagram = encode(*any_message(), 1'472).octets;
  datagram[*gen::inRange<std::size_t>(0, datagram.size())] = *octet();
  const auto message = decode(datagram);
  if (message) reads_back(*message, received_size_max);
}

RC_GTEST_PROP(HardwareProperty, TextReadsBack, ()) {
  const auto address = *hardware();
  RC_ASSERT(parse_hardware(to_text(address)) == address);
}

RC_GTEST_PROP(ClientIdProperty, TextReadsBack, ()) {
  auto all = *gen::oneOf(octets(255), gen::map(printable_text(254), [](const std::string& text) {
                           Bytes id{0};
                           id.insert(id.end(), text.begin(), text.end());
                           return id;
                         }));
  if (all.empty()) all.push_back(*octet());
  const auto id = ClientId::of(Octets(all));
  RC_ASSERT(parse_client_id(to_text(id)) == id);
}

RC_GTEST_PROP(ClientIdProperty, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto id = parse_client_id(text);
  if (id) RC_ASSERT(parse_client_id(to_text(*id)) == id);
  const auto address = parse_hardware(text);
  if (address) RC_ASSERT(parse_hardware(to_text(*address)) == address);
}

// RFC 3396 7; the set against a map that is rebuilt each time
RC_GTEST_PROP(OptionSetProperty, AgreesWithAListOfPairs, ()) {
  OptionSet options;
  std::vector<std::pair<std::uint8_t, Bytes>> model;
  const auto steps = *gen::inRange(0, 60);
  for (int step = 0; step < steps; ++step) {
    const auto code = *gen::element<std::uint8_t>(1, 2, 3, 4, 5, 6);
    const auto value = *octets(20);
    const auto found = std::ranges::find(model, code, &std::pair<std::uint8_t, Bytes>::first);
    switch (*gen::inRange(0, 3)) {
      case 0:
        options.put(code, value);
        if (found == model.end()) {
          model.emplace_back(code, value);
        } else {
          found->second = value;
        }
        break;
      case 1:
        options.append(code, value);
        if (found == model.end()) {
          model.emplace_back(code, value);
        } else {
          found->second.insert(found->second.end(), value.begin(), value.end());
        }
        break;
      default:
        options.erase(code);
        if (found != model.end()) model.erase(found);
    }
    RC_ASSERT(options.size() == model.size());
    for (std::size_t i = 0; i < model.size(); ++i) {
      RC_ASSERT(options.at(i).code == model[i].first);
      RC_ASSERT(std::ranges::equal(options.at(i).value, model[i].second));
    }
  }
}

// Any value of any code prints; only an empty one has no elements.
RC_GTEST_PROP(OptionValueProperty, EveryValuePrints, ()) {
  const auto code = *octet();
  const auto value = *octets(64);
  const auto texts = format_option(code, value);
  RC_ASSERT(texts.empty() == value.empty());
  for (const auto& text : texts) {
    RC_ASSERT(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

/// An element such as each type takes.
Gen<std::string> element(OptionType type) {
  const auto number = [](std::uint32_t end) {
    return gen::map(gen::inRange<std::uint32_t>(0, end),
                    [](std::uint32_t value) { return std::to_string(value); });
  };
  auto host = gen::map(address(), [](Ipv4 a) { return winsome::to_text(a); });
  const auto joined = [](const std::pair<std::string, std::string>& pair) {
    return pair.first + ' ' + pair.second;
  };
  auto text = gen::map(printable_text(80), [](const std::string& t) { return 'x' + t; });
  switch (type) {
    case OptionType::flag: return gen::element<std::string>("true", "false");
    case OptionType::u8:
    case OptionType::u8s: return number(256);
    case OptionType::u16:
    case OptionType::u16s: return number(65'536);
    case OptionType::u32: return number(0xffff'ffff);
    case OptionType::i32:
      return gen::map(gen::arbitrary<std::int32_t>(), [](int v) { return std::to_string(v); });
    case OptionType::duration:
      return gen::oneOf(
          gen::just<std::string>("infinite"),
          gen::map(number(0xffff'ffff), [](const std::string& v) { return v + 's'; }));
    case OptionType::address:
    case OptionType::addresses: return host;
    case OptionType::address_pairs: return gen::map(gen::pair(host, host), joined);
    case OptionType::text:
    case OptionType::texts: return text;
    case OptionType::node_type: return gen::element<std::string>("B-node", "8", "H-node");
    case OptionType::domains: return gen::element<std::string>("a", "example.org", "x-1.y.", "_s");
    case OptionType::routes: {
      const auto prefix = gen::map(gen::pair(address(), gen::inRange(0U, 33U)), [](auto pair) {
        return winsome::to_text(Ipv4Prefix(pair.first, pair.second));
      });
      return gen::map(gen::pair(prefix, host), joined);
    }
    case OptionType::octets:
      return gen::map(octets(20), [](const Bytes& all) {
        return format_option(224, all.empty() ? Bytes{0} : all).front();
      });
  }
  return gen::just(std::string());
}

RC_GTEST_PROP(OptionValueProperty, WhatIsConfiguredIsShownAsItWasMeant, ()) {
  const auto rows = option_rows();
  const auto& row = rows[*gen::inRange<std::size_t>(0, rows.size())];
  RC_PRE(row.code != option::overload && row.code != option::message_type);
  std::vector<std::string> values{*element(row.type)};
  auto octets = parse_option(row.code, values);
  RC_ASSERT(octets.has_value());
  values.push_back(*element(row.type));
  if (auto more = parse_option(row.code, values)) octets = std::move(more);
  const auto again = parse_option(row.code, format_option(row.code, *octets));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == *octets);
}

}  // namespace
}  // namespace winsome::dhcp
