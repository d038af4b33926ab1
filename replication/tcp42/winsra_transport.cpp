#include "replication/tcp42/winsra_transport.h"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <limits>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <utility>

#include "replication/tcp42/winsra_connection.h"
#include "server/core/listen_advice.h"

namespace winsome::transport {
namespace {

using asio::ip::tcp;
using replication::Link;
using winsra::Association;

constexpr std::size_t scratch_length = std::size_t{256} << 10;
/// When the process is out of descriptors, or the engine out of room.
constexpr std::chrono::milliseconds pause{100};

std::string advice(const Endpoint& endpoint, const std::error_code& error) {
  return listen_advice(
      endpoint, error.value(),
      {.what = {}, .rival = "Samba? ", .sockets = "-tlpn", .key = "replication.winsra.listen"});
}

bool is_local(Ipv4 address) {
  asio::io_context io;
  tcp::socket socket(io);
  std::error_code error;
  socket.open(tcp::v4(), error);
  if (!error) socket.bind({asio::ip::address_v4(address.value()), 0}, error);
  return !error;
}

/// Where our connections come from, for partners know us by it: from the only address at which they
/// reach us, else from that of our records; none: what the system chooses.
std::optional<Ipv4> source_of(const WinsraOptions& options) {
  if (options.listen.size() == 1 && !options.listen.front().address.unspecified())
    return options.listen.front().address;
  if (!options.us.unspecified() && is_local(options.us)) return options.us;
  return std::nullopt;
}

winsra::Handle random_handle() {
  std::random_device random;
  while (true) {
    if (const auto handle = static_cast<winsra::Handle>(random()); handle != 0) return handle;
  }
}

}  // namespace

/// Everything but `counters` happens on its thread once it runs.
class WinsraTransport::Host final : public WinsraHost {
 public:
  Host(WinsraOptions options, Post post)
      : options_(std::move(options)), post_(std::move(post)), retry_(io_) {}
  ~Host() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] Result<void, std::string> listen();
  void run();
  void send(replication::Send&& what);
  [[nodiscard]] const std::vector<Endpoint>& listening() const { return listening_; }
  [[nodiscard]] WinsraCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }

  [[nodiscard]] const WinsraOptions& options() const override { return options_; }
  [[nodiscard]] std::span<std::uint8_t> scratch() override { return scratch_; }
  [[nodiscard]] bool post(replication::Input&& input) override { return post_(std::move(input)); }
  void post_down(replication::LinkDown&& down) override;
  [[nodiscard]] bool holds(std::size_t before, std::size_t now) override;
  void count_malformed(Ipv4 peer, winsra::DecodeError error) override;
  void count_ignored(Ipv4 peer, winsra::Ignored reason, std::uint64_t count) override;
  void count_too_slow(Ipv4 peer, const std::string& why) override;
  void redirect(winsra::Handle handle, Ipv4 address) override;
  void closed(Link link, Ipv4 address) override;

 private:
  struct Listener {
    tcp::acceptor acceptor;
    asio::steady_timer again;
  };

  void accept(Listener& listener);
  void admit(tcp::socket socket);
  [[nodiscard]] bool make_room();
  void count_turned_away(Ipv4 peer);
  void open(const replication::OpenLink& what);
  std::shared_ptr<WinsraConnection> add(tcp::socket socket, Association::Side side, Link link,
                                        Ipv4 address);
  void retry_downs();
  void note(Ipv4 peer, const std::string& what) const;

  const WinsraOptions options_;
  const Post post_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Endpoint> listening_;
  std::unordered_map<Link, std::shared_ptr<WinsraConnection>> connections_;
  std::unordered_map<winsra::Handle, std::pair<Ipv4, Link>> accepted_;  // by the handle we gave
  std::map<Ipv4, std::size_t> incoming_of_;
  std::size_t incoming_ = 0;
  Link last_incoming_ = 0;
  std::size_t held_octets_ = 0;
  std::vector<replication::LinkDown> downs_;  // of which the engine could not hear yet
  asio::steady_timer retry_;
  std::vector<std::uint8_t> scratch_ = std::vector<std::uint8_t>(scratch_length);
  mutable std::mutex mutex_;
  WinsraCounters counters_;
  std::thread thread_;
};

Result<void, std::string> WinsraTransport::Host::listen() {
  for (const auto& endpoint : options_.listen) {
    auto listener = std::make_unique<Listener>(tcp::acceptor(io_), asio::steady_timer(io_));
    auto& acceptor = listener->acceptor;
    const tcp::endpoint where(asio::ip::address_v4(endpoint.address.value()), endpoint.port);
    std::error_code error;
    acceptor.open(tcp::v4(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(where, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return fail(advice(endpoint, error));
    listening_.push_back({endpoint.address, acceptor.local_endpoint(error).port()});
    listeners_.push_back(std::move(listener));
  }
  return {};
}

void WinsraTransport::Host::run() {
  for (auto& listener : listeners_) accept(*listener);
  thread_ = std::thread([this] { io_.run(); });
}

void WinsraTransport::Host::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener](auto error, tcp::socket socket) {
    if (!error) {
      admit(std::move(socket));
      return accept(listener);
    }
    if (error == asio::error::operation_aborted) return;
    listener.again.expires_after(pause);
    listener.again.async_wait([this, &listener](auto) { accept(listener); });
  });
}

void WinsraTransport::Host::admit(tcp::socket socket) {
  std::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;  // it is gone already
  const Ipv4 address(remote.address().to_v4().to_uint());
  const auto of_it = incoming_of_.find(address);
  const auto& limits = options_.limits;
  if ((of_it != incoming_of_.end() && of_it->second >= limits.incoming_max_of_one_address) ||
      (incoming_ >= limits.incoming_max && !make_room()))
    return count_turned_away(address);
  ++incoming_;
  ++incoming_of_[address];
  const auto link = first_incoming_winsra | ++last_incoming_;
  add(std::move(socket), Association::Side::accepting, link, address)->accepted();
}

/// Ends the oldest connection on which nothing was asked yet: strangers who only hold their places
/// keep no partner out. False: all of them are in use.
bool WinsraTransport::Host::make_room() {
  std::shared_ptr<WinsraConnection> oldest;
  auto oldest_link = std::numeric_limits<Link>::max();
  for (const auto& [link, connection] : connections_) {
    if (link < replication::first_incoming || link > oldest_link || connection->is_known())
      continue;
    oldest = connection;
    oldest_link = link;
  }
  if (!oldest) return false;
  count_turned_away(oldest->address());
  oldest->close();
  return true;
}

void WinsraTransport::Host::count_turned_away(Ipv4 peer) {
  {
    const std::lock_guard lock(mutex_);
    ++counters_.turned_away;
  }
  note(peer, "one connection too many");
}

void WinsraTransport::Host::open(const replication::OpenLink& what) {
  const auto& remote = what.partner.address;
  add(tcp::socket(io_), Association::Side::connecting, what.link, remote.address)
      ->connect(remote, source_of(options_));
}

std::shared_ptr<WinsraConnection> WinsraTransport::Host::add(tcp::socket socket,
                                                             Association::Side side, Link link,
                                                             Ipv4 address) {
  auto handle = random_handle();
  while (accepted_.contains(handle)) handle = random_handle();
  if (side == Association::Side::accepting) accepted_.emplace(handle, std::pair(address, link));
  auto connection = std::make_shared<WinsraConnection>(
      *this, std::move(socket), Association(side, handle),
      WinsraSession(link, {replication::Carrier::winsra, address, {}}, options_.us));
  connections_.emplace(link, connection);
  return connection;
}

void WinsraTransport::Host::redirect(winsra::Handle handle, Ipv4 address) {
  const auto found = accepted_.find(handle);
  if (found == accepted_.end() || found->second.first != address) return;
  const auto connection = connections_.at(found->second.second);  // it may go meanwhile
  connection->redirected();
}

void WinsraTransport::Host::closed(Link link, Ipv4 address) {
  connections_.erase(link);
  if (link < replication::first_incoming) return;
  std::erase_if(accepted_, [link](const auto& one) { return one.second.second == link; });
  --incoming_;
  const auto of_it = incoming_of_.find(address);
  if (--of_it->second == 0) incoming_of_.erase(of_it);
}

void WinsraTransport::Host::send(replication::Send&& what) {
  asio::post(io_, [this, what = std::move(what)]() mutable {
    if (const auto* to_open = std::get_if<replication::OpenLink>(&what)) return open(*to_open);
    const auto link = std::visit([](const auto& one) { return one.link; }, what);
    const auto found = connections_.find(link);
    if (found == connections_.end()) return;
    const auto connection = found->second;  // it may go meanwhile
    connection->ask(std::move(what));
  });
}

void WinsraTransport::Host::post_down(replication::LinkDown&& down) {
  if (post_(replication::LinkDown(down))) return;
  downs_.push_back(std::move(down));
  if (downs_.size() == 1) retry_downs();
}

/// At most one a link, and the engine knows of so many only.
void WinsraTransport::Host::retry_downs() {
  retry_.expires_after(pause);
  retry_.async_wait([this](auto) {
    std::erase_if(downs_, [this](const auto& down) { return post_(replication::LinkDown(down)); });
    if (!downs_.empty()) retry_downs();
  });
}

bool WinsraTransport::Host::holds(std::size_t before, std::size_t now) {
  held_octets_ += now - before;
  return now <= before || held_octets_ <= options_.limits.held_octets_max;
}

void WinsraTransport::Host::count_malformed(Ipv4 peer, winsra::DecodeError error) {
  {
    const std::lock_guard lock(mutex_);
    ++counters_.malformed[static_cast<std::size_t>(error)];
  }
  note(peer, "a frame that cannot be: " + std::string(winsra::to_text(error)));
}

void WinsraTransport::Host::count_ignored(Ipv4 peer, winsra::Ignored reason, std::uint64_t count) {
  {
    const std::lock_guard lock(mutex_);
    counters_.ignored[static_cast<std::size_t>(reason)] += count;
  }
  note(peer, "a message that is passed over: " + std::string(winsra::to_text(reason)));
}

void WinsraTransport::Host::count_too_slow(Ipv4 peer, const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    ++counters_.too_slow;
  }
  note(peer, why);
}

void WinsraTransport::Host::note(Ipv4 peer, const std::string& what) const {
  if (options_.fault) options_.fault(to_text(peer), what);
}

Result<std::unique_ptr<WinsraTransport>, std::string> WinsraTransport::start(WinsraOptions options,
                                                                             Post post) {
  auto host = std::make_unique<Host>(std::move(options), std::move(post));
  if (auto listening = host->listen(); !listening) return fail(std::move(listening.error()));
  host->run();
  return std::unique_ptr<WinsraTransport>(new WinsraTransport(std::move(host)));
}

WinsraTransport::WinsraTransport(std::unique_ptr<Host> host) : host_(std::move(host)) {}

WinsraTransport::~WinsraTransport() = default;

void WinsraTransport::send(replication::Send&& what) {
  host_->send(std::move(what));
}

const std::vector<Endpoint>& WinsraTransport::listening() const {
  return host_->listening();
}

WinsraCounters WinsraTransport::counters() const {
  return host_->counters();
}

}  // namespace winsome::transport
