#include "tools/winsome/owners.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "tools/winsome/json.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

constexpr std::array columns{Column{"OWNER", 21}, Column{"MIN", 10}, Column{"MAX", 10},
                             Column{"RECORDS", 9}, Column{"PARTNERS"}};

/// Versions that a record had before are counted too: it is at most so many records.
std::string holding_text(const v1::Owner& owner, const v1::Holding& holding, std::int64_t now) {
  std::string lag;
  if (holding.max() < owner.max()) {
    lag = fmt::format("behind by {} versions", owner.max() - holding.max());
  } else if (holding.max() > owner.max()) {
    lag = fmt::format("we are behind by {} versions", holding.max() - owner.max());
  } else {
    return fmt::format("{} {} (level)", holding.partner(), holding.max());
  }
  if (holding.has_behind_since())
    lag += fmt::format(" for {}", span_text(now - holding.behind_since().seconds()));
  if (holding.has_heard())
    lag += fmt::format(", as it said {} ago", span_text(now - holding.heard().seconds()));
  return fmt::format("{} {} ({})", holding.partner(), holding.max(), lag);
}

std::string json_of(const v1::Owner& owner, const v1::Holding& holding, std::int64_t now) {
  JsonObject object;
  object.text("partner", holding.partner())
      .id("max", holding.max())
      .id("behind", owner.max() > holding.max() ? owner.max() - holding.max() : 0)
      .id("ahead", holding.max() > owner.max() ? holding.max() - owner.max() : 0);
  if (holding.has_behind_since()) {
    const auto seconds = std::max<std::int64_t>(now - holding.behind_since().seconds(), 0);
    object.text("behind_since", utc_text(holding.behind_since().seconds()))
        .number("behind_seconds", static_cast<std::uint64_t>(seconds));
  }
  if (holding.has_heard()) {
    const auto seconds = std::max<std::int64_t>(now - holding.heard().seconds(), 0);
    object.text("heard", utc_text(holding.heard().seconds()))
        .number("heard_seconds_ago", static_cast<std::uint64_t>(seconds));
  }
  return object.str();
}

std::string json_of(const v1::Owner& owner, std::int64_t now) {
  std::vector<std::string> holdings;
  for (const auto& holding : owner.holdings()) holdings.push_back(json_of(owner, holding, now));
  return JsonObject()
             .text("owner", owner.owner())
             .flag("ours", owner.ours())
             .id("min", owner.min())
             .id("max", owner.max())
             .number("records", owner.records())
             .value("partners", json_array(holdings))
             .str() +
         '\n';
}

std::string swept_text(const std::string& owner, std::uint64_t records, std::string_view outcome,
                       std::string_view then, const Style& style) {
  if (style.json) {
    return JsonObject()
               .text("owner", owner)
               .text("outcome", outcome)
               .number("records", records)
               .str() +
           '\n';
  }
  return fmt::format("{}: {} records {}; {}\n", owner, records, outcome, then);
}

}  // namespace

std::string owner_header(const Style& style) {
  return style.json ? std::string() : header_line(columns, style);
}

std::string owner_row(const v1::Owner& owner, std::int64_t now, const Style& style) {
  if (style.json) return json_of(owner, now);
  std::vector<std::string> holdings;
  for (const auto& holding : owner.holdings())
    holdings.push_back(holding_text(owner, holding, now));
  const std::array<std::string, columns.size()> cells{
      owner.owner() + (owner.ours() ? " (us)" : ""), std::to_string(owner.min()),
      std::to_string(owner.max()), std::to_string(owner.records()),
      holdings.empty() ? "-" : fmt::format("{}", fmt::join(holdings, ", "))};
  return row_line(columns, cells);
}

std::string show(const v1::VerifyRequest& asked, const v1::VerifyResponse& done,
                 const Style& style) {
  if (style.json) {
    return JsonObject()
               .number("compared", done.compared())
               .number("different", done.different())
               .number("deleted", done.deleted())
               .value("differences", json_texts(done.differences()))
               .value("failures", json_texts(done.failures()))
               .str() +
           '\n';
  }
  std::string text;
  for (const auto& difference : done.differences()) text += difference + '\n';
  text += asked.has_owner() ? asked.owner() : "all owners";
  if (asked.versions_only()) {
    return text +
           fmt::format(": {} versions compared, {} different\n", done.compared(), done.different());
  }
  text += fmt::format(": {} records compared", done.compared());
  if (done.different() + done.deleted() == 0) return text + ", nothing to change\n";
  return text + fmt::format(", {} were different, {} were gone there; now they are as there\n",
                            done.different(), done.deleted());
}

std::string deleted_text(const std::string& owner, std::uint64_t records, const Style& style) {
  return swept_text(owner, records, "deleted", "partners that have them bring them back", style);
}

std::string tombstoned_text(const std::string& owner, std::uint64_t records, const Style& style) {
  return swept_text(owner, records, "tombstoned", "they disappear everywhere", style);
}

}  // namespace winsome::cli
