#!/usr/bin/python3
"""Starting, stopping and reloading: clean shutdown, SIGHUP whole or not at all, and starts that must fail."""

import json
import os
import re
import signal
import socket
import subprocess
import time

import bed
import wire


def stop_under_load(daemon):
    """SIGTERM while hundreds of registrations are on their way: what was acknowledged is there afterwards."""
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
    endpoint.bind(('10.99.0.3', 0))
    names = [f'STOP{n:05}#20' for n in range(2000)]
    for number, name in enumerate(names):
        endpoint.sendto(wire.change(wire.REGISTRATION, name, '10.99.0.3', trn_id=number), wire.SERVER)
        if number == 1000:
            daemon.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    status = daemon.process.wait(20)
    bed.check_equal('SIGTERM under load ends it with status 0', status, 0)
    bed.check('within five seconds', time.monotonic() - began < 5, time.monotonic() - began)
    granted = set()
    endpoint.settimeout(0.2)
    while True:
        try:
            message = wire.parse(endpoint.recv(2000))
        except ConnectionRefusedError:
            continue
        except TimeoutError:
            break
        if message.rcode == wire.OK:
            granted.add(names[message.id])
    daemon.start()
    client = wire.Client()
    lost = [name for name in granted if client.addresses(name) != ['10.99.0.3']]
    bed.check(f'all of the {len(granted)} that it acknowledged are there after a restart', not lost, lost[:5])
    bed.check('some were acknowledged', len(granted) > 0)


def reload(daemon):
    """SIGHUP applies a configuration whole, or not at all."""
    client = wire.Client()
    bed.check_equal('a name is not blocked before', client.register('FORBIDDEN#20').rcode, wire.OK)
    client.release('FORBIDDEN#20')
    wire.Client('10.99.0.3').register('KEPT#20')

    daemon.configure(nbns_access={'blocked_names': ['FORBIDDEN']})
    daemon.process.send_signal(signal.SIGHUP)
    blocked = bed.wait_for(lambda: client.register('FORBIDDEN#20').rcode == wire.RFS_ERR, 5)
    bed.check('after SIGHUP it is', blocked)
    bed.check_equal('what the new file no longer blocks is not', client.register('WPAD#20').rcode, wire.OK)

    daemon.configure(nbns_access={'blocked_names': ['KEPT', 'OTHER'], 'no_such_key': 1})
    with open(f'{bed.work}/winsomed.log') as log:
        before = len(log.read())
    daemon.process.send_signal(signal.SIGHUP)

    def complaint():
        with open(f'{bed.work}/winsomed.log') as log:
            return re.search(re.escape(daemon.config) + r':\d+:\d+: .*no_such_key', log.read()[before:])

    bed.check('a file with an error is reported by line and column', bed.wait_for(complaint, 5))
    bed.check_equal('nothing of it is applied', client.register('OTHER#20').rcode, wire.OK)
    bed.check_equal('what was applied before still is', client.register('FORBIDDEN#20').rcode, wire.RFS_ERR)
    bed.check_equal('no name was lost', client.addresses('KEPT#20'), ['10.99.0.3'])


def reload_refused(daemon):
    """One key that only a restart can change, and the whole file waits for it."""
    client = wire.Client()
    daemon.configure(nbns={'owner': '10.99.0.9'}, nbns_access={'blocked_names': ['FORBIDDEN', 'OTHER']})
    refused = log_after(lambda: daemon.process.send_signal(signal.SIGHUP), 'a running server cannot change nbns.owner')
    bed.check('another owner is refused while the server runs', refused)
    bed.check_equal('and the rest of the file with it', client.register('OTHER#20').rcode, wire.OK)
    bed.check_equal('records have the owner from before', owner_of('OTHER<20>'), '10.99.0.1')
    bed.check_equal('what was applied before still is', client.register('FORBIDDEN#20').rcode, wire.RFS_ERR)


def log_after(action, text):
    """Whether the log says `text` in the five seconds after `action`."""
    with open(f'{bed.work}/winsomed.log') as log:
        before = len(log.read())
    action()

    def said():
        with open(f'{bed.work}/winsomed.log') as log:
            return text in log.read()[before:]

    return bed.wait_for(said, 5)


def owner_of(name):
    status, output, errors = bed.cli('name', 'show', name, '--json')
    return json.loads(output)['owner'] if status == 0 else errors


def the_owner_stays():
    """The database says whose records are ours, where the file leaves it to the host."""
    daemon = bed.Winsomed()
    daemon.data_dir = f'{bed.work}/owned'
    os.mkdir(daemon.data_dir)
    daemon.configure(nbns={'owner': '10.99.0.200'})
    daemon.start()
    wire.Client().register('BEFORE#20')
    daemon.stop()
    with open(daemon.config) as config:
        lines = [line for line in config if not line.startswith('owner')]
    with open(daemon.config, 'w') as config:
        config.writelines(lines)
    daemon.start()
    wire.Client().register('AFTER#20')
    for name in 'BEFORE<20>', 'AFTER<20>':
        bed.check_equal(f'{name} has the owner of the first start', owner_of(name), '10.99.0.200')
    unchanged = log_after(lambda: daemon.process.send_signal(signal.SIGHUP), 'nothing changed')
    bed.check('a reload finds nothing changed', unchanged)
    daemon.stop()
    daemon.configure(nbns={'owner': '10.99.0.201'})
    failed_start('another owner than that of the database', daemon, '10.99.0.200', '10.99.0.201')


def failed_start(what, daemon, *mentioned, prefix=(), arguments=None):
    """One sentence on standard error, exit status 1."""
    command = [*prefix, *(arguments or daemon.command())]
    try:
        done = subprocess.run(['nsenter', '--net=/run/netns/server', '--', *command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=20)
        status, errors = done.returncode, done.stderr
    except subprocess.TimeoutExpired as expired:
        status, errors = 'still running', (expired.stderr or b'').decode()
    bed.check_equal(f'{what}: exit status', status, 1)
    bed.check(f'{what}: one sentence on standard error', len(errors.strip().splitlines()) == 1, errors)
    for text in mentioned:
        bed.check(f'{what}: it names {text}', text in errors, errors)


def starts_that_fail(daemon):
    other_socket = {'socket': '/run/winsome/second.sock'}
    second = bed.Winsomed('second', admin=other_socket)
    failed_start('a port in use', second, '10.99.0.1:137')

    second.configure(top={'data_dir': daemon.data_dir}, nbns={'listen': ['10.99.0.1:1137']}, admin=other_socket)
    failed_start('a data_dir that another daemon uses', second, daemon.data_dir)

    daemon.stop()
    second.configure(top={'data_dir': f'{bed.work}/missing'}, admin=other_socket)
    failed_start('a missing directory', second, f'{bed.work}/missing')

    second.configure(admin=other_socket)
    unprivileged = ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service']
    failed_start('a lack of privilege', second, '137', prefix=unprivileged)

    second.configure(nbns={'listen': ['10.99.0.77:137']}, admin=other_socket)
    failed_start('an address that the machine does not have', second, '10.99.0.77')

    with open(second.config, 'w') as out:
        out.write('[nbns]\nlisten = ["10.99.0.1:137"]\nrenewal_intervall = "6d"\n')
    position = f'{second.config}:3:1: '
    failed_start('an unknown key', second, position, 'renewal_interval')
    failed_start('--check of the same file', second, position,
                 arguments=[f'{bed.bin_dir}/winsomed', '--check', '--config', second.config])
    second.configure(admin=other_socket)
    done = subprocess.run([f'{bed.bin_dir}/winsomed', '--check', '--config', second.config], timeout=20)
    bed.check_equal('--check of a good file', done.returncode, 0)
    failed_start('a configuration file that is not there', second, '/run/no.toml',
                 arguments=[f'{bed.bin_dir}/winsomed', '--config', '/run/no.toml'])


def main():
    daemon = bed.Winsomed().start()
    stop_under_load(daemon)
    reload(daemon)
    reload_refused(daemon)
    starts_that_fail(daemon)
    the_owner_stays()


if __name__ == '__main__':
    bed.run(main, programs=['setpriv'])
