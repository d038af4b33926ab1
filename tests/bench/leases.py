#!/usr/bin/python3
"""DHCP: full exchanges and renewals a second, latency, memory and restart, ours beside Kea, ISC dhcpd and dnsmasq in one
run. All servers store leases as they do by default: ours and dhcpd sync each before its ACK, dnsmasq rewrites and syncs
its whole file, Kea only writes.

    leases.py DIRECTORY-WITH-WINSOMED [--quick]

Needs root. The server has processor 0, the generators (winsome-perf leases, perfdhcp) processor 1.
"""

import json
import os
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../peer'))
import bed  # noqa: E402
import wire_side  # noqa: E402

SERVER, RELAY = '10.77.0.1', '10.77.0.2'
POOL = ('10.77.1.0', '10.77.254.254')
SERVER_CPU, GENERATOR_CPU = '0', '1'
OUTSTANDING = 64
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


def perfdhcp(rate, clients, renewals=0):
    """Full exchanges a second that it completed at this rate, and the part of messages lost."""
    command = ['taskset', '-c', GENERATOR_CPU, 'perfdhcp', '-4', '-r', str(rate), '-R', str(clients), '-p', '4', '-W', '1000000',
               '-l', RELAY, *(['-f', str(renewals)] if renewals else []), SERVER]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    sent = [int(n) for n in re.findall(r'sent packets: (\d+)', said)]
    received = [int(n) for n in re.findall(r'received packets: (\d+)', said)]
    if len(received) < 2 or not sent[0]:
        raise RuntimeError(said)
    return received[1] / 4, 1 - min(got / max(put, 1) for put, got in zip(sent, received))


def highest_rate(subject, steps):
    """The highest step at which perfdhcp sends what it should and less than 1 % is lost; each with an empty database."""
    best = 0
    for rate in steps:
        subject.empty()
        subject.start()
        done, lost = perfdhcp(rate, 10_000)
        subject.stop()
        print(f'{subject.name}: perfdhcp {rate}/s: {done:.0f}/s completed, {100 * lost:.2f} % lost', flush=True)
        if lost >= 0.01 or done < 0.97 * rate:
            break
        best = rate
    return best


def measure(subject, sizes, runs):
    figures = {}
    for clients in sizes:
        samples = {'exchanges': [], 'exchange p99': [], 'renewals': [], 'renewal p99': [], 'cpu': [], 'lost': []}
        for _ in range(runs):
            subject.empty()
            subject.start()
            before = subject.resident()
            used = subject.cpu()
            given = generate('exchange', clients)
            samples['cpu'].append((subject.cpu() - used) / max(given['done'], 1) * 1e6)
            samples['exchanges'].append(given['rate'])
            samples['exchange p99'].append(given['p99'] / 1000)
            samples['lost'].append(given['lost'] + given['doubled'] + given['refused'])
            if given['lost'] == 0:
                renewed = generate('renew', clients)
                samples['renewals'].append(renewed['rate'])
                samples['renewal p99'].append(renewed['p99'] / 1000)
            grown = subject.resident() - before
            subject.stop()
        restart = [0.0] * runs
        for run in range(runs):
            restart[run] = subject.start()
            subject.stop()
        figures[clients] = {key: statistics.median(values) for key, values in samples.items() if values}
        figures[clients]['memory'] = grown
        figures[clients]['restart'] = statistics.median(restart)
        print(f'{subject.name} at {clients}: {figures[clients]}', flush=True)
    return figures


def main():
    quick = '--quick' in bed.arguments
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC, RELAY)
    sizes = [2_000] if quick else [10_000, 50_000]
    runs = 1 if quick else 3
    results = {subject.name: measure(subject, sizes, runs) for subject in (Winsome(), Kea(), Dhcpd())}
    slow = Dnsmasq()  # rewrites its file with each lease: 50,000 would take an hour
    results[slow.name] = measure(slow, [1_000] if quick else [5_000], 1)
    steps = [1_000, 2_000] if quick else [1_000, 1_500, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 15_000, 20_000]
    rates = {subject.name: highest_rate(subject, steps) for subject in (Winsome(), Kea(), Dhcpd())}

    print('\n| server | leases | exchanges/s | p99 ms | renewals/s | p99 ms | CPU us an exchange | MiB grown | restart s |')
    print('|---|---|---|---|---|---|---|---|---|')
    for name, by_size in results.items():
        for clients, f in by_size.items():
            print(f'| {name} | {clients:,} | {f["exchanges"]:,.0f} | {f["exchange p99"]:.1f} | {f.get("renewals", 0):,.0f} | '
                  f'{f.get("renewal p99", 0):.1f} | {f["cpu"]:.0f} | {f["memory"]:.1f} | {f["restart"]:.2f} |')
    print('\nperfdhcp, highest step without loss: ' + ', '.join(f'{name} {rate:,}/s' for name, rate in rates.items()))
    for clients in sizes:
        ours, kea = results['winsome'][clients], results['kea'][clients]
        print(f'{clients:,} leases: exchanges {ours["exchanges"] / kea["exchanges"]:.2f} x Kea, renewals '
              f'{ours["renewals"] / kea["renewals"]:.2f} x Kea, restart {ours["restart"]:.2f} s')


if __name__ == '__main__':
    bed.run(main, programs=['kea-dhcp4', 'dhcpd', 'dnsmasq', 'perfdhcp', 'taskset'])
