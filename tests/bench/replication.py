#!/usr/bin/python3
"""Replication between servers on one machine: 100,000 records pulled into a durable store, over gRPC with mutual TLS and
over TCP 42, without and with one record in ten in conflict; 10,000 records pulled by Samba's AD server; the time from the
answer to a registration until a partner with persistent push serves the name; what ten servers say that have nothing to
say.

    tests/bench/run replication [--quick] [--only PART[,PART...]]

Needs root. The puller has processor 0 for all its threads, the other server processor 1; the client shares that one.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../peer'))
import bed  # noqa: E402
import replication_grpc as certificates  # noqa: E402
import samba_wins  # noqa: E402
import wire  # noqa: E402

import idle_federation  # noqa: E402
from subjects import note  # noqa: E402
from table import Figures, Table  # noqa: E402

SAMBA_RECORDS = 10_000
PULLER, SOURCE = 0, 1  # processors
ADDRESSES = {'from': '10.99.0.11', 'to': '10.99.0.12'}
PORTS = {'grpc': 8137, 'winsra': 42}
CARRIERS = {'grpc': 'gRPC with mutual TLS', 'winsra': 'TCP 42'}
PARTS = ('pull', 'conflict', 'samba', 'visibility', 'idle')
RATES = {'grpc': 50_000, 'winsra': 30_000}  # records a second, at least
VISIBLE_P50_MS, VISIBLE_P99_MS = 20, 100


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


def pulled(source, target, records):
    """Records a second, all of them durable in the end."""
    pin(target, PULLER)
    pin(source, SOURCE)
    began = time.monotonic()
    status, output, errors = bed.cli('partner', 'pull', 'from', seconds=300, socket=target.socket)
    took = time.monotonic() - began
    received = re.search(r'(\d+) records received', output)  # hosts have three names each
    assert status == 0 and received and int(received[1]) >= records, output + errors
    return records / took


def pull(carrier, run, records):
    # Before there is anything to pull: a new database asks its partners at once.
    target = daemon('to', f'{carrier}{run}', carrier, pulls=True, persistent=False)
    source = daemon('from', f'{carrier}{run}', carrier, pulls=False, persistent=False)
    register(source, '10.99.0.3', 0, records)
    rate = pulled(source, target, records)
    source.stop()
    target.stop()
    return rate


def pull_with_conflicts(carrier, run, records):
    """Every tenth name is held at the puller by another client, who is to be asked and does not answer. The rate, and
    the seconds until all of them are settled."""
    target = daemon('to', f'{carrier}-conflict{run}', carrier, pulls=True, persistent=False)
    for tenth in range(10):
        register(target, '10.99.0.4', tenth * records // 10, records // 100)
    source = daemon('from', f'{carrier}-conflict{run}', carrier, pulls=False, persistent=False)
    register(source, '10.99.0.3', 0, records)
    began = time.monotonic()
    rate = pulled(source, target, records)

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
    samba = samba_wins.SambaWins(theirs).partner(ADDRESSES['from'], pull=1, push=0)
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


def visibility(carrier, changes):
    """Milliseconds, sorted."""
    source = daemon('from', f'{carrier}-push', carrier, pulls=True, persistent=True)
    target = daemon('to', f'{carrier}-push', carrier, pulls=True, persistent=True)
    pin(target, PULLER)
    pin(source, SOURCE)
    bed.wait_for(lambda: 'at once' in bed.cli('partner', 'show', 'to', socket=source.socket)[1], 30)
    time.sleep(2)
    here, there = (wire.Client('10.99.0.3', (ADDRESSES[name], 137)) for name in ('from', 'to'))
    times = []
    for number in range(changes):
        here.register(f'SEEN{number}#20')
        began = time.monotonic()
        while there.addresses(f'SEEN{number}#20') != ['10.99.0.3'] and time.monotonic() < began + 5:
            pass
        times.append(1000 * (time.monotonic() - began))
        time.sleep(0.02)
    source.stop()
    target.stop()
    return sorted(times)


class Bench:
    def __init__(self, options):
        self.table = Table()
        self.parts = options.only.split(',')
        self.records = 10_000 if options.quick else 100_000
        self.runs = 1 if options.quick else 3
        self.changes = 50 if options.quick else 200
        self.idle_seconds = 60 if options.quick else 180

    def measure(self):
        for carrier in CARRIERS:
            for part in (self.pull, self.conflict, self.visibility):
                if part.__name__ in self.parts:
                    note(f'{CARRIERS[carrier]}: {part.__name__}')
                    part(carrier)
        if 'samba' in self.parts and not samba_wins.is_installed():
            note('Samba: left out, it needs samba and samba-ad-provision')
        elif 'samba' in self.parts:
            note('Samba')
            self.table.add("pulled over TCP 42 by Samba's AD server, records a second", f'{SAMBA_RECORDS:,}', '',
                           f'{samba_pull():,.0f}')
        if 'idle' in self.parts:
            os.sched_setaffinity(0, {PULLER, SOURCE})
            for carrier in CARRIERS:
                note(f'{CARRIERS[carrier]}: idle')
                self.idle(carrier)

    def pull(self, carrier):
        rates = Figures(pull(carrier, run, self.records) for run in range(self.runs))
        wanted = RATES[carrier]
        self.table.add(f'{CARRIERS[carrier]}: records pulled a second', f'{self.records:,}', rates.text(),
                       target=f'≥ {wanted:,}', reached=rates.median >= wanted)

    def conflict(self, carrier):
        runs = [pull_with_conflicts(carrier, run, self.records) for run in range(self.runs)]
        self.table.add(f'{CARRIERS[carrier]}: the same with one record in ten in conflict', f'{self.records:,}',
                       Figures(rate for rate, _ in runs).text())
        self.table.add(f'{CARRIERS[carrier]}: until the last conflict was settled', f'{self.records:,}',
                       Figures(took for _, took in runs).text(' s'))

    def visibility(self, carrier):
        times = visibility(carrier, self.changes)
        for name, value, wanted in (('p50', times[self.changes // 2], VISIBLE_P50_MS),
                                    ('p99', times[self.changes * 99 // 100], VISIBLE_P99_MS)):
            self.table.add(f'{CARRIERS[carrier]}: visible on the partner, {name} of {self.changes}', '',
                           f'{value:.1f} ms', target=f'≤ {wanted} ms', reached=value <= wanted)

    def idle(self, carrier):
        said, needless = idle_federation.observe(carrier, self.idle_seconds)
        self.table.add(f'{carrier}: {idle_federation.title(self.idle_seconds)}', '', said,
                       target='keep-alives and scheduled pulls only', reached=not needless)

    def report(self):
        with open('/proc/cpuinfo') as info:
            model = next((line.split(':')[1].strip() for line in info if line.startswith('model name')), '')
        print(f'{time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}; {platform.release()}; {os.cpu_count()} × {model}; '
              f'the puller on processor {PULLER}; the source, the clients and this script on processor {SOURCE}; '
              f'{self.runs} runs, median (least–most).\n')
        print(self.table.markdown())
        if self.table.missed:
            print('\nNot reached: ' + '; '.join(self.table.missed) + '.')


def main():
    parser = argparse.ArgumentParser(prog='tests/bench/run replication')
    parser.add_argument('--quick', action='store_true', help='one run of a tenth of everything')
    parser.add_argument('--only', default=','.join(PARTS), help=f'of {", ".join(PARTS)}')
    bench = Bench(parser.parse_args(bed.arguments))
    certificates.make_authority('authority')
    for name in ADDRESSES:
        certificates.make_certificate(name)
    os.sched_setaffinity(0, {SOURCE})
    bench.measure()
    bench.report()


if __name__ == '__main__':
    bed.run(main, programs=['openssl'])
