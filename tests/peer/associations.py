#!/usr/bin/python3
"""Ten thousand associations of TCP 42 with a real daemon, from 1,000 addresses that are no partners: the partner that was
there is served all the while, one that comes anew gets in, and neither memory nor the log grow without bound."""

import json
import os
import resource
import socket
import struct
import time

import bed
import wire
import wrepl

SERVER = '10.99.0.1'
COUNT = 10_000
PLACES = 1024                # for connections that peers open
OF_ONE = 10
FIRST = 10 << 24 | 98 << 16  # 10.98.0.0
SLOWEST = 10.0               # seconds for an answer; the daemon may be one with sanitizers
GROWTH_KB = 96 << 10
START = struct.pack('>IIII', 41, wrepl.BITS, 0, 0) + struct.pack('>IHH', 0x1badcafe, 2, 5) + bytes(21)


def routes():
    """The client side has all of 10.98.0.0/16, and the server knows the way."""
    for command in ('ip route add local 10.98.0.0/16 dev lo',
                    'ip -n server route add 10.98.0.0/16 via 10.99.0.2 dev toclient'):
        _, output = bed.output_of(*command.split())
        if output:
            raise RuntimeError(output)


def raise_limit():
    """Of descriptors, for the attackers' side."""
    wanted = COUNT + 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    elif soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def keep_no_freed_memory():
    """What a sanitizer keeps of freed memory is not the daemon's."""
    os.environ['ASAN_OPTIONS'] = ':'.join(filter(None, (os.environ.get('ASAN_OPTIONS'), 'quarantine_size_mb=1')))


def attackers(port, said, ask):
    """The connections, on each of which `said` was said, all kept open; and the slowest answer that `ask` got
    meanwhile."""
    held, slowest = [], 0.0
    for number in range(COUNT):
        endpoint = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        endpoint.bind((socket.inet_ntoa(struct.pack('>I', FIRST + 1 + number // OF_ONE)), 0))
        endpoint.settimeout(20)
        endpoint.connect((SERVER, port))
        endpoint.sendall(said)
        held.append(endpoint)
        if number % 500 == 499:
            began = time.monotonic()
            ask()
            slowest = max(slowest, time.monotonic() - began)
    return held, slowest


def turned_away(counter='turned_away'):
    status, out, errors = bed.cli('stats', '--json')
    if status:
        raise RuntimeError(errors)
    return json.loads(out)['replication_faults'][counter]


def main():
    raise_limit()
    routes()
    keep_no_freed_memory()
    reader = {'transport': 'winsra', 'pull': False, 'interval': '0', 'persistent': False}
    daemon = bed.Winsomed(
        replication_winsra={'listen': [f'{SERVER}:42']},
        replication_partner=[{'name': 'reader', 'address': '10.99.0.2', **reader},
                             {'name': 'late', 'address': '10.99.0.3', **reader}]).start()
    client = wire.Client('10.99.0.4')
    client.register('HERE#20')
    partner = wrepl.Association(SERVER, '10.99.0.2')
    partner.owners()
    before = daemon.resident_kb()

    began = time.monotonic()
    held, slowest = attackers(42, START, partner.owners)
    print(f'      {COUNT} associations in {time.monotonic() - began:.1f} s, slowest answer {slowest * 1000:.0f} ms')
    bed.check(f'the partner was answered within {SLOWEST} s all the while', slowest < SLOWEST, slowest)
    bed.check_equal('its association still gives records', [record.name for record in partner.records(SERVER)], ['HERE'])
    late = wrepl.Association(SERVER, '10.99.0.3')
    bed.check('a partner that comes now gets in', SERVER in late.owners())
    bed.check_equal('clients are answered', client.addresses('HERE#20'), ['10.99.0.4'])
    with open(f'{bed.work}/winsomed.log') as log:
        lines = sum('replication_fault' in line for line in log)
    bed.check(f'the log has one line for each of {COUNT // OF_ONE} addresses at most', 0 < lines <= COUNT // OF_ONE, lines)
    grown = daemon.resident_kb() - before
    bed.check(f'memory has grown by {grown} kB, not more than {GROWTH_KB}', grown < GROWTH_KB)
    bed.check('those turned away are counted', turned_away() > COUNT - PLACES, turned_away())
    for endpoint in held:
        endpoint.close()
    bed.check('the partner outlives them', SERVER in partner.owners())
    partner.stop()
    late.stop()
    bed.check_equal('it ends cleanly', daemon.stop(), 0)


if __name__ == '__main__':
    bed.run(main)
