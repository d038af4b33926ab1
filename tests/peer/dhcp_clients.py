#!/usr/bin/python3
"""Real clients get addresses, boot parameters and files: dhclient, udhcpc, dhcpcd, dhcping, bootpc, scapy, dhcrelay,
dhcp-helper, three TFTP clients."""

import filecmp
import os
import re
import subprocess
import sys

import bed
import wire_side

# Debian does not let it be installed beside dhcrelay: tools/dev/install-packages unpacks it there.
DHCP_HELPER = os.path.abspath(f'{os.path.dirname(__file__)}/../../build/peer/dhcp-helper/usr/sbin/dhcp-helper')
SCAPY_BOOTP = '''
from scapy.all import *
conf.checkIPaddr = False; conf.verb = 0
mac = bytes.fromhex('02beef000001')
answer = srp1(Ether(src=mac, dst='ff:ff:ff:ff:ff:ff') / IP(src='0.0.0.0', dst='255.255.255.255') / UDP(sport=68, dport=67) /
              BOOTP(op=1, chaddr=mac, xid=0x1234, flags=0x8000) / Raw(bytes([99, 130, 83, 99, 255]) + bytes(59)),
              iface='c0', timeout=5)
bootp = answer[BOOTP]
options = [o[0] for o in answer[DHCP].options if isinstance(o, tuple)] if DHCP in answer else []
print(bootp.op, bootp.yiaddr, bootp.siaddr, bootp.file.rstrip(b'\\0').decode(), 'message-type' in options,
      len(answer[UDP].payload) >= 300)
'''


def run_dhclient(hook, log, *more):
    """dhclient until it is bound, then ended; what it printed."""
    at = bed.work
    client = bed.spawn(['dhclient', '-v', '-1', '-d', '-sf', hook, '-lf', f'{at}/dhclient.leases', '-pf', f'{at}/dhclient.pid',
                        '-cf', f'{at}/dhclient.conf', *more, 'c0'], log)
    path = os.path.join(at, log)
    bed.wait_for(lambda: 'bound to' in open(path).read() or client.poll() is not None, 25)
    client.terminate()
    client.wait()
    return open(path).read()


def check_dhclient(hook):
    wire_side.as_client(wire_side.CLIENT_MAC)
    with open(f'{bed.work}/dhclient.conf', 'w') as out:
        out.write('timeout 15; send host-name "dhc-client";\nrequest subnet-mask, routers, domain-name, domain-name-servers,'
                  ' netbios-name-servers, netbios-node-type, dhcp-lease-time, dhcp-renewal-time, dhcp-rebinding-time;\n')
    open(f'{bed.work}/dhclient.leases', 'w').close()
    said = run_dhclient(hook, 'dhclient1.log')
    lease = open(f'{bed.work}/dhclient.leases').read()
    bed.check('dhclient is bound', 'DHCPACK of 10.77.' in said and 'bound to 10.77.' in said, said)
    for wanted in ('netbios-name-servers 10.77.0.1', 'domain-name "example.test"', 'routers 10.77.0.1',
                   'dhcp-renewal-time 1800', 'dhcp-rebinding-time 3150', 'netbios-node-type 8'):
        bed.check(f'its lease says {wanted}', wanted in lease, lease)
    address = re.search(r'fixed-address (\S+);', lease).group(1)

    wire_side.as_client(wire_side.CLIENT_MAC)
    said = run_dhclient(hook, 'dhclient2.log')
    bed.check('it reboots with the address that it had', f'DHCPACK of {address}' in said and 'DISCOVER' not in said, said)

    wire_side.as_client(wire_side.CLIENT_MAC)
    with open(f'{bed.work}/dhclient.leases', 'w') as out:
        out.write(lease.replace(f'fixed-address {address};', 'fixed-address 192.168.99.5;'))
    said = run_dhclient(hook, 'dhclient3.log')
    bed.check('an address of another network is refused, and it starts again',  # RFC 2131 4.3.2
              'DHCPNAK' in said and f'bound to {address}' in said, said)

    _, said = bed.output_of('dhclient', '-v', '-r', '-sf', hook, '-lf', f'{bed.work}/dhclient.leases',
                            '-pf', f'{bed.work}/dhclient.pid', '-cf', f'{bed.work}/dhclient.conf', 'c0')
    bed.check('it releases', f'DHCPRELEASE of {address}' in said, said)
    bed.check('the lease has ended', bed.wait_for(lambda: 'ended' in bed.cli('lease', 'show', address)[1], 5),
              bed.cli('lease', 'show', address))


def udhcpc(hook, *arguments, link='c0', into=()):
    return bed.output_of(*into, 'timeout', '20', 'busybox', 'udhcpc', '-f', '-n', '-i', link, '-s', hook, '-t', '5', '-T', '1',
                         *arguments)[1]


def check_udhcpc(hook):
    wire_side.as_client(wire_side.CLIENT_MAC)
    wire_side.hook_log(clear=True)
    said = udhcpc(hook, '-q', '-O', '44', '-O', '46', '-O', 'domain', '-O', 'ntpsrv', '-x', 'hostname:udh-client')
    told = wire_side.hook_log()
    bed.check('udhcpc is bound', 'lease of 10.77.' in said, said)
    bed.check('it is told its name servers', 'opt44=0a4d0001' in told or 'wins=10.77.0.1' in told, told)
    for wanted in ('domain=example.test', 'boot_file=pxe.0', 'siaddr=10.77.0.1', 'subnet=255.255.0.0'):
        bed.check(f'it is told {wanted}', wanted in told, told)
    wire_side.as_client(wire_side.CLIENT_MAC)
    said = bed.output_of('timeout', '4', 'busybox', 'udhcpc', '-f', '-R', '-i', 'c0', '-s', hook, '-t', '5', '-T', '1')[1]
    bound = re.search(r'lease of (\S+) obtained', said)
    bed.check('udhcpc that releases at its end is bound', bound, said)
    bed.check('its lease has ended', bound and bed.wait_for(lambda: 'ended' in bed.cli('lease', 'show', bound.group(1))[1], 5),
              said)
    wire_side.as_client(wire_side.CLIENT_MAC)
    said = udhcpc(hook, '-q', '-r', '10.77.200.5')
    bed.check('it gets the address it asks for', 'lease of 10.77.200.5 obtained' in said, said)


def check_dhcpcd(hook):
    wire_side.as_client(wire_side.CLIENT_MAC)
    wire_side.hook_log(clear=True)
    subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', '/var/lib/dhcpcd'], check=True)
    with open(f'{bed.work}/dhcpcd.conf', 'w') as out:
        out.write('hostname\nclientid\noption domain_name, routers, netbios_name_servers\nnoipv6\nnoarp\n')
    _, said = bed.output_of('dhcpcd', '-4', '-B', '-1', '-d', '-f', f'{bed.work}/dhcpcd.conf', '-c', hook,
                            '--timeout', '15', 'c0')
    bed.check('dhcpcd is bound', 'leased 10.77.' in said, said)
    bed.check('it is told its name servers', 'new_netbios_name_servers=10.77.0.1' in wire_side.hook_log(), said)


def check_dhcping():
    wire_side.as_client(wire_side.CLIENT_MAC, '10.77.0.200')
    _, said = bed.output_of('dhcping', '-v', '-i', '-c', '10.77.0.200', '-s', wire_side.SERVER, '-h', wire_side.CLIENT_MAC)
    bed.check('dhcping has its INFORM answered', 'Got answer from: 10.77.0.1' in said, said)
    wire_side.as_client(wire_side.RESERVED_MAC, '10.77.0.50')
    _, said = bed.output_of('dhcping', '-v', '-c', '10.77.0.50', '-s', wire_side.SERVER, '-h', wire_side.RESERVED_MAC)
    bed.check('dhcping has its REQUEST answered', 'Got answer from: 10.77.0.1' in said, said)


def check_bootp():
    wire_side.as_client(wire_side.RESERVED_MAC)
    subprocess.run('ip route replace default dev c0'.split(), check=True)
    _, said = bed.output_of('bootpc', '--dev', 'c0', '--serverbcast', '--timeoutwait', '4', '--returniffail')
    bed.check('bootpc gets its reserved address and boot file', "IPADDR='10.77.0.50'" in said and 'pxe.0' in said, said)
    subprocess.run('ip route del default dev c0'.split(), check=False)
    wire_side.as_client(wire_side.RESERVED_MAC)
    _, said = bed.output_of(sys.executable, '-c', SCAPY_BOOTP)
    bed.check_equal('scapy gets a BOOTP reply without option 53', said.strip().splitlines()[-1:],
                    ['2 10.77.0.50 10.77.0.1 pxe.0 False True'])


def check_relay(hook):
    inside = ('ip', 'netns', 'exec', 'leaf')
    relay = ['ip', 'netns', 'exec', 'relay']
    agents = [['dhcrelay', '-4', '-d', '-a', '-m', 'append', '-id', 'x1', '-iu', 'r0', '10.77.0.1']]
    if os.path.exists(DHCP_HELPER):
        agents.append([DHCP_HELPER, '-n', '-u', 'root', '-r', f'{bed.work}/dhcp-helper.pid', '-i', 'x1', '-s', '10.77.0.1'])
    else:
        print(f'SKIPPED a client behind dhcp-helper: there is no {DHCP_HELPER}', flush=True)
    for agent in agents:
        subprocess.run('ip -n leaf addr flush dev x0'.split(), check=True)
        name = os.path.basename(agent[0])
        process = bed.spawn([*relay, *agent], f'{name}.log')
        said = bed.wait_for(lambda: (out := udhcpc(hook, '-q', link='x0', into=inside)) and 'lease of' in out and out, 20)
        bed.check(f'a client behind {name} gets an address of its network', 'lease of 10.78.1.' in (said or ''), said)
        process.terminate()
        process.wait()
    status, leases, _ = bed.cli('lease', 'list')
    bed.check('leases are listed', status == 0 and '10.78.1.' in leases and 'peerhost' in leases, leases)


def check_tftp(root):
    wire_side.as_client(wire_side.CLIENT_MAC, '10.77.0.2')
    original = f'{root}/big.bin'
    for name, command in {
            'tftp-hpa': ['tftp', '-m', 'binary', wire_side.SERVER, '-c', 'get', 'big.bin', 'GOT'],
            'atftp': ['atftp', '-g', '-r', 'big.bin', '-l', 'GOT', '--option', 'blksize 1428', '--option', 'tsize 0',
                      wire_side.SERVER],
            'atftp by windows': ['atftp', '-g', '-r', 'big.bin', '-l', 'GOT', '--option', 'windowsize 8', '--trace',
                                 wire_side.SERVER],
            'curl': ['curl', '-sS', '--max-time', '20', '--tftp-blksize', '1400', '-o', 'GOT',
                     f'tftp://{wire_side.SERVER}/big.bin']}.items():
        got = f'{bed.work}/{name}.got'
        _, said = bed.output_of(*[got if word == 'GOT' else word for word in command])
        bed.check(f'{name} downloads 300,000 octets', os.path.exists(got) and filecmp.cmp(got, original, shallow=False), said)
        if name == 'atftp by windows':  # RFC 7440
            acknowledged = re.findall(r'sent ACK <block: (\d+)>', said)
            bed.check_equal('it is sent eight blocks at once', acknowledged[:4], ['0', '8', '16', '24'])
    _, said = bed.output_of('tftp', '-m', 'binary', wire_side.SERVER, '-c', 'get', 'nothere', f'{bed.work}/none')
    bed.check('a missing file is not found', 'not found' in said.lower(), said)


def main():
    hook = wire_side.make(relay=True)
    root = f'{bed.work}/tftp'
    os.makedirs(root)
    os.chmod(bed.work, 0o755)
    with open(f'{root}/big.bin', 'wb') as out:
        out.write(os.urandom(300_000))
    open(f'{root}/pxe.0', 'w').close()
    bed.Winsomed(dhcp_scope=wire_side.scopes(bootp={'dynamic': True}),
                 dhcp_scope_reservation=[{'hardware': wire_side.RESERVED_MAC, 'address': '10.77.0.50', 'name': 'bootp1'}],
                 tftp={'enabled': True, 'root': root}).start()
    check_dhclient(hook)
    check_udhcpc(hook)
    check_dhcpcd(hook)
    check_dhcping()
    check_bootp()
    check_relay(hook)
    check_tftp(root)


if __name__ == '__main__':
    bed.run(main, programs=['dhclient', 'busybox', 'dhcpcd', 'dhcping', 'bootpc', 'dhcrelay', 'tftp', 'atftp', 'curl'],
            modules=['scapy.all'])
