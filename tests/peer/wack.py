#!/usr/bin/python3
"""The challenge of a name's present owner (fact base B4), with owners on port 137 that answer as they please."""

import socket
import threading
import time

import bed
import wire

SERVER = '10.99.0.1'
OLD, NEW, THIRD, LIAR = bed.CLIENTS


class Owner(threading.Thread):
    """A host that listens on port 137 of `address` and answers name queries with what `answer(message)` gives.

    None is silence; otherwise a list of (delay, datagram, socket to send from or None for its own).
    """

    def __init__(self, address, answer=lambda message: None):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 137))
        self.socket.settimeout(0.1)
        self.answer = answer
        self.heard = []  # (time, message, source)
        self.over = False
        self.start()

    def run(self):
        while not self.over:
            try:
                datagram, source = self.socket.recvfrom(2000)
            except TimeoutError:
                continue
            message = wire.parse(datagram)
            self.heard.append((time.monotonic(), message, source))
            for delay, reply, sender in self.answer(message) or []:
                time.sleep(delay)
                (sender or self.socket).sendto(reply, source)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()
        self.socket.close()


def defends(*addresses):
    return lambda message: [(0, wire.positive_answer(message, addresses), None)]


def denies(message):
    return [(0, wire.negative_answer(message), None)]


def claim(name, address=NEW, **more):
    """Registers from `address`; the answer, its WACKs, and how long it took."""
    client = wire.Client(address)
    began = time.monotonic()
    answer = client.register(name, timeout=3, tries=1, **more)
    took = time.monotonic() - began
    client.close()
    return answer, client.wacks, took


def outcome(what, name, rcode, addresses, **more):
    answer, wacks, took = claim(name, **more)
    bed.check_equal(f'{what}: the answer', answer and answer.rcode, rcode)
    bed.check_equal(f'{what}: a WACK came first', len(wacks), 1)
    bed.check_equal(f'{what}: who has the name then', sorted(wire.Client(THIRD).addresses(name) or []),
                    sorted(addresses))
    return answer, wacks, took


def check_shapes(owner, name, wacks):
    """What a WACK and a challenge look like (A4, decision 4)."""
    bed.check_equal('the WACK is of type NB, and carries the flags word of the request',
                    (wacks[0].rtype, wacks[0].rdata, wacks[0].flags), (wire.NB, b'\x29\x00', 0xBC00))
    bed.check('the WACK asks for enough time, and no more than a minute', 1 <= wacks[0].ttl <= 60, wacks[0].ttl)
    challenges = [(message, source) for _, message, source in owner.heard]
    bed.check('the challenge comes from our name-service port',
              all(source == (SERVER, 137) for _, source in challenges), challenges)
    bed.check('it is a query with no flag set, for the name',
              all((m.flags, m.counts, m.rtype) == (0, (1, 0, 0, 0), wire.NB) and
                  m.name == wire.encode_name(name) for m, _ in challenges), challenges)


def dead_owner():
    wire.Client(OLD).register('DEAD#20')
    _, _, took = outcome('a dead owner loses its name', 'DEAD#20', wire.OK, [NEW])
    bed.check('after three tries, in less than 10 s', 1 < took < 10, took)

    with Owner(OLD) as silent:
        wire.Client(OLD).register('SILENT#20')
        _, wacks, took = outcome('so does a silent one', 'SILENT#20', wire.OK, [NEW])
        bed.check_equal('it is asked three times', len(silent.heard), 3)
        gaps = [b[0] - a[0] for a, b in zip(silent.heard, silent.heard[1:])]
        bed.check('at intervals that double, from 500 ms',
                  len(gaps) == 2 and 0.4 < gaps[0] < 0.8 and 0.8 < gaps[1] < 1.5, gaps)
        check_shapes(silent, 'SILENT#20', wacks)


def live_owner():
    with Owner(OLD, defends(OLD)):
        wire.Client(OLD).register('ALIVE#20')
        outcome('a live owner keeps its name', 'ALIVE#20', wire.ACT_ERR, [OLD])
        outcome('against a group too', 'ALIVE#20', wire.ACT_ERR, [OLD], group=True)
    with Owner(OLD, denies):
        wire.Client(OLD).register('GIVEN#20')
        _, _, took = outcome('an owner that denies loses at once', 'GIVEN#20', wire.OK, [NEW])
        bed.check('no further tries are made', took < 1.5, took)
    with Owner(OLD, lambda message: [(1.2, wire.positive_answer(message, [OLD]), None)]) as late:
        wire.Client(OLD).register('LATE#20')
        outcome('an answer to an earlier try still counts', 'LATE#20', wire.ACT_ERR, [OLD])
        bed.check('though later tries were made', bed.wait_for(lambda: len(late.heard) >= 2, 5), len(late.heard))


def several_addresses():
    with Owner(OLD, defends(OLD, NEW)):
        wire.Client(OLD).register('TWOCARDS#20', opcode=wire.MULTIHOMED)
        outcome('an owner that claims the new address too gets both', 'TWOCARDS#20', wire.OK, [OLD, NEW],
                opcode=wire.MULTIHOMED)
    with Owner(OLD, defends(OLD, NEW)), Owner(NEW, defends(OLD, NEW)):
        outcome('a third host does not', 'TWOCARDS#20', wire.ACT_ERR, [OLD, NEW], address=THIRD)
    # Both of its addresses are dead now: each is tried before the name goes.
    outcome('when all addresses are silent the name goes', 'TWOCARDS#20', wire.OK, [THIRD], address=THIRD)

    with Owner(OLD, defends(OLD, NEW)):
        wire.Client(OLD).register('HALFDEAD#20', opcode=wire.MULTIHOMED)
        claim('HALFDEAD#20', opcode=wire.MULTIHOMED)
        outcome('one live address of two defends the name', 'HALFDEAD#20', wire.ACT_ERR, [OLD, NEW],
                address=THIRD)


def duplicates():
    with Owner(OLD) as silent:
        wire.Client(OLD).register('TWICE#20')
        client = wire.Client(NEW)
        packet = wire.change(wire.REGISTRATION, 'TWICE#20', NEW)
        for _ in range(5):
            client.send(packet)
            time.sleep(0.02)
        answer = client.receive(int.from_bytes(packet[:2]), 3)
        bed.check_equal('a request repeated while it is pending is granted', answer and answer.rcode, wire.OK)
        bed.check_equal('with one WACK', len(client.wacks), 1)
        bed.check_equal('and one challenge', len(silent.heard), 3)
        client.socket.settimeout(1)
        try:
            surplus = client.socket.recv(2000).hex()
        except TimeoutError:
            surplus = None
        bed.check_equal('and answered once', surplus, None)


def wrong_answers():
    """Only the challenged address counts, with the right id and name."""
    liar = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    liar.bind((LIAR, 137))

    def forged(message):
        stranger = wire.Message(message.id ^ 1, 0, (), message.name, wire.NB, 0, b'')
        other = wire.Message(message.id, 0, (), wire.encode_name('OTHER#20'), wire.NB, 0, b'')
        return [(0, wire.positive_answer(message, [OLD]), liar), (0, wire.negative_answer(message), liar),
                (0, wire.positive_answer(stranger, [OLD]), None), (0, wire.positive_answer(other, [OLD]), None)]

    with Owner(OLD, forged) as owner:
        wire.Client(OLD).register('FORGED#20')
        _, _, took = outcome('answers from a wrong address, with a wrong id or name count as silence', 'FORGED#20',
                             wire.OK, [NEW])
        bed.check_equal('all tries are made', len(owner.heard), 3)
    liar.close()


def own_challenge(daemon):
    """Bound to 0.0.0.0, a challenge to a loopback address comes back to us: it must not look like an owner."""
    daemon.stop()
    daemon.configure(nbns={'listen': ['0.0.0.0:137']})
    daemon.start()
    wire.Client(OLD).register('LOOPED#20', '127.64.64.1')
    outcome('our own challenge is not taken for an answer', 'LOOPED#20', wire.OK, [NEW])
    # The server's own address as the present owner: the node it is does not have that name.
    wire.Client(OLD).register('ITSELF#20', SERVER)
    outcome('nor for a defence when we are the owner', 'ITSELF#20', wire.OK, [NEW])


def main():
    daemon = bed.Winsomed().start()
    dead_owner()
    live_owner()
    several_addresses()
    duplicates()
    wrong_answers()
    own_challenge(daemon)
    bed.check('the daemon still runs', daemon.runs())


if __name__ == '__main__':
    bed.run(main)
