#!/usr/bin/python3
"""A client that never spoke NetBIOS is found by name while its lease lives, in the name database and in DNS."""

import os
import re
import subprocess

import bed
import wire
import wire_side
from dhcp_clients import udhcpc

KEY = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0IQ=='
KNOT = '''server:
    listen: 10.77.0.1@53
    rundir: "{at}"
    user: root
log:
  - target: stdout
    any: info
database:
    storage: "{at}"
key:
  - id: winsome
    algorithm: hmac-sha256
    secret: {key}
acl:
  - id: leases
    key: winsome
    action: update
zone:
  - domain: example.test
    storage: "{at}"
    acl: leases
  - domain: 77.10.in-addr.arpa
    storage: "{at}"
    acl: leases
'''


def start_knot():
    at = f'{bed.work}/knot'
    os.makedirs(at)
    with open(f'{at}/knot.conf', 'w') as out:
        out.write(KNOT.format(at=at, key=KEY))
    for zone in ('example.test', '77.10.in-addr.arpa'):
        with open(f'{at}/{zone}.zone', 'w') as out:
            out.write('@ 60 IN SOA ns.example.test. root.example.test. 1 2 3 4 5\n@ 60 IN NS ns.example.test.\n')
    bed.spawn(['knotd', '-c', f'{at}/knot.conf'], 'knotd.log', in_server=True)


def dns(*question):
    done = subprocess.run(['nsenter', '--net=/run/netns/server', '--', 'kdig', '+short', '+timeout=1', '+retry=0',
                           '@10.77.0.1', *question], capture_output=True, text=True)
    return done.stdout.strip()


def found(name):
    """The addresses of a name, as nmblookup sees them."""
    config = bed.samba_config('LOOKUP', ['workgroup = PEERDOM'])
    _, said = bed.output_of('nmblookup', '-s', config, '-U', '10.99.0.1', '--recursion', name)
    return re.findall(r'^([0-9.]+) ', said, re.M)


def lease_for(hook, mac, name, *more):
    wire_side.as_client(mac)
    said = udhcpc(hook, '-q', '-x', f'hostname:{name}', *more)
    address = re.search(r'lease of (\S+) obtained', said)
    bed.check(f'{name} gets a lease', address, said)
    return address.group(1) if address else ''


def main():
    hook = wire_side.make()
    start_knot()
    secret = f'{bed.work}/dns.key'
    with open(secret, 'w') as out:
        out.write(KEY + '\n')
    daemon = bed.Winsomed(
        nbns={'allow_short_intervals': True}, nbns_challenge={'tries': 2, 'interval': '200ms'},
        dhcp_scope=wire_side.scopes(dns={'domain': 'example.test', 'reverse': True}),
        dns__update={'server': '10.77.0.1', 'key': 'winsome', 'secret_file': secret, 'retry_interval': '1s'}).start()

    # D11
    printer = lease_for(hook, '02:00:00:00:01:01', 'printer-7')
    for suffix in ('00', '20'):
        bed.check_equal(f'a printer that never spoke NetBIOS is found as PRINTER-7<{suffix}>', found(f'PRINTER-7#{suffix}'), [printer])
    bed.check_equal('DNS has its address', bed.wait_for(lambda: dns('printer-7.example.test', 'A'), 10), printer)
    bed.check_equal('and its name', bed.wait_for(lambda: dns('-x', printer), 10), 'printer-7.example.test.')

    # Decision 7
    thief = wire.Client('10.99.0.3')
    answer = thief.register('PRINTER-7#20')
    bed.check_equal('somebody else who registers the name of the silent printer is refused', answer.rcode, wire.ACT_ERR)

    # A name that another host holds and defends is not taken; the lease is given all the same.
    holder = wire.Client('10.99.0.2')
    holder.register('HELD#20')
    holder.register('HELD#00')
    config = bed.samba_config('HELD', ['workgroup = PEERDOM', 'bind interfaces only = yes', 'interfaces = 10.99.0.2/24',
                                       'disable netbios = no', 'wins server = 10.99.0.1'])
    nmbd = bed.spawn(['nmbd', '-F', '--no-process-group', '-s', config], 'nmbd.log')
    bed.wait_for(lambda: found('HELD#20') == ['10.99.0.2'], 20)
    other = lease_for(hook, '02:00:00:00:01:02', 'held')
    bed.check('who holds the name keeps it', bed.wait_for(lambda: 'refused' in bed.cli('lease', 'show', other)[1], 10),
              bed.cli('lease', 'show', other))
    bed.check_equal('it is still found at its holder', found('HELD#20'), ['10.99.0.2'])
    nmbd.kill()

    # A restart in the middle changes nothing.
    daemon.kill()
    daemon.start()
    bed.check_equal('after a kill -9 the printer is still found', found('PRINTER-7#20'), [printer])

    status, _, wrong = bed.cli('lease', 'release', printer)
    bed.check_equal('the administrator ends the lease', (status, wrong), (0, ''))
    bed.check('the name is gone', bed.wait_for(lambda: found('PRINTER-7#20') == [], 5), found('PRINTER-7#20'))
    bed.check('DNS has forgotten the address', bed.wait_for(lambda: not dns('printer-7.example.test', 'A'), 10),
              dns('printer-7.example.test', 'A'))
    bed.check('and the name', bed.wait_for(lambda: not dns('-x', printer), 10), dns('-x', printer))

    # The end comes by itself, too.
    daemon.configure(nbns={'allow_short_intervals': True}, dhcp_scope=wire_side.scopes(lease='5s'))
    daemon.stop()
    daemon.start()
    short = lease_for(hook, '02:00:00:00:01:03', 'brief')
    bed.check_equal('a short lease feeds its name', found('BRIEF#20'), [short])
    bed.check('the name ends with the lease', bed.wait_for(lambda: found('BRIEF#20') == [], 15), found('BRIEF#20'))


if __name__ == '__main__':
    bed.run(main, programs=['busybox', 'knotd', 'kdig', 'nmblookup', 'nmbd'])
