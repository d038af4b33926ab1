#!/usr/bin/python3
"""The administrator's work from the command line: imports of every format, exports, single records; what comes of it
is asked for with nmblookup and a client of our own."""

import json
import os
import signal

import bed
import wire
from wack import Owner, defends

ALIVE = ['10.99.0.4', '10.99.0.5']  # hosts that answer challenges
EVERYBODY = ['255.255.255.255']


def write(name, text):
    path = os.path.join(bed.work, name)
    with open(path, 'w') as out:
        out.write(text)
    return path


def records():
    """{name: (type, state, static, addresses)} of the whole database."""
    status, out, errors = bed.cli('name', 'list', '--json')
    bed.check_equal('the list can be had', (status, errors), (0, ''))
    rows = [json.loads(line) for line in out.splitlines()]
    return {row['name']: (row['type'], row['state'], row['static'],
                          tuple(sorted(member['address'] for member in row.get('members', ())))) for row in rows}


def imported(what, *arguments, status=0):
    found, out, errors = bed.cli('import', *arguments)
    bed.check_equal(f'{what}: exit status', found, status)
    return out + errors


def answers(client, wanted):
    for name, addresses in wanted.items():
        bed.check_equal(f'{name} is answered', sorted(client.addresses(name) or []), sorted(addresses))


LMHOSTS = '''\
# the printers
10.1.0.1    PRINTER1
10.1.0.2    printer2       #PRE
10.1.0.3    PDC1           #PRE #DOM:CORP
10.1.0.4    PDC2           #PRE #DOM:CORP
10.1.0.5    ROUTER1        #SG:ROUTERS
10.1.0.6    "APPSERV        \\0x14"
10.1.0.7    TWOCARDS       #MH
10.1.1.7    TWOCARDS       #MH
'''


def lmhosts(client):
    path = write('lmhosts', LMHOSTS)
    before = records()
    imported('a dry run', 'lmhosts', path, '--dry-run')
    bed.check_equal('a dry run changes nothing', records(), before)

    bad = write('bad-lmhosts', '10.1.2.1 GOODONE\n10.1.2.2.2 WRONG\n10.1.2.3 GOODTOO\n')
    said = imported('a file with a bad line', 'lmhosts', bad, status=1)
    bed.check('it is named by file and line', 'bad-lmhosts:2' in said, said)
    bed.check_equal('and nothing of it is added', records(), before)
    said = imported('the same with --keep-going', 'lmhosts', bad, '--keep-going')
    bed.check('still named', 'bad-lmhosts:2' in said, said)
    answers(client, {'GOODONE#20': ['10.1.2.1'], 'GOODTOO#20': ['10.1.2.3'], 'WRONG#20': []})

    imported('lmhosts', 'lmhosts', path)
    answers(client, {
        'PRINTER1#00': ['10.1.0.1'], 'PRINTER1#03': ['10.1.0.1'], 'PRINTER1#20': ['10.1.0.1'],
        'PRINTER2#20': ['10.1.0.2'], 'PDC1#20': ['10.1.0.3'], 'CORP#1c': ['10.1.0.3', '10.1.0.4'],
        'ROUTERS#20': ['10.1.0.5'], 'APPSERV#14': ['10.1.0.6'], 'APPSERV#20': [],
        'TWOCARDS#20': ['10.1.0.7', '10.1.1.7'],
    })
    config = bed.samba_config('LOOKUP', ['workgroup = PEERDOM'])
    status, output = bed.output_of('nmblookup', '-s', config, '-U', '10.99.0.1', '--recursion', 'PRINTER1#20')
    bed.check('nmblookup finds an imported printer', status == 0 and '10.1.0.1 PRINTER1<20>' in output, output)
    bed.check_equal('a client cannot take it', client.register('PRINTER1#20').rcode, wire.ACT_ERR)


def hosts(client):
    path = write('hosts', '127.0.0.1 localhost\n10.2.0.1 web1.example.org web1 www\n::1 ip6\n10.2.0.2 db-1\n')
    imported('hosts', 'hosts', path)
    answers(client, {'WEB1#20': ['10.2.0.1'], 'WWW#00': ['10.2.0.1'], 'DB-1#20': ['10.2.0.2'], 'LOCALHOST#20': []})


def zone(client):
    write('more.zone', 'extra  A 10.3.0.9\n')
    path = write('db.example', '''\
$ORIGIN example.org.
$TTL 3600
@       IN SOA ns.example.org. root.example.org. (
            1       ; serial
            3600 600 86400 300 )
        IN NS  ns
ns      IN A   10.3.0.1
multi   300 IN A 10.3.0.2
multi   IN 300 A 10.3.0.3
v6only  IN AAAA 2001:db8::1
$INCLUDE more.zone
$ORIGIN sub.example.org.
deep    A (
        10.3.0.4 )
''')
    imported('zone', 'zone', path)
    answers(client, {'NS#20': ['10.3.0.1'], 'MULTI#20': ['10.3.0.2', '10.3.0.3'], 'EXTRA#20': ['10.3.0.9'],
                     'DEEP#20': ['10.3.0.4'], 'V6ONLY#20': []})


def nmbd_as_server(name):
    return bed.samba_config(name, ['workgroup = PEERGRP', 'server role = standalone server', 'wins support = yes',
                                   'dns proxy = no', 'interfaces = 10.99.0.1/24', 'bind interfaces only = yes',
                                   'disable spoolss = yes'])


def run_nmbd(config):
    nmbd = bed.spawn(['nmbd', '-F', '--no-process-group', '-s', config, '-l', bed.work], 'nmbd.log', in_server=True)
    client = wire.Client()
    bed.check('nmbd answers', bed.wait_for(lambda: client.ask(wire.node_status(), timeout=0.2, tries=1), 20))
    return nmbd


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def wins_dat_of_nmbd():
    """A wins.dat that a real nmbd wrote."""
    config = nmbd_as_server('OLDWINS')
    nmbd = run_nmbd(config)
    client, other = wire.Client('10.99.0.4'), wire.Client('10.99.0.5')
    client.register('FROMNMBD#20')
    client.register('OLDGROUP#00', group=True)
    client.register('OLDDOM#1c', group=True)
    other.register('OLDDOM#1c', group=True)
    client.register('OLDDOM#1b')
    end(nmbd)
    return os.path.join(os.path.dirname(config), 'state', 'wins.dat')


def wins_dat(client, path):
    said = imported('wins.dat of nmbd, a dry run', 'wins.dat', path, '--dry-run')
    bed.check_equal('which changes nothing', client.addresses('FROMNMBD#20'), [])
    said = imported('wins.dat of nmbd', 'wins.dat', path)
    print(said.strip())
    answers(client, {'FROMNMBD#20': ['10.99.0.4'], 'OLDGROUP#00': EVERYBODY, 'OLDDOM#1b': ['10.99.0.4'],
                     'OLDDOM#1c': ['10.99.0.4', '10.99.0.5']})
    bed.check_equal('what comes from wins.dat is a client\'s, not static', records()['FROMNMBD<20>'][:3],
                    ('unique', 'active', False))
    bed.check_equal('its owner can go on refreshing it', wire.Client('10.99.0.4').refresh('FROMNMBD#20').rcode, wire.OK)


def single_records(client):
    bed.check_equal('name add', bed.cli('name', 'add', 'ADDED', '10.4.0.1')[0], 0)
    answers(client, {f'ADDED#{suffix}': ['10.4.0.1'] for suffix in ('00', '03', '20')})
    bed.check_equal('name add of one suffix', bed.cli('name', 'add', 'ONLY<42>', '10.4.0.2')[0], 0)
    answers(client, {'ONLY#42': ['10.4.0.2'], 'ONLY#20': []})
    status, out, _ = bed.cli('name', 'show', 'ADDED<20>')
    bed.check('name show', status == 0 and '10.4.0.1' in out and 'static' in out.lower(), out)
    bed.check_equal('name show of a name that is not there', bed.cli('name', 'show', 'NOBODY<20>')[0], 3)
    bed.check_equal('name delete', bed.cli('name', 'delete', 'ONLY<42>')[0], 0)
    answers(client, {'ONLY#42': []})
    bed.check('it leaves no trace', 'ONLY<42>' not in records())
    client.register('DYNAMIC#20')
    bed.check_equal('name tombstone', bed.cli('name', 'tombstone', 'DYNAMIC<20>')[0], 0)
    answers(client, {'DYNAMIC#20': []})
    bed.check_equal('it is kept as a tombstone', records()['DYNAMIC<20>'][1], 'tombstone')
    bed.check_equal('a name that is blocked for clients', client.register('WPAD#20').rcode, wire.RFS_ERR)
    bed.check_equal('is reserved by the administrator', bed.cli('name', 'add', 'WPAD', '10.4.0.3')[0], 0)
    answers(client, {'WPAD#20': ['10.4.0.3']})
    bed.check_equal('scavenge', bed.cli('scavenge')[0], 0)


def as_a_client(client):
    server = '@10.99.0.1'
    for what, wanted, *command in (
            ('register', 0, 'register', 'CLITEST<20>', '10.99.0.2', server), ('query', 0, 'query', 'CLITEST<20>', server),
            ('refresh', 0, 'refresh', 'CLITEST<20>', '10.99.0.2', server),
            ('release', 0, 'release', 'CLITEST<20>', '10.99.0.2', server),
            ('query of what was released', 3, 'query', 'CLITEST<20>', server), ('node', 0, 'node', '10.99.0.1')):
        status, out, errors = bed.cli(*command)
        bed.check(f'winsome {what}', status == wanted, (status, out, errors))
        if what == 'query':
            bed.check('it prints the address', '10.99.0.2' in out, out)
        if what == 'node':
            bed.check('it prints our name', 'WINSOMETST<00>' in out and 'WINSOMETST<20>' in out, out)
    several_addresses_as_a_client(client, server)
    client.register('TAKEN#20', '10.99.0.99')  # nobody is there: the challenge is waited out
    status, out, errors = bed.cli('register', 'TAKEN<20>', '10.99.0.2', server)
    bed.check('winsome register waits for the end of a challenge', status == 0, (status, out, errors))


def several_addresses_as_a_client(client, server):
    """One registration for each address, by the opcode of multihomed hosts, and of groups."""
    def registered(what, name, kind, addresses, *command):
        status, out, errors = bed.cli('register', *command, server)
        bed.check(f'winsome register {what}', status == 0, (status, out, errors))  # it may say that it waits
        bed.check_equal(f'{what}: it says so of each address', len(out.splitlines()), len(addresses))
        bed.check_equal(f'{what}: the record', records()[name], (kind, 'active', False, tuple(addresses)))

    first, second = ALIVE
    with Owner(first, defends(first, second)), Owner(second, defends(first, second)):
        registered('of two addresses', 'CLIMULTI<20>', 'multihomed', [first, second], 'CLIMULTI<20>', first, second)
        answers(client, {'CLIMULTI#20': [first, second]})
    registered('--multihomed', 'CLIONE<20>', 'multihomed', [first], 'CLIONE<20>', first, '--multihomed')
    registered('--group', 'CLIGROUP<00>', 'group', [first], 'CLIGROUP<00>', first, '--group')
    answers(client, {'CLIGROUP#00': EVERYBODY})
    registered('of a domain', 'CLIDOM<1C>', 'special-group', [first, second], 'CLIDOM<1C>', first, second, '--group')
    answers(client, {'CLIDOM#1c': [first, second]})
    for command, said in ((('CLIDOM<1C>', first), 'add --group'),
                          (('CLIONE<20>', first, '--group', '--multihomed'), 'a group cannot be multihomed')):
        status, _, errors = bed.cli('register', *command, server)
        bed.check(f'winsome register {" ".join(command)} is refused', status != 0 and said in errors, (status, errors))
    for name in 'CLIONE<20>', 'CLIGROUP<00>':  # what a wins.dat does not carry, see below
        bed.check_equal(f'name delete {name}', bed.cli('name', 'delete', name)[0], 0)


def exports(daemon):
    """What is exported and imported again by an empty server is the same."""
    paths = {}
    for kind in ('lmhosts', 'wins.dat', 'csv', 'json'):
        paths[kind] = os.path.join(bed.work, f'exported.{kind}')
        bed.check_equal(f'export {kind}', bed.cli('export', kind, paths[kind])[0], 0)
    all_records = records()
    with open(paths['json']) as text:
        bed.check_equal('the JSON export holds every record', len([line for line in text if '"name"' in line]),
                        len(all_records))
    bed.check_equal('it is stopped', daemon.stop(), 0)

    second = bed.Winsomed('second')
    second.start()
    imported('the exported lmhosts', 'lmhosts', paths['lmhosts'], '--allow-blocked')
    static = {name: row for name, row in all_records.items() if row[2]}
    bed.check_equal('gives the same static records', records(), static)
    second.stop()

    third = bed.Winsomed('third')
    third.start()
    imported('the exported wins.dat', 'wins.dat', paths['wins.dat'], '--allow-blocked')
    # A wins.dat knows no scopes and no multihomed records of one address; neither is here.
    active = {name: row for name, row in all_records.items() if row[1] == 'active'}
    bed.check_equal('gives the same active records', records(), active)
    third.stop()
    return paths['wins.dat']


def nmbd_reads(path):
    config = nmbd_as_server('BACKAGAIN')
    os.replace(path, os.path.join(os.path.dirname(config), 'state', 'wins.dat'))
    nmbd = run_nmbd(config)
    answers(wire.Client(), {'FROMNMBD#20': ['10.99.0.4'], 'PRINTER1#20': ['10.1.0.1'],
                            'CORP#1c': ['10.1.0.3', '10.1.0.4']})
    end(nmbd)


def main():
    from_nmbd = wins_dat_of_nmbd()
    daemon = bed.Winsomed().start()
    client = wire.Client()
    for step in (lmhosts, hosts, zone, single_records, as_a_client):
        step(client)
    wins_dat(client, from_nmbd)
    exported = exports(daemon)
    nmbd_reads(exported)


if __name__ == '__main__':
    bed.run(main, programs=['nmblookup', 'nmbd'])
