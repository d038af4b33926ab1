#!/usr/bin/python3
"""Our relay agent carries clients of another network to our server, and says with option 82 where they are."""

import os

import bed
import wire_side
from dhcp_clients import udhcpc

RELAY = '''data_dir = "{at}"
[log]
level = "info"
[nbns]
listen = ["10.78.0.1:137"]
owner = "10.78.0.1"
[admin]
socket = "{at}/admin.sock"
[relay]
interfaces = ["x1"]
servers = ["10.77.0.1"]
'''


def main():
    hook = wire_side.make(relay=True)
    reservation = {'circuit_id': 'x1', 'address': '10.78.0.77'}
    bed.Winsomed(dhcp_scope=list(reversed(wire_side.scopes())), dhcp_scope_reservation=[reservation]).start()
    at = f'{bed.work}/relay'
    os.makedirs(at)
    with open(f'{at}/winsome.toml', 'w') as out:
        out.write(RELAY.format(at=at))
    bed.spawn(['ip', 'netns', 'exec', 'relay', f'{bed.bin_dir}/winsomed', '--config', f'{at}/winsome.toml'], 'relay.log')
    log = f'{bed.work}/relay.log'
    bed.check('the relay starts', bed.wait_for(lambda: 'relaying' in open(log).read(), 15), open(log).read())
    said = udhcpc(hook, '-q', link='x0', into=('ip', 'netns', 'exec', 'leaf'))
    bed.check('a client behind it gets the address of its circuit', 'lease of 10.78.0.77 obtained' in said, said)
    bed.check('it is told its own network', 'subnet=255.255.0.0' in wire_side.hook_log() and
              'router=10.78.0.1' in wire_side.hook_log(), wire_side.hook_log())


if __name__ == '__main__':
    bed.run(main, programs=['busybox'])
