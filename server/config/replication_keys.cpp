#include "server/config/key_line.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using enum OnReload;
using Carriers = Settings::Replication;
using Discovery = Settings::Replication::Discovery;
using Grpc = Settings::Replication::Grpc;
using Winsra = Settings::Replication::Winsra;
using replication::Partner;
using replication::VerificationOptions;

constexpr auto in_replication = &Settings::replication;
constexpr auto in_verification = &replication::Options::verification;
constexpr auto in_partners = &replication::Options::partners;
constexpr auto in_carriers = &Settings::carriers;

/// So the counter can grow from there for ever.
/// Far from replication::version_max, so that our versions never come near to what partners drop.
constexpr std::int64_t start_version_max = std::int64_t{1} << 48;

// Verification: fact base B11. Discovery: B13. Other bounds only catch slips of the pen.
constexpr std::array table = {
    key<in_replication, &replication::Options::partners_only>("replication", "partners_only", apply,
                                                              any),
    key<in_replication, &replication::Options::pull_at_start>("replication", "pull_at_start", apply,
                                                              any),
    key<in_replication, &replication::Options::retries>("replication", "retries", apply,
                                                        between(0, 100)),
    key<in_replication, &replication::Options::retry_interval>("replication", "retry_interval",
                                                               apply, between(1s, 1h)),
    key<in_replication, &replication::Options::start_wait>("replication", "start_wait", apply,
                                                           between(0s, 1h)),
    key<in_replication, &replication::Options::start_version>("replication", "start_version", apply,
                                                              between(0, start_version_max)),
    key<in_replication, &replication::Options::refused_owners>("replication", "refuse_owners",
                                                               apply, any),
    key<in_replication, &replication::Options::accepted_owners>("replication", "accept_owners",
                                                                apply, any),
    key<in_replication, &replication::Options::refuse_blocked_names>(
        "replication", "refuse_blocked_names", apply, any),

    key<in_carriers, &Carriers::grpc, &Grpc::listen>("replication.grpc", "listen", refuse,
                                                     with_port(grpc_port)),
    key<in_carriers, &Carriers::grpc, &Grpc::certificate>("replication.grpc", "certificate", refuse,
                                                          any),
    key<in_carriers, &Carriers::grpc, &Grpc::key>("replication.grpc", "key", refuse, any),
    key<in_carriers, &Carriers::grpc, &Grpc::authority>("replication.grpc", "authority", refuse,
                                                        any),
    key<in_carriers, &Carriers::grpc, &Grpc::insecure>("replication.grpc", "insecure", refuse, any),

    key<in_carriers, &Carriers::winsra, &Winsra::listen>("replication.winsra", "listen", refuse,
                                                         with_port(winsra_port)),

    key<in_carriers, &Carriers::discovery, &Discovery::enabled>("replication.discovery", "enabled",
                                                                refuse, any),
    key<in_carriers, &Carriers::discovery, &Discovery::interval>(
        "replication.discovery", "interval", refuse, between(1s, 9999h)),
    key<in_carriers, &Carriers::discovery, &Discovery::ttl>("replication.discovery", "ttl", refuse,
                                                            between(1, 32)),

    key<in_replication, in_verification, &VerificationOptions::interval>(
        "replication.verification", "interval", apply, between(0s, 9999h)),
    time_of_day<in_replication, in_verification, &VerificationOptions::start>(
        "replication.verification", "start", apply),
    key<in_replication, in_verification, &VerificationOptions::records_at_a_time>(
        "replication.verification", "records", apply, between(1'000, 1'000'000'000)),
    key<in_replication, in_verification, &VerificationOptions::with_partners>(
        "replication.verification", "with_partners", apply, any),

    required_key<in_replication, in_partners, &Partner::name>("replication.partner", "name", apply,
                                                              any),
    required_key<in_replication, in_partners, &Partner::address>("replication.partner", "address",
                                                                 apply, any),
    required_key<in_replication, in_partners, &Partner::carrier>("replication.partner", "transport",
                                                                 apply, any),
    key<in_replication, in_partners, &Partner::insecure>("replication.partner", "insecure", apply,
                                                         any),
    key<in_replication, in_partners, &Partner::pull>("replication.partner", "pull", apply, any),
    key<in_replication, in_partners, &Partner::push>("replication.partner", "push", apply, any),
    key<in_replication, in_partners, &Partner::interval>("replication.partner", "interval", apply,
                                                         between(0s, 9999h)),
    time_of_day<in_replication, in_partners, &Partner::start>("replication.partner", "start",
                                                              apply),
    key<in_replication, in_partners, &Partner::update_count>("replication.partner", "update_count",
                                                             apply, between(0, 1'000'000'000)),
    key<in_replication, in_partners, &Partner::on_address_change>("replication.partner",
                                                                  "on_address_change", apply, any),
    key<in_replication, in_partners, &Partner::persistent>("replication.partner", "persistent",
                                                           apply, any),
    key<in_replication, in_partners, &Partner::paused>("replication.partner", "paused", apply, any),
    key<in_replication, in_partners, &Partner::dynamic_only>("replication.partner", "dynamic_only",
                                                             apply, any),
    key<in_replication, in_partners, &Partner::domains_only>("replication.partner", "domains_only",
                                                             apply, any),
    key<in_replication, in_partners, &Partner::members_count_as_local>(
        "replication.partner", "members_count_as_local", apply, any),
};

constexpr std::array lists = {
    table_list<in_replication, in_partners>("replication.partner", "name",
                                            replication::partners_max),
};

}  // namespace

std::span<const Key> replication_keys() {
  return table;
}

std::span<const TableList> replication_lists() {
  return lists;
}

}  // namespace winsome::config
