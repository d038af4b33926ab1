#!/usr/bin/python3
"""Replication between two daemons on one machine: 100,000 records pulled into a durable store, over gRPC with mutual TLS
and over TCP 42, and the time from the answer to a registration until a partner with persistent push serves the name.

    replication.py DIRECTORY-WITH-WINSOMED

Needs root. The puller has processor 0 for all its threads, the other processor 1; the client shares that one.
"""

import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../peer'))
import bed  # noqa: E402
import replication_grpc as certificates  # noqa: E402
import wire  # noqa: E402

RECORDS = 100_000
RUNS = 3
CHANGES = 200
ADDRESSES = {'from': '10.99.0.11', 'to': '10.99.0.12'}
PORTS = {'grpc': 8137, 'winsra': 42}


def daemon(name, run, carrier, *, pulls, persistent):
    """`name` is where the records come from, or where they go to."""
    other = 'to' if name == 'from' else 'from'
    file = f'{bed.work}/{name}'
    return bed.Winsomed(
        f'{name}-{run}', ADDRESSES[name], log={'level': 'warning'}, nbns={'netbios_name': name.upper()},
        replication={'start_wait': '0s', 'pull_at_start': False},
        replication_grpc={'listen': [f'{ADDRESSES[name]}:8137'], 'certificate': f'{file}.pem', 'key': f'{file}.key',
                          'authority': f'{bed.work}/authority.pem'},
        replication_winsra={'listen': [f'{ADDRESSES[name]}:42']},
        replication_partner=[{'name': other, 'address': f'{ADDRESSES[other]}:{PORTS[carrier]}', 'transport': carrier,
                              'interval': '0', 'persistent': persistent, 'pull': pulls}]).start(60)


def pin(server, processor):
    for thread in os.listdir(f'/proc/{server.process.pid}/task'):
        os.sched_setaffinity(int(thread), {processor})


def pull(carrier, run, lines):
    source = daemon('from', f'{carrier}{run}', carrier, pulls=False, persistent=False)
    status, _, errors = bed.cli('import', 'lmhosts', lines, seconds=300, socket=source.socket)
    assert status == 0, errors
    target = daemon('to', f'{carrier}{run}', carrier, pulls=True, persistent=False)
    pin(target, 0)
    pin(source, 1)
    began = time.monotonic()
    status, output, errors = bed.cli('partner', 'pull', 'from', seconds=300, socket=target.socket)
    took = time.monotonic() - began
    assert status == 0 and f'{RECORDS} records' in output, output + errors
    source.stop()
    target.stop()
    return RECORDS / took


def visibility(carrier):
    """Milliseconds, sorted."""
    source = daemon('from', f'{carrier}-push', carrier, pulls=True, persistent=True)
    target = daemon('to', f'{carrier}-push', carrier, pulls=True, persistent=True)
    bed.wait_for(lambda: 'at once' in bed.cli('partner', 'show', 'to', socket=source.socket)[1], 30)
    time.sleep(2)
    here, there = (wire.Client('10.99.0.3', (ADDRESSES[name], 137)) for name in ('from', 'to'))
    times = []
    for number in range(CHANGES):
        here.register(f'SEEN{number}#20')
        began = time.monotonic()
        while there.addresses(f'SEEN{number}#20') != ['10.99.0.3'] and time.monotonic() < began + 5:
            pass
        times.append(1000 * (time.monotonic() - began))
        time.sleep(0.02)
    source.stop()
    target.stop()
    return sorted(times)


def main():
    certificates.make_authority('authority')
    for name in ADDRESSES:
        certificates.make_certificate(name)
    lines = os.path.join(bed.work, 'many.lmhosts')
    with open(lines, 'w') as out:
        out.writelines(f'10.{n >> 16}.{n >> 8 & 255}.{n & 255} "N{n:07}       \\0x20"\n' for n in range(1, RECORDS + 1))
    print('| measure | median (least–most) |\n| --- | --- |')
    for carrier in PORTS:
        rates = [pull(carrier, run, lines) for run in range(RUNS)]
        print(f'| {carrier}: {RECORDS:,} records pulled, records a second | {statistics.median(rates):,.0f} '
              f'({min(rates):,.0f}–{max(rates):,.0f}) |', flush=True)
    for carrier in PORTS:
        times = visibility(carrier)
        print(f'| {carrier}: visible on the partner, p50 / p99 of {CHANGES} | {times[CHANGES // 2]:.1f} / '
              f'{times[CHANGES * 99 // 100]:.1f} ms |', flush=True)


if __name__ == '__main__':
    bed.run(main, programs=['openssl'])
