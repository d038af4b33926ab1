#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/names/record.h"

namespace winsome::names {

/// A record that an administrator adds: static, or brought along from another server with what is
/// left of its life.
struct NewRecord {
  nbns::ScopedName name;
  RecordType type = RecordType::unique;
  nbns::NodeType node = nbns::NodeType::b;
  bool is_static = true;
  std::vector<Ipv4>
      addresses;    // a special group's are added to those it has, other types' replace them
  seconds life{0};  // dynamic only: at most the renewal interval is granted
};

/// Adds all of `records` in one transaction, or, where any is refused and not `keep_going`, none.
/// Static records overwrite dynamic ones and other static ones; dynamic ones only what is not
/// active.
struct AddRecords {
  std::vector<NewRecord> records;
  bool dry_run = false;
  bool keep_going = false;
  bool allow_blocked =
      false;  // an administrator may reserve a name that is blocked for everybody else
};

/// Removes a record from this server only: a partner's copy may bring it back.
struct DeleteRecord {
  nbns::ScopedName name;
};

/// Makes a record ours and a tombstone, so that it disappears everywhere.
struct TombstoneRecord {
  nbns::ScopedName name;
};

/// Ages now whatever is due, instead of in small slices.
struct Scavenge {};

using Command = std::variant<AddRecords, DeleteRecord, TombstoneRecord, Scavenge>;

enum class CommandStatus : std::uint8_t {
  done,
  not_found,
  refused,      // see `refusals`; with keep_going the rest was done
  unavailable,  // the store cannot write now; nothing changed
  starting,     // partners are asked first what they know of us (decision 18); nothing changed
};

struct Refusal {
  std::size_t index = 0;  // into AddRecords::records
  std::string text;
};

struct CommandResult {
  CommandStatus status = CommandStatus::done;
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t unchanged = 0;  // already so, or an active record that a dynamic one may not replace
  std::size_t released = 0;   // by scavenging
  std::size_t tombstoned = 0;
  std::size_t deleted = 0;
  std::vector<Refusal> refusals{};
};

/// D6: what an administrator calls a mapping.
enum class MappingType : std::uint8_t {
  unique,
  multihomed,
  normal_group,
  domain_name,
  internet_group
};

/// The records that a static mapping stands for (fact base D6): unique and multihomed make <00>,
/// <03> and <20>, a group <1E>, a domain name <1C>, an internet group <20>. `name` is text of at
/// most 15 octets.
[[nodiscard]] std::vector<NewRecord> expand(MappingType type, std::string_view name,
                                            std::string_view scope,
                                            const std::vector<Ipv4>& addresses);

/// One static record with exactly this name.
[[nodiscard]] NewRecord exact(MappingType type, const nbns::ScopedName& name,
                              const std::vector<Ipv4>& addresses);

}  // namespace winsome::names
