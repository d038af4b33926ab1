"""Ten servers, each a partner of all others, where nothing changes: everything that they send to one another is looked at
on the wire. Over gRPC without TLS, so that its frames can be told apart; over TCP 42 as always."""

import collections
import os
import socket
import struct
import subprocess
import time

import bed

SERVERS = [f'10.97.0.{number}' for number in range(21, 31)]
INTERVAL = 30

EVERY_PROTOCOL, IPV4 = 3, 0x0800  # what a bridge takes is seen by who asks for every protocol only
PACKET_OUTGOING = 4
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
HTTP2 = {0: 'data', 1: 'headers', 3: 'reset', 4: 'settings', 6: 'ping', 7: 'goaway', 8: 'window'}
MESSAGES = {0: 'start', 1: 'start answered', 2: 'stop'}
OPCODES = {0: 'map asked', 1: 'map', 2: 'names asked', 3: 'names', 4: 'notification', 5: 'notification',
           8: 'notification', 9: 'notification'}
# What a partner's map costs that is asked for, what keeps a connection alive, and what both carriers need for that.
EXPECTED = {'grpc': {'calls', 'answers', 'data', 'ping', 'window'}, 'winsra': {'map asked', 'map'}}
UNDER_BOTH = {'octets', 'segments without data'}


def partners(us, carrier):
    port = {'grpc': 8137, 'winsra': 42}[carrier]
    return [{'name': f'p{other.rpartition(".")[2]}', 'address': f'{other}:{port}', 'transport': carrier,
             'interval': f'{INTERVAL}s', 'persistent': True, **({'insecure': True} if carrier == 'grpc' else {})}
            for other in SERVERS if other != us]


def make_networks():
    """A namespace and a cable for each server: partners without certificates are known by their addresses."""
    commands = ['ip link add switch type bridge', 'ip addr add 10.97.0.1/24 dev switch', 'ip link set switch up']
    for number, address in enumerate(SERVERS):
        commands += [f'ip netns add idle{number}',
                     f'ip link add idle{number} type veth peer name cable netns idle{number}',
                     f'ip link set idle{number} master switch up', f'ip -n idle{number} link set lo up',
                     f'ip -n idle{number} addr add {address}/24 brd + dev cable', f'ip -n idle{number} link set cable up',
                     f'ip -n idle{number} route add 10.99.0.0/24 via 10.97.0.1']
    for command in commands:
        subprocess.run(command.split(), check=True)


def start(carrier):
    if not os.path.exists('/run/netns/idle0'):
        make_networks()
    listen = {'grpc': lambda us: {'replication_grpc': {'listen': [f'{us}:8137'], 'insecure': True}},
              'winsra': lambda us: {'replication_winsra': {'listen': [f'{us}:42']}}}[carrier]
    daemons = []
    for number, us in enumerate(SERVERS):
        daemon = bed.Winsomed(f'idle-{carrier}-{us}', us, log={'level': 'warning'},
                              nbns={'allow_short_intervals': True, 'answer_threads': 1, 'netbios_name': f'IDLE{number}'},
                              replication={'start_wait': '0s'}, replication_partner=partners(us, carrier), **listen(us))
        daemon.process = bed.spawn(['nsenter', f'--net=/run/netns/idle{number}', '--', *daemon.command()],
                                   f'{daemon.name}.log')
        daemon.wait_until_it_answers(60)
        daemons.append(daemon)
    return daemons


class Wire:
    """Counts what stands in TCP segments, by kind. It is begun while nothing is under way, so that each stream is at a
    frame's beginning."""

    def __init__(self, carrier):
        self.port = {'grpc': 8137, 'winsra': 42}[carrier]
        self.frames = self.http2 if carrier == 'grpc' else self.winsra
        self.streams = collections.defaultdict(bytes)
        self.counts = collections.Counter()

    def take(self, packet):
        header = (packet[0] & 15) * 4
        if packet[9] != socket.IPPROTO_TCP:
            return
        source, target = struct.unpack_from('>HH', packet, header)
        if self.port not in (source, target):
            return
        length, = struct.unpack_from('>H', packet, 2)
        data = packet[header + (packet[header + 12] >> 4) * 4:length]
        if not data or packet[header + 13] & 2:
            self.counts['segments without data'] += 1
            return
        self.counts['octets'] += len(data)
        key = packet[12:20], source, target
        self.streams[key] = self.frames(self.streams[key] + data, target == self.port)

    def http2(self, data, from_client):
        data = data.removeprefix(PREFACE)
        while len(data) >= 9 and len(data) >= 9 + (size := int.from_bytes(data[:3], 'big')):
            kind = HTTP2.get(data[3], f'frame {data[3]}')
            if kind == 'headers':
                kind = 'calls' if from_client else 'answers'
            self.counts[kind] += 1
            data = data[9 + size:]
        return data

    def winsra(self, data, _):
        while len(data) >= 4 and len(data) >= 4 + (size := int.from_bytes(data[:4], 'big')):
            kind, = struct.unpack_from('>I', data, 12)
            opcode, = struct.unpack_from('>I', data, 16)
            self.counts[MESSAGES.get(kind) or OPCODES.get(opcode, f'opcode {opcode}')] += 1
            data = data[4 + size:]
        return data


def listen(carrier, seconds):
    """What goes over the cables meanwhile."""
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(EVERY_PROTOCOL))
    packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    wire, until = Wire(carrier), time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        packets.settimeout(left)
        try:
            packet, (port, protocol, kind, *_) = packets.recvfrom(1 << 17)
        except TimeoutError:
            break
        if protocol == IPV4 and port != 'switch' and kind != PACKET_OUTGOING:  # each goes into the switch, and out of it
            wire.take(packet)
    packets.close()
    return wire.counts


def title(seconds):
    return f'ten idle servers, each with {len(SERVERS) - 1} partners, {seconds} s, pulls every {INTERVAL} s'


def observe(carrier, seconds):
    """How often a partner was asked for its map, how often it was due, and all that was sent, in one line; and what of it
    was not needed."""
    daemons = start(carrier)
    everybody = len(SERVERS) * (len(SERVERS) - 1)
    bed.wait_for(lambda: all(bed.cli('partner', 'list', socket=daemon.socket)[1].count('connected') == len(SERVERS) - 1
                             for daemon in daemons), 60, every=1)
    time.sleep(INTERVAL)  # the first round is over
    counts = listen(carrier, seconds)
    for daemon in daemons:
        daemon.stop()
    asked = 'calls' if carrier == 'grpc' else 'map asked'
    due = everybody * seconds // INTERVAL
    needless = {kind: count for kind, count in counts.items() if kind not in EXPECTED[carrier] | UNDER_BOTH}
    if counts[asked] > due + everybody:  # of a round that lies across an end, some fall on either side
        needless[asked] = counts[asked] - due
    said = ', '.join(f'{kind} {count:,}' for kind, count in sorted(counts.items()))
    return f'{counts[asked]:,} {asked}, by interval {due:,}; all: {said}', needless
