#include "tools/winsome/partners.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "tools/winsome/json.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using google::protobuf::Timestamp;

constexpr std::array columns{Column{"NAME", 15},     Column{"ADDRESS", 21}, Column{"TRANSPORT", 9},
                             Column{"DIRECTION", 9}, Column{"STATE", 9},    Column{"LAST PULL", 14},
                             Column{"RECORDS", 9},   Column{"NEXT PULL"}};

std::string_view transport_text(const v1::Partner& partner) {
  return partner.transport() == v1::TRANSPORT_WINSRA ? "winsra" : "grpc";
}

std::string_view direction_text(const v1::Partner& partner) {
  if (partner.pull() && partner.push()) return "both";
  if (partner.pull()) return "pull";
  return partner.push() ? "push" : "none";
}

std::string ago_text(bool known, const Timestamp& time, std::int64_t now) {
  return known ? span_text(now - time.seconds()) + " ago" : "never";
}

std::string next_text(const v1::Partner& partner, std::int64_t now) {
  if (!partner.has_next_pull()) return "-";
  const auto left = partner.next_pull().seconds() - now;
  return left > 0 ? "in " + span_text(left) : "now";
}

std::string when_text(bool known, const Timestamp& time, std::int64_t now) {
  if (!known) return "not since the server started";
  return fmt::format("{} ({})", utc_text(time.seconds()), ago_text(known, time, now));
}

std::string json_time(bool known, const Timestamp& time) {
  return known ? utc_text(time.seconds()) : "never";
}

std::string state_text(const v1::Partner& partner) {
  std::string text(state_of(partner));
  if (partner.paused()) return text + ": neither pull nor push";
  if (partner.watching()) return text + "; changes are told at once";
  return text;
}

std::string direction_details(const v1::Partner& partner) {
  std::string text = "nothing in either direction";
  if (partner.pull() && partner.push()) {
    text = "pull from it and push to it";
  } else if (partner.pull()) {
    text = "pull from it";
  } else if (partner.push()) {
    text = "push to it";
  }
  return partner.persistent() ? text + ", persistent" : text;
}

std::string next_details(const v1::Partner& partner, std::int64_t now) {
  if (!partner.has_next_pull()) return "not by itself";
  auto text =
      fmt::format("{} ({})", utc_text(partner.next_pull().seconds()), next_text(partner, now));
  if (const auto every = partner.interval().seconds(); every > 0)
    text += ", then every " + span_text(every);
  return text;
}

std::string advice(const v1::Partner& partner) {
  if (partner.paused()) return "winsome partner resume " + partner.name();
  const auto retry =
      fmt::format("then winsome partner {} {}", partner.pull() ? "pull" : "push", partner.name());
  const auto reach = fmt::format("see that {} (TCP) can be reached from here", partner.address());
  if (partner.transport() == v1::TRANSPORT_WINSRA) {
    return fmt::format("{} and that this server is a replication partner there; {}", reach, retry);
  }
  return fmt::format("{}, that winsomed there has this server as a partner{}; {}", reach,
                     partner.insecure() ? " and listens without certificates too"
                                        : " and that each has a certificate the other trusts",
                     retry);
}

std::string kinds_text(const v1::Partner& partner) {
  std::string text;
  for (const auto& kind : partner.nonsense_by_kind())
    text += fmt::format("{} {} ({})", text.empty() ? ":" : ",", kind.what(), kind.count());
  return text;
}

std::string falls_text(const v1::Partner& partner) {
  constexpr int shown_max = 5;
  std::vector<std::string> texts;
  for (const auto& fall : partner.falls()) {
    if (texts.size() == shown_max) break;
    texts.push_back(fmt::format("{} from version {} to {}", fall.owner(), fall.from(), fall.to()));
  }
  auto text = fmt::format("{}", fmt::join(texts, ", "));
  if (partner.falls_size() > shown_max)
    text += fmt::format(", and {} more", partner.falls_size() - shown_max);
  return text;
}

std::string json_of(const v1::Partner& partner) {
  std::vector<std::string> kinds;
  for (const auto& kind : partner.nonsense_by_kind()) {
    kinds.push_back(JsonObject().text("what", kind.what()).number("count", kind.count()).str());
  }
  std::vector<std::string> falls;
  for (const auto& fall : partner.falls()) {
    falls.push_back(
        JsonObject().text("owner", fall.owner()).id("from", fall.from()).id("to", fall.to()).str());
  }
  return JsonObject()
             .text("name", partner.name())
             .text("address", partner.address())
             .text("transport", transport_text(partner))
             .flag("insecure", partner.insecure())
             .flag("pull", partner.pull())
             .flag("push", partner.push())
             .flag("persistent", partner.persistent())
             .flag("paused", partner.paused())
             .number("interval", static_cast<std::uint64_t>(partner.interval().seconds()))
             .text("state", state_of(partner))
             .flag("connected", partner.connected())
             .flag("watching", partner.watching())
             .text("last_pull", json_time(partner.has_last_pull(), partner.last_pull()))
             .number("last_pull_records", partner.last_pull_records())
             .text("next_pull", json_time(partner.has_next_pull(), partner.next_pull()))
             .text("last_push", json_time(partner.has_last_push(), partner.last_push()))
             .text("heard", json_time(partner.has_heard(), partner.heard()))
             .number("pulls", partner.pulls())
             .number("failures", partner.failures())
             .number("records_received", partner.records_received())
             .number("records_sent", partner.records_sent())
             .number("nonsense", partner.nonsense())
             .value("nonsense_by_kind", json_array(kinds))
             .text("last_error", partner.last_error())
             .value("falls", json_array(falls))
             .str() +
         '\n';
}

}  // namespace

std::string_view state_of(const v1::Partner& partner) {
  if (partner.paused()) return "paused";
  if (!partner.last_error().empty()) return "failing";
  return partner.connected() ? "connected" : "idle";
}

std::string partner_header(const Style& style) {
  return style.json ? std::string() : header_line(columns, style);
}

std::string partner_row(const v1::Partner& partner, std::int64_t now, const Style& style) {
  if (style.json) return json_of(partner);
  const std::array<std::string, columns.size()> cells{
      partner.name(),
      partner.address(),
      std::string(transport_text(partner)),
      std::string(direction_text(partner)),
      std::string(state_of(partner)),
      ago_text(partner.has_last_pull(), partner.last_pull(), now),
      partner.has_last_pull() ? std::to_string(partner.last_pull_records()) : "-",
      next_text(partner, now)};
  return row_line(columns, cells);
}

std::string partner_details(const v1::Partner& partner, std::int64_t now, const Style& style) {
  if (style.json) return json_of(partner);
  auto text = fmt::format("{}  ({}, {}{})\n", partner.name(), partner.address(),
                          transport_text(partner), partner.insecure() ? ", insecure" : "");
  const auto line = [&text](std::string_view key, std::string_view value) {
    text += fmt::format("  {:<10} {}\n", key, value);
  };
  line("STATE", state_text(partner));
  line("DIRECTION", direction_details(partner));
  auto last = when_text(partner.has_last_pull(), partner.last_pull(), now);
  if (partner.has_last_pull()) last += fmt::format(": {} records", partner.last_pull_records());
  line("LAST PULL", last);
  line("NEXT PULL", next_details(partner, now));
  line("LAST PUSH", when_text(partner.has_last_push(), partner.last_push(), now));
  line("PULLS", fmt::format("{} done; {} failures of pulls and pushes, since the server started",
                            partner.pulls(), partner.failures()));
  line("RECORDS",
       fmt::format("{} received, {} sent", partner.records_received(), partner.records_sent()));
  if (partner.nonsense() > 0) {
    line("NONSENSE", fmt::format("it sent {} entries or records that cannot be, which were left "
                                 "out or mended{}",
                                 partner.nonsense(), kinds_text(partner)));
  }
  if (partner.falls_size() > 0) line("WENT BACK", falls_text(partner));
  const bool failing = !partner.last_error().empty();
  if (failing) line("LAST ERROR", partner.last_error());
  if (failing || partner.paused()) line("WHAT TO DO", advice(partner));
  return text;
}

std::string replication_notes(const v1::ListPartnersResponse& partners) {
  std::string text;
  if (partners.recovering()) {
    text += "The database is new or restored: clients are answered when partners were asked.\n";
  }
  if (partners.pending() > 0) {
    text += fmt::format("{} records wait until the present holder of their name was asked.\n",
                        partners.pending());
  }
  if (partners.refused_peers() > 0) {
    text += fmt::format("{} conversations with servers that are no partners were refused.\n",
                        partners.refused_peers());
  }
  if (partners.has_last_verification()) {
    text +=
        fmt::format("Records of others were last verified {} ago.\n",
                    span_text(partners.now().seconds() - partners.last_verification().seconds()));
  }
  return text;
}

std::string show(const v1::PullResponse& done, const Style& style) {
  if (style.json) {
    return JsonObject()
               .value("partners", json_texts(done.partners()))
               .number("records_received", done.records_received())
               .number("names_changed", done.names_changed())
               .value("failures", json_texts(done.failures()))
               .str() +
           '\n';
  }
  return fmt::format("{}: {} records received, {} names changed\n",
                     fmt::join(done.partners(), ", "), done.records_received(),
                     done.names_changed());
}

std::string show(const v1::PushResponse& done, const Style& style) {
  if (style.json) {
    return JsonObject()
               .value("partners", json_texts(done.partners()))
               .value("failures", json_texts(done.failures()))
               .str() +
           '\n';
  }
  return fmt::format("{}: told what is new here\n", fmt::join(done.partners(), ", "));
}

}  // namespace winsome::cli
