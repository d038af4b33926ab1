#include <fmt/format.h>

#include <algorithm>

#include "server/config/duration.h"
#include "server/config/rules.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using replication::Carrier;
using replication::Partner;

constexpr seconds pull_interval_min = 1min;        // who wants news sooner has persistent push
constexpr seconds discovery_interval_min = 40min;  // fact base C1
constexpr seconds verification_interval_min = 6h;  // B11
constexpr std::size_t update_count_min = 20;       // B13

/// As long as a name in a certificate.
constexpr std::size_t partner_name_length_max = 253;

bool may_stand_in_a_partner_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

const std::vector<Endpoint>& listeners(const Settings::Replication& carriers, Carrier carrier) {
  return carrier == Carrier::grpc ? carriers.grpc.listen : carriers.winsra.listen;
}

bool is_ourselves(const Settings& settings, const Partner& partner) {
  return std::ranges::any_of(listeners(settings.carriers, partner.carrier),
                             [&](const Endpoint& listener) {
                               return listener.port == partner.address.port &&
                                      (listener.address == partner.address.address ||
                                       (listener.address.unspecified() &&
                                        partner.address.address == settings.replication.us));
                             });
}

bool has_certificates(const Settings::Replication::Grpc& grpc) {
  return !grpc.certificate.empty() && !grpc.key.empty() && !grpc.authority.empty();
}

/// Each of the three alone is of no use, and a server that lacks one would admit anybody.
void check_certificates(const Settings::Replication::Grpc& grpc, Rules& rules) {
  const bool some = !grpc.certificate.empty() || !grpc.key.empty() || !grpc.authority.empty();
  const auto require_file = [&](const std::filesystem::path& file, std::string_view path) {
    rules.require(!file.empty() || !some,
                  {path, "replication.grpc.certificate", "replication.grpc.key",
                   "replication.grpc.authority"},
                  "is missing; certificate, key and authority go together");
  };
  require_file(grpc.certificate, "replication.grpc.certificate");
  require_file(grpc.key, "replication.grpc.key");
  require_file(grpc.authority, "replication.grpc.authority");
  rules.require(grpc.listen.empty() || some || grpc.insecure,
                {"replication.grpc.listen", "replication.grpc.certificate", "replication.grpc.key",
                 "replication.grpc.authority", "replication.grpc.insecure"},
                "expected certificate, key and authority too; without them, insecure = true says "
                "that anybody may read and change what is sent");
}

void check_partner(const Settings& settings, const Partner& partner, const Place& place,
                   Rules& rules) {
  const auto wrong = std::ranges::find_if_not(partner.name, may_stand_in_a_partner_name);
  rules.require(!partner.name.empty() && partner.name.size() <= partner_name_length_max &&
                    wrong == partner.name.end(),
                place, {"name"},
                fmt::format("expected 1 to {} letters, digits, hyphens, underscores and dots",
                            partner_name_length_max));
  rules.require(partner.pull || partner.push || partner.paused, place, {"push", "pull"},
                "neither pulls nor pushes; remove this partner, or set paused = true");
  rules.require(!is_ourselves(settings, partner), place, {"address", "transport"},
                fmt::format("{} is this server itself", to_text(partner.address)));

  const bool grpc = partner.carrier == Carrier::grpc;
  rules.require(grpc || !partner.insecure, place, {"insecure", "transport"},
                "of transport \"grpc\" only; \"winsra\" never has certificates");
  rules.require(!grpc || partner.insecure || has_certificates(settings.carriers.grpc), place,
                {"transport", "insecure"},
                "expected certificate, key and authority in [replication.grpc]; without them, "
                "insecure = true says that anybody may read and change what is sent");

  if (settings.nbns.allow_short_intervals) return;
  rules.require(partner.interval == 0s || partner.interval >= pull_interval_min, place,
                {"interval"}, explain_short(pull_interval_min, " or 0", partner.interval));
  rules.require(
      partner.update_count == 0 || partner.persistent || partner.update_count >= update_count_min,
      place, {"update_count", "persistent"},
      fmt::format("expected 0 or at least {} where persistent = false, found {} "
                  "(nbns.allow_short_intervals = true lifts this)",
                  update_count_min, partner.update_count));
}

void check_addresses_differ(const std::vector<Partner>& partners, const std::vector<Place>& places,
                            Rules& rules) {
  for (std::size_t i = 0; i < partners.size(); ++i) {
    if (partners[i].address.address.unspecified()) continue;
    const auto first = std::ranges::find_if(partners, [&](const Partner& other) {
      return other.address == partners[i].address && other.carrier == partners[i].carrier;
    });
    rules.require(&*first == &partners[i], places[i], {"address", "transport"},
                  fmt::format("{} is the address of partner {} too", to_text(partners[i].address),
                              quote_start(first->name)));
  }
}

void check_owners(const replication::Options& options, Rules& rules) {
  for (const auto owner : options.refused_owners) {
    rules.require(
        std::ranges::find(options.accepted_owners, owner) == options.accepted_owners.end(),
        {"replication.refuse_owners", "replication.accept_owners"},
        fmt::format("{} stands in accept_owners too", to_text(owner)));
  }
}

void check_intervals(const Settings& settings, Rules& rules) {
  const auto verification = settings.replication.verification.interval;
  rules.require(verification == 0s || verification >= verification_interval_min,
                {"replication.verification.interval"},
                explain_short(verification_interval_min, " or 0", verification));
  const auto discovery = settings.carriers.discovery.interval;
  rules.require(discovery >= discovery_interval_min, {"replication.discovery.interval"},
                explain_short(discovery_interval_min, "", discovery));
}

}  // namespace

void apply_replication_rules(Settings& settings, Rules& rules) {
  auto& options = settings.replication;
  options.us = settings.names.owner;
  options.migrate_on = settings.names.migrate_on;
  options.blocked_names = settings.names.access.blocked_names;
  options.renewal = settings.names.intervals.renewal;
  options.verification_life = settings.names.intervals.verification;
  options.extinction_timeout = settings.names.intervals.extinction_timeout;

  const auto outer = enter(Place{}, "replication");
  std::vector<Place> places;
  for (std::size_t i = 0; i < options.partners.size(); ++i) {
    auto& [address, port] = options.partners[i].address;
    if (port == 0) port = options.partners[i].carrier == Carrier::grpc ? grpc_port : winsra_port;
    places.push_back(enter(outer, "partner", i, settings));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    check_partner(settings, options.partners[i], places[i], rules);
  }
  check_addresses_differ(options.partners, places, rules);
  check_certificates(settings.carriers.grpc, rules);
  check_owners(options, rules);
  if (!settings.nbns.allow_short_intervals) check_intervals(settings, rules);
  rules.require(!settings.carriers.discovery.enabled || !settings.carriers.winsra.listen.empty(),
                {"replication.discovery.enabled"},
                "expected replication.winsra.listen too: what is announced is that this server "
                "answers there");
}

}  // namespace winsome::config
