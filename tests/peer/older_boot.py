#!/usr/bin/python3
"""What machines asked before there was BOOTP: RARP, ICMP address mask, ICMP router discovery (S4), with scapy as the
machine."""

import sys

import bed
import wire_side

ASK = f'''
from scapy.all import *
conf.checkIPaddr = False; conf.verb = 0
mac = '{wire_side.RESERVED_MAC}'
def rarp(of, seconds):
    heard = AsyncSniffer(iface='c0', lfilter=lambda p: Ether in p and p.type == 0x8035 and p.dst == mac, count=1, timeout=seconds)
    heard.start(); time.sleep(0.3)
    sendp(Ether(src=mac, dst='ff:ff:ff:ff:ff:ff', type=0x8035) /
          ARP(op=3, hwsrc=mac, hwdst=of, psrc='0.0.0.0', pdst='0.0.0.0'), iface='c0')
    heard.join()
    return [ARP(bytes(one.payload)) for one in heard.results]
for answer in rarp(mac, 3):
    print('rarp', answer.op, answer.pdst, answer.psrc)
print('strangers hear', len(rarp('02:00:00:00:77:77', 1)))
mask = srp1(Ether(src=mac, dst='ff:ff:ff:ff:ff:ff') / IP(src='10.77.0.50', dst='255.255.255.255') / ICMP(type=17, id=5, seq=6),
            iface='c0', timeout=3)
print('mask', mask[ICMP].type, mask[ICMP].addr_mask, mask[ICMP].id, mask[ICMP].seq) if mask else print('mask nothing')
found = AsyncSniffer(iface='c0', lfilter=lambda p: ICMP in p and p[ICMP].type == 9, count=1, timeout=6)
found.start(); time.sleep(0.3)
sendp(Ether(src=mac, dst='01:00:5e:00:00:02') / IP(src='10.77.0.50', dst='224.0.0.2', ttl=1) / ICMP(type=10), iface='c0')
found.join()
for one in found.results:
    octets = bytes(one[ICMP])
    print('router', octets[4], octets[5], '.'.join(str(o) for o in octets[8:12]))
'''


def main():
    wire_side.make()
    bed.Winsomed(dhcp_scope=wire_side.scopes(), bootstrap={'rarp': True, 'address_mask': True},
                 dhcp_scope_reservation=[{'hardware': wire_side.RESERVED_MAC, 'address': '10.77.0.50'}],
                 bootstrap_router__discovery={'enabled': True}).start()
    wire_side.as_client(wire_side.RESERVED_MAC, '10.77.0.50')
    _, said = bed.output_of(sys.executable, '-c', ASK, seconds=60)
    for wanted in ('rarp 4 10.77.0.50 10.77.0.1', 'strangers hear 0', 'mask 18 255.255.0.0 5 6', 'router 1 2 10.77.0.1'):
        bed.check(f'the machine hears "{wanted}"', wanted in said, said)


if __name__ == '__main__':
    bed.run(main, modules=['scapy.all'])
