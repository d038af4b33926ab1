#include "replication/tls/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/replication/tls/certificates.h"

namespace winsome::transport {
namespace {

using std::chrono::hours;
using testing::StartsWith;

class Judgement : public testing::Test {
 protected:
  [[nodiscard]] Result<std::string, std::string> judged(const Wanted& wanted,
                                                        Role role = Role::server) const {
    return judge({.certificate = ours.issue(wanted).certificate(),
                  .chain = {},
                  .authority = ours.certificate()},
                 role);
  }
  [[nodiscard]] std::string fault(const Wanted& wanted, Role role = Role::server) const {
    const auto name = judged(wanted, role);
    return name ? "accepted: " + *name : name.error();
  }

  const Identity ours = authority();
};

TEST_F(Judgement, TheFirstDnsNameCounts) {
  EXPECT_EQ(judged({.common_name = "c", .dns_names = "IP:192.0.2.1,DNS:a.example,DNS:b.example"}),
            "a.example");
}

TEST_F(Judgement, TheCommonNameCountsWithoutDnsNames) {
  EXPECT_EQ(judged({.common_name = "London office"}), "London office");
  EXPECT_EQ(judged({.common_name = "c", .dns_names = "IP:192.0.2.1"}), "c");
}

TEST_F(Judgement, ACertificateHasAName) {
  EXPECT_EQ(fault({}), "its certificate has no name that can be used");
}

TEST_F(Judgement, ANameHidesNothing) {
  EXPECT_EQ(fault({.common_name = std::string("east\0.example", 13)}),
            "its certificate has no name that can be used");
  EXPECT_EQ(fault({.common_name = "east\nwest"}), "its certificate has no name that can be used");
}

TEST_F(Judgement, TimesAreKept) {
  EXPECT_THAT(fault({.common_name = "a", .from = hours(-48), .to = hours(-24)}),
              StartsWith("its certificate has expired on 2"));
  EXPECT_THAT(fault({.common_name = "a", .from = hours(24), .to = hours(48)}),
              StartsWith("its certificate is valid from 2"));
}

TEST_F(Judgement, TheAuthorityMayExpireToo) {
  const auto old = Identity::self_signed(
      {.common_name = "old", .from = hours(-48), .to = hours(-24), .authority = true});
  const auto one = old.issue({.common_name = "a"});
  const auto name =
      judge({.certificate = one.certificate(), .chain = {}, .authority = old.certificate()},
            Role::server);
  ASSERT_FALSE(name);
  EXPECT_THAT(name.error(), StartsWith("the authority of its certificate has expired on 2"));
}

TEST_F(Judgement, PurposesAreKept) {
  const Wanted server{.common_name = "a", .purposes = "serverAuth"};
  EXPECT_EQ(judged(server, Role::server), "a");
  EXPECT_EQ(fault(server, Role::client), "its certificate is not made for this purpose");
  const Wanted both{.common_name = "a", .purposes = "serverAuth,clientAuth"};
  EXPECT_EQ(judged(both, Role::client), "a");
}

TEST_F(Judgement, TheAuthorityIsReachedThroughWhatComesAlong) {
  const auto middle = ours.issue({.common_name = "middle", .authority = true});
  const auto one = middle.issue({.common_name = "a"});
  Evidence evidence{.certificate = one.certificate(), .chain = {}, .authority = ours.certificate()};
  EXPECT_FALSE(judge(evidence, Role::server));
  evidence.chain = one.certificate() + middle.certificate();
  EXPECT_EQ(judge(evidence, Role::server), "a");
  evidence.chain.clear();
  evidence.authority = middle.certificate();
  EXPECT_EQ(judge(evidence, Role::server), "a") << "an authority need not be the root";
}

TEST_F(Judgement, OnlyAuthoritiesVouch) {
  const auto not_one = ours.issue({.common_name = "a"});
  const auto one = not_one.issue({.common_name = "b"});
  const auto name = judge({.certificate = one.certificate(),
                           .chain = not_one.certificate(),
                           .authority = ours.certificate()},
                          Role::server);
  ASSERT_FALSE(name);
  EXPECT_NE(name.error(), "");
}

TEST_F(Judgement, WhoShowsNothingOrNonsenseIsNobody) {
  EXPECT_EQ(judge({.certificate = {}, .chain = {}, .authority = ours.certificate()}, Role::client)
                .error(),
            "it showed no certificate");
  EXPECT_EQ(
      judge({.certificate = "nonsense", .chain = {}, .authority = ours.certificate()}, Role::client)
          .error(),
      "its certificate cannot be read");
}

TEST_F(Judgement, WithoutAnAuthorityNobodyIsTrusted) {
  const auto one = ours.issue({.common_name = "a"});
  EXPECT_EQ(judge({.certificate = one.certificate(), .chain = ours.certificate(), .authority = {}},
                  Role::server)
                .error(),
            "its certificate is not from an authority that we trust");
}

}  // namespace
}  // namespace winsome::transport
