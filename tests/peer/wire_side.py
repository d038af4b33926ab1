"""A second wire for tests of leases: clients that have no address yet.

    client side (the test itself)  c0, no address ──veth── s0 10.77.0.1/16  server side (winsomed)
    netns leaf  x0, no address ──veth── x1 10.78.0.1/16  netns relay  r0 10.79.0.2/24 ──veth── s1 10.79.0.1/24  server side
"""

import os
import subprocess

import bed

SERVER = '10.77.0.1'
CLIENT_MAC = '02:00:00:00:00:02'
RESERVED_MAC = '02:be:ef:00:00:01'
HOOK = '''#!/bin/sh
# Of dhclient, udhcpc and dhcpcd: notes what it was told, and gives the interface its address.
{ echo "== ${reason:-$1}"; env | sort; } >> LOG
if [ -n "$new_ip_address" ] && [ "$reason" != PREINIT ]; then ip addr replace "$new_ip_address/16" dev "$interface"; fi
if [ "$1" = bound ] || [ "$1" = renew ]; then ip addr replace "$ip/16" dev "$interface"; fi
exit 0
'''


def make(relay=False):
    commands = ['ip link add c0 type veth peer name s0 netns server',
                f'ip link set c0 address {CLIENT_MAC}',
                'ip -n server link set s0 address 02:00:00:00:00:01',
                f'ip -n server addr add {SERVER}/16 brd + dev s0',
                'ip -n server link set s0 up', 'ip link set c0 up']
    if relay:
        commands += ['ip netns add relay', 'ip netns add leaf',
                     'ip -n server link add s1 type veth peer name r0 netns relay',
                     'ip -n relay link add x1 type veth peer name x0 netns leaf',
                     'ip -n server addr add 10.79.0.1/24 dev s1', 'ip -n relay addr add 10.79.0.2/24 dev r0',
                     'ip -n relay addr add 10.78.0.1/16 brd + dev x1',
                     *(f'ip -n {where} link set {link} up' for where, link in
                       (('server', 's1'), ('relay', 'r0'), ('relay', 'x1'), ('relay', 'lo'), ('leaf', 'x0'), ('leaf', 'lo'))),
                     'ip -n server route add 10.78.0.0/16 via 10.79.0.2', 'ip -n relay route add 10.77.0.0/16 via 10.79.0.2',
                     'ip netns exec relay sysctl -qw net.ipv4.ip_forward=1']
        commands[-2] = 'ip -n relay route add 10.77.0.0/16 via 10.79.0.1'
    for command in commands:
        subprocess.run(command.split(), check=True)
    hook = os.path.join(bed.work, 'hook.sh')
    with open(hook, 'w') as out:
        out.write(HOOK.replace('LOG', f'{bed.work}/hook.log'))
    os.chmod(hook, 0o755)
    return hook


def as_client(mac, address=None):
    """c0 as another machine: with this hardware address, and no IP address but this one."""
    subprocess.run(['ip', 'addr', 'flush', 'dev', 'c0'], check=True)
    subprocess.run(['ip', 'link', 'set', 'c0', 'address', mac], check=True)
    if address:
        subprocess.run(['ip', 'addr', 'replace', f'{address}/16', 'brd', '+', 'dev', 'c0'], check=True)


def hook_log(clear=False):
    path = f'{bed.work}/hook.log'
    text = open(path).read() if os.path.exists(path) else ''
    if clear and text:
        os.remove(path)
    return text


def scopes(**more):
    """The two networks as [[dhcp.scope]]; `more` goes into the first wire's, which is the last of the list."""
    return [{'name': 'far', 'subnet': '10.78.0.0/16', 'pools': ['10.78.1.0-10.78.1.200'], 'lease': '1h',
             'options': {'routers': ['10.78.0.1']}},
            {'name': 'near', 'subnet': '10.77.0.0/16', 'pools': ['10.77.1.0-10.77.254.254'], 'lease': '1h',
             'options': {'routers': [SERVER], 'netbios-name-servers': [SERVER], 'domain-name': 'example.test'},
             'boot': {'file': 'pxe.0', 'server': SERVER, 'server_name': 'boothost'}, **more}]
