#!/usr/bin/python3
"""Samba's nmbd as a client of our daemon: it registers, refreshes and releases the names of a domain controller."""

import signal
import time

import bed
import wire

HOST, ADDRESS, DOMAIN = 'WINSCLI1', '10.99.0.3', 'CLIGRP'
UNIQUE = [f'{HOST}#{suffix}' for suffix in ('00', '03', '20')] + [f'{DOMAIN}#1b']
GROUPS = [f'{DOMAIN}#00', f'{DOMAIN}#1e']
DOMAIN_CONTROLLERS = f'{DOMAIN}#1c'
EVERYBODY = ['255.255.255.255']


def as_registered(client):
    names = {name: client.addresses(name) for name in [*UNIQUE, *GROUPS, DOMAIN_CONTROLLERS]}
    wanted = {**{name: [ADDRESS] for name in [*UNIQUE, DOMAIN_CONTROLLERS]}, **{name: EVERYBODY for name in GROUPS}}
    return names == wanted, names


def main():
    # The life granted is short, so that nmbd refreshes within the test: at half of it, but nmbd looks only every 10 s.
    life = 24
    bed.Winsomed(nbns={'renewal_interval': f'{life}s', 'allow_short_intervals': True}).start()
    config = bed.samba_config(HOST, [
        f'workgroup = {DOMAIN}', 'server role = classic primary domain controller', 'domain logons = yes',
        'domain master = yes', 'preferred master = yes', 'os level = 99', 'wins server = 10.99.0.1',
        'wins support = no', f'interfaces = {ADDRESS}/24', 'bind interfaces only = yes', f'max ttl = {life}',
        'disable spoolss = yes'])
    nmbd = bed.spawn(['nmbd', '-F', '--no-process-group', '-s', config, '-l', f'{bed.work}'], 'nmbd.log')
    client = wire.Client('10.99.0.2')

    found = bed.wait_for(lambda: as_registered(client)[0], 30, every=0.3)
    bed.check('it registers its computer, domain and group names', found, as_registered(client)[1])
    bed.check_equal('the segment master browser is never found', client.addresses(f'{DOMAIN}#1d'), [])  # B6

    # Without refreshes every name but the groups would be gone by now.
    time.sleep(1.5 * life)
    found, names = as_registered(client)
    bed.check(f'after {1.5 * life:.0f} s, with a life of {life} s, it has refreshed them', found, names)

    nmbd.send_signal(signal.SIGTERM)
    nmbd.wait(20)
    # It does not wait for our answers, so the last releases may still be on their way. Age alone takes longer than this.
    for name in [*UNIQUE, DOMAIN_CONTROLLERS]:
        bed.check(f'{name} is released when it ends', bed.wait_for(lambda n=name: not client.addresses(n), 5))
    for name in GROUPS:  # B6: in any state
        bed.check_equal(f'the group {name} still answers', client.addresses(name), EVERYBODY)


if __name__ == '__main__':
    bed.run(main, programs=['nmbd'])
