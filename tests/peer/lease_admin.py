#!/usr/bin/python3
"""The administrator of leases at the command line: each command once against the real daemon, and what clients then get;
imports of three formats, exports that read back, and a reload that changes the rules under a client with a lease."""

import csv
import json
import os
import signal
import socket
import time

import bed
import wire
import wire_side
from dhcp_hostile import ACK, NAK, RELAY, RELEASE, REQUESTED, Relay, address_of, kind_of, message, options_of

NOT_FOUND = 3
HOST_NAME, VENDOR_CLASS, ROUTERS = 12, 60, 3


def mac(number):
    return b'\x02\x77\0\0\0' + bytes([number])


def near(**more):
    return wire_side.scopes(**{'pools': ['10.77.1.0-10.77.1.19'], **more})


def write(name, text):
    path = os.path.join(bed.work, name)
    with open(path, 'w') as out:
        out.write(text)
    return path


def done(what, *command, status=0):
    """What the command printed; its exit status is checked."""
    found, out, errors = bed.cli(*command)
    bed.check(f'{what}: exit status {status}', found == status, (found, out, errors))
    return out + errors


def rows(*command):
    """{address: row} of a command that lists."""
    _, out, _ = bed.cli(*command, '--json')
    return {row['address']: row for row in map(json.loads, out.splitlines())}


def leases(*filters):
    return rows('lease', 'list', *filters)


def reservations(*filters):
    return rows('reservation', 'list', *filters)


def named(number, name):
    return mac(number), (HOST_NAME, name.encode())


def boot_file(ack):
    return ack[108:236].rstrip(b'\0').decode()


def router(ack):
    return socket.inet_ntoa(options_of(ack)[ROUTERS][:4])


def looking(relay):
    """scope list, scope show, lease list, lease show."""
    first, second = (address_of(relay.exchange(*named(number, name))) for number, name in ((1, 'laser-1'), (2, 'fax-2')))
    listed = done('lease list', 'lease', 'list')
    for wanted in (first, second, 'laser-1', mac(1).hex(':'), 'active', 'near'):
        bed.check(f'it shows {wanted}', wanted in listed, listed)
    for what, filters, wanted in (('a part of the name', ['laser'], {first}), ('a part of an address', [second], {second}),
                                  ('the scope', ['--scope', 'near'], {first, second}), ('another scope', ['--scope', 'far'], set()),
                                  ('the state', ['--state', 'declined'], set())):
        bed.check_equal(f'leases by {what}', set(leases(*filters)), wanted)
    bed.check_equal('at most so many', len(leases('--limit', '1')), 1)
    done('a state that there is not', 'lease', 'list', '--state', 'lost', status=2)
    shown = done('lease show', 'lease', 'show', first)
    for wanted in (mac(1).hex(':'), 'laser-1', 'LASER-1<00><20>: in the name database', 'DHCP'):
        bed.check(f'it shows {wanted}', wanted in shown, shown)
    done('lease show of what is not leased', 'lease', 'show', '10.77.1.250', status=NOT_FOUND)

    listed = done('scope list', 'scope', 'list')
    bed.check('it counts addresses, leases, what is free and reserved',
              any(line.split()[:6] == ['near', '10.77.0.0/16', '20', '2', '18', '1'] for line in listed.splitlines()), listed)
    shown = done('scope show', 'scope', 'show', 'near')
    for wanted in ('10.77.1.0-10.77.1.19', '20: 2 active, 18 free, 0 declined; 1 reserved', 'NAME<00><20>', '10.77.0.1', 'pxe.0'):
        bed.check(f'it shows {wanted}', wanted in shown, shown)
    done('scope show of a scope that there is not', 'scope', 'show', 'nowhere', status=NOT_FOUND)
    return first, second


def ending(relay, first, second):
    """lease reserve, lease release, lease flush."""
    said = done('lease reserve', 'lease', 'reserve', first)
    bed.check('it says whom it is kept for', first in said and mac(1).hex(':') in said, said)
    done('lease reserve of what is not leased', 'lease', 'reserve', '10.77.1.250', status=NOT_FOUND)
    relay.send(message(RELEASE, mac(1), (54, socket.inet_aton(wire_side.SERVER)), ciaddr=first, giaddr='0.0.0.0'))
    bed.check('its client gives it back', bed.wait_for(lambda: leases(first)[first]['state'] == 'ended', 5), leases())
    other = relay.exchange(mac(3), (REQUESTED, socket.inet_aton(first)))
    bed.check('nobody else gets it', other and address_of(other) != first, other)
    again = relay.exchange(mac(1))
    bed.check('its client does', again and address_of(again) == first, again)
    done('it is kept no longer', 'reservation', 'delete', first)

    done('lease release', 'lease', 'release', second)
    bed.check_equal('the lease has ended', leases(second)[second]['state'], 'ended')
    bed.check_equal('with its name', wire.Client().addresses('FAX-2#20'), [])
    done('lease release of one that is there and one that is not', 'lease', 'release', address_of(other), '10.77.1.250',
         status=NOT_FOUND)
    bed.check_equal('the one that is there has ended', leases()[address_of(other)]['state'], 'ended')

    done('lease flush of a scope without any', 'lease', 'flush', '--scope', 'far')
    bed.check('others are still remembered', second in leases(), leases())
    done('lease flush', 'lease', 'flush')
    bed.check_equal('what had ended is forgotten', {address: row['state'] for address, row in leases().items()}, {first: 'active'})
    done('lease flush of all', 'lease', 'flush', '--active')
    bed.check_equal('nothing is left', leases(), {})
    done('lease flush of a scope that there is not', 'lease', 'flush', '--scope', 'nowhere', status=NOT_FOUND)


def reserving(relay):
    """reservation list, add, delete."""
    wanted = ('10.77.0.60', '--hardware', mac(4).hex(':'), '--name', 'plotter', '--option', 'routers=10.77.0.9', '--lease', '2h',
              '--boot-file', 'plot.0')
    before = reservations()
    said = done('reservation add, a dry run', 'reservation', 'add', *wanted, '--dry-run')
    bed.check('it says what would be', 'would be reserved' in said, said)
    bed.check_equal('and changes nothing', reservations(), before)
    done('reservation add', 'reservation', 'add', *wanted)
    done('the same again', 'reservation', 'add', *wanted, status=1)
    done('an address of no scope', 'reservation', 'add', '192.168.9.9', '--hardware', mac(5).hex(':'), status=1)
    listed = done('reservation list', 'reservation', 'list')
    for line in ([*'10.77.0.60 02:77:00:00:00:04 plotter tools near'.split()],
                 [*f'10.77.0.50 {wire_side.RESERVED_MAC} bootp1 configuration near'.split()]):
        bed.check(f'it shows {" ".join(line)}', any(found.split()[:5] == line for found in listed.splitlines()), listed)
    bed.check_equal('there are none of another scope', reservations('--scope', 'far'), {})
    ack = relay.exchange(mac(4))
    bed.check_equal('its client gets the address, with what is said there',
                    ack and (address_of(ack), router(ack), boot_file(ack), options_of(ack)[51].hex()),
                    ('10.77.0.60', '10.77.0.9', 'plot.0', '00001c20'))
    bed.check_equal('and the name', wire.Client().addresses('PLOTTER#20'), ['10.77.0.60'])
    done('reservation delete', 'reservation', 'delete', '10.77.0.60')
    bed.check('it is gone', '10.77.0.60' not in reservations(), reservations())
    done('reservation delete of what there is not', 'reservation', 'delete', '10.77.0.60', status=NOT_FOUND)
    done('reservation delete of the configuration', 'reservation', 'delete', '10.77.0.50', status=1)
    answer = relay.renew(mac(4), '10.77.0.60')
    bed.check('the address is outside of the pools: its client has to start again', answer and kind_of(answer) == NAK, answer)


DHCPD_CONF = '''\
subnet 10.77.0.0 netmask 255.255.0.0 { range 10.77.1.0 10.77.1.19; }
group {
  option routers 10.77.0.8;
  host laser { hardware ethernet 02:77:00:00:00:10; fixed-address 10.77.0.61; filename "laser.0"; }
}
host press { hardware ethernet 02:77:00:00:00:11; fixed-address 10.77.0.62; }
'''
DNSMASQ = '''\
dhcp-range=10.77.1.0,10.77.1.19,1h
dhcp-host=02:77:00:00:00:12,10.77.0.63,scanner,2h
dhcp-host=id:box,10.78.0.64
'''


def kea_leases():
    """Of a server that was here before: one lease for a while yet, one that has ended."""
    ends = int(time.time()) + 1800
    return ('address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n'
            f'10.77.1.7,02:77:00:00:00:13,,3600,{ends},1,0,0,kea-7.example.test.,0,\n'
            f'10.77.1.8,02:77:00:00:00:14,,3600,{ends - 86400},1,0,0,kea-8,0,\n')


def importing(relay):
    """import dhcpd.conf, dnsmasq, kea."""
    for form, text, listing, wanted in (
            ('dhcpd.conf', DHCPD_CONF, reservations, {'10.77.0.61', '10.77.0.62'}),
            ('dnsmasq', DNSMASQ, reservations, {'10.77.0.63', '10.78.0.64'}), ('kea', kea_leases(), leases, {'10.77.1.7'})):
        path = write(form, text)
        before = listing()
        done(f'import {form}, a dry run', 'import', form, path, '--dry-run')
        bed.check_equal('which changes nothing', listing(), before)
        done(f'import {form}', 'import', form, path)
        bed.check_equal('what it has is there', set(listing()) - set(before), wanted)

    path = write('bad.conf', DHCPD_CONF.replace('fixed-address 10.77.0.62', 'fixed-address 192.168.7.7').replace('00:1', '01:1')
                 .replace('10.77.0.61', '10.77.0.71'))
    before = reservations()
    said = done('import of a host that is nowhere', 'import', 'dhcpd.conf', path, status=1)
    bed.check('it is named by its line', 'bad.conf:6' in said and '192.168.7.7' in said, said)
    bed.check_equal('nothing of the file is taken', reservations(), before)

    ack = relay.exchange(mac(0x10))
    bed.check_equal('a host of dhcpd.conf gets its address, the router of its group and its file',
                    ack and (address_of(ack), router(ack), boot_file(ack)), ('10.77.0.61', '10.77.0.8', 'laser.0'))
    ack = relay.exchange(mac(0x12))
    bed.check_equal('a host of dnsmasq gets its address for as long as is said there',
                    ack and (address_of(ack), options_of(ack)[51].hex()), ('10.77.0.63', '00001c20'))
    bed.check_equal('a lease of Kea has its name', wire.Client().addresses('KEA-7#20'), ['10.77.1.7'])
    answer = relay.renew(mac(0x13), '10.77.1.7')
    bed.check('and its client renews it', answer and kind_of(answer) == ACK and address_of(answer) == '10.77.1.7', answer)


def exporting(daemon):
    """export leases, export reservations: what comes out of them goes in again."""
    path = f'{bed.work}/leases.csv'
    done('export leases', 'export', 'leases', path)
    with open(path, newline='') as text:
        written = {row['Address']: (row['Hardware'], row['Host Name'], row['State'], row['Name State']) for row in csv.DictReader(text)}
    bed.check_equal('every lease is in it', written, {
        address: (row['hardware'], row['host_name'], row['state'], row['name_state']) for address, row in leases().items()})
    bed.check('among them that of Kea', written.get('10.77.1.7', [''])[0] == mac(0x13).hex(':'), written)

    tables = {}
    for scope in ('far', 'near'):
        done(f'export reservations of {scope}', 'export', 'reservations', f'{bed.work}/{scope}.toml', '--scope', scope)
        tables[scope] = open(f'{bed.work}/{scope}.toml').read()
    second = bed.Winsomed('second', address='10.99.0.11', dhcp=PROBELESS, dhcp_scope=near())
    text = open(second.config).read()
    first, far, rest = text.split('[[dhcp.scope]]')
    with open(second.config, 'w') as out:
        out.write('[[dhcp.scope]]'.join((first, far + tables['far'], rest + tables['near'])))
    status, said = bed.output_of(f'{bed.bin_dir}/winsomed', '--check', '--config', second.config)
    bed.check('winsomed --check takes what was exported', status == 0, said)

    def told(found):
        return {address: {key: value for key, value in row.items() if key != 'configured'} for address, row in found.items()}
    here = told(reservations())
    bed.check_equal('the daemon stops', daemon.stop(), 0)
    second.start()
    _, out, _ = bed.cli('reservation', 'list', '--json', socket=second.socket)
    bed.check_equal('a server with those tables has the same reservations',
                    told({row['address']: row for row in map(json.loads, out.splitlines())}), here)
    second.stop()
    daemon.start()
    bed.check_equal('after a restart the first has them yet', told(reservations()), here)


def reloading(relay, daemon):
    """SIGHUP: a pool shrinks, a reservation and a class come, while a client holds a lease of what goes away."""
    done('all is free', 'lease', 'flush', '--active')
    ack = relay.exchange(*named(0x20, 'holder'), (REQUESTED, socket.inet_aton('10.77.1.15')))
    bed.check('a client has the lease that it asked for', ack and address_of(ack) == '10.77.1.15', ack)
    kept = relay.exchange(*named(0x21, 'keeper'), (REQUESTED, socket.inet_aton('10.77.1.2')))
    bed.check('another one, too', kept and address_of(kept) == '10.77.1.2', kept)

    daemon.configure(dhcp=PROBELESS, dhcp_class=[{'name': 'pxe', 'vendor_class': ['PXEClient'], 'boot': {'file': 'class.0'}}],
                     dhcp_scope=near(pools=['10.77.1.0-10.77.1.9']), dhcp_scope_reservation=[
                         *CONFIGURED, {'hardware': mac(0x22).hex(':'), 'address': '10.77.0.90', 'name': 'newcomer'}])
    daemon.process.send_signal(signal.SIGHUP)
    bed.check('the pool has shrunk', bed.wait_for(lambda: '10.77.1.0-10.77.1.9' in bed.cli('scope', 'show', 'near')[1], 10))
    bed.check('the reservation is listed as the configuration\'s', reservations().get('10.77.0.90', {}).get('configured'))
    ack = relay.exchange(mac(0x22))
    bed.check('its client gets it', ack and address_of(ack) == '10.77.0.90', ack)
    ack = relay.exchange(mac(0x23), (VENDOR_CLASS, b'PXEClient:Arch:00000'))
    bed.check_equal('a member of the class is told its file', ack and boot_file(ack), 'class.0')
    ack = relay.exchange(mac(0x24))
    bed.check_equal('anybody else that of the scope', ack and boot_file(ack), 'pxe.0')

    bed.check_equal('the lease outside of the pool goes on', leases('10.77.1.15')['10.77.1.15']['state'], 'active')
    bed.check_equal('with its name', wire.Client().addresses('HOLDER#20'), ['10.77.1.15'])
    answer = relay.renew(mac(0x21), '10.77.1.2')
    bed.check('the lease inside of it is renewed', answer and kind_of(answer) == ACK, answer)
    answer = relay.renew(mac(0x20), '10.77.1.15')
    bed.check('the one outside is not', answer and kind_of(answer) == NAK, answer)
    ack = relay.exchange(*named(0x20, 'holder'))
    inside = [f'10.77.1.{last}' for last in range(10)]
    bed.check('its client starts again, and gets an address of the pool', ack and address_of(ack) in inside, ack)
    bed.check_equal('where its name is found', wire.Client().addresses('HOLDER#20'), [address_of(ack)] if ack else None)
    bed.check_equal('the old lease has ended', leases('10.77.1.15')['10.77.1.15']['state'], 'ended')


PROBELESS = {'probe': {'enabled': False}}  # peer_lease_probe shows probes
CONFIGURED = [{'hardware': wire_side.RESERVED_MAC, 'address': '10.77.0.50', 'name': 'bootp1'}]


def main():
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC, RELAY)
    daemon = bed.Winsomed(dhcp=PROBELESS, dhcp_scope=near(), dhcp_scope_reservation=CONFIGURED).start()
    relay = Relay()
    first, second = looking(relay)
    ending(relay, first, second)
    reserving(relay)
    importing(relay)
    exporting(daemon)
    reloading(relay, daemon)
    bed.check('it is stopped in the end', daemon.stop() == 0)


if __name__ == '__main__':
    bed.run(main)
