#include "replication/grpc/failure.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace winsome::transport {
namespace {

using grpc::StatusCode;

constexpr std::size_t text_length_max = 200;

std::string clean(std::string_view text) {
  std::string out(text.substr(0, text_length_max));
  std::ranges::replace_if(out, [](unsigned char c) { return c < 32 || c == 127; }, ' ');
  return out;
}

constexpr std::string_view broke_off = "the connection broke off";

/// What gRPC 1.51 writes of connections that fail, and what it means.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> meanings{{
    {"Connection refused", "it refuses connections: is it running, and is the port right?"},
    {"No route to host", "there is no way to it"},
    {"Network is unreachable", "there is no way to it"},
    {"onnection timed out", "it did not answer in time"},
    {"handshake failed", "it does not secure its connections, or not as this server does"},
    {"watchdog timeout", broke_off},
    {"Connection reset", broke_off},
    {"Broken pipe", broke_off},
    {"Socket closed", broke_off},
}};

}  // namespace

std::string words_for_failure(const grpc::Status& status) {
  const auto& text = status.error_message();
  switch (status.error_code()) {
    case StatusCode::DEADLINE_EXCEEDED: return "it did not answer in time";
    case StatusCode::PERMISSION_DENIED: return "it refuses: " + clean(text);
    case StatusCode::UNIMPLEMENTED: return "what answers there does not replicate names over gRPC";
    case StatusCode::UNAVAILABLE: break;
    default: return clean(text);
  }
  for (const auto& [part, meaning] : meanings) {
    if (text.find(part) != std::string::npos) return std::string(meaning);
  }
  return text.empty() ? std::string(broke_off) : clean(text);
}

bool hung_up(const grpc::Status& status) {
  return status.error_code() == StatusCode::UNAVAILABLE && words_for_failure(status) == broke_off;
}

}  // namespace winsome::transport
