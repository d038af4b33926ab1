#include "tools/winsome/nbns_client.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <thread>
#include <vector>

#include "server/core/check.h"

namespace winsome::cli {
namespace {

using testing::HasSubstr;

/// A name server on a loopback port of its own, which answers what it is told for as many requests
/// as it is told.
class ScriptedServer {
 public:
  using Script = std::function<std::vector<nbns::Message>(const nbns::NameRequest&, int)>;

  ScriptedServer(int requests, Script script) : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
          "a free port of this machine is bound");
    socklen_t length = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    thread_ = std::thread([this, requests, script = std::move(script)] {
      for (int i = 0; i < requests; ++i) serve_one(script, i);
    });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    thread_.join();
    ::close(socket_);
  }

  [[nodiscard]] NbnsOptions options() const {
    NbnsOptions made;
    made.server = {Ipv4(127, 0, 0, 1), port_};
    made.timeout = std::chrono::milliseconds(50);
    return made;
  }

 private:
  void serve_one(const Script& script, int number) const {
    std::array<std::uint8_t, nbns::receive_length_max> in;
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const auto size =
        ::recvfrom(socket_, in.data(), in.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) return;
    const auto request = nbns::decode({in.data(), static_cast<std::size_t>(size)});
    if (!request) return;
    for (const auto& message : script(std::get<nbns::NameRequest>(*request), number)) {
      std::array<std::uint8_t, nbns::receive_length_max> out;
      const auto octets = nbns::encode(message, out);
      ::sendto(socket_, octets.data(), octets.size(), 0, reinterpret_cast<const sockaddr*>(&from),
               length);
    }
  }

  int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

nbns::NameRequest registration() {
  nbns::NameRequest request;
  request.id = 0x1234;
  request.name = nbns::ScopedName(nbns::make_name("FRED", 0x20));
  request.ttl = 300'000;
  request.entry = {false, nbns::NodeType::h, Ipv4(192, 0, 2, 1)};
  return request;
}

nbns::NameResponse positive(const nbns::NameRequest& request) {
  nbns::NameResponse response;
  response.id = request.id;
  response.name = request.name;
  response.ttl = 518'400;
  response.entry = request.entry;
  return response;
}

nbns::Wack wack(const nbns::NameRequest& request, std::uint32_t ttl) {
  nbns::Wack made;
  made.id = request.id;
  made.name = request.name;
  made.ttl = ttl;
  made.held_flags = nbns::flags_word(request);
  return made;
}

TEST(NbnsClient, ReturnsTheAnswer) {
  const ScriptedServer server(1, [](const nbns::NameRequest& request, int) {
    return std::vector<nbns::Message>{positive(request)};
  });
  auto client = NbnsClient::open(server.options());
  ASSERT_TRUE(client);
  const auto answer = client->ask(registration());
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(std::get<nbns::NameResponse>(*answer).ttl, 518'400U);
  EXPECT_EQ(client->local_address(), Ipv4(127, 0, 0, 1));
}

TEST(NbnsClient, SendsAgainWhenNothingComes) {
  const ScriptedServer server(2, [](const nbns::NameRequest& request, int number) {
    return number == 0 ? std::vector<nbns::Message>{}
                       : std::vector<nbns::Message>{positive(request)};
  });
  auto client = NbnsClient::open(server.options());
  EXPECT_TRUE(client->ask(registration()));
}

TEST(NbnsClient, IgnoresAnswersToOtherRequests) {  // RFC 1002 5.1.4
  const ScriptedServer server(1, [](const nbns::NameRequest& request, int) {
    auto foreign = positive(request);
    foreign.id = 0x4321;
    foreign.ttl = 1;
    return std::vector<nbns::Message>{foreign, request, positive(request)};
  });
  auto client = NbnsClient::open(server.options());
  const auto answer = client->ask(registration());
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(std::get<nbns::NameResponse>(*answer).ttl, 518'400U);
}

TEST(NbnsClient, AWackIsToldAndWaitedFor) {  // RFC 1002 4.2.16
  const ScriptedServer server(1, [](const nbns::NameRequest& request, int) {
    return std::vector<nbns::Message>{wack(request, 14), positive(request)};
  });
  auto client = NbnsClient::open(server.options());
  std::uint32_t told = 0;
  const auto answer =
      client->ask(registration(), [&](const nbns::Wack& message) { told = message.ttl; });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(told, 14U);
}

TEST(NbnsClient, AfterAWackNothingIsSentAgain) {
  const ScriptedServer server(1, [](const nbns::NameRequest& request, int) {
    return std::vector<nbns::Message>{wack(request, 0)};
  });
  auto client = NbnsClient::open(server.options());
  const auto answer = client->ask(registration());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ExitCode::unreachable);
  EXPECT_THAT(answer.error().text, HasSubstr("asked to wait"));
}

TEST(NbnsClient, SilenceIsUnreachable) {
  const ScriptedServer server(
      2, [](const nbns::NameRequest&, int) { return std::vector<nbns::Message>{}; });
  auto options = server.options();
  options.tries = 2;
  auto client = NbnsClient::open(options);
  const auto answer = client->ask(registration());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ExitCode::unreachable);
  EXPECT_THAT(answer.error().text, HasSubstr("2 tries"));
}

TEST(NbnsClient, AnAddressThatIsNotOursCannotBeTheSource) {
  NbnsOptions options;
  options.server = {Ipv4(127, 0, 0, 1), 9};
  options.from = Ipv4(192, 0, 2, 77);
  const auto client = NbnsClient::open(options);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ExitCode::usage);
}

}  // namespace
}  // namespace winsome::cli
