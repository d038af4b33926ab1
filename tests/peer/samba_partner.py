#!/usr/bin/python3
"""Samba's WINS server and ours as partners over TCP 42, each pulling from the other: 10,000 names registered at each,
then changes and conflicts on both sides. What both give away must agree in the end."""

import bed
import wire
import wrepl
from samba_wins import SambaWins

OURS, THEIRS = '10.99.0.1', '10.99.0.11'
NAMES = 10_000


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


def agree(seconds):
    """Waits until both servers give away the same records of both owners; the last difference otherwise."""
    difference = {}

    def compare():
        nonlocal difference
        ours, theirs = (without_versions(wrepl.database(server), (OURS, THEIRS)) for server in (OURS, THEIRS))
        keys = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
        difference = {key: (ours.get(key), theirs.get(key)) for key in sorted(keys)[:9]}
        return not keys and len(ours)

    return bed.wait_for(compare, seconds, every=1), difference


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

    # One name moves: registered with Samba, then with us by the same host.
    client.register('SAMB0000009#20')
    moved = bed.wait_for(lambda: (OURS, 'SAMB0000009', 0x20, '') in wrepl.database(THEIRS), 60, every=1)
    bed.check('a client that registers here is ours at Samba too', moved)
    # Released records are not replicated until they are extinct, so the released ones still answer at Samba.
    together, difference = agree(60)
    bed.check('after the changes they agree but for what was released', set(difference) <= {
        (f'OURS{number:07}', 0x20, '') for number in range(5)} or together, difference)
    bed.check('our daemon ran through it', winsome.runs())
    samba.stop()


if __name__ == '__main__':
    bed.run(main, programs=['samba', 'samba-tool', 'ldbmodify'])
