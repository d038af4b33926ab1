#include "server/daemon/carriers.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"
#include "server/daemon/peer_log.h"

namespace winsome::daemon {
namespace {

/// Where a carrier tells of what its peers do wrong.
std::function<void(const std::string&, const std::string&)> once_a_minute(PeerLog::Write write) {
  return [log = std::make_shared<PeerLog>(std::move(write))](
             const std::string& who, const std::string& what) { log->note(who, what); };
}

}  // namespace

Result<std::unique_ptr<Carriers>, std::string> Carriers::start(const config::Settings& settings,
                                                               const transport::Post& post) {
  auto carriers = std::unique_ptr<Carriers>(new Carriers);
  const auto fault =
      once_a_minute([](const std::string& peer, const std::string& what, std::uint64_t times) {
        log(messages::replication_fault, peer, what, times);
      });
  transport::WinsraOptions plain;
  plain.us = settings.replication.us;
  plain.fault = fault;
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
  secured.fault = fault;
  secured.refused =
      once_a_minute([](const std::string& who, const std::string& why, std::uint64_t) {
        log(messages::replication_certificate_refused, who.empty() ? "a caller" : who, why);
      });
  auto grpc = transport::GrpcTransport::start(secured, post);
  if (!grpc) return fail(grpc.error());
  carriers->grpc_ = std::move(*grpc);
  return carriers;
}

void Carriers::send(replication::Send&& what) {
  const auto link = std::visit([](const auto& one) { return one.link; }, what);
  if ((link & replication::by_winsra) != 0) return winsra_->send(std::move(what));
  grpc_->send(std::move(what));
}

std::vector<std::pair<std::string, std::uint64_t>> Carriers::faults() const {
  const auto counters = winsra_->counters();
  using Fault = std::pair<std::string, std::uint64_t>;
  std::vector<Fault> faults;
  // Some reasons are found at two places.
  const auto add = [&](std::string_view reason, std::uint64_t count) {
    const auto known = std::ranges::find(faults, reason, &Fault::first);
    if (known == faults.end()) {
      faults.emplace_back(reason, count);
    } else {
      known->second += count;
    }
  };
  add("turned away", counters.turned_away);
  add("too slow", counters.too_slow);
  for (std::size_t i = 0; i < counters.malformed.size(); ++i)
    add(winsra::to_text(static_cast<winsra::DecodeError>(i)), counters.malformed[i]);
  for (std::size_t i = 0; i < counters.ignored.size(); ++i)
    add(winsra::to_text(static_cast<winsra::Ignored>(i)), counters.ignored[i]);
  const auto secured = grpc_->counters();
  for (std::size_t i = 0; i < secured.size(); ++i)
    add(to_text(static_cast<transport::GrpcFault>(i)), secured[i]);
  return faults;
}

}  // namespace winsome::daemon
