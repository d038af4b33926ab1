#!/usr/bin/python3
"""Backup while the server works, restore while it does not, and a damaged database, which is refused and left alone."""

import hashlib
import json
import os
import subprocess

import bed
import wire

NAMES = 3000


def names_of(database_listing):
    return {json.loads(line)['name'] for line in database_listing.splitlines()}


def listing():
    status, out, errors = bed.cli('name', 'list', '--json')
    if status:
        raise RuntimeError(errors)
    return names_of(out)


def backup_under_load(daemon):
    file = os.path.join(daemon.data_dir, 'backup.db')
    status, _ = bed.output_of(f'{bed.bin_dir}/winsome-perf', '--server', '10.99.0.1', '--from', '10.99.0.2,10.99.0.3',
                              '--mode', 'register', '--names', str(NAMES), '--outstanding', '128')
    bed.check_equal('names are registered', status, 0)
    before = listing()
    load = bed.spawn([f'{bed.bin_dir}/winsome-perf', '--server', '10.99.0.1', '--from', '10.99.0.2,10.99.0.3',
                      '--mode', 'register', '--first', '100000', '--names', '1000000', '--seconds', '6',
                      '--outstanding', '128'], 'perf.log')
    more = bed.wait_for(lambda: len(listing()) > len(before), 5)
    bed.check('while more names come', more)
    status, _, errors = bed.cli('backup', file)
    bed.check_equal('backup under load', (status, errors), (0, ''))
    bed.check('the load still ran', load.poll() is None)
    bed.check('a second backup does not overwrite the first', bed.cli('backup', file)[0] == 1)
    load.wait(30)
    return file, before


def restore(daemon, file, before):
    wire.Client().register('LATER#20')
    status, _, errors = bed.cli('restore', file, '--data-dir', daemon.data_dir)
    bed.check('a restore under a running server is refused', status == 1 and errors, (status, errors))
    bed.check_equal('it is stopped', daemon.stop(), 0)
    status, _, errors = bed.cli('restore', file, '--data-dir', daemon.data_dir)
    bed.check('restore', status == 0, (status, errors))
    daemon.start()
    after = listing()
    bed.check('every name from before the backup is there', before <= after, sorted(before - after)[:5])
    bed.check('none from after it', 'LATER<20>' not in after)
    bed.check_equal('a name registers again', wire.Client().register('LATER#20').rcode, wire.OK)
    return after | {'LATER<20>'}


def digest(path):
    with open(path, 'rb') as database:
        return hashlib.sha256(database.read()).hexdigest()


def damage(daemon, file, whole):
    bed.check_equal('it is stopped', daemon.stop(), 0)
    database = os.path.join(daemon.data_dir, 'winsome.db')
    with open(database, 'r+b') as pages:
        pages.seek(os.path.getsize(database) // 2 & ~0xFFF)
        pages.write(bytes(range(256)) * 32)
    damaged = digest(database)
    done = subprocess.run(['nsenter', '--net=/run/netns/server', '--', *daemon.command()], capture_output=True,
                          text=True, timeout=30)
    bed.check_equal('a damaged database stops the start', done.returncode, 1)
    bed.check('in one sentence, which names the file and how to restore it',
              len(done.stderr.strip().splitlines()) == 1 and database in done.stderr and 'restore' in done.stderr,
              done.stderr)
    bed.check_equal('it is left as it was', digest(database), damaged)
    bed.check_equal('the damaged database can be replaced by a backup',
                    bed.cli('restore', file, '--data-dir', daemon.data_dir)[0], 0)
    daemon.start()
    bed.check_equal('with all its names', listing() - (whole - {'LATER<20>'}), set())

    with open(f'{bed.work}/not-a-backup', 'wb') as other:
        other.write(b'not a database' * 1000)
    daemon.stop()
    status, _, errors = bed.cli('restore', f'{bed.work}/not-a-backup', '--data-dir', daemon.data_dir)
    bed.check('what is not a backup is refused', status == 1 and 'not-a-backup' in errors, (status, errors))
    daemon.start()
    bed.check('and the database is as before', listing())


def main():
    daemon = bed.Winsomed().start()
    file, before = backup_under_load(daemon)
    whole = restore(daemon, file, before)
    damage(daemon, file, whole)
    bed.check_equal('it ends cleanly', daemon.stop(), 0)


if __name__ == '__main__':
    bed.run(main)
