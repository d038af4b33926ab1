#!/usr/bin/python3
"""Kill -9 while clients lease, twenty times: every acknowledged lease holds, with its names or with the names pending, and
no name is there without its lease. Some names have an owner who does not answer, so that they are pending for a while."""

import json
import random
import select
import socket
import struct
import time

import bed
import wire
import wire_side

ROUNDS = 20
CLIENTS = 600
SUFFIXES = ('00', '20')
SILENT = '10.99.0.99'  # nobody is there
HELD_EACH = 6          # the names of each sixth client are found there at first
COOKIE = b'\x63\x82\x53\x63'
DISCOVER, OFFER, REQUEST, ACK, NAK, RELEASE = 1, 2, 3, 5, 6, 7


class Client:
    def __init__(self, number):
        self.number = number
        self.mac = b'\x02\x77' + struct.pack('>I', number)
        self.state = 'idle'     # selecting, requesting, releasing
        self.address = None     # acknowledged, and not released
        self.unsure = set()     # of these nobody knows: asked for or released without an answer
        self.sent = 0.0

    def message(self, kind, *options, ciaddr='0.0.0.0', giaddr='10.77.0.2'):
        body = struct.pack('>BBBBIHH', 1, 1, 6, 1, self.number, 0, 0)
        body += socket.inet_aton(ciaddr) + bytes(8) + socket.inet_aton(giaddr) + self.mac.ljust(16, b'\0') + bytes(192)
        body += COOKIE + bytes((53, 1, kind))
        for code, value in options:
            body += bytes((code, len(value))) + value
        name = f'kill-{self.number}'.encode()
        return (body + bytes((12, len(name))) + name + b'\xff').ljust(300, b'\0')


def parse(datagram):
    """Transaction, address and options of an answer."""
    options, at = {}, 240
    while at < len(datagram) and datagram[at] != 255:
        if datagram[at] == 0:
            at += 1
            continue
        options[datagram[at]] = datagram[at + 2:at + 2 + datagram[at + 1]]
        at += 2 + datagram[at + 1]
    return struct.unpack('>I', datagram[4:8])[0], socket.inet_ntoa(datagram[16:20]), options


class Site:
    """All clients behind one relay agent, which is the test."""

    def __init__(self):
        self.clients = [Client(number) for number in range(CLIENTS)]
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.socket.bind(('10.77.0.2', 67))
        self.socket.setblocking(False)
        self.acknowledged = 0

    def send(self, datagram):
        try:
            self.socket.sendto(datagram, (wire_side.SERVER, 67))
        except OSError:  # nobody there, between two lives
            pass

    def begin(self, client):
        client.sent = time.monotonic()
        if client.address and random.random() < 0.3:
            client.unsure.add(client.address)
            self.send(client.message(RELEASE, (54, socket.inet_aton(wire_side.SERVER)), ciaddr=client.address,
                                     giaddr='0.0.0.0'))
            client.address = None
        elif client.address:
            client.state = 'requesting'
            self.send(client.message(REQUEST, ciaddr=client.address))
        else:
            client.state = 'selecting'
            self.send(client.message(DISCOVER))

    def hear(self):
        while True:
            try:
                number, address, options = parse(self.socket.recv(2000))
            except BlockingIOError:
                return
            except OSError:
                continue
            client = self.clients[number]
            kind = options.get(53, b'\0')[0]
            if kind == OFFER and client.state == 'selecting':
                client.state = 'requesting'
                client.unsure.add(address)
                self.send(client.message(REQUEST, (50, socket.inet_aton(address)), (54, options[54])))
            elif kind == ACK and client.state == 'requesting':
                client.state, client.address, client.unsure = 'idle', address, set()
                self.acknowledged += 1
            elif kind == NAK and client.state == 'requesting':
                bed.check(f'client {number} is not refused what it has', client.address is None)
                client.state, client.address = 'idle', None

    def load(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for client in random.sample(self.clients, 40):
                if client.state == 'idle' or time.monotonic() - client.sent > 0.5:
                    client.state = 'idle'
                    self.begin(client)
            select.select([self.socket], [], [], 0.01)
            self.hear()


def held(client):
    return client.number % HELD_EACH == 0


def hold_names(site):
    """The names of some clients without a lease get an owner who is not there."""
    owner = wire.Client('10.99.0.3')
    for client in site.clients:
        if held(client) and not client.address:
            for suffix in SUFFIXES:
                owner.register(f'KILL-{client.number}#{suffix}', SILENT, timeout=0.1, tries=1)
    owner.close()


def leases_by_hardware():
    """{hardware address: {active address: what became of its name}}, as the administrator sees them."""
    status, output, errors = bed.cli('lease', 'list', '--state', 'active', '--json')
    if status:
        raise RuntimeError(f'winsome lease list: {errors}')
    found = {}
    for lease in map(json.loads, output.splitlines()):
        found.setdefault(lease['hardware'], {})[lease['address']] = lease['name_state']
    return found


def verify(site, when):
    """Returns how many names are pending."""
    leases = leases_by_hardware()
    asker = wire.Client()
    wrong = []
    pending = 0
    for client in site.clients:
        client.state = 'idle'
        mac = client.mac.hex(':')
        mine = leases.get(mac, {})
        if client.address and client.address not in mine:
            wrong.append(f'{mac} was acknowledged {client.address}, but has {mine}')
        if not client.address and not set(mine) <= client.unsure:
            wrong.append(f'{mac} has {mine}, but was told nothing of the kind')
        client.address = next(iter(mine), None)
        client.unsure = set()
        states = set(mine.values())
        pending += 'pending' in states
        if not states <= {'registered', 'pending'}:
            wrong.append(f'the name of {mac} is {states}, though nobody defends it')
        for suffix in SUFFIXES:
            named = asker.addresses(f'KILL-{client.number}#{suffix}')
            may_be = [] if states == {'registered'} else [[SILENT]] if held(client) else []
            if 'pending' in states or not mine:
                may_be.append([])
            if named != list(mine) and named not in may_be:
                wrong.append(f'KILL-{client.number}<{suffix}> is at {named}, its lease is {mine}')
    asker.close()
    bed.check(f'{when} every lease has its names, or they are pending, and every name its lease', not wrong, wrong[:3])
    return pending


def main():
    random.seed(4)
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC, '10.77.0.2')
    daemon = bed.Winsomed(dhcp={'probe': {'enabled': False}}, dhcp_scope=wire_side.scopes()).start()
    site = Site()
    began = time.monotonic()
    pending = 0
    for number in range(1, ROUNDS + 1):
        before = site.acknowledged
        hold_names(site)
        site.load(random.uniform(0.3, 0.8))
        daemon.kill()
        site.hear()
        bed.check(f'round {number}: {site.acknowledged - before} leases acknowledged', site.acknowledged - before > 20)
        daemon.start()
        pending += verify(site, f'after kill {number}')
    print(f'{site.acknowledged} acknowledged leases, {ROUNDS} kills, {pending} names pending after them, '
          f'{time.monotonic() - began:.1f} s')
    bed.check('names were pending after kills', pending > ROUNDS, pending)
    bed.wait_for(lambda: '"pending"' not in bed.cli('lease', 'list', '--json')[1], 20)
    bed.check_equal('in the end none is', verify(site, 'in the end'), 0)
    bed.check('it is stopped in the end', daemon.stop() == 0)


if __name__ == '__main__':
    bed.run(main)
