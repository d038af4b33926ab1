#!/usr/bin/python3
"""A PC without a disk (QEMU with iPXE) boots over our DHCP and TFTP and prints what it fetched."""

import os
import re
import subprocess

import bed

SCRIPT = '''#!ipxe
echo HELLO-FROM-TFTP ip=${net0/ip} filename=${filename} next-server=${next-server} dhcp-server=${net0/dhcp-server}
imgfetch tftp://${next-server}/payload.bin && echo PAYLOAD-FETCHED ||
exit
'''


def main():
    for command in ('link add br0 type bridge', 'link set br0 address 02:00:00:00:00:01', 'addr add 10.77.0.1/16 brd + dev br0',
                    'link set br0 up', 'tuntap add tap0 mode tap', 'link set tap0 master br0 up'):
        subprocess.run(['ip', '-n', 'server', *command.split()], check=True)
    # Without IPv6 iPXE does not wait for a router's advertisement first.
    subprocess.run('ip netns exec server sysctl -qw net.ipv6.conf.all.disable_ipv6=1'.split(), check=True)
    root = f'{bed.work}/tftp'
    os.makedirs(root)
    os.chmod(bed.work, 0o755)
    with open(f'{root}/pxe.0', 'w') as out:
        out.write(SCRIPT)
    with open(f'{root}/payload.bin', 'wb') as out:
        out.write(bytes(200_000))
    # The bridge has no carrier before the guest opens its port: an interface that comes up later is served, too.
    bed.Winsomed(dhcp_scope=[{'name': 'boot', 'subnet': '10.77.0.0/16', 'pools': ['10.77.1.0-10.77.254.254'], 'lease': '1h',
                              'options': {'routers': ['10.77.0.1']}, 'boot': {'file': 'pxe.0', 'server': '10.77.0.1'}}],
                 tftp={'enabled': True, 'root': root}).start()
    console = f'{bed.work}/console.txt'
    guest = bed.spawn(['qemu-system-x86_64', '-nographic', '-no-reboot', '-m', '256', '-accel', 'tcg', '-boot', 'n',
                       '-netdev', 'tap,id=n0,ifname=tap0,script=no,downscript=no',
                       '-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:12:34:56', '-serial', f'file:{console}',
                       '-monitor', 'none', '-display', 'none'], 'qemu.log', in_server=True)

    def printed():
        if not os.path.exists(console):
            return ''
        with open(console, errors='replace') as log:
            return re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', log.read())

    bed.wait_for(lambda: 'PAYLOAD-FETCHED' in printed() or guest.poll() is not None, 150, every=0.5)
    for wanted in ('Next server: 10.77.0.1', 'Filename: pxe.0', 'tftp://10.77.0.1/pxe.0... ok', 'HELLO-FROM-TFTP ip=10.77.',
                   'PAYLOAD-FETCHED'):
        bed.check(f'the console shows {wanted}', wanted in printed(), printed()[-1500:])
    _, leases, _ = bed.cli('lease', 'list')
    bed.check('its lease is listed', '52:54:00:12:34:56' in leases, leases)


if __name__ == '__main__':
    bed.run(main, programs=['qemu-system-x86_64'])
