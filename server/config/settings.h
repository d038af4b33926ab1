#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "replication/engine/partner.h"
#include "server/bootstrap/options.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/dhcp/relay.h"
#include "server/dns/options.h"
#include "server/leases/configuration.h"
#include "server/names/options.h"
#include "server/tftp/options.h"

namespace winsome::config {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

/// The whole of winsome.toml with its defaults filled in.
struct Settings {
  std::filesystem::path data_dir = "/var/lib/winsome";

  struct Log {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
  } log;

  struct Nbns {
    std::vector<Endpoint> listen = {Endpoint{Ipv4(), 137}};
    std::size_t answer_threads = 0;      // 0: one per core
    std::uint16_t challenge_port = 137;  // where the present owner of a name is asked
    bool allow_short_intervals = false;
    bool owner_is_default = false;  // the file leaves `names.owner` to the machine
  } nbns;

  names::Options names;  // [nbns], [nbns.challenge], [nbns.burst], [nbns.access]

  replication::Options replication;  // [replication], [replication.verification], partners

  /// What carries replication: where it listens, with which files, and how partners are sought.
  struct Replication {
    struct Grpc {
      std::vector<Endpoint> listen;  // empty: not served
      std::filesystem::path certificate;
      std::filesystem::path key;
      std::filesystem::path authority;  // certificates that vouch for those of partners
      bool insecure = false;            // `listen` without certificates
    } grpc;
    struct Winsra {
      std::vector<Endpoint> listen;  // empty: not served
    } winsra;
    struct Discovery {  // fact base C1
      bool enabled = false;
      seconds interval = std::chrono::minutes(40);
      unsigned ttl = 6;
    } discovery;
  } carriers;

  dhcp::Configuration dhcp;  // [dhcp], its scopes and classes; enabled where there are scopes

  /// What carries leases.
  struct Dhcp {
    std::vector<std::string> interfaces;  // empty: all with an address in the subnet of a scope
  } dhcp_carriers;

  tftp::Options tftp;
  dns::Options dns_update;                // without the secret of its key, which is in
  std::filesystem::path dns_secret_file;  // in Base64

  dhcp::RelayOptions relay;      // on where it has interfaces
  bootstrap::Options bootstrap;  // each part off by default

  struct Admin {
    std::filesystem::path socket = "/run/winsome/admin.sock";
  } admin;
};

/// What is wrong, for a person: `winsome.toml:3:2: error: unknown table 'replicaton' (did you mean
/// 'replication'?)`. Line and column count from 1; 0 when the file as a whole is meant.
struct Problem {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string text;
};
[[nodiscard]] std::string to_text(const Problem& problem);

/// Where partners are reached whose address does not say it.
inline constexpr std::uint16_t winsra_port = 42;
inline constexpr std::uint16_t grpc_port = 8137;

/// Where DNS servers are.
inline constexpr std::uint16_t dns_port = 53;

/// What a reload would change, for the log: `nbns.renewal_interval: 6d -> 4d`,
/// `replication.partner "east": added`.
struct Difference {
  std::vector<std::string> lines;
  std::vector<std::string> needs_restart;  // keys among them that a running daemon cannot change
};
[[nodiscard]] Difference difference(const Settings& before, const Settings& after);

/// What the file does not say and the machine must: its host name, and the first address and
/// hardware address that are not of loopback.
struct HostFacts {
  std::string host_name;
  Ipv4 address;
  std::array<std::uint8_t, 6> hardware{};  // zero: there is none of six octets
};

/// All problems at once; settings only when there is none.
[[nodiscard]] Result<Settings, std::vector<Problem>> parse(std::string_view text,
                                                           const std::string& file,
                                                           const HostFacts& host);

/// Reads and parses a file; one that cannot be read is a problem too.
[[nodiscard]] Result<Settings, std::vector<Problem>> load(const std::filesystem::path& file,
                                                          const HostFacts& host);

}  // namespace winsome::config
