#!/usr/bin/python3
"""A disk that refuses: full, failing, read-only. Queries go on, changes get no answer, nothing acknowledged is lost,
and the daemon recovers by itself."""

import os
import subprocess

import bed
import wire

SMALL = 8 << 20  # octets of the file system that is filled
NAMES = 20000    # at most so many until it refuses


def register_until_silent(client, prefix):
    """Registers fresh names until one is not answered; those that were granted."""
    granted = []
    for number in range(NAMES):
        name = f'{prefix}{number:05}#20'
        answer = client.register(name, timeout=1, tries=2)
        if answer is None:
            return granted
        if answer.rcode != wire.OK:
            bed.check(f'{name} is granted or not answered', False, answer)
        granted.append(name)
    bed.check(f'the disk refuses within {NAMES} names', False)
    return granted


def expect_refusal(client, granted, what):
    """Decision 2: silence for changes, answers for queries."""
    bed.check(f'{what}: a registration gets no answer', client.register('REFUSED#20', timeout=1, tries=2) is None)
    bed.check(f'{what}: nor does a refresh', client.refresh_quietly(granted[0]) is None)
    bed.check(f'{what}: nor does a release', client.release_quietly(granted[0]) is None)
    missing = [name for name in granted if client.addresses(name) != [client.address]]
    bed.check(f'{what}: all {len(granted)} names are answered', not missing, missing[:5])
    bed.check_equal(f'{what}: a name that was refused is not', client.addresses('REFUSED#20'), [])
    bed.check(f'{what}: so is our node status', client.ask(wire.node_status()) is not None)


def expect_recovery(daemon, client, granted, what):
    recovered = bed.wait_for(lambda: client.register(f'AFTER{what}#20', timeout=0.5, tries=1), 30)
    bed.check(f'{what}: it recovers without a restart', recovered and recovered.rcode == wire.OK, recovered)
    bed.check_equal(f'{what}: a refresh is granted again', client.refresh(granted[0]).rcode, wire.OK)
    daemon.kill()
    daemon.start()
    missing = [name for name in [*granted, f'AFTER{what}#20'] if client.addresses(name) != [client.address]]
    bed.check(f'{what}: all {len(granted)} names survive a kill -9 after it', not missing, missing[:5])


class Quiet(wire.Client):
    """A client that does not repeat what it does not expect an answer to."""

    def refresh_quietly(self, name):
        return self.ask(wire.change(wire.REFRESH, name, self.address), 1, 1)

    def release_quietly(self, name):
        return self.ask(wire.change(wire.RELEASE, name, self.address), 1, 1)


def full():
    daemon = bed.Winsomed('full')
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={SMALL}', 'tmpfs', daemon.data_dir], check=True)
    daemon.start()
    client = Quiet('10.99.0.3')
    client.register('EARLY#20')
    filler = os.path.join(daemon.data_dir, 'filler')
    with open(filler, 'wb', buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            pass
    granted = ['EARLY#20', *register_until_silent(client, 'FULL')]
    expect_refusal(client, granted, 'full')
    os.remove(filler)
    expect_recovery(daemon, client, granted, 'FULL')
    bed.check_equal('it ends cleanly', daemon.stop(), 0)
    subprocess.run(['umount', daemon.data_dir], check=True)


def failing():
    """Write errors, as an immutable file gives them even to those who have it open (ext4)."""
    daemon = bed.Winsomed('failing')
    probe = os.path.join(daemon.data_dir, 'probe')
    with open(probe, 'wb', buffering=0) as out:
        refuses = subprocess.run(['chattr', '+i', probe], capture_output=True).returncode == 0
        try:
            out.write(b'x')
            refuses = False
        except OSError:
            pass
        subprocess.run(['chattr', '-i', probe], capture_output=True)
    os.remove(probe)
    if not refuses:
        bed.skip(f'{daemon.data_dir} is on a file system where an immutable file that is open can be written')
    daemon.start()
    client = Quiet('10.99.0.4')
    granted = ['EARLY#20']
    client.register('EARLY#20')
    files = [os.path.join(daemon.data_dir, name) for name in os.listdir(daemon.data_dir)
             if not name.endswith('-shm')]  # mapped, not written
    try:
        subprocess.run(['chattr', '+i', *files], check=True)
        granted += register_until_silent(client, 'FAIL')
        expect_refusal(client, granted, 'failing')
    finally:
        subprocess.run(['chattr', '-i', *files], check=True)
    expect_recovery(daemon, client, granted, 'FAILING')
    bed.check_equal('it ends cleanly', daemon.stop(), 0)


def read_only():
    daemon = bed.Winsomed('readonly')
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', daemon.data_dir], check=True)
    daemon.start()
    wire.Client().register('EARLY#20')
    bed.check_equal('it is stopped', daemon.stop(), 0)
    subprocess.run(['mount', '-o', 'remount,ro', daemon.data_dir], check=True)
    done = subprocess.run(['nsenter', '--net=/run/netns/server', '--', *daemon.command()], capture_output=True,
                          text=True, timeout=20)
    bed.check_equal('on a read-only disk it does not start', done.returncode, 1)
    bed.check('it says so in one sentence, with the directory',
              len(done.stderr.strip().splitlines()) == 1 and daemon.data_dir in done.stderr, done.stderr)
    subprocess.run(['mount', '-o', 'remount,rw', daemon.data_dir], check=True)
    daemon.start()
    bed.check_equal('once it can be written it does', wire.Client().addresses('EARLY#20'), ['10.99.0.2'])
    daemon.stop()
    subprocess.run(['umount', daemon.data_dir], check=True)


PARTS = {'full': full, 'failing': failing, 'read_only': read_only}


def main():
    for part in bed.arguments or PARTS:
        PARTS[part]()


if __name__ == '__main__':
    bed.run(main, programs=['chattr'])
