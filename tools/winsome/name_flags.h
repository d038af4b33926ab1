#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/core/result.h"
#include "winsome/admin/v1/names.pb.h"

namespace winsome::cli {

struct ListFlags {
  std::string pattern;
  std::string suffix;
  std::string address;
  std::string owner;
  std::string type;
  std::string state;
  bool only_static = false;
  bool only_dynamic = false;
  std::uint64_t limit = 0;
  bool as_typed = false;
};

/// The error says which flag is wrong, and how.
[[nodiscard]] Result<admin::v1::ListRequest, std::string> list_request(const ListFlags& flags);

/// All records of a name, whatever the suffix.
[[nodiscard]] Result<admin::v1::ListRequest, std::string> list_request_of_name(
    const std::string& name, bool as_typed);

struct AddFlags {
  std::string name;
  std::vector<std::string> addresses;
  std::string type;
  bool dry_run = false;
  bool as_typed = false;
};

/// Without a suffix the mapping is expanded; without a type the suffix and the number of addresses
/// tell it.
[[nodiscard]] Result<admin::v1::AddRequest, std::string> add_request(const AddFlags& flags);

}  // namespace winsome::cli
