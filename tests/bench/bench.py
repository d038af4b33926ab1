#!/usr/bin/python3
"""The whole table of tests/bench/README.md; started by tests/bench/run."""

import argparse
import os
import platform
import shutil
import time

import subjects
from subjects import bare_sqlite, load, note
from table import Figures, Table, figures

import bed

OUTSTANDING_QUERIES = 256
OUTSTANDING_CHANGES = 1024
OUTSTANDING_NMBD = 64     # with more it loses requests, and then waits for their repetition
NMBD_NAMES_MAX = 100_000  # its time for a registration grows with their number: a million would take hours
FRESH = 30_000            # registrations for one figure
FRESH_NMBD = 5_000
PARTS = ('queries', 'registrations', 'latency', 'million', 'nmbd')


class Bench:
    def __init__(self, options):
        self.table = Table()
        self.parts = options.only.split(',')
        self.names = [int(n) for n in options.names.split(',')]
        self.seconds = 1 if options.quick else 3
        self.repeats = 2 if options.quick else 5
        self.hits = {}           # names → samples
        self.registrations = {}  # names → figures, requests a second
        self.others = []

    def repeat(self, subject, mode, **options):
        samples = [load(subject, mode, **options) for _ in range(self.repeats)]
        self.others += [sample['others'] for sample in samples]
        wrong = sum(sample['wrong'] + sample['lost'] for sample in samples)
        if wrong and not isinstance(subject, subjects.Nmbd):
            self.table.add(f'{mode}: wrong or lost answers', '', str(wrong), target='0', reached=False)
        return samples

    def reflector(self):
        note('reflector')
        subject = subjects.Reflector()
        subject.start()
        samples = self.repeat(subject, 'query', names=1000, seconds=self.seconds, outstanding=OUTSTANDING_QUERIES)
        subject.stop()
        self.floor = samples
        self.table.add('bare reflector: queries a second', '', '', figures(samples, 'rate').text())
        self.table.add('bare reflector: processor time of a query', '', '', figures(samples, 'cpu_us').text(' µs'))

    def ours(self):
        for count in self.names:
            note(f'Winsome, {count} names')
            subject = subjects.Winsome(f'winsome-{count}')
            subject.start()
            base = subject.resident()
            load(subject, 'register', names=count, outstanding=OUTSTANDING_CHANGES)
            if count >= 100_000:
                time.sleep(3)
                each = (subject.resident() - base) / subject.database('records')
                self.table.add('memory of a name', f'{count:,}', f'{each:.0f} octets', target='≤ 400',
                               reached=each <= 400)
            if 'queries' in self.parts:
                self.queries(subject, count)
            if 'million' in self.parts and count >= 1_000_000:
                self.start_up(subject, count)
            if 'registrations' in self.parts:
                self.refreshes(subject, count)
                self.fresh(subject, count)
            if 'latency' in self.parts and count == 100_000:
                self.latency(subject, count)
            subject.stop()
            shutil.rmtree(subject.daemon.data_dir)

    def queries(self, subject, count):
        options = dict(names=count, seconds=self.seconds, outstanding=OUTSTANDING_QUERIES)
        hits = self.repeat(subject, 'query', **options)
        misses = self.repeat(subject, 'miss', **options)
        self.hits[count] = hits
        floor, cpu = figures(self.floor, 'cpu_us'), figures(hits, 'cpu_us')
        ratio = cpu.median / floor.median
        self.table.add('query hits a second', f'{count:,}', figures(hits, 'rate').text())
        self.table.add('processor time of a hit', f'{count:,}', cpu.text(' µs'), f'reflector {floor.text(" µs")}', ratio,
                       '≤ 1.5', ratio <= 1.5)
        self.table.add('query misses a second', f'{count:,}', figures(misses, 'rate').text())
        self.table.add('processor time of a miss', f'{count:,}', figures(misses, 'cpu_us').text(' µs'))

    def fresh(self, subject, count):
        """Registrations of new names on top of `count`."""
        rates, commits = Figures(), subject.database('commits')
        for number in range(self.repeats):
            sample = load(subject, 'register', first=count + number * FRESH, names=FRESH,
                          outstanding=OUTSTANDING_CHANGES)
            rates.append(sample['rate'])
        batch = round(FRESH * self.repeats / (subject.database('commits') - commits))
        alone = Figures(bare_sqlite(count, FRESH, batch, self.repeats))
        ratio = rates.median / alone.median
        self.registrations[count] = rates
        self.table.add('durable registrations a second, 1,024 outstanding', f'{count:,}', rates.text(),
                       f'SQLite alone, {batch} a batch: {alone.text()}', ratio, '≥ 0.35', ratio >= 0.35)

    def refreshes(self, subject, count):
        rates, octets = Figures(), Figures()
        names = min(count, 100_000)
        for _ in range(self.repeats):
            written = subject.written()
            sample = load(subject, 'refresh', names=names, outstanding=OUTSTANDING_CHANGES)
            time.sleep(2)  # what is written a little later belongs to it
            rates.append(sample['rate'])
            octets.append((subject.written() - written) / sample['right'])
        self.table.add('durable refreshes a second, 1,024 outstanding', f'{count:,}', rates.text())
        self.table.add('octets written for a refresh', f'{count:,}', octets.text())

    def latency(self, subject, count):
        if count not in self.hits:
            return
        rate = figures(self.hits[count], 'rate').median / 2
        options = dict(names=count, seconds=self.seconds, rate=rate)
        calm = self.repeat(subject, 'query', **options)
        stormy = []
        for number in range(self.repeats):
            # Names beyond all others, so that each is a registration and not a refresh.
            stormy += [load(subject, 'query', storm=OUTSTANDING_CHANGES, first=2_000_000 + number * 500_000, **options)]
        before, during = figures(calm, 'p99'), figures(stormy, 'p99')
        storm = Figures(sample['storm']['rate'] for sample in stormy)
        ratio = during.median / before.median
        self.table.add(f'p99 of queries at {rate:,.0f} a second', f'{count:,}', before.text(' µs'))
        self.table.add(f'the same while {storm.median:,.0f} registrations a second storm', f'{count:,}',
                       during.text(' µs'), 'without the storm', ratio, '≤ 3, or 2 ms',
                       ratio <= 3 or during.median <= 2000)

    def start_up(self, subject, count):
        note('start with a million names')
        took = Figures()
        for _ in range(min(self.repeats, 3)):
            subject.stop()
            took.append(subject.start(pinned=False))  # loading is not what one processor is given for
            sample = load(subject, 'query', names=count, count=10_000, outstanding=64)
            if sample['right'] != 10_000:
                self.table.add('names lost by a restart', f'{count:,}', str(sample['wrong']), target='0', reached=False)
        self.table.add('start until the first answer, on both processors', f'{count:,}', took.text(' s'),
                       target='< 3 s', reached=took.median < 3)
        subject.stop()
        subject.start()

    def steadiness(self):
        """A hit costs the same whatever the number of names."""
        if len(self.hits) < 2:
            return
        low, high = min(self.hits), max(self.hits)
        few, many = figures(self.hits[low], 'cpu_us'), figures(self.hits[high], 'cpu_us')
        ratio = many.median / few.median
        self.table.add(f'processor time of a hit, {high:,} names against {low:,}', '', many.text(' µs'),
                       few.text(' µs'), ratio, '≤ 1.3', ratio <= 1.3)

    def nmbd(self):
        """Samba's, and our rate for the same first 10,000 names."""
        rates = Figures()
        for number in range(self.repeats):
            subject = subjects.Winsome(f'from-empty-{number}')
            subject.start()
            rates.append(load(subject, 'register', names=10_000, outstanding=OUTSTANDING_CHANGES)['rate'])
            subject.stop()
        theirs = Figures()
        for number in range(self.repeats):
            subject = subjects.Nmbd(f'nmbd-{number}')
            subject.start()
            sample = load(subject, 'register', names=10_000, outstanding=OUTSTANDING_NMBD, sources=bed.CLIENTS[:1])
            theirs.append(sample['rate'])
            subject.stop()
        ratio = rates.median / theirs.median
        self.table.add('registrations a second, from none to 10,000', '10,000', rates.text(),
                       f'nmbd, not synced: {theirs.text()}', ratio, '≥ 2', ratio >= 2)

        subject = subjects.Nmbd()
        subject.start()
        have = 0
        # One source address: nmbd confuses requests of two clients that have the same transaction id.
        common = dict(sources=bed.CLIENTS[:1], outstanding=OUTSTANDING_NMBD)
        for count in [n for n in self.names if n <= NMBD_NAMES_MAX]:
            note(f'nmbd, {count} names')
            load(subject, 'register', first=have, names=count - have, **common)
            have = count
            hits = self.repeat(subject, 'query', names=count, seconds=self.seconds, **common)
            misses = self.repeat(subject, 'miss', names=count, seconds=self.seconds, **common)
            for what, samples in (('query hits a second', hits), ('query misses a second', misses)):
                rate = figures(samples, 'rate')
                ratio = figures(self.hits[count], 'rate').median / rate.median \
                    if samples is hits and count in self.hits else None
                self.table.add(f'nmbd: {what}', f'{count:,}', '', rate.text(), ratio)
            self.table.add('nmbd: processor time of a hit', f'{count:,}', '', figures(hits, 'cpu_us').text(' µs'))
            if 'registrations' in self.parts:
                sample = load(subject, 'refresh', names=min(count, FRESH_NMBD), **common)
                self.table.add('nmbd: refreshes a second', f'{count:,}', '', f'{sample["rate"]:,.0f}')
                sample = load(subject, 'register', first=have, names=FRESH_NMBD, **common)
                have += FRESH_NMBD
                ratio = self.registrations[count].median / sample['rate'] if count in self.registrations else None
                self.table.add('nmbd: registrations a second, not synced', f'{count:,}', '', f'{sample["rate"]:,.0f}',
                               ratio)
        subject.stop()

    def report(self):
        with open('/proc/cpuinfo') as info:
            model = next((line.split(':')[1].strip() for line in info if line.startswith('model name')), '')
        others = Figures(self.others) if self.others else Figures([0.0])
        print(f'{time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}; {platform.release()}; {os.cpu_count()} × {model}; '
              f'server on processor {subjects.SERVER_CPU}, generator on processor {subjects.GENERATOR_CPU}; '
              f'{self.repeats} runs of {self.seconds} s, median (least–most); '
              f'everything else used {others.text()} processors meanwhile.\n')
        print(self.table.markdown())
        if self.table.missed:
            print('\nNot reached: ' + '; '.join(self.table.missed) + '.')


def main():
    parser = argparse.ArgumentParser(prog='tests/bench/run')
    parser.add_argument('--quick', action='store_true', help='two short runs of everything')
    parser.add_argument('--only', default=','.join(PARTS), help=f'of {", ".join(PARTS)}')
    parser.add_argument('--names', default='1000,100000,1000000', help='numbers of names, ascending')
    bench = Bench(parser.parse_args(bed.arguments))
    bench.reflector()
    bench.ours()
    bench.steadiness()
    if 'nmbd' in bench.parts:
        bench.nmbd()
    bench.report()


if __name__ == '__main__':
    bed.run(main, programs=['taskset', 'nmbd'])
