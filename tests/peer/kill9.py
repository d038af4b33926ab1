#!/usr/bin/python3
"""Kill -9 under load, twenty times: what was acknowledged holds afterwards.

Hosts register, refresh and release unique names and memberships of domains, with many requests outstanding, until the
daemon is killed. After each restart every name is asked for. A change that was not acknowledged may or may not have
happened; one that was, has, and the life that it granted is still there.
"""

import random
import select
import socket
import time

import bed
import wire

ROUNDS = 20
NAMES, DOMAINS = 500, 20  # of each host
OUTSTANDING = 200         # of each host
MINIMUM_ACKNOWLEDGED = 100  # in a round: with less, the test shows nothing


class Holding:
    """What one host may hold: a unique name, or its membership of a domain."""

    def __init__(self, host, name):
        self.host = host
        self.name = name
        self.domain = name.endswith('#1c')
        self.held = {False}      # what may be true: two values after a change that nobody acknowledged
        self.life_until = 0.0    # as the last acknowledgement granted it
        self.pending = False
        self.lost = False        # a request for it was not answered: left alone until it is verified


class Host:
    def __init__(self, address, index):
        self.address = address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.socket.bind((address, 0))
        self.socket.setblocking(False)
        self.holdings = ([Holding(self, f'KILL{index}N{n:05}#20') for n in range(NAMES)] +
                         [Holding(self, f'KILLDOM{n}#1c') for n in range(DOMAINS)])
        self.pending = {}  # id → (holding, target, sent)
        self.next_id = 0

    def send(self, packet_of, holding, target):
        while self.next_id in self.pending:
            self.next_id = (self.next_id + 1) & 0xFFFF
        self.pending[self.next_id] = (holding, target, time.monotonic())
        try:
            self.socket.sendto(packet_of(self.next_id), wire.SERVER)
        except ConnectionRefusedError:  # an answer to an earlier datagram, from a port that is closed
            pass
        self.next_id = (self.next_id + 1) & 0xFFFF

    def received(self):
        while True:
            try:
                yield wire.parse(self.socket.recv(2000))
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                continue


def change_something(host):
    """One request for a holding that has none pending."""
    holding = random.choice(host.holdings)
    if holding.pending or holding.lost:
        return
    if holding.held == {True}:
        opcode = random.choices((wire.REFRESH, wire.RELEASE), (7, 3))[0]
    else:
        opcode = wire.REGISTRATION
    target = opcode != wire.RELEASE
    holding.pending = True
    holding.held = holding.held | {target}
    host.send(lambda trn_id: wire.change(opcode, holding.name, host.address, group=holding.domain, trn_id=trn_id),
              holding, target)


def take_acknowledgements(host):
    count = 0
    for message in host.received():
        if message.id not in host.pending or message.opcode == wire.WACK:
            continue
        holding, target, _ = host.pending.pop(message.id)
        holding.pending = False
        if message.rcode != wire.OK:
            bed.check(f'{holding.name} of {host.address}: the change is granted', False, message)
            continue
        holding.held = {target}
        # A release ends what was granted before: a later registration may get the short life of a burst.
        holding.life_until = time.monotonic() + message.ttl if target else 0.0
        count += 1
    return count


def give_up(host, before):
    """Requests sent before then are not waited for any longer."""
    for trn_id in [i for i, (_, _, sent) in host.pending.items() if sent < before]:
        holding, _, _ = host.pending.pop(trn_id)
        holding.pending = False
        holding.lost = True


def load(hosts, seconds):
    """Changes with many outstanding for so long; the number that was acknowledged."""
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        for host in hosts:
            for _ in range(64):
                if len(host.pending) < OUTSTANDING:
                    change_something(host)
        select.select([host.socket for host in hosts], [], [], 0.01)
        for host in hosts:
            count += take_acknowledgements(host)
            give_up(host, time.monotonic() - 1.5)
    return count


def ask_for(hosts):
    """{holding: answer} for every holding, queries repeated until each has its answer."""
    answers = {}
    deadline = time.monotonic() + 15
    open_queries = {host: list(host.holdings) for host in hosts}
    while any(open_queries.values()) or any(host.pending for host in hosts):
        if time.monotonic() > deadline:
            break
        for host in hosts:
            while open_queries[host] and len(host.pending) < OUTSTANDING:
                holding = open_queries[host].pop()
                host.send(lambda trn_id: wire.query(holding.name, trn_id=trn_id), holding, None)
        select.select([host.socket for host in hosts], [], [], 0.05)
        for host in hosts:
            for message in host.received():
                if message.id in host.pending and message.opcode == wire.QUERY:
                    answers[host.pending.pop(message.id)[0]] = message
            for trn_id, (holding, _, sent) in list(host.pending.items()):
                if time.monotonic() - sent > 1:
                    del host.pending[trn_id]
                    open_queries[host].append(holding)
    return answers


def verify(hosts, number):
    wrong = []
    answers = ask_for(hosts)
    for host in hosts:
        for holding in host.holdings:
            answer = answers.get(holding)
            if answer is None:
                wrong.append(f'{holding.name}: no answer')
                continue
            held = answer.rcode == wire.OK and host.address in answer.addresses
            if held not in holding.held:
                wrong.append(f'{holding.name} of {host.address}: held {held}, acknowledged {holding.held}')
            # What is left is rounded to seconds twice, and the clock starts when we saw the answer.
            left = holding.life_until - time.monotonic() - 3
            if held and not holding.domain and True in holding.held and answer.ttl < left:
                wrong.append(f'{holding.name}: {answer.ttl} s left of its life, but {left:.0f} s were granted')
            holding.held = {held}
            holding.lost = False
            if not held:
                holding.life_until = 0.0
    bed.check(f'after kill {number} every acknowledged change holds', not wrong, wrong[:5])


def main():
    random.seed(2)
    daemon = bed.Winsomed().start()
    hosts = [Host(address, index) for index, address in enumerate(bed.CLIENTS)]
    began = time.monotonic()
    total = 0
    for number in range(1, ROUNDS + 1):
        acknowledged = load(hosts, random.uniform(0.4, 1.0))
        for host in hosts:  # so that some are on their way, however fast it is
            for _ in range(OUTSTANDING):
                change_something(host)
        outstanding = sum(len(host.pending) for host in hosts)
        daemon.kill()
        for host in hosts:  # what it had sent before it died counts
            acknowledged += take_acknowledgements(host)
            give_up(host, time.monotonic())
        total += acknowledged
        bed.check(f'round {number}: {acknowledged} changes acknowledged, {outstanding} outstanding when killed',
                  acknowledged >= MINIMUM_ACKNOWLEDGED and outstanding > 0)
        daemon.start()
        verify(hosts, number)
    print(f'{total} acknowledged changes, {ROUNDS} kills, {time.monotonic() - began:.1f} s')
    bed.check('it is stopped in the end', daemon.stop() == 0)


if __name__ == '__main__':
    bed.run(main)
