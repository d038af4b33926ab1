#!/usr/bin/python3
"""What no client should send: it gets no lease, it takes none from others, and everybody else is served meanwhile."""

import json
import os
import random
import socket
import struct
import threading
import time

import bed
import wire_side

COOKIE = b'\x63\x82\x53\x63'
RELAY = '10.77.0.2'
DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE = 1, 2, 3, 4, 5, 6, 7
REQUESTED = 50  # an option


def header(mac, *, op=1, hlen=6, xid=7, ciaddr='0.0.0.0', giaddr=RELAY):
    return (struct.pack('>BBBBIHH', op, 1, hlen, 1, xid, 0, 0) + socket.inet_aton(ciaddr) + bytes(8) +
            socket.inet_aton(giaddr) + mac.ljust(16, b'\0') + bytes(192))


def message(kind, mac, *options, **fields):
    body = header(mac, **fields) + COOKIE + bytes((53, 1, kind))
    for code, value in options:
        body += bytes((code, len(value))) + value
    return (body + b'\xff').ljust(300, b'\0')


def address_of(answer):
    return socket.inet_ntoa(answer[16:20])


def options_of(answer):
    found, at = {}, 240
    while at + 1 < len(answer) and answer[at] != 255:
        if answer[at] == 0:
            at += 1
            continue
        found[answer[at]] = answer[at + 2:at + 2 + answer[at + 1]]
        at += 2 + answer[at + 1]
    return found


def kind_of(answer):
    return (options_of(answer).get(53) or b'\0')[0]


class Relay:
    """Port 67 of the relay agent's address."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.socket.bind((RELAY, 67))

    def send(self, datagram):
        self.socket.sendto(datagram, (wire_side.SERVER, 67))

    def ask(self, datagram, seconds=1.0):
        """The answer with the same transaction id and hardware address, or nothing."""
        self.send(datagram)
        self.socket.settimeout(0.1)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                answer = self.socket.recv(4096)
            except TimeoutError:
                continue
            if answer[4:8] == datagram[4:8] and answer[28:34] == datagram[28:34]:
                return answer
        return None

    def exchange(self, mac, *options, seconds=1.0):
        """The ACK that a client gets after DISCOVER and REQUEST, or nothing."""
        offer = self.ask(message(DISCOVER, mac, *options), seconds)
        if not offer:
            return None
        others = [(code, value) for code, value in options if code != REQUESTED]
        answer = self.ask(message(REQUEST, mac, (REQUESTED, offer[16:20]), (54, socket.inet_aton(wire_side.SERVER)), *others))
        return answer if answer and kind_of(answer) == ACK else None

    def lease(self, mac, circuit=None):
        ack = self.exchange(mac, *([(82, bytes((1, len(circuit))) + circuit)] if circuit else []))
        return address_of(ack) if ack else None

    def renew(self, mac, address):
        return self.ask(message(REQUEST, mac, ciaddr=address))


def statistics():
    status, output, errors = bed.cli('stats', '--json')
    if status:
        raise RuntimeError(errors)
    return json.loads(output)


def malformed(relay):
    mac = b'\x02\x66\0\0\0\1'
    good = message(DISCOVER, mac)
    whole = header(mac) + COOKIE
    shapes = {
        'nothing': b'', 'one octet': b'\1', 'a header that is cut': good[:200], 'a reply': b'\2' + good[1:],
        'an operation that is none': b'\7' + good[1:], 'hlen over 16': good[:2] + b'\x11' + good[3:],
        'an option longer than the packet': whole + b'\x35\1\1\x0c\xff' + b'x' * 20,
        'a length that is cut': whole + b'\x35\1\1\x0c', 'a type that is none': whole + b'\x35\1\x63\xff',
        'a type of two octets': whole + b'\x35\2\1\1\xff', 'an overload that is none': whole + b'\x35\1\1\x34\1\x09\xff',
        'overloads that point at each other': header(mac)[:44] + b'\x34\1\3\xff'.ljust(64, b'\0') +
                                              b'\x34\1\3\xff'.ljust(128, b'\0') + COOKIE + b'\x35\1\1\x34\1\3\xff',
        'a cookie that is none': header(mac) + b'\1\2\3\4\x35\1\1\xff',
        'only pads': whole + bytes(200), 'a thousand options': whole + b'\x35\1\1' + b'\xe0\1\0' * 1000 + b'\xff'}
    for what, datagram in shapes.items():
        answer = relay.ask(datagram, 0.15) if len(datagram) >= 34 else relay.send(datagram)
        bed.check(f'{what}: at most an offer', answer is None or kind_of(answer) in (OFFER, 0), answer)
    generator = random.Random(5)
    for _ in range(3000):
        datagram = bytearray(good)
        for _ in range(generator.randrange(1, 8)):
            datagram[generator.randrange(len(datagram))] = generator.randrange(256)
        relay.send(bytes(datagram[:generator.randrange(1, len(datagram) + 1)]))
    for _ in range(300):
        garbage = generator.randbytes(generator.randrange(1, 255))
        relay.send(message(DISCOVER, mac, (82, garbage)))
    bed.check('a client is served after all that', relay.lease(b'\x02\x66\0\0\0\2'))


def forged(relay):
    victim, thief = b'\x02\x66\0\0\1\1', b'\x02\x66\0\0\1\2'
    address = relay.lease(victim)
    server = (54, socket.inet_aton(wire_side.SERVER))
    relay.send(message(RELEASE, thief, server, ciaddr=address, giaddr='0.0.0.0'))
    relay.send(message(DECLINE, thief, server, (50, socket.inet_aton(address))))
    relay.send(message(RELEASE, victim, (54, socket.inet_aton('10.77.0.99')), ciaddr=address, giaddr='0.0.0.0'))
    time.sleep(0.3)
    _, shown, _ = bed.cli('lease', 'show', address)
    bed.check("a lease is neither released nor declined by somebody else, nor towards another server", 'active' in shown, shown)
    answer = relay.ask(message(REQUEST, thief, (50, socket.inet_aton(address)), server), 0.5)
    bed.check("somebody else's address is not acknowledged", answer is None or kind_of(answer) == NAK, answer)
    answer = relay.ask(message(REQUEST, victim, (50, socket.inet_aton(address)), (54, socket.inet_aton('10.77.0.99'))), 0.5)
    bed.check('a choice of another server is not answered', answer is None, answer)


def starvation(relay, daemon):
    """20,000 random hardware addresses through one circuit; clients with leases renew undisturbed."""
    mac = b'\x02\x66\0\0\2\1'
    circuit = b'port-1'
    address = relay.lease(mac, circuit)
    bed.check('a client through the circuit gets its lease', address)
    before = daemon.resident_kb()
    stop = threading.Event()
    renewed = {'asked': 0, 'answered': 0}

    def renew():
        while not stop.is_set():
            renewed['asked'] += 1
            relay.send(message(REQUEST, mac, ciaddr=address, xid=0x5000 + renewed['asked']))
            time.sleep(0.1)

    def hear():
        relay.socket.settimeout(0.1)
        while not stop.is_set():
            try:
                answer = relay.socket.recv(4096)
            except TimeoutError:
                continue
            if answer[28:34] == mac and kind_of(answer) == ACK:
                renewed['answered'] += 1

    threads = [threading.Thread(target=renew), threading.Thread(target=hear)]
    for thread in threads:
        thread.start()
    for number in range(20_000):
        relay.send(message(DISCOVER, b'\x02' + os.urandom(5), (82, bytes((1, len(circuit))) + circuit), xid=number))
        if number % 200 == 0:
            time.sleep(0.02)
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join()
    bed.check('meanwhile the client renewed', renewed['answered'] >= renewed['asked'] * 0.9, renewed)
    # With sanitizers freed memory is kept for a while.
    bed.check('memory stays bounded', daemon.resident_kb() - before < 160 << 10, daemon.resident_kb() - before)
    _, scope, _ = bed.cli('scope', 'show', 'near')
    print(scope)
    bed.check('another circuit gets its lease at once', relay.lease(b'\x02\x66\0\0\2\2', b'port-2'))


def main():
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC, RELAY)
    daemon = bed.Winsomed(dhcp={'probe': {'enabled': False}, 'new_clients_per_second': 100}, dhcp_scope=wire_side.scopes()).start()
    relay = Relay()
    malformed(relay)
    forged(relay)
    starvation(relay, daemon)
    counted = statistics()
    print({key: value for key, value in counted.items() if key.startswith('dhcp') or key == 'services'})
    bed.check('what was malformed is counted by reason', counted['services']['dhcp_truncated'] > 0 and
              counted['services']['dhcp_truncated_option'] > 0, counted['services'])
    bed.check('and so is what was limited', counted['dhcp_dropped']['limited'] > 10_000, counted['dhcp_dropped'])
    bed.check('it still runs', daemon.runs() and daemon.stop() == 0)


if __name__ == '__main__':
    bed.run(main)
