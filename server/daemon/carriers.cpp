#include "server/daemon/carriers.h"

#include <chrono>
#include <map>
#include <mutex>
#include <utility>
#include <variant>

#include "replication/grpc/grpc_transport.h"
#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {
namespace {

/// Logs callers whose certificates were refused, each at most once a minute.
class Refusals {
 public:
  void note(const std::string& who, const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (last_.size() >= callers_max) last_.clear();
    const auto [at, first] = last_.try_emplace(who + why, now);
    if (!first && now < at->second + std::chrono::minutes(1)) return;
    at->second = now;
    log(messages::replication_certificate_refused, who.empty() ? "a caller" : who, why);
  }

 private:
  static constexpr std::size_t callers_max = 256;
  std::mutex mutex_;
  std::map<std::string, std::chrono::steady_clock::time_point> last_;
};

}  // namespace

Result<std::unique_ptr<Carriers>, std::string> Carriers::start(const config::Settings& settings,
                                                               const transport::Post& post) {
  auto carriers = std::unique_ptr<Carriers>(new Carriers);
  transport::WinsraOptions plain;
  plain.us = settings.replication.us;
  plain.listen = settings.carriers.winsra.listen;
  auto winsra = transport::WinsraTransport::start(std::move(plain), post);
  if (!winsra) return fail(winsra.error());
  carriers->winsra_ = std::move(*winsra);

  const auto& configured = settings.carriers.grpc;
  transport::GrpcOptions secured;
  secured.listen = configured.listen;
  secured.insecure = configured.insecure;
  secured.files.certificate = configured.certificate;
  secured.files.key = configured.key;
  secured.files.authority = configured.authority;
  secured.refused = [refusals = std::make_shared<Refusals>()](const std::string& who,
                                                              const std::string& why) {
    refusals->note(who, why);
  };
  auto grpc = transport::GrpcTransport::start(std::move(secured), post);
  if (!grpc) return fail(grpc.error());
  carriers->grpc_ = std::move(*grpc);
  return carriers;
}

void Carriers::send(replication::Send&& what) {
  const auto link = std::visit([](const auto& one) { return one.link; }, what);
  auto& carrier = (link & replication::by_winsra) != 0 ? *winsra_ : *grpc_;
  carrier.send(std::move(what));
}

std::vector<std::pair<std::string, std::uint64_t>> Carriers::faults() const {
  const auto counters = winsra_->counters();
  std::vector<std::pair<std::string, std::uint64_t>> faults;
  const auto add = [&](std::string_view reason, std::uint64_t count) {
    faults.emplace_back("replication: " + std::string(reason), count);
  };
  add("turned away", counters.turned_away);
  add("too slow", counters.too_slow);
  for (std::size_t i = 0; i < counters.malformed.size(); ++i)
    add(winsra::to_text(static_cast<winsra::DecodeError>(i)), counters.malformed[i]);
  for (std::size_t i = 0; i < counters.ignored.size(); ++i)
    add(winsra::to_text(static_cast<winsra::Ignored>(i)), counters.ignored[i]);
  return faults;
}

}  // namespace winsome::daemon
