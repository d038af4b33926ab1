"""What is measured: our daemon, a bare reflector, Samba's nmbd; each pinned to one processor, with what it used."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'peer'))
import bed  # noqa: E402
import wire  # noqa: E402

SERVER_CPU, GENERATOR_CPU = '0', '1'
TICKS = os.sysconf('SC_CLK_TCK')


def note(text):
    print(f'{time.strftime("%H:%M:%S")} {text}', file=sys.stderr, flush=True)


class Subject:
    """A server process on the server side and its account."""

    def __init__(self, name):
        self.name = name
        self.process = None

    def spawn(self, command, pinned=True):
        pin = ['taskset', '-c', SERVER_CPU] if pinned else []
        self.process = bed.spawn([*pin, *command], f'{self.name}.log', in_server=True)

    def cpu_seconds(self):
        """Of all its threads, as the scheduler accounts it."""
        total = 0
        for task in os.listdir(f'/proc/{self.process.pid}/task'):
            with open(f'/proc/{self.process.pid}/task/{task}/schedstat') as account:
                total += int(account.read().split()[0])
        return total / 1e9

    def resident(self):
        with open(f'/proc/{self.process.pid}/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmRSS')) * 1024

    def written(self):
        """Octets it gave to write calls."""
        with open(f'/proc/{self.process.pid}/io') as account:
            return next(int(line.split()[1]) for line in account if line.startswith('wchar'))

    def wait_until_it_answers(self, ask, seconds=60):
        began = time.monotonic()
        client = wire.Client()
        while time.monotonic() - began < seconds:
            if client.ask(ask, timeout=0.05, tries=1):
                client.close()
                return time.monotonic() - began
            if self.process.poll() is not None:
                break
        raise RuntimeError(f'{self.name} did not start')

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


class Reflector(Subject):
    def __init__(self):
        super().__init__('reflector')

    def start(self):
        self.spawn([f'{bed.bin_dir}/bench_reflector', '10.99.0.1', '137'])
        self.wait_until_it_answers(wire.query('ANY#20'))


class Winsome(Subject):
    """One answer thread: it has one processor."""

    def __init__(self, name='winsome'):
        super().__init__(name)
        # More outstanding requests than the default threshold: in a burst names would live five minutes, not six days.
        self.daemon = bed.Winsomed(name, nbns={'answer_threads': 1}, nbns_burst={'threshold': 5000})

    def start(self, pinned=True):
        """Seconds until it answers."""
        self.spawn(self.daemon.command(), pinned)
        return self.wait_until_it_answers(wire.node_status())

    def database(self, what):
        status, out, errors = bed.cli('stats', '--json')
        if status:
            raise RuntimeError(f'winsome stats: {errors}')
        return int(json.loads(out)['database'][what])


class Nmbd(Subject):
    def __init__(self, name='nmbd'):
        super().__init__(name)
        self.config = bed.samba_config('NMBDWINS', [
            'workgroup = PEERGRP', 'server role = standalone server', 'wins support = yes', 'dns proxy = no',
            'interfaces = 10.99.0.1/24', 'bind interfaces only = yes', 'disable spoolss = yes'], name)

    def start(self):
        self.spawn(['nmbd', '-F', '--no-process-group', '-s', self.config, '-l', bed.work])
        self.wait_until_it_answers(wire.node_status())


def machine_busy_seconds():
    with open('/proc/stat') as stat:
        user, nice, system, _, _, irq, softirq = (int(field) for field in stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


class Sample(dict):
    """What winsome-perf said of its load, with `cpu_us`, the server's processor time for each right answer, and
    `others`, the processors that everything else on the machine used meanwhile."""


def load(subject, mode, *, sources=bed.CLIENTS, **options):
    """Runs the generator once. Keyword arguments are its options."""
    command = ['taskset', '-c', GENERATOR_CPU, f'{bed.bin_dir}/winsome-perf', '--json', '--server', '10.99.0.1',
               '--from', ','.join(sources), '--mode', mode]
    for key, value in options.items():
        command += [f'--{key}', str(value)]
    cpu, busy, began = subject.cpu_seconds(), machine_busy_seconds(), time.monotonic()
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f'winsome-perf: {done.stderr}')
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = subject.cpu_seconds() - cpu
    elapsed = time.monotonic() - began
    generator = ended.ru_utime + ended.ru_stime - own.ru_utime - own.ru_stime
    outcome = json.loads(done.stdout)
    sample = Sample(outcome['load'])
    sample['cpu_us'] = used / max(sample['right'], 1) * 1e6
    sample['others'] = max(0.0, (machine_busy_seconds() - busy - used - generator) / elapsed)
    if 'storm' in outcome:
        sample['storm'] = outcome['storm']
    note(f'  {subject.name} {mode}: {sample["rate"]:.0f}/s, {sample["cpu_us"]:.2f} us, p99 {sample["p99"]:.0f} us, '
         f'{sample["wrong"]} wrong, {sample["lost"]} lost, {sample["repeated"]} repeated, '
         f'others {sample["others"]:.2f} processors')
    return sample


def bare_sqlite(before, rows, batch, times):
    """SQLite alone; rows a second, for each time."""
    file = os.path.join(bed.work, 'bare.db')
    schema = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../schema/0001_names.sql')
    done = subprocess.run(['taskset', '-c', SERVER_CPU, f'{bed.bin_dir}/bench_bare_sqlite', schema, file, str(before),
                           str(rows), str(batch), str(times)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=True)
    for suffix in ('', '-wal', '-shm'):
        if os.path.exists(file + suffix):
            os.remove(file + suffix)
    rates = [float(line) for line in done.stdout.split()]
    note(f'  SQLite alone, {batch} a batch, on top of {before}: {rates}')
    return rates
