#!/usr/bin/python3
"""Samba's conformance suite of WINS replication, nbt.winsreplication, against our daemon on TCP 42."""

import re
import time

import bed

SUITES = ('assoc_ctx1', 'assoc_ctx2', 'wins_replication', 'replica', 'owned')
# Lines `row => outcome` of Samba 4.17. Fewer means that rows did not run.
OUTCOMES = {'replica': 254, 'owned': 153}
# The last thing that assoc_ctx1 wants is a status which the client library of Samba 4.17 never gives, however a server
# ends the connection: FIN, reset, a stop of its own and half a frame were tried with a bare TCP server.
LAST_STATUS = 'status was NT_STATUS_CONNECTION_DISCONNECTED, expected NT_STATUS_END_OF_FILE'


def torture(suite, config):
    began = time.monotonic()
    # assoc_ctx1 is one of the tests that Samba calls dangerous: its own server fails it.
    _, output = bed.output_of('smbtorture', '//10.99.0.1/none', '-U%', '-s', config, '--dangerous',
                              '--option=torture:progress=no', f'nbt.winsreplication.{suite}', seconds=300)
    succeeded = re.search(rf'^success: {suite}$', output, re.MULTILINE) is not None
    if suite == 'assoc_ctx1' and LAST_STATUS in output:
        succeeded = 'Send a association stop request (conn1)' in output
        print('      assoc_ctx1 came to its last status, which this smbtorture cannot get', flush=True)
    bed.check(f'smbtorture nbt.winsreplication.{suite} succeeds ({time.monotonic() - began:.1f} s)', succeeded)
    if suite in OUTCOMES:
        bed.check_equal(f'every row of {suite} ran', (len(re.findall(r' => .*=> | => ', output)),
                                                       output.count('SKIP')), (OUTCOMES[suite], 0))
    if not succeeded:
        print(output[-4000:], flush=True)


def main():
    bed.Winsomed(replication_winsra={'listen': ['10.99.0.1:42']},
                 replication_partner=[{'name': 'torture', 'address': '10.99.0.2', 'transport': 'winsra',
                                       'interval': '0', 'persistent': False}],
                 replication={'pull_at_start': False, 'start_wait': '0s'}).start()
    config = bed.samba_config('TORTCLI', ['workgroup = PEERDOM', 'interfaces = '
                                          + ' '.join(f'{address}/24' for address in bed.CLIENTS)])
    for suite in SUITES:
        torture(suite, config)


if __name__ == '__main__':
    bed.run(main, programs=['smbtorture'])
