#include <gtest/gtest.h>

#include "tests/unit/server/dhcp/octets.h"

namespace winsome::dhcp {
namespace {

TEST(MessageText, HasALineForEachThingThatIsThere) {
  Message message;
  message.op = Op::reply;
  message.type = MessageType::offer;
  message.hardware = {1, 6, {2, 0, 0, 0, 0, 1}};
  message.xid = 0x2a;
  message.secs = 3;
  message.broadcast = true;
  message.yiaddr = Ipv4(192, 0, 2, 10);
  message.boot_file = "pxe.0";
  message.options.put_address(3, Ipv4(192, 0, 2, 1));
  message.options.put(224, Bytes{1, 2});
  EXPECT_EQ(to_text(message),
            "OFFER xid 0x0000002a secs 3 broadcast\n"
            "  hardware 02:00:00:00:00:01\n"
            "  yiaddr 192.0.2.10\n"
            "  file pxe.0\n"
            "  routers 192.0.2.1\n"
            "  option-224 01:02");
}

TEST(MessageText, BootpWithoutCookie) {
  Message message;
  message.has_cookie = false;
  EXPECT_EQ(to_text(message), "BOOTP request xid 0x00000000 without cookie\n  hardware 1/");
}

TEST(MessageText, AnOpThatDoesNotSuitTheTypeIsSaid) {
  Message message;
  message.op = Op::reply;
  message.type = MessageType::discover;
  EXPECT_EQ(to_text(message), "DISCOVER reply xid 0x00000000\n  hardware 1/");
}

TEST(MessageText, NamesBreakNoLine) {
  Message message;
  message.type = MessageType::inform;
  message.server_name = "a\nb";
  message.options.put_text(12, "c\nd");
  EXPECT_EQ(to_text(message),
            "INFORM xid 0x00000000\n"
            "  hardware 1/\n"
            "  sname 61:0a:62\n"
            "  host-name 63:0a:64");
}

TEST(MessageText, EveryTypeHasItsName) {
  EXPECT_EQ(to_text(MessageType::none), "BOOTP");
  EXPECT_EQ(to_text(MessageType::discover), "DISCOVER");
  EXPECT_EQ(to_text(MessageType::nak), "NAK");
  EXPECT_EQ(to_text(static_cast<MessageType>(9)), "unknown type");
}

}  // namespace
}  // namespace winsome::dhcp
