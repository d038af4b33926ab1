#include "server/daemon/owner.h"

#include <fmt/format.h>

namespace winsome::daemon {

void keep_owner(config::Settings& settings, Ipv4 owner) {
  if (!settings.nbns.owner_is_default) return;
  settings.names.owner = owner;
  settings.replication.us = owner;
}

Result<void, std::string> settle_owner(store::NameStore& store, Ipv4 stored,
                                       config::Settings& settings) {
  if (stored.unspecified()) {
    auto written = store.set_owner(settings.names.owner);
    if (!written) return fail(written.error().text);
    return {};
  }
  keep_owner(settings, stored);
  if (settings.names.owner == stored) return {};
  return fail(
      fmt::format("nbns.owner is {}, but the names in {} are those of {}; set it to that, or "
                  "move winsome.db away to begin anew",
                  to_text(settings.names.owner), settings.data_dir.string(), to_text(stored)));
}

}  // namespace winsome::daemon
