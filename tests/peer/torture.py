#!/usr/bin/python3
"""Samba's own conformance suites against our daemon: nbt.wins and nbt.register.

    torture.py BIN bound     listening on 10.99.0.1:137
    torture.py BIN any       listening on 0.0.0.0:137, where our challenges of loopback addresses come back to us
"""

import re
import time

import bed

# Of nbt.wins.wins in Samba 4.17. Fewer cases means that some did not run. Five names are registered for a dead address
# first, twice each, and then challenged; for the others the suite itself declines, and prints `no low port - skip`
# just as when it could not bind port 137. So the challenged ones are counted.
CASES = 18
CHALLENGED = 10
DECLINED = 16


def torture(suite, target, config):
    began = time.monotonic()
    _, output = bed.output_of('smbtorture', f'//{target}/none', '-U%', '-s', config,
                              '--option=torture:progress=no', suite, seconds=240)
    test = suite.rsplit('.', 1)[1]
    # Its exit status is 0 for skipped tests too.
    succeeded = re.search(rf'^success: {test}$', output, re.MULTILINE) is not None
    bed.check(f'smbtorture {suite} succeeds ({time.monotonic() - began:.1f} s)', succeeded)
    if not succeeded:
        print(output[-4000:], flush=True)
    return output


def main():
    listen = '0.0.0.0:137' if 'any' in bed.arguments else '10.99.0.1:137'
    bed.Winsomed(nbns={'listen': [listen]}).start()
    by_address = bed.samba_config('TORTCLI', ['workgroup = PEERDOM'])
    by_name = bed.samba_config('TORTCLI', ['workgroup = PEERDOM', 'wins server = 10.99.0.1',
                                           'name resolve order = wins'], 'by-name')

    output = torture('nbt.wins.wins', '10.99.0.1', by_address)
    bed.check_equal('every challenge case ran, so port 137 could be bound',
                    (output.count('register the name with a wrong address (makes the next request slow!)'),
                     output.count('no low port - skip')), (CHALLENGED, DECLINED))
    bed.check_equal('all cases of nbt.wins ran',
                    output.count('Testing name registration to WINS with name'), CASES)
    # These two act on the server's own name, so they must be given it.
    torture('nbt.register.register_own', 'WINSOMETST', by_name)
    torture('nbt.register.refresh_own', 'WINSOMETST', by_name)


if __name__ == '__main__':
    bed.run(main, programs=['smbtorture'])
