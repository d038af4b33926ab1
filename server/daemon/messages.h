#pragma once

#include "server/daemon/log_message.h"

/// Everything that winsomed logs. An id is the name of its constant.
namespace winsome::daemon::messages {

using enum config::LogLevel;

inline constexpr LogMessage<2> started{"started", info,
                                       "winsomed {version} is serving names on {endpoints}",
                                       "Clients are answered from now on."};
inline constexpr LogMessage<0> stopping{
    "stopping", info, "stopping", "No new requests are taken; what was received is finished."};
inline constexpr LogMessage<0> stopped{"stopped", info, "stopped",
                                       "Everything acknowledged is on disk."};

inline constexpr LogMessage<1> configuration_changed{
    "configuration_changed", info, "configuration: {change}", "A reload put this into force."};
inline constexpr LogMessage<0> configuration_unchanged{"configuration_unchanged", info,
                                                       "configuration read again, nothing changed",
                                                       "The file says what is already in force."};
inline constexpr LogMessage<1> configuration_refused{
    "configuration_refused", error, "configuration not reloaded: {problem}",
    "The settings from before stay in force, all of them."};

inline constexpr LogMessage<3> database_opened{
    "database_opened", info, "{names} names read in {milliseconds} ms, version {version}",
    "The version is the highest that partners can know of this server."};
inline constexpr LogMessage<1> backup_written{"backup_written", info, "backup written to {file}",
                                              "The file is a whole database; see winsome restore."};
inline constexpr LogMessage<1> store_unavailable{
    "store_unavailable", error, "the database cannot be written: {reason}",
    "Queries are answered, changes are not; free or mend the disk, no restart is needed."};
inline constexpr LogMessage<0> store_recovered{
    "store_recovered", info, "the database can be written again", "Changes are answered again."};

inline constexpr LogMessage<1> clock_jumped{
    "clock_jumped", warning, "the wall clock jumped by {seconds} seconds",
    "Names do not age by it; check the time service of this host."};
inline constexpr LogMessage<2> receive_buffer_small{
    "receive_buffer_small", warning, "the receive buffer is {octets} octets, less than {wanted}",
    "Bursts may be lost; raise net.core.rmem_max."};
inline constexpr LogMessage<0> capabilities_kept{
    "capabilities_kept", warning, "the capabilities of the start could not be given up",
    "The daemon works, with more privileges than it needs."};
inline constexpr LogMessage<1> log_lines_dropped{
    "log_lines_dropped", warning, "{lines} lines of the log were lost",
    "They came faster than they could be written; raise log.level."};

inline constexpr LogMessage<3> administrator{"administrator", info, "{who}: {command}: {outcome}",
                                             "The audit trail of what was changed by hand."};

}  // namespace winsome::daemon::messages
