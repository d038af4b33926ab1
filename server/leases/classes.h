#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <span>

#include "server/dhcp/message.h"
#include "server/leases/configuration.h"

namespace winsome::dhcp {

/// Indices into the configured classes, ascending.
using ClassList = absl::InlinedVector<std::uint16_t, 6>;

/// The classes that the sender of `message` is a member of.
[[nodiscard]] ClassList classes_of(const Message& message, std::span<const ClientClass> classes);

}  // namespace winsome::dhcp
