#pragma once

#include <linux/filter.h>
#include <linux/if_arp.h>

#include <array>

namespace winsome::services {

// Each request comes by exactly one of two sockets. Frames of clients (giaddr 0) come by the packet
// socket, also those sent to our address: only a frame tells the hardware address to answer to.
// What relays send (giaddr not 0) comes by the UDP socket, on whatever link, and so does what
// clients send on links that are no Ethernet. The kernel does the choosing, so that neither thread
// nor buffer is bothered by what the other socket has.

/// For a packet socket: UDP to port 67, no fragment, giaddr 0 or too short to tell. Offsets are
/// those of the IP header; X is its length.
inline constexpr std::array client_frames{
    sock_filter BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),               // protocol
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 11),      // UDP
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),               // fragment
    sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x3fff, 9, 0),  //
    sock_filter BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),              //
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),               // destination port
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 67, 0, 6),       //
    sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),               //
    sock_filter BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),              //
    sock_filter BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 8 + 28, 0, 2),   // reaches behind giaddr
    sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_IND, 8 + 24),          // giaddr
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),        //
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0xffff'ffff),              // take it
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0),                        // leave it
};

/// For the UDP socket: what `client_frames` leaves. Offsets are those of the UDP header.
inline constexpr std::array relayed_datagrams{
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
                         static_cast<__u32>(SKF_AD_OFF + SKF_AD_HATYPE)),  // link
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_ETHER, 0, 4),   //
    sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),                     //
    sock_filter BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 8 + 28, 0, 3),         // reaches behind giaddr
    sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8 + 24),                // giaddr
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),              //
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0xffff'ffff),                    // take it
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0),                              // leave it
};

}  // namespace winsome::services
