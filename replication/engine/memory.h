#pragma once

#include <vector>

#include "replication/engine/owner_map.h"
#include "server/names/record.h"

namespace winsome::replication {

/// What replication finds in the store at start.
struct Memory {
  OwnerMap owners;                     // `max` is what is known of each; `min` means nothing
  std::vector<Ipv4> filtered;          // those of which only 1B names and internet groups are known
  std::vector<names::Record> pending;  // replicas that wait for a challenge
  bool recovered = true;  // false: a new or restored database, partners may know more (decision 18)
};

}  // namespace winsome::replication
