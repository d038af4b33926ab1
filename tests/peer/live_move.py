#!/usr/bin/python3
"""A live move: Samba is full of names, we pull them, the clients re-register with us, Samba is stopped, and every name
still answers. docs/migrating-from-windows-wins.md tells an administrator the same."""

import bed
import wire
from samba_partner import OURS, THEIRS, fill
from samba_wins import SambaWins

NAMES = 2_000
MOVING = 1_500


def main():
    samba = SambaWins(THEIRS).partner(OURS, pull=0).start()
    fill(THEIRS, 'SITE', NAMES)
    winsome = bed.Winsomed(replication_winsra={'listen': [f'{OURS}:42']},
                           replication_partner=[{'name': 'old', 'address': THEIRS, 'transport': 'winsra',
                                                 'interval': '30m', 'persistent': False}]).start()
    status, output, errors = bed.cli('partner', 'pull', 'old')
    bed.check_equal('winsome partner pull succeeds', status, 0)
    print(output, errors)
    client = wire.Client('10.99.0.4', (OURS, 137))
    missing = [number for number in range(NAMES) if client.addresses(f'SITE{number:07}#20') != ['10.99.0.4']]
    bed.check_equal('every name of Samba answers here', missing, [])
    status, output, _ = bed.cli('owners')
    bed.check('winsome owners shows the owner', status == 0 and THEIRS in output, output)

    for number in range(MOVING):
        client.register(f'SITE{number:07}#20')
    _, ours, _ = bed.cli('name', 'list', '--owner', OURS)
    bed.check_equal('who re-registered is ours', ours.count('SITE'), MOVING)
    samba.stop()
    missing = [number for number in range(NAMES) if client.addresses(f'SITE{number:07}#20') != ['10.99.0.4']]
    bed.check_equal('every name still answers when Samba is gone', missing, [])
    status, output, errors = bed.cli('partner', 'pull', 'old')
    bed.check('a pull from a stopped server says so', status == 1 and 'refused' in (output + errors), (output, errors))
    status, output, errors = bed.cli('owner', 'tombstone', THEIRS)
    bed.check_equal('what is left of the old owner can be tombstoned', status, 0)
    bed.check_equal('such a name is gone', client.addresses(f'SITE{MOVING:07}#20'), [])
    bed.check_equal('one that moved stays', client.addresses('SITE0000000#20'), ['10.99.0.4'])
    bed.check('our daemon ran through it', winsome.runs())


if __name__ == '__main__':
    bed.run(main, modules=['ldb'])
