#include "server/core/listen_advice.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace winsome {
namespace {

constexpr Endpoint endpoint{Ipv4(192, 0, 2, 10), 69};
constexpr ListenPurpose tftp{
    .what = " for TFTP", .rival = "tftpd? ", .sockets = "-ulpn", .key = "tftp.listen"};

TEST(ListenAdvice, SaysWhoHasThePort) {
  EXPECT_EQ(listen_advice(endpoint, EADDRINUSE, tftp),
            "cannot listen on 192.0.2.10:69 for TFTP: another program has this port; stop it "
            "(tftpd? `ss -ulpn 'sport = 69'` names it) or change tftp.listen");
}

TEST(ListenAdvice, SaysWhatIsMissing) {
  EXPECT_EQ(listen_advice(endpoint, EADDRNOTAVAIL, tftp),
            "cannot listen on 192.0.2.10:69 for TFTP: this machine does not have the address; "
            "change tftp.listen");
  EXPECT_EQ(listen_advice(endpoint, EACCES, tftp),
            "cannot listen on 192.0.2.10:69 for TFTP: ports below 1024 need the capability "
            "NET_BIND_SERVICE; start as root or by systemd, or listen on a higher port");
  EXPECT_EQ(listen_advice(endpoint, ENOMEM, tftp),
            "cannot listen on 192.0.2.10:69 for TFTP: Cannot allocate memory");
}

}  // namespace
}  // namespace winsome
