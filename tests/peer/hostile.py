#!/usr/bin/python3
"""Malformed datagrams and floods: they are dropped and counted, and everybody else goes on being answered."""

import contextlib
import itertools
import json
import os
import random
import socket
import time

import bed
import shapes
import wire

REPEATS = 50
FLOOD_SECONDS = 4
# Ten times what the busiest site asks, and less than our daemon reads with sanitizers on half a processor: what a full
# receive buffer does to others is the kernel's doing and would test only the machine.
FLOOD_RATE = 20_000
GROWTH_KB = 96 << 10  # of memory, for all the floods together


def statistics():
    status, out, errors = bed.cli('stats', '--json')
    if status:
        raise RuntimeError(f'winsome stats --json: {errors}')
    return json.loads(out)


def malformed_count():
    return sum(statistics()['malformed'].values())


def each_shape():
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.bind(('10.99.0.5', 0))
    endpoint.connect(wire.SERVER)
    client = wire.Client()

    def answered(datagram):
        endpoint.send(datagram)
        client.ask(wire.node_status())  # by now it has been looked at
        endpoint.settimeout(0.02)
        try:
            return endpoint.recv(2000).hex()
        except TimeoutError:
            return None

    hostile = shapes.malformed()
    before = malformed_count()
    for what, datagram in hostile.items():
        reply = answered(datagram)
        bed.check(f'{what}: no answer', reply is None, reply)
    counted = bed.wait_for(lambda: malformed_count() - before == len(hostile), 3, every=0.5)
    bed.check(f'all of {len(hostile)} are counted as malformed', counted)
    if not counted:  # which are not?
        for what, datagram in hostile.items():
            before = malformed_count()
            answered(datagram)
            bed.check_equal(f'{what}: counted as malformed', malformed_count() - before, 1)
    for what, datagram in shapes.unwelcome().items():
        reply = answered(datagram)
        bed.check(f'{what}: no answer', reply is None, reply)
    bed.check_equal('none of them registered anything', client.addresses('HOSTILE#20'), [])


def flood(source, datagrams, seconds):
    """A process that sends from `source`, FLOOD_RATE a second; returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        endpoint.bind((source, 0))
        endpoint.setblocking(False)
        began = time.monotonic()
        endless = itertools.cycle(datagrams)
        sent = 0
        while (now := time.monotonic()) < began + seconds:
            due = int((now - began) * FLOOD_RATE) - sent
            for datagram in itertools.islice(endless, due):
                with contextlib.suppress(OSError):
                    endpoint.sendto(datagram, wire.SERVER)
            sent += due
            time.sleep(0.002)
        status = 0
    finally:
        os._exit(status)


def others_during(what, datagrams):
    """While one address floods, others ask, register, refresh and release."""
    attacker = flood('10.99.0.5', datagrams, FLOOD_SECONDS)
    client, other = wire.Client('10.99.0.2'), wire.Client('10.99.0.3')
    until = time.monotonic() + FLOOD_SECONDS - 0.5
    asked, lost, slowest = 0, [], 0.0
    while time.monotonic() < until:
        name = f'GOOD{asked:05}#20'
        for step, request in (('register', lambda: other.register(name)),
                              ('query', lambda: client.query(name)),
                              ('refresh', lambda: other.refresh(name)),
                              ('release', lambda: other.release(name))):
            began = time.monotonic()
            answer = request()
            slowest = max(slowest, time.monotonic() - began)
            asked += 1
            if answer is None or answer.rcode != wire.OK:
                lost.append((step, name, answer))
    _, status = os.waitpid(attacker, 0)
    bed.check_equal(f'{what}: it was sent', status, 0)
    bed.check(f'{what}: all of {asked} requests of others are granted (slowest {slowest * 1000:.0f} ms)',
              not lost, lost[:3])
    counters = statistics()
    dropped = {why: count for why, count in counters['dropped'].items() if count}
    print(f'     dropped so far: {dropped}, by the kernel: {counters["network"]["receive_drops"]}')


def main():
    # The address sanitizer keeps freed memory for a while; not so much that it looks like growth.
    os.environ['ASAN_OPTIONS'] = 'quarantine_size_mb=8'
    daemon = bed.Winsomed().start()
    each_shape()

    before_kb = daemon.resident_kb()
    bad = list(shapes.malformed().values()) * REPEATS
    random.seed(7)
    random.shuffle(bad)
    counted = malformed_count()
    others_during('a flood of malformed datagrams', bad)
    bed.check('the flood was counted', malformed_count() - counted > 1000, malformed_count() - counted)
    others_during('a flood of queries', [wire.query(f'MISS{n:05}#20') for n in range(2000)])
    others_during('a flood of registrations',
                  [wire.change(wire.REGISTRATION, f'FLOOD{n:05}#20', '10.99.0.5') for n in range(2000)])
    others_during('a flood of responses',
                  [wire.header(n * 31 & 0xFFFF, 0x8580, 0, 1) + wire.encode_name('FLOOD#20')
                   + b'\0\x20\0\1\0\0\0\0\0\6\0\0\x0a\x63\0\5' for n in range(2000)])
    # Each of these would need a challenge of its own.
    victim = wire.Client('10.99.0.4')
    for number in range(300):
        victim.register(f'VICTIM{number:04}#20')
    others_during('a flood of challenges', [wire.change(wire.REGISTRATION, f'VICTIM{n % 300:04}#20', '10.99.0.5')
                                            for n in range(2000)])
    bed.check('the daemon still runs', daemon.runs())
    grown = daemon.resident_kb() - before_kb
    bed.check(f'its memory has grown by {grown} kB, not more than {GROWTH_KB}', grown < GROWTH_KB)
    bed.check_equal('it ends cleanly', daemon.stop(), 0)


if __name__ == '__main__':
    bed.run(main)
