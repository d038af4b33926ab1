#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/core/result.h"
#include "server/leases/configuration.h"
#include "tools/winsome/json.h"
#include "winsome/admin/v1/leases.pb.h"

namespace winsome::cli {

/// What clients are told, one line each: `line("OPTION", "routers 192.0.2.1")`.
void show_parameters(const admin::v1::Parameters& parameters,
                     const std::function<void(std::string_view, std::string_view)>& line);
/// The same as members of an object: `options`, by name, `boot` and `lease`.
void add_parameters(JsonObject& object, const admin::v1::Parameters& parameters);

/// `routers=192.0.2.1,192.0.2.2`; the error says what was expected.
[[nodiscard]] Result<admin::v1::Option, std::string> option_argument(std::string_view text);
/// `8h`, `infinite`.
[[nodiscard]] Result<void, std::string> lease_argument(std::string_view text,
                                                       admin::v1::Parameters& out);

void fill(admin::v1::Parameters& out, const dhcp::Parameters& parameters);
[[nodiscard]] dhcp::Parameters to_parameters(const admin::v1::Parameters& message);

/// Octets that are all printable in quotes, others `01:02:ff`; and back, where quotes may be
/// missing if it cannot be taken for octets.
[[nodiscard]] std::string circuit_text(std::string_view circuit);
[[nodiscard]] std::string circuit_argument(std::string_view text);

}  // namespace winsome::cli
