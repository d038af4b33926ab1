#!/usr/bin/python3
"""Is somebody there? Addresses are probed as the daemon does it by default: one that another machine uses is kept aside
and a free one is given, on the wire by ARP and behind a relay by ping; and 10,000 clients at once are all served."""

import json
import re
import socket
import struct
import subprocess
import threading

import bed
import wire_side
from dhcp_clients import udhcpc
from dhcp_hostile import REQUESTED, RELAY, Relay, address_of, statistics

SQUATTER = bytes.fromhex('020000000099')
ARP = 0x0806
STORM = 10_000


class Squatter:
    """A machine on the wire of c0 that answers ARP for the first `most` addresses that the server probes."""

    def __init__(self, most):
        self.taken = []
        self.most = most
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP))
        self.socket.bind(('c0', ARP))
        self.socket.settimeout(0.05)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.answer)
        self.thread.start()

    def answer(self):
        while not self.stopped.is_set():
            try:
                frame = self.socket.recv(100)
            except TimeoutError:
                continue
            operation, hardware, sender, _, target = struct.unpack('>H6s4s6s4s', frame[20:42])
            if operation != 1 or sender != bytes(4):  # RFC 5227 1.1: a probe names no sender
                continue
            if target not in self.taken and len(self.taken) < self.most:
                self.taken.append(target)
            if target in self.taken:
                self.socket.send(hardware + SQUATTER + struct.pack('>HHHBBH6s4s6s4s', ARP, 1, 0x0800, 6, 4, 2, SQUATTER, target,
                                                                   hardware, bytes(4)))

    def leave(self):
        self.stopped.set()
        self.thread.join()
        self.socket.close()
        return [socket.inet_ntoa(address) for address in self.taken]


def state(address):
    status, out, _ = bed.cli('lease', 'show', address, '--json')
    return json.loads(out)['state'] if status == 0 else None


def bound(said):
    found = re.search(r'lease of (\S+) obtained', said)
    return found.group(1) if found else None


def on_the_wire(hook):
    wire_side.as_client(wire_side.CLIENT_MAC)
    squatter = Squatter(most=2)
    address = bound(udhcpc(hook, '-q'))
    taken = squatter.leave()
    bed.check('two addresses were found in use', len(taken) == 2, taken)
    bed.check('the client has a third', address and address not in taken, (address, taken))
    for one in taken:
        bed.check_equal(f'{one} is kept aside', state(one), 'declined')
    counted = statistics()['dhcp']
    bed.check_equal('both are counted', (counted['conflicts'], counted['declined']), (2, 2))
    with open(f'{bed.work}/winsomed.log') as log:
        text = log.read()
    bed.check(f'the log names {taken[0]}, once a minute is enough', re.search(rf'in use.*{re.escape(taken[0])}', text), text[-2000:])

    wire_side.as_client('02:00:00:00:00:03')
    other = bound(udhcpc(hook, '-q', '-r', taken[0]))
    bed.check('while it is kept aside nobody gets it', other and other not in taken, other)
    bed.check_equal('the administrator frees it', bed.cli('lease', 'release', taken[0])[0], 0)
    wire_side.as_client('02:00:00:00:00:04')
    bed.check_equal('then it is given, because nobody answers there any more', bound(udhcpc(hook, '-q', '-r', taken[0])), taken[0])


def behind_a_relay():
    wire_side.as_client(wire_side.CLIENT_MAC, RELAY)
    squatted = '10.77.1.77'
    subprocess.run(f'ip addr add {squatted}/32 dev c0'.split(), check=True)
    before = statistics()['dhcp']['conflicts']
    relay = Relay()
    ack = relay.exchange(b'\x02\x78\0\0\0\1', (REQUESTED, socket.inet_aton(squatted)), seconds=3)
    bed.check('a client behind a relay gets another than the one that answers a ping', ack and address_of(ack) != squatted, ack)
    bed.check_equal('which is kept aside', state(squatted), 'declined')
    bed.check_equal('and counted', statistics()['dhcp']['conflicts'] - before, 1)
    relay.socket.close()
    subprocess.run(f'ip addr del {squatted}/32 dev c0'.split(), check=True)


def storm(daemon):
    """After a power cut everybody asks at once (S4)."""
    wire_side.as_client(wire_side.CLIENT_MAC, RELAY)
    before, memory = statistics()['dhcp'], daemon.resident_kb()
    done = subprocess.run([f'{bed.bin_dir}/winsome-perf', 'leases', '--server', wire_side.SERVER, '--from', RELAY, '--clients',
                           str(STORM), '--outstanding', str(STORM), '--timeout', '4000', '--retries', '15', '--json'],
                          capture_output=True, text=True, timeout=150)
    given = json.loads(done.stdout)
    print(given)
    bed.check('each client has an address, and none is given twice',
              (given['done'], given['lost'], given['doubled'], given['refused']) == (STORM, 0, 0, 0), given)
    counted = statistics()['dhcp']
    bed.check_equal('as many leases are held', counted['active'] - before['active'], STORM)
    bed.check('addresses were probed meanwhile', counted['probes'] - before['probes'] >= 1024, (before, counted))
    # With sanitizers freed memory is kept for a while.
    bed.check('memory stays bounded', daemon.resident_kb() - memory < 256 << 10, daemon.resident_kb() - memory)


def main():
    hook = wire_side.make()
    daemon = bed.Winsomed(dhcp_scope=wire_side.scopes()).start()
    on_the_wire(hook)
    behind_a_relay()
    storm(daemon)
    bed.check('it is stopped in the end', daemon.runs() and daemon.stop() == 0)


if __name__ == '__main__':
    bed.run(main, programs=['busybox'])
