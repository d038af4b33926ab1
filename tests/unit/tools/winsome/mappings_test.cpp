#include "tools/winsome/mappings.h"

#include <gtest/gtest.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

v1::Mapping filled(const formats::Mapping& mapping) {
  v1::Mapping out;
  fill(out, mapping);
  return out;
}

formats::Mapping dynamic(const nbns::Name& name, std::vector<Ipv4> addresses, bool group) {
  formats::Mapping mapping;
  mapping.kind = formats::MappingKind::dynamic;
  mapping.exact = name;
  mapping.addresses = std::move(addresses);
  mapping.group = group;
  mapping.node = nbns::NodeType::p;
  mapping.expires = 1'700'000'000;
  return mapping;
}

TEST(Mappings, AHostIsExpandedByTheServer) {
  formats::Mapping host;
  host.kind = formats::MappingKind::unique;
  host.name = "FRED";
  host.addresses = {Ipv4(192, 0, 2, 1)};
  const auto out = filled(host);
  EXPECT_EQ(out.type(), v1::MAPPING_TYPE_UNIQUE);
  EXPECT_EQ(out.name(), "FRED<20>");
  EXPECT_TRUE(out.expand());
  EXPECT_FALSE(out.has_expires());
  EXPECT_EQ(out.addresses(0), "192.0.2.1");
}

TEST(Mappings, AnExactNameStaysOctetForOctet) {  // D3: the bytes are in the Unix charset
  const auto out = filled(dynamic(nbns::make_name("caf\xE9 2", 0x00), {Ipv4(192, 0, 2, 1)}, false));
  EXPECT_EQ(out.name(), "caf\\xE9 2<00>");
  EXPECT_FALSE(out.expand());
}

TEST(Mappings, ARecordOfAClientBringsItsLifeAndNodeType) {
  const auto out = filled(dynamic(nbns::make_name("FRED", 0x20), {Ipv4(192, 0, 2, 1)}, false));
  EXPECT_EQ(out.expires().seconds(), 1'700'000'000);
  EXPECT_EQ(out.node(), v1::NODE_TYPE_P);
}

TEST(Mappings, APermanentRecordBecomesStatic) {
  auto permanent = dynamic(nbns::make_name("FRED", 0x20), {Ipv4(192, 0, 2, 1)}, false);
  permanent.expires.reset();
  EXPECT_FALSE(filled(permanent).has_expires());
}

TEST(Mappings, TheTypeOfAClientsRecordFollowsFromGroupBitAndAddresses) {  // B2
  const std::vector one{Ipv4(192, 0, 2, 1)};
  const std::vector two{Ipv4(192, 0, 2, 1), Ipv4(192, 0, 2, 2)};
  const auto type = [](const nbns::Name& name, std::vector<Ipv4> addresses, bool group) {
    return filled(dynamic(name, std::move(addresses), group)).type();
  };
  EXPECT_EQ(type(nbns::make_name("A", 0x20), one, false), v1::MAPPING_TYPE_UNIQUE);
  EXPECT_EQ(type(nbns::make_name("A", 0x20), two, false), v1::MAPPING_TYPE_MULTIHOMED);
  EXPECT_EQ(type(nbns::make_name("A", 0x1c), one, true), v1::MAPPING_TYPE_DOMAIN_NAME);
  EXPECT_EQ(type(nbns::make_name("A", 0x20), one, true), v1::MAPPING_TYPE_INTERNET_GROUP);
  EXPECT_EQ(type(nbns::make_name("A", 0x00), {}, true), v1::MAPPING_TYPE_NORMAL_GROUP);
}

TEST(Mappings, AScopeGoesBehindTheSuffix) {
  auto scoped = dynamic(nbns::make_name("FRED", 0x20), {Ipv4(192, 0, 2, 1)}, false);
  scoped.scope = "scope.example";
  EXPECT_EQ(filled(scoped).name(), "FRED<20>.scope.example");
}

}  // namespace
}  // namespace winsome::cli
