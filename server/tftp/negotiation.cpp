#include "server/tftp/negotiation.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace winsome::tftp {
namespace {

/// Decimal digits and nothing else.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class Negotiator {
 public:
  Negotiator(const Request& request, const Options& options, std::uint64_t size)
      : request_(request), options_(options), size_(size) {}

  Terms terms() && {
    blksize();
    timeout();
    tsize();
    windowsize();
    return std::move(terms_);
  }

 private:
  std::optional<std::uint64_t> asked(std::string_view name) const {
    const auto option = std::ranges::find_if(
        request_.options, [&](const Option& candidate) { return same_word(candidate.name, name); });
    if (option == request_.options.end()) return std::nullopt;
    return parse_number(option->value);
  }

  void accept(std::string name, std::uint64_t value) {
    terms_.accepted.emplace_back(std::move(name), std::to_string(value));
  }

  // RFC 2348. More than the RFC allows is cut down like more than we allow.
  void blksize() {
    const auto value = asked("blksize");
    if (!value || *value < blksize_min) return;
    const auto most = std::clamp(options_.blksize_max, blksize_min, blksize_limit);
    terms_.blksize = static_cast<std::uint16_t>(std::min<std::uint64_t>(*value, most));
    accept("blksize", terms_.blksize);
  }

  // RFC 2349: taken as it is, or not at all.
  void timeout() {
    const auto value = asked("timeout");
    if (!value || *value == 0 || *value > timeout_limit) return;
    terms_.timeout = seconds(*value);
    accept("timeout", *value);
  }

  // RFC 2349.
  void tsize() {
    if (!asked("tsize") || request_.mode != Mode::octet) return;
    accept("tsize", size_);
  }

  // RFC 7440; after blksize, on which it depends how many blocks are a window.
  void windowsize() {
    const auto value = asked("windowsize");
    if (!value || *value == 0) return;
    const auto most = std::clamp<std::uint64_t>(
        window_octets_max / terms_.blksize, 1, std::max<std::uint16_t>(options_.windowsize_max, 1));
    terms_.windowsize = static_cast<std::uint16_t>(std::min(*value, most));
    accept("windowsize", terms_.windowsize);
  }

  const Request& request_;
  const Options& options_;
  std::uint64_t size_;
  Terms terms_;
};

}  // namespace

Terms negotiate(const Request& request, const Options& options, std::uint64_t size) {
  return Negotiator(request, options, size).terms();
}

}  // namespace winsome::tftp
