#include <fmt/format.h>

#include <iterator>
#include <string>

#include "replication/winsra/message.h"

namespace winsome::winsra {
namespace {

/// Of a list this much is worth a line.
constexpr std::size_t listed_max = 8;

template <class... Arguments>
void append(std::string& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
}

/// `: one, two, three and 5 more`
template <class List, class Print>
void append_list(std::string& text, const List& list, Print print) {
  for (std::size_t i = 0; i < list.size() && i < listed_max; ++i) {
    text += i == 0 ? ": " : ", ";
    print(list[i]);
  }
  if (list.size() > listed_max) append(text, " and {} more", list.size() - listed_max);
}

std::string print(const replication::OwnerRange& range) {
  return fmt::format("{} {}-{}", to_text(range.owner), range.min, range.max);
}

void append_owners(std::string& text, const replication::OwnerMap& owners) {
  append_list(text, owners, [&text](const auto& range) { text += print(range); });
}

void append_record(std::string& text, const names::Record& record) {
  append(text, "{} {} {} {}{} version {}", nbns::to_text(record.name), names::to_text(record.type),
         names::to_text(record.state), nbns::to_text(record.node),
         record.is_static ? " static" : "", record.version);
  for (const auto& member : record.members) {
    text += ' ';
    if (names::has_list(record.type)) append(text, "{}/", to_text(member.owner));
    text += to_text(member.address);
  }
}

template <class Start>
std::string print_start(std::string_view what, const Start& start) {
  return fmt::format("{} from {:#010x} version {}.{}", what, start.sender, start.major,
                     start.minor);
}

std::string print(const StartRequest& request) {
  return print_start("start request", request);
}

std::string print(const StartResponse& response) {
  return print_start("start response", response);
}

std::string print(const Stop& stop) {
  return stop.reason == StopReason::normal ? "stop" : "stop error";
}

std::string print(const MapRequest& /*request*/) {
  return "map request";
}

std::string print(const MapResponse& response) {
  std::string text = "map response";
  append_owners(text, response.owners);
  return text;
}

std::string print(const NamesRequest& request) {
  return "names request " + print(request.range);
}

std::string print(const NamesResponse& response) {
  auto text = fmt::format("names response of {}{}", response.records.size(),
                          response.replicas ? " replicas" : "");
  for (std::size_t i = 0; i < response.faults.size(); ++i) {
    if (response.faults[i] > 0)
      append(text, " {}: {}", to_text(static_cast<RecordFault>(i)), response.faults[i]);
  }
  append_list(text, response.records, [&text](const auto& record) { append_record(text, record); });
  return text;
}

std::string print(const UpdateNotification& notification) {
  auto text = fmt::format(
      "update notification{}{} initiator {}", notification.persistent ? " persistent" : "",
      notification.propagate ? " propagate" : "", to_text(notification.initiator));
  append_owners(text, notification.owners);
  return text;
}

}  // namespace

std::string to_text(const Message& message) {
  return std::visit([](const auto& alternative) { return print(alternative); }, message);
}

}  // namespace winsome::winsra
