#!/usr/bin/python3
"""Twice ten thousand connections to the port of gRPC, from 1,000 addresses that have no certificate and begin as TLS does:
the partner that was there is served all the while, one that comes anew gets in, and neither descriptors nor the log grow
without bound, nor the memory with the second ten thousand."""

import os
import time

import associations
import bed
import replication_grpc as certificates
import wire

PLACES = 512
TLS_BEGINS = b'\x16'
DESCRIPTORS = 2 * PLACES + 256  # two for each, and what the daemon has else
GROWTH_KB = 32 << 10
LATE_SECONDS = 60  # some thousands are before it in the kernel's queue, and it tries for ten seconds at a time


def main():
    associations.raise_limit()
    associations.routes()
    associations.keep_no_freed_memory()
    certificates.make_authority('authority')
    for name in ('east', 'middle', 'west'):
        certificates.make_certificate(name)

    def daemon(name, neighbours):
        return bed.Winsomed(name, certificates.ADDRESSES[name],
                            **certificates.tables(name, neighbours=neighbours)).start(60)

    east, middle = daemon('east', ['middle', 'west']), daemon('middle', ['east'])
    clients = {name: wire.Client('10.99.0.4', (address, 137)) for name, address in certificates.ADDRESSES.items()}

    def told(name, of='middle', seconds=associations.SLOWEST):
        """Registers `name` at east, and waits until `of` serves it."""
        clients['east'].register(f'{name}#20')
        return bed.wait_for(lambda: clients[of].addresses(f'{name}#20') == ['10.99.0.4'], seconds, every=0.01)

    bed.check('east and middle replicate', bed.wait_for(lambda: told('BEFORE'), 30))
    asked, missing = [], []

    def ask():
        asked.append(f'DURING{len(asked)}')
        if not told(asked[-1]):
            missing.append(asked[-1])

    def attackers():
        began = time.monotonic()
        held, slowest = associations.attackers(8137, TLS_BEGINS, ask)
        print(f'      {len(held)} connections in {time.monotonic() - began:.1f} s, slowest news {slowest * 1000:.0f} ms')
        return held

    def descriptors():
        return len(os.listdir(f'/proc/{east.process.pid}/fd'))

    held = attackers()
    before = east.resident_kb()
    for endpoint in held:
        endpoint.close()
    bed.check('they are gone', bed.wait_for(lambda: descriptors() < DESCRIPTORS - 2 * PLACES, 10), descriptors())
    turned_away = associations.turned_away('grpc_turned_away')
    held = attackers()
    bed.check(f'each of {len(asked)} changes reached the partner within {associations.SLOWEST} s', not missing, missing)
    bed.check(f'not more than {DESCRIPTORS} descriptors are in use', bed.wait_for(lambda: descriptors() <= DESCRIPTORS, 10),
              descriptors())
    daemon('west', ['east'])
    bed.check('a partner that comes now gets in', told('LATE', 'west', LATE_SECONDS))
    turned_away = associations.turned_away('grpc_turned_away') - turned_away
    bed.check('those turned away are counted', turned_away > associations.COUNT - PLACES, turned_away)
    with open(f'{bed.work}/east.log') as log:
        lines = sum('breaks the rules' in line for line in log)
    addresses = associations.COUNT // associations.OF_ONE
    bed.check(f'the log has one line a minute for each of {addresses} addresses at most', 0 < lines <= 2 * addresses, lines)
    grown = east.resident_kb() - before
    bed.check(f'the second ten thousand have cost {grown} kB of memory, not more than {GROWTH_KB}', grown < GROWTH_KB)
    for endpoint in held:
        endpoint.close()
    bed.check('the partners outlive them', told('AFTER') and told('AFTERWARDS', 'west'))
    bed.check_equal('it ends cleanly', east.stop(), 0)


if __name__ == '__main__':
    bed.run(main, programs=['openssl'])
