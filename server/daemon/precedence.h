#pragma once

namespace winsome::daemon {

/// Makes the calling thread give way to the answer threads: a query waits neither for a decision
/// nor for a commit, also where they share a processor. The deciding and the storing thread call it
/// as they start.
void give_way_to_queries();

}  // namespace winsome::daemon
