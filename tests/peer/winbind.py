#!/usr/bin/python3
"""winbindd and libnss_wins look names up in our daemon. The machine's own nsswitch and smb.conf stay as they are:
the test lies in a mount namespace of its own."""

import os
import re
import subprocess

import bed
import wire


def replace(path, text):
    """Lets `path` have this content for the processes of the test."""
    copy = os.path.join(bed.work, os.path.basename(path))
    with open(copy, 'w') as out:
        out.write(text)
    subprocess.run(['mount', '--bind', copy, path], check=True)


def main():
    if not os.path.exists('/etc/samba/smb.conf'):
        bed.skip('needs /etc/samba/smb.conf, to lay one of its own over it')
    bed.Winsomed().start()
    config = bed.samba_config('WBCLI', ['workgroup = WBGRP', 'wins server = 10.99.0.1', 'name resolve order = wins',
                                        'idmap config * : backend = tdb',
                                        'idmap config * : range = 100000-200000'])
    with open(config) as text:
        replace('/etc/samba/smb.conf', text.read())
    with open('/etc/nsswitch.conf') as text:
        others = re.sub(r'(?m)^hosts:.*\n', '', text.read())
    replace('/etc/nsswitch.conf', others + 'hosts: files wins\n')
    bed.spawn(['winbindd', '-F', '--no-process-group', '-s', config, '-l', bed.work], 'winbindd.log')
    bed.check('winbindd answers', bed.wait_for(lambda: bed.output_of('wbinfo', '-p')[0] == 0, 20))
    wire.Client('10.99.0.4').register('PRINTSRV#20')

    def fields(*command):
        status, output = bed.output_of(*command)
        return status, output.split()

    bed.check_equal('wbinfo --WINS-by-name finds our own name', fields('wbinfo', '--WINS-by-name=WINSOMETST'),
                    (0, ['10.99.0.1', 'WINSOMETST']))
    bed.check_equal('wbinfo --WINS-by-name finds a registered name', fields('wbinfo', '--WINS-by-name=PRINTSRV'),
                    (0, ['10.99.0.4', 'PRINTSRV']))
    bed.check_equal('wbinfo --WINS-by-name misses an unknown name',
                    bed.output_of('wbinfo', '--WINS-by-name=NOSUCHNAME')[0], 1)
    bed.check_equal('wbinfo --WINS-by-ip asks us for our node status', fields('wbinfo', '--WINS-by-ip=10.99.0.1'),
                    (0, ['10.99.0.1', 'WINSOMETST']))
    bed.check_equal('getent hosts finds our own name', fields('getent', 'hosts', 'WINSOMETST'),
                    (0, ['10.99.0.1', 'WINSOMETST']))
    bed.check_equal('getent hosts finds a registered name', fields('getent', 'hosts', 'PRINTSRV'),
                    (0, ['10.99.0.4', 'PRINTSRV']))
    bed.check_equal('getent hosts misses an unknown name', fields('getent', 'hosts', 'NOSUCHNAME'), (2, []))


if __name__ == '__main__':
    bed.run(main, programs=['winbindd', 'wbinfo', 'getent'])
