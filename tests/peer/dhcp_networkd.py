#!/usr/bin/python3
"""systemd-networkd as a client."""

import os
import subprocess

import bed
import wire_side

NETWORK = '''[Match]
Name=c0
[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no
[DHCPv4]
ClientIdentifier=mac
SendHostname=yes
Hostname=networkd-client
SendRelease=yes
RapidCommit=yes
'''
NETWORKD = '/lib/systemd/systemd-networkd'


def main():
    if not os.path.exists(NETWORKD):
        bed.skip(f"needs '{NETWORKD}'")
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC)
    bed.Winsomed(dhcp_scope=wire_side.scopes()).start()
    at = f'{bed.work}/network'
    os.makedirs(at)
    with open(f'{at}/10-c0.network', 'w') as out:
        out.write(NETWORK)
    os.makedirs('/etc/systemd/network', exist_ok=True)
    for command in (f'mount --bind {at} /etc/systemd/network', 'mkdir -p /run/systemd/netif/links /run/systemd/netif/leases',
                    'chown -R systemd-network /run/systemd/netif', 'mount -o remount,ro /sys'):
        subprocess.run(command.split(), check=True)
    environment = {**os.environ, 'SYSTEMD_LOG_LEVEL': 'debug', 'SYSTEMD_LOG_TARGET': 'console'}
    client = bed.spawn([NETWORKD], 'networkd.log', env=environment)

    def said():
        with open(f'{bed.work}/networkd.log', errors='replace') as log:
            return log.read()

    bed.check('systemd-networkd gets an address', bed.wait_for(lambda: 'DHCPv4 address 10.77.' in said(), 15), said()[-2000:])
    _, leases, _ = bed.cli('lease', 'list')
    bed.check('its lease has its name', 'networkd-client' in leases, leases)
    client.terminate()
    client.wait()
    bed.check('it releases when it stops', bed.wait_for(lambda: 'ended' in bed.cli('lease', 'list')[1], 5),
              bed.cli('lease', 'list'))


if __name__ == '__main__':
    bed.run(main, programs=['mount'])
