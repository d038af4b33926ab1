#!/usr/bin/python3
"""DHCP: full exchanges and renewals a second, latency, memory and restart, ours beside Kea, ISC dhcpd and dnsmasq in one
run of some eight minutes; started by `tests/bench/run leases`.

    leases.py DIRECTORY-WITH-WINSOMED [--quick]

Needs root. Every server has processor 0 for all its threads, the generators (winsome-perf leases, perfdhcp) processor 1;
winsome-perf keeps 64 exchanges in flight. Kea runs with the number of threads that it has by default, which is printed,
and with ordinary UDP sockets, which here are its faster kind. Nobody looks first whether an address is in use. All store
leases as they do by default: ours and dhcpd sync each before its ACK, dnsmasq rewrites and syncs its whole file, Kea only
writes.
"""

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../peer'))
import bed  # noqa: E402
import wire_side  # noqa: E402
from table import Figures, Table  # noqa: E402

SERVER, RELAY = '10.77.0.1', '10.77.0.2'
POOL = ('10.77.1.0', '10.77.254.254')
SERVER_CPU, GENERATOR_CPU = '0', '1'
OUTSTANDING = 64
BUDGET = 480              # seconds; what has not begun by then is left out, and named
PERFDHCP_SECONDS = 3
TIMES_KEA = 1.5           # D10: exchanges and renewals a second
RESTART_MAX = 0.5         # D10: seconds, with 50,000 leases
TICKS = os.sysconf('SC_CLK_TCK')


class Subject:
    name = ''

    def __init__(self):
        self.process = None
        self.at = os.path.join(bed.work, self.name)
        os.makedirs(self.at, exist_ok=True)

    def spawn(self, *command, **more):
        self.process = bed.spawn(['taskset', '-c', SERVER_CPU, *command], f'{self.name}.log', in_server=True, **more)

    def wait(self, seconds=30):
        """Seconds until a DISCOVER is answered by an OFFER."""
        began = time.monotonic()
        asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asker.bind((RELAY, 67))
        asker.settimeout(0.01)
        discover = (struct.pack('>BBBBIHH', 1, 1, 6, 1, 1, 0, 0) + bytes(12) + socket.inet_aton(RELAY) +
                    b'\x02\x99\0\0\0\1'.ljust(16, b'\0') + bytes(192) + b'\x63\x82\x53\x63\x35\1\1\xff').ljust(300, b'\0')
        while time.monotonic() - began < seconds:
            try:
                asker.sendto(discover, (SERVER, 67))
                asker.recv(2000)
                asker.close()
                return time.monotonic() - began
            except (TimeoutError, OSError):
                if self.process.poll() is not None:
                    break
        raise RuntimeError(f'{self.name} does not answer')

    def resident(self):
        with open(f'/proc/{self.process.pid}/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmRSS')) / 1024

    def cpu(self):
        with open(f'/proc/{self.process.pid}/stat') as stat:
            fields = stat.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def threads(self):
        return len(os.listdir(f'/proc/{self.process.pid}/task'))

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        time.sleep(0.2)

    def empty(self):
        """Forgets all leases; not while it runs."""
        shutil.rmtree(self.at)
        os.makedirs(self.at)


class Winsome(Subject):
    name = 'winsome'

    def __init__(self):
        super().__init__()
        self.daemon = bed.Winsomed('bench', nbns={'answer_threads': 1}, log={'level': 'warning'},
                                   dhcp={'probe': {'enabled': False}},
                                   dhcp_scope=[{'name': 'near', 'subnet': '10.77.0.0/16', 'pools': ['-'.join(POOL)],
                                                'lease': '1h', 'options': {'routers': [SERVER]}}])

    def start(self):
        self.spawn(*self.daemon.command())
        return self.wait()

    def empty(self):
        shutil.rmtree(self.daemon.data_dir)
        os.makedirs(self.daemon.data_dir)


class Kea(Subject):
    name = 'kea'

    def start(self):
        for file in os.listdir(self.at):
            if file.endswith('.pid'):
                os.remove(f'{self.at}/{file}')
        configuration = {'Dhcp4': {
            'interfaces-config': {'interfaces': ['s0'], 'dhcp-socket-type': 'udp'},
            'lease-database': {'type': 'memfile', 'persist': True, 'name': f'{self.at}/leases.csv', 'lfc-interval': 3600},
            'valid-lifetime': 3600, 'renew-timer': 1800, 'rebind-timer': 3150,
            'subnet4': [{'id': 1, 'subnet': '10.77.0.0/16', 'pools': [{'pool': ' - '.join(POOL)}],
                         'option-data': [{'name': 'routers', 'data': SERVER}]}],
            'loggers': [{'name': 'kea-dhcp4', 'severity': 'WARN', 'output_options': [{'output': f'{self.at}/log'}]}]}}
        with open(f'{self.at}/kea.json', 'w') as out:
            json.dump(configuration, out)
        self.spawn('kea-dhcp4', '-c', f'{self.at}/kea.json',
                   env={**os.environ, 'KEA_PIDFILE_DIR': self.at, 'KEA_LOCKFILE_DIR': self.at})
        return self.wait()


class Dhcpd(Subject):
    name = 'dhcpd'

    def start(self):
        open(f'{self.at}/leases', 'a').close()
        with open(f'{self.at}/dhcpd.conf', 'w') as out:
            out.write(f'authoritative; default-lease-time 3600; max-lease-time 7200; ping-check false;\n'
                      f'ddns-update-style none;\n'
                      f'subnet 10.77.0.0 netmask 255.255.0.0 {{ range {POOL[0]} {POOL[1]}; option routers {SERVER}; }}\n')
        self.spawn('dhcpd', '-4', '-f', '-q', '--no-pid', '-user', 'root', '-group', 'root', '-cf', f'{self.at}/dhcpd.conf',
                   '-lf', f'{self.at}/leases', 's0')
        return self.wait()


class Dnsmasq(Subject):
    name = 'dnsmasq'

    def start(self):
        self.spawn('dnsmasq', '-k', '--port=0', '--conf-file=/dev/null', '--user=root', '--group=root',
                   f'--pid-file={self.at}/pid', '--interface=s0', '--bind-interfaces',
                   f'--dhcp-range={POOL[0]},{POOL[1]},255.255.0.0,1h', f'--dhcp-leasefile={self.at}/leases',
                   '--dhcp-lease-max=65000', '--dhcp-authoritative', '--quiet-dhcp', '--no-ping')
        return self.wait()


def generate(mode, clients, **options):
    command = ['taskset', '-c', GENERATOR_CPU, f'{bed.bin_dir}/winsome-perf', 'leases', '--server', SERVER, '--from', RELAY,
               '--mode', mode, '--clients', str(clients), '--leases', f'{bed.work}/given', '--json']
    for key, value in {'outstanding': OUTSTANDING, **options}.items():
        command += [f'--{key}', str(value)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def perfdhcp(rate, clients, renewals):
    """What it completed a second of its full exchanges, and the part of messages lost; with `renewals` as many of those are
    begun, and count in the loss."""
    command = ['taskset', '-c', GENERATOR_CPU, 'perfdhcp', '-4', '-r', str(rate), '-R', str(clients), '-p', str(PERFDHCP_SECONDS),
               '-W', '1000000', '-l', RELAY, *(['-f', str(rate)] if renewals else []), SERVER]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    sent = [int(n) for n in re.findall(r'sent packets: (\d+)', said)]
    received = [int(n) for n in re.findall(r'received packets: (\d+)', said)]
    kinds = 3 if renewals else 2  # DISCOVER and OFFER, REQUEST and ACK, renewals
    if len(received) < kinds or not all(sent[:kinds]):
        raise RuntimeError(said)
    return received[1] / PERFDHCP_SECONDS, 1 - min(got / put for put, got in zip(sent[:kinds], received))


class Bench:
    def __init__(self, quick):
        self.quick = quick
        self.ends = time.monotonic() + BUDGET
        self.left_out = []
        self.results = {}  # subject → clients → measure → Figures
        self.rates = {}    # (subject, renewals) → highest step of perfdhcp

    def in_time(self, what):
        if time.monotonic() < self.ends:
            return True
        self.left_out.append(what)
        return False

    def measure(self, subject, clients, runs):
        if not self.in_time(f'{subject.name} at {clients:,}'):
            return
        found = {key: Figures() for key in ('exchanges', 'exchange p99', 'renewals', 'renewal p99', 'cpu', 'memory', 'restart', 'lost')}
        for _ in range(runs):
            subject.empty()
            subject.start()
            before, used = subject.resident(), subject.cpu()
            given = generate('exchange', clients)
            found['cpu'].append((subject.cpu() - used) / max(given['done'], 1) * 1e6)
            found['exchanges'].append(given['rate'])
            found['exchange p99'].append(given['p99'] / 1000)
            found['lost'].append(given['lost'] + given['doubled'] + given['refused'])
            if given['lost'] == 0:
                renewed = generate('renew', clients)
                found['renewals'].append(renewed['rate'])
                found['renewal p99'].append(renewed['p99'] / 1000)
                found['lost'][-1] += renewed['lost'] + renewed['refused']
            found['memory'].append(subject.resident() - before)
            threads = subject.threads()
            subject.stop()
            found['restart'].append(subject.start())
            subject.stop()
        self.results.setdefault(subject.name, {})[clients] = found
        print(f'{subject.name} at {clients:,}, {threads} threads: ' +
              ', '.join(f'{key} {values.text()}' for key, values in found.items() if values), flush=True)

    def highest_rate(self, subject, steps, renewals):
        """The highest step at which perfdhcp sends what it should and less than 1 % is lost; each with an empty database."""
        low, high = -1, len(steps)  # known to pass, known to fail
        what = 'exchanges and as many renewals' if renewals else 'exchanges'
        while high - low > 1 and self.in_time(f'perfdhcp, {what}, {subject.name}'):
            middle = (low + high) // 2
            subject.empty()
            subject.start()
            done, lost = perfdhcp(steps[middle], 10_000, renewals)
            subject.stop()
            passes = lost < 0.01 and done >= 0.97 * steps[middle]
            print(f'{subject.name}: perfdhcp {steps[middle]}/s {what}: {done:.0f}/s completed, {100 * lost:.2f} % lost', flush=True)
            low, high = (middle, high) if passes else (low, middle)
        if high - low == 1:
            self.rates[subject.name, renewals] = steps[low] if low >= 0 else 0

    def run(self):
        ours, kea, dhcpd, dnsmasq = Winsome(), Kea(), Dhcpd(), Dnsmasq()
        if self.quick:
            for subject in (ours, kea, dhcpd):
                self.measure(subject, 2_000, 1)
            self.measure(dnsmasq, 500, 1)
            fast = slow = [500, 1_000]
        else:
            for clients in (10_000, 50_000):
                for subject in (ours, kea):
                    self.measure(subject, clients, 3)
            # dhcpd syncs each lease by itself, dnsmasq rewrites its file with each: 50,000 would take an hour.
            self.measure(dhcpd, 5_000, 1)
            self.measure(dnsmasq, 2_000, 1)
            fast = [2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 15_000, 20_000]
            slow = [100, 200, 300, 500, 750, 1_000, 1_500, 2_000]
        for renewals in (False, True):
            for subject, steps in ((ours, fast), (kea, fast), (dhcpd, slow), (dnsmasq, slow)):
                self.highest_rate(subject, steps, renewals)

    def compare(self, table, clients):
        ours, kea = (self.results.get(name, {}).get(clients) for name in ('winsome', 'kea'))
        if not ours or not kea:
            return
        for key, what in (('exchanges', 'full exchanges a second'), ('renewals', 'renewals a second')):
            if not ours[key] or not kea[key]:
                table.add(f'{what}, beside Kea: not measured, messages were lost', f'{clients:,}', '', reached=False)
                continue
            ratio = ours[key].median / kea[key].median
            table.add(f'{what}, beside Kea', f'{clients:,}', ours[key].text(), kea[key].text(), ratio, f'≥ {TIMES_KEA} x',
                      ratio >= TIMES_KEA)
        for key, what, unit in (('exchange p99', 'full exchange, 99th percentile, beside Kea', ' ms'),
                                ('cpu', 'processor time of an exchange, beside Kea', ' µs'), ('memory', 'memory grown, beside Kea', ' MiB')):
            table.add(what, f'{clients:,}', ours[key].text(unit), kea[key].text(unit))
        wrong = sum(ours['lost'])
        table.add('lost, doubled or refused', f'{clients:,}', str(wrong), str(sum(kea['lost'])), target='0', reached=wrong == 0)
        target = clients >= 50_000
        table.add('restart to the first OFFER, beside Kea', f'{clients:,}', ours['restart'].text(' s'), kea['restart'].text(' s'),
                  target=f'≤ {RESTART_MAX} s' if target else '', reached=ours['restart'].median <= RESTART_MAX if target else None)

    def report(self):
        print('\n| server | leases | exchanges/s | p99 ms | renewals/s | p99 ms | CPU µs an exchange | MiB grown | restart s |')
        print('|---|---|---|---|---|---|---|---|---|')
        for name, by_size in self.results.items():
            for clients, f in by_size.items():
                print(f'| {name} | {clients:,} | ' + ' | '.join(f[key].text() if f[key] else '–' for key in (
                    'exchanges', 'exchange p99', 'renewals', 'renewal p99', 'cpu', 'memory', 'restart')) + ' |')
        table = Table('leases')
        for clients in sorted({clients for by_size in self.results.values() for clients in by_size}):
            self.compare(table, clients)
        for renewals, what in ((False, 'full exchanges a second'), (True, 'full exchanges, and as many renewals, a second')):
            for name in ('kea', 'dhcpd', 'dnsmasq'):
                ours, theirs = self.rates.get(('winsome', renewals)), self.rates.get((name, renewals))
                if ours is not None and theirs is not None:
                    table.add(f'perfdhcp, highest step without loss: {what}, beside {name}', '10,000', f'{ours:,}', f'{theirs:,}',
                              ours / theirs if theirs else None)
        print(f'\n{table.markdown()}')
        for missed in table.missed:
            print(f'not reached: {missed}')
        for what in dict.fromkeys(self.left_out):
            print(f'left out, because {BUDGET} s were over: {what}')


def main():
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC, RELAY)
    version = subprocess.run(['kea-dhcp4', '-v'], capture_output=True, text=True, check=True).stdout.strip()
    print(f'servers on processor {SERVER_CPU}, generators on processor {GENERATOR_CPU}; Kea {version} with its default threads', flush=True)
    bench = Bench('--quick' in bed.arguments)
    bench.run()
    bench.report()


if __name__ == '__main__':
    bed.run(main, programs=['kea-dhcp4', 'dhcpd', 'dnsmasq', 'perfdhcp', 'taskset'])
