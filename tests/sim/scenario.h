#pragma once

#include <string>
#include <string_view>

namespace winsome::sim {

/// What the scripted part of a scenario file came to: a trace, or what is wrong with the script.
struct Played {
  std::string trace;
  std::string problem;  // empty: none
};

/// Plays a script. One command a line, `#` for comments:
///
///     lan delay 5ms loss 0 duplication 0          (permille)
///     server west 192.0.2.1 renewal 60s disk 2ms start_wait 10s
///     host pc1 10.0.0.1 10.0.1.1 [at west]
///     pc1: register FRED<00> [group|multihomed] [at 10.0.1.1]
///     pc1: refresh|release FRED<00> [at ...]      pc1: query FRED<00>
///     pc1: claims FRED<00> for 10.0.0.9           pc1: dies|lives|moves to 10.0.0.7
///     pc1: is honest|late 2s|silent|denying|claiming|mistaken
///     west: crashes|restarts|disk refuses|disk works|scavenges
///     west: adds FRED<00> 10.0.0.1 | deletes FRED<00> | tombstones FRED<00> | shows FRED<00>
///     run 30s
///     quiet|loud                                  (only what is shown, or everything)
///
/// And for servers that replicate:
///
///     partners east <-> west interval 15m via winsra [persistent] [count 5] [delay 2s] [rate 500]
///     cut east -> west        cut east <-> west        heal east <-> west
///     east: loses its disk|is backed up|is restored|pulls|pushes|propagates|verifies|knows
///     everybody: shows FRED<00>
///
/// Servers are named before the hosts, which use the last one that was named.
[[nodiscard]] Played play(std::string_view script);

}  // namespace winsome::sim
