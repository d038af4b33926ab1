#!/usr/bin/python3
"""Replication between servers on one machine: 100,000 records pulled into a durable store, over gRPC with mutual TLS and
over TCP 42, without and with one record in ten in conflict; 10,000 records pulled by Samba's AD server; the time from the
answer to a registration until a partner with persistent push serves the name; what ten servers say that have nothing to
say.

    replication.py DIRECTORY-WITH-WINSOMED [PART...]     of pull, conflict, samba, visibility, idle

Needs root. The puller has processor 0 for all its threads, the other server processor 1; the client shares that one.
"""

import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../peer'))
import bed  # noqa: E402
import replication_grpc as certificates  # noqa: E402
import wire  # noqa: E402
from samba_wins import SambaWins  # noqa: E402

import idle_federation  # noqa: E402

RECORDS = 100_000
RUNS = 3
CHANGES = 200
SAMBA_RECORDS = 10_000
PULLER, SOURCE = 0, 1  # processors
ADDRESSES = {'from': '10.99.0.11', 'to': '10.99.0.12'}
PORTS = {'grpc': 8137, 'winsra': 42}
PARTS = ('pull', 'conflict', 'samba', 'visibility', 'idle')


def daemon(name, run, carrier, *, pulls, persistent, partner=None):
    """`name` is where the records come from, or where they go to."""
    other = 'to' if name == 'from' else 'from'
    file = f'{bed.work}/{name}'
    return bed.Winsomed(
        f'{name}-{run}', ADDRESSES[name], log={'level': 'warning'}, nbns={'netbios_name': name.upper()},
        nbns_burst={'threshold': 5000}, replication={'start_wait': '0s', 'pull_at_start': False},
        replication_grpc={'listen': [f'{ADDRESSES[name]}:8137'], 'certificate': f'{file}.pem', 'key': f'{file}.key',
                          'authority': f'{bed.work}/authority.pem'},
        replication_winsra={'listen': [f'{ADDRESSES[name]}:42']},
        replication_partner=[{'name': other, 'address': f'{partner or ADDRESSES[other]}:{PORTS[carrier]}',
                              'transport': carrier, 'interval': '0', 'persistent': persistent,
                              'pull': pulls}]).start(60)


def pin(server, processor):
    """All threads of all processes that `server.process` started."""
    for process in os.listdir('/proc'):
        try:
            if process.isdigit() and os.getpgid(int(process)) == server.process.pid:
                for thread in os.listdir(f'/proc/{process}/task'):
                    os.sched_setaffinity(int(thread), {processor})
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended meanwhile


def register(server, client, first, count):
    """`count` names of winsome-perf, each an ordinary registration of `client`."""
    done = subprocess.run(
        [f'{bed.bin_dir}/winsome-perf', '--server', server.address, '--from', client, '--mode', 'register',
         '--first', str(first), '--names', str(count), '--outstanding', '512'], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def pulled(source, target):
    """Records a second, all of them durable in the end."""
    pin(target, PULLER)
    pin(source, SOURCE)
    began = time.monotonic()
    status, output, errors = bed.cli('partner', 'pull', 'from', seconds=300, socket=target.socket)
    took = time.monotonic() - began
    assert status == 0 and f'{RECORDS} records' in output, output + errors
    return RECORDS / took


def pull(carrier, run):
    source = daemon('from', f'{carrier}{run}', carrier, pulls=False, persistent=False)
    register(source, '10.99.0.3', 0, RECORDS)
    target = daemon('to', f'{carrier}{run}', carrier, pulls=True, persistent=False)
    rate = pulled(source, target)
    source.stop()
    target.stop()
    return rate


def pull_with_conflicts(carrier, run):
    """Every tenth name is held at the puller by another client, who is to be asked and does not answer. The rate, and
    the seconds until all of them are settled."""
    source = daemon('from', f'{carrier}-conflict{run}', carrier, pulls=False, persistent=False)
    register(source, '10.99.0.3', 0, RECORDS)
    target = daemon('to', f'{carrier}-conflict{run}', carrier, pulls=True, persistent=False)
    for tenth in range(10):
        register(target, '10.99.0.4', tenth * RECORDS // 10, RECORDS // 100)
    began = time.monotonic()
    rate = pulled(source, target)

    def is_settled():
        return 'records wait' not in bed.cli('partner', 'list', socket=target.socket)[1]

    settled = bed.wait_for(is_settled, 120, every=0.2)
    took = time.monotonic() - began
    assert settled, 'the conflicts were not settled'
    source.stop()
    target.stop()
    return rate, took


def samba_pull():
    """Records a second that Samba applies, from the first one it answers for until the last."""
    theirs = '10.99.0.1'
    samba = SambaWins(theirs).partner(ADDRESSES['from'], pull=1, push=0)
    source = daemon('from', 'samba', 'winsra', pulls=False, persistent=False, partner=theirs)
    client = wire.Client('10.99.0.3', (ADDRESSES['from'], 137))
    for number in range(SAMBA_RECORDS):
        assert client.register(f'SAMBA{number:07}#20').rcode == wire.OK
    samba.start()
    pin(samba, PULLER)
    pin(source, SOURCE)
    asking = wire.Client('10.99.0.4', (theirs, 137))

    def reached(number):
        while not asking.addresses(f'SAMBA{number:07}#20'):
            time.sleep(0.02)
        return time.monotonic()

    first = reached(0)
    pin(samba, PULLER)
    took = reached(SAMBA_RECORDS - 1) - first
    samba.stop()
    source.stop()
    return SAMBA_RECORDS / took


def visibility(carrier):
    """Milliseconds, sorted."""
    source = daemon('from', f'{carrier}-push', carrier, pulls=True, persistent=True)
    target = daemon('to', f'{carrier}-push', carrier, pulls=True, persistent=True)
    pin(target, PULLER)
    pin(source, SOURCE)
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


def spread(rates):
    return f'{statistics.median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f})'


def row(*cells):
    print('| ' + ' | '.join(cells) + ' |', flush=True)


def main():
    parts = bed.arguments or PARTS
    certificates.make_authority('authority')
    for name in ADDRESSES:
        certificates.make_certificate(name)
    os.sched_setaffinity(0, {SOURCE})
    print(f'The puller on processor {PULLER}; the source, the clients and this script on processor {SOURCE}.\n')
    row('measure', f'median (least–most) of {RUNS}')
    row('---', '---')
    for carrier in PORTS if 'pull' in parts else ():
        rates = [pull(carrier, run) for run in range(RUNS)]
        row(f'{carrier}: {RECORDS:,} records pulled, records a second', spread(rates))
    for carrier in PORTS if 'conflict' in parts else ():
        runs = [pull_with_conflicts(carrier, run) for run in range(RUNS)]
        row(f'{carrier}: the same with one record in ten in conflict', spread([rate for rate, _ in runs]))
        row(f'{carrier}: until the last conflict was settled, seconds',
            f'{statistics.median(took for _, took in runs):.1f}')
    if 'samba' in parts:
        row(f"Samba's AD server: {SAMBA_RECORDS:,} records pulled over TCP 42, records a second", f'{samba_pull():,.0f}')
    for carrier in PORTS if 'visibility' in parts else ():
        times = visibility(carrier)
        row(f'{carrier}: visible on the partner, p50 / p99 of {CHANGES}',
            f'{times[CHANGES // 2]:.1f} / {times[CHANGES * 99 // 100]:.1f} ms')
    if 'idle' in parts:
        os.sched_setaffinity(0, {PULLER, SOURCE})
        for carrier in PORTS:
            row(f'{carrier}: {idle_federation.TITLE}', idle_federation.observe(carrier))


if __name__ == '__main__':
    bed.run(main, programs=['openssl', 'samba', 'samba-tool', 'ldbmodify'])
