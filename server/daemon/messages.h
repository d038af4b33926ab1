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
inline constexpr LogMessage<1> clock_not_synchronised{
    "clock_not_synchronised", warning,
    "{seconds} seconds since the last run are not counted, the wall clock is not synchronised",
    "Names live that much longer; start the time service of this host before this server."};
inline constexpr LogMessage<2> receive_buffer_small{
    "receive_buffer_small", warning, "the receive buffer is {octets} octets, less than {wanted}",
    "Bursts may be lost; raise net.core.rmem_max."};
inline constexpr LogMessage<1> requests_dropped{
    "requests_dropped", warning, "requests got no answer for want of room: {reasons}",
    "Clients ask again; if it lasts, see [nbns.burst] and [nbns.challenge], and who sends so "
    "much."};
inline constexpr LogMessage<0> capabilities_kept{
    "capabilities_kept", warning, "the capabilities of the start could not be given up",
    "The daemon works, with more privileges than it needs."};
inline constexpr LogMessage<1> log_lines_dropped{
    "log_lines_dropped", warning, "{lines} lines of the log were lost",
    "They came faster than they could be written; raise log.level."};

inline constexpr LogMessage<1> replicating{"replicating", info,
                                           "replication is served on {endpoints}",
                                           "Partners can pull from this server from now on."};
inline constexpr LogMessage<2> replication_pulled{"replication_pulled", info,
                                                  "{records} records received from {partner}",
                                                  "See winsome partner show."};
inline constexpr LogMessage<2> replication_pull_failed{
    "replication_pull_failed", warning, "could not pull from {partner}: {reason}",
    "It is tried again; names of other servers may be old until then."};
inline constexpr LogMessage<2> replication_push_failed{
    "replication_push_failed", warning, "could not tell {partner} of changes: {reason}",
    "It learns of them with its next pull."};
inline constexpr LogMessage<2> replication_peer_refused{"replication_peer_refused", warning,
                                                        "{peer} was refused: {reason}",
                                                        "Make it a partner if it should be one."};
inline constexpr LogMessage<2> replication_certificate_refused{
    "replication_certificate_refused", warning, "the certificate of {caller} was refused: {reason}",
    "It cannot replicate with this server until its certificate is right."};
inline constexpr LogMessage<1> partner_found{"partner_found", info,
                                             "{address} announced itself and is a partner now",
                                             "replication.discovery is enabled."};
inline constexpr LogMessage<1> partner_gone{"partner_gone", info,
                                            "{address} said that it goes and is no partner now",
                                            "replication.discovery is enabled."};
inline constexpr LogMessage<3> replication_nonsense{
    "replication_nonsense", warning, "{peer} sent what cannot be: {what} ({times} times so far)",
    "It was left out; nothing else is disturbed."};
inline constexpr LogMessage<3> replication_fault{
    "replication_fault", warning,
    "{peer} breaks the rules of replication: {what} ({times} faults so far)",
    "It was refused or passed over; nothing else is disturbed."};
inline constexpr LogMessage<3> replication_owner_went_back{
    "replication_owner_went_back", warning,
    "{partner} announces of {owner} versions only up to {version}, less than before",
    "Its database was lost or restored, the owner was deleted there, or two servers use one "
    "address; "
    "see winsome partner show. If it is the owner itself, raise its start version, or its new "
    "records are not seen."};
inline constexpr LogMessage<3> replication_blocked_name{
    "replication_blocked_name", warning,
    "the blocked name {name} came from {partner} ({times} such names so far)",
    "It is served; replication.refuse_blocked_names = true keeps such names out."};
inline constexpr LogMessage<2> replication_version_raised{
    "replication_version_raised", warning,
    "the version was raised to {version}, which {partner} knows",
    "Another server uses this owner address, or the database was an older one."};
inline constexpr LogMessage<0> replication_recovery_started{
    "replication_recovery_started", info,
    "the database is new or restored: partners are asked first what they know of this server",
    "Clients are answered when they did, or after replication.start_wait."};
inline constexpr LogMessage<1> replication_recovered{
    "replication_recovered", info, "{records} records of this server were taken back from partners",
    "What was lost with the database is served again."};
inline constexpr LogMessage<1> replication_recovery_timed_out{
    "replication_recovery_timed_out", warning,
    "no partner could be asked; this server goes on from version {version}",
    "If partners hold newer versions, they are adopted when they can be reached."};
inline constexpr LogMessage<3> replication_verified{
    "replication_verified", info, "records of {owner}: {changes} were not as {partner} has them",
    "They are now."};
inline constexpr LogMessage<2> replication_verification_failed{
    "replication_verification_failed", warning, "records of {owner} were not verified: {reason}",
    "Verification is tried again in its next period."};

inline constexpr LogMessage<1> leasing{"leasing", info, "DHCP is served on {interfaces}",
                                       "Clients get addresses from now on."};
inline constexpr LogMessage<2> leases_read{"leases_read", info,
                                           "{leases} leases read, {pending} wait for their names",
                                           "Names that were being asked for are asked for again."};
inline constexpr LogMessage<1> relaying{"relaying", info, "DHCP is relayed from {interfaces}",
                                        "Clients there are carried to the configured servers."};
inline constexpr LogMessage<1> scope_nearly_full{
    "scope_nearly_full", warning, "the scope {scope} is nearly full",
    "Add a pool or shorten its leases; said once, until there is room again."};
inline constexpr LogMessage<1> scope_full{
    "scope_full", error, "the scope {scope} is full, a new client got no address",
    "Add a pool or shorten its leases; said once, until there is room again."};
inline constexpr LogMessage<3> address_declined{
    "address_declined", warning,
    "an address of {scope} was declined since somebody has it: {address} ({times} times so far)",
    "The address is set aside for dhcp.decline_hold; find out who uses it."};
inline constexpr LogMessage<3> address_in_use{
    "address_in_use", warning,
    "an address of {scope} is in use though nobody leases it: {address} ({times} times so far)",
    "The address is set aside for dhcp.decline_hold; find out who uses it, or exclude it. "
    "'winsome lease list --state declined' shows all that are."};
inline constexpr LogMessage<2> clients_limited{
    "clients_limited", warning, "too many new clients through {circuit} of {scope}",
    "The rest get no answer for a while; those with leases are served."};
inline constexpr LogMessage<2> dns_told{"dns_told", debug, "DNS was told of {name} and {address}",
                                        "A lease began, changed or ended."};
inline constexpr LogMessage<3> dns_refused{
    "dns_refused", warning, "{what}: DNS was not told of {name} ({times} times so far)",
    "The lease holds all the same, and its next renewal asks again; see the name server's log."};
inline constexpr LogMessage<2> dns_postponed{
    "dns_postponed", warning, "the DNS server does not update {zone}: {reason}",
    "It is asked again later, other zones go on; see [dns_update] and the name server's log."};
inline constexpr LogMessage<1> dns_out_of_reach{
    "dns_out_of_reach", warning, "the DNS server {server} does not answer",
    "Updates wait in the database and are sent when it does."};
inline constexpr LogMessage<1> dns_in_reach{
    "dns_in_reach", info, "the DNS server {server} answers again", "What waited is being sent."};
inline constexpr LogMessage<1> serving_files{"serving_files", info, "TFTP is served on {endpoints}",
                                             "Clients can fetch boot files from now on."};
inline constexpr LogMessage<4> file_sent{
    "file_sent", info, "{file} sent to {client}: {octets} octets in {milliseconds} ms",
    "A client fetched its boot file."};
inline constexpr LogMessage<3> file_not_sent{
    "file_not_sent", info, "{client} did not get {file} ({times} times so far)",
    "See tftp.root and the boot file that the client was told."};
inline constexpr LogMessage<3> file_refused{"file_refused", debug,
                                            "{file} refused to {client}: {reason}",
                                            "The request was malformed, or one too many."};

inline constexpr LogMessage<3> administrator{"administrator", info, "{who}: {command}: {outcome}",
                                             "The audit trail of what was changed by hand."};

}  // namespace winsome::daemon::messages
