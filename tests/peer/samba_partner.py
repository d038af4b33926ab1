#!/usr/bin/python3
"""Samba's WINS server and ours as partners over TCP 42, each pulling from the other: 10,000 names registered at each,
then changes and conflicts on both sides. What both give away must agree in the end."""

import time

import bed
import wack
import wire
import wrepl
from samba_wins import SambaWins

OURS, THEIRS = '10.99.0.1', '10.99.0.11'
HERE, THERE = '10.99.0.4', '10.99.0.5'  # hosts that register with us, and with Samba
NAMES = 10_000
SETTLED_SECONDS = 20


def fill(server, prefix, count=NAMES):
    """Registers prefix0000000<20> and so on for 10.99.0.4 at `server`."""
    client = wire.Client('10.99.0.4', (server, 137))
    answers = [client.register(f'{prefix}{number:07}#20') for number in range(count)]
    bed.check(f'{count} names are registered at {server}', all(answer and answer.rcode == wire.OK for answer in answers))
    client.close()


def without_versions(database, owners):
    """What clients would see: active records and their addresses. Each server may own a merged group itself."""
    return {key[1:]: (record.type, record.static, tuple(address for _, address in record.members))
            for key, record in database.items() if record.state == 'active' and key[0] in owners}


def agree(seconds, apart=frozenset()):
    """Waits until both servers give away the same records of both owners but for those of the names `apart`; the last
    difference otherwise."""
    difference = {}

    def compare():
        nonlocal difference
        ours, theirs = (without_versions(wrepl.database(server), (OURS, THEIRS)) for server in (OURS, THEIRS))
        keys = [key for key in ours.keys() | theirs.keys() if key[0] not in apart and ours.get(key) != theirs.get(key)]
        difference = {key: (ours.get(key), theirs.get(key)) for key in sorted(keys)[:9]}
        return not keys and len(ours)

    return bed.wait_for(compare, seconds, every=1), difference


def silent(message):
    return None


def versions(name):
    """Of a record that is our own, and of one that is Samba's, as each server gives them away."""
    return [record.version if (record := wrepl.database(server).get((server, name, 0x20, ''))) else None
            for server in (OURS, THEIRS)]


def clash(name, here, there):
    """Two hosts register one name at both servers before either heard of the other, and answer challenges with what
    `here` and `there` give. Returns what clients of us and of Samba are told when nothing has changed for a while."""
    clients = [wire.Client(HERE, (OURS, 137)), wire.Client(THERE, (THEIRS, 137))]
    with wack.Owner(HERE, here) as ours, wack.Owner(THERE, there) as theirs:
        requests = [wire.change(wire.REGISTRATION, f'{name}#20', client.address) for client in clients]
        for client, request in zip(clients, requests):  # at once: a server that has heard of it asks before it grants
            client.send(request)
        answers = [client.receive(wire.parse(request).id, 10) for client, request in zip(clients, requests)]
        bed.check(f'{name}: both hosts are granted it', all(one and one.rcode == wire.OK for one in answers), answers)
        asked = bed.wait_for(lambda: ours.heard and theirs.heard, 60, every=0.1)
        bed.check(f'{name}: each server asks its own host', asked, (len(ours.heard), len(theirs.heard)))
        time.sleep(SETTLED_SECONDS)  # challenges run out after ten, and both pull every two
        return [client.addresses(f'{name}#20') for client in clients]


def clashes():
    """Fact base C9: who does not answer loses the name to who does, at both servers."""
    bed.check_equal('our host is silent: both serve the one of Samba', clash('WEDUMB', silent, wack.defends(THERE)),
                    [[THERE], [THERE]])
    bed.check_equal('the host of Samba is silent: both serve ours', clash('THEYDUMB', wack.defends(HERE), silent),
                    [[HERE], [HERE]])
    # Decision 36: Samba does not yield, so each server stays with its host, at the cost of one version.
    bed.check_equal('both answer: each keeps its own', clash('STUBBORN', wack.defends(HERE), wack.defends(THERE)),
                    [[HERE], [THERE]])
    before = versions('STUBBORN')
    bed.check('each gives its own away', None not in before, before)
    time.sleep(SETTLED_SECONDS)
    bed.check_equal('and they do not tell each other for ever', versions('STUBBORN'), before)


def main():
    samba = SambaWins(THEIRS).partner(OURS, '10.99.0.2', pull=2, push=1).start()
    winsome = bed.Winsomed(
        nbns={'allow_short_intervals': True},
        replication_winsra={'listen': [f'{OURS}:42']},
        replication_partner=[
            {'name': 'samba', 'address': THEIRS, 'transport': 'winsra', 'interval': '2s'},
            {'name': 'reader', 'address': '10.99.0.2', 'transport': 'winsra', 'pull': False, 'interval': '0',
             'persistent': False}]).start()

    fill(OURS, 'OURS')
    fill(THEIRS, 'SAMB')
    together, difference = agree(90)
    bed.check(f'both hold {2 * NAMES} names and agree', together and together >= 2 * NAMES, (together, difference))
    client = wire.Client('10.99.0.4', (OURS, 137))
    bed.check_equal('a name of Samba answers here', client.addresses('SAMB0000007#20'), ['10.99.0.4'])
    other = wire.Client('10.99.0.4', (THEIRS, 137))
    bed.check_equal('a name of ours answers there', other.addresses('OURS0000007#20'), ['10.99.0.4'])

    # Changes on both sides: releases, new names, special groups with members at both.
    for number in range(5):
        bed.check_equal('a release is taken', client.release(f'OURS{number:07}#20').rcode, wire.OK)
        client.register(f'NEWOURS{number}#00')
        other.register(f'NEWSAMB{number}#00')
    client.register('DOMAIN#1c', group=True)
    third = wire.Client('10.99.0.5', (THEIRS, 137))
    third.register('DOMAIN#1c', group=True)
    found = bed.wait_for(lambda: sorted(client.addresses('DOMAIN#1c')) == ['10.99.0.4', '10.99.0.5'] ==
                         sorted(other.addresses('DOMAIN#1c')), 60, every=1)
    bed.check('the special group has the members of both, at both', found,
              (client.addresses('DOMAIN#1c'), other.addresses('DOMAIN#1c')))

    # A name moves to another host, which registers with the other server; the one that had it is silent.
    wire.Client('10.99.0.3', (OURS, 137)).register('SAMB0000009#20', timeout=20, tries=1)
    moved = bed.wait_for(lambda: client.addresses('SAMB0000009#20') == ['10.99.0.3'] ==
                         other.addresses('SAMB0000009#20'), 60, every=1)
    bed.check('a name of Samba that moves to a client of ours is there at both', moved,
              (client.addresses('SAMB0000009#20'), other.addresses('SAMB0000009#20')))
    bed.check('and it is ours at Samba too', (OURS, 'SAMB0000009', 0x20, '') in wrepl.database(THEIRS))
    clashes()
    # Released records are not replicated until they are extinct, so the released ones still answer at Samba.
    together, difference = agree(60, {'STUBBORN', *(f'OURS{number:07}' for number in range(5))})
    bed.check('after the changes they agree but for what was released and what both defend', together, difference)
    bed.check('our daemon ran through it', winsome.runs())
    samba.stop()


if __name__ == '__main__':
    bed.run(main, modules=['ldb'])
