#!/usr/bin/python3
"""A diskless station that answers no ARP downloads its image, fast and slowly (S3; KB Q164394)."""

import os
import socket
import subprocess
import sys
import time

import bed
import wire_side

MAC = '02:10:00:00:00:00'
ASK = f'''
import sys
from scapy.all import *
conf.checkIPaddr = False; conf.verb = 0
mac = bytes.fromhex('{MAC.replace(':', '')}')
answer = srp1(Ether(src=mac, dst='ff:ff:ff:ff:ff:ff') / IP(src='0.0.0.0', dst='255.255.255.255') / UDP(sport=68, dport=67) /
              BOOTP(op=1, chaddr=mac, xid=0x77, flags=int(sys.argv[1])) / Raw(bytes([99, 130, 83, 99, 255]) + bytes(59)),
              iface='c0', timeout=5)
print(answer[Ether].dst, answer[IP].dst, answer[BOOTP].yiaddr)
'''
BROADCAST = 0x8000


def fetch(pause):
    """The file over TFTP with a pause before each acknowledgement, as a slow station has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station:
        station.settimeout(5)
        station.sendto(b'\0\1image.bin\0octet\0', (wire_side.SERVER, 69))
        whole, number = b'', 0
        while True:
            data, server = station.recvfrom(2000)
            if data[1] != 3:
                return data
            if int.from_bytes(data[2:4], 'big') == (number + 1) & 0xFFFF:
                whole, number = whole + data[4:], number + 1
            time.sleep(pause)
            station.sendto(b'\0\4' + data[2:4], server)
            if len(data) < 516:
                return whole


def neighbours():
    return subprocess.run('ip -n server neigh show dev s0'.split(), capture_output=True, text=True, check=True).stdout


def boot(flags):
    """Asks by BOOTP, and is from then on the station with that address, which answers no ARP."""
    for command in ('link set c0 down', 'link set c0 arp on', 'link set c0 up'):
        subprocess.run(['ip', *command.split()], check=True)
    wire_side.as_client(MAC)
    _, said = bed.output_of(sys.executable, '-c', ASK, str(flags))
    words = said.split()
    address = words[2]
    if flags == BROADCAST:
        bed.check('the reply goes to everybody who wants it so', words[:2] == ['ff:ff:ff:ff:ff:ff', '255.255.255.255'], said)
    else:
        bed.check('the reply goes to the hardware address, not to everybody', words[:2] == [MAC, address], said)
    bed.check('its neighbour entry is there', f'{address} lladdr {MAC}' in neighbours(), neighbours())
    for command in ('link set c0 down', 'link set c0 arp off', 'link set c0 up', f'addr add {address}/16 brd + dev c0',
                    f'neigh replace {wire_side.SERVER} lladdr 02:00:00:00:00:01 dev c0 nud permanent'):
        subprocess.run(['ip', *command.split()], check=True)
    return address


def end_lease(address):
    status, said, wrong = bed.cli('lease', 'release', address)
    bed.check_equal('its lease can be ended', status, 0)
    bed.check('the neighbour entry goes with the lease', bed.wait_for(lambda: f'{address} lladdr' not in neighbours(), 5),
              neighbours() + said + wrong)


def main():
    wire_side.make()
    root = f'{bed.work}/tftp'
    os.makedirs(root)
    os.chmod(bed.work, 0o755)
    image = os.urandom(20_000)
    with open(f'{root}/image.bin', 'wb') as out:
        out.write(image)
    bed.Winsomed(dhcp={'probe': {'enabled': False}},
                 dhcp_scope=wire_side.scopes(bootp={'dynamic': True}, boot={'file': 'image.bin', 'server': wire_side.SERVER}),
                 tftp={'enabled': True, 'root': root}).start()
    address = boot(BROADCAST)
    bed.check('the image comes to a station that wants its answer broadcast', fetch(0) == image)
    end_lease(address)
    address = boot(0)
    bed.check('the image comes fast', fetch(0) == image)
    began = time.monotonic()
    bed.check('the image comes slowly', fetch(0.4) == image)
    bed.check('that took longer than an unconfirmed neighbour entry lasts', time.monotonic() - began > 15)
    end_lease(address)


if __name__ == '__main__':
    bed.run(main, modules=['scapy.all'])
