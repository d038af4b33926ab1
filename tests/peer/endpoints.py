#!/usr/bin/python3
"""Several listen addresses: each answers for itself, and the challenge leaves from the one that was asked."""

import json
import subprocess

import bed
import wire
from wack import Owner, defends

FIRST, SECOND = ENDPOINTS = '10.99.0.1', '10.99.0.11'
OLD, NEW, THIRD, _ = bed.CLIENTS


def each_answers(asked):
    """wire.Client takes an answer only if it comes from the address that was asked."""
    client = wire.Client(THIRD, server=(asked, 137))
    name = f'AT{asked.replace(".", "")}#20'
    answer = client.register(name)
    bed.check_equal(f'{asked} grants a registration', answer and answer.rcode, wire.OK)
    for endpoint in ENDPOINTS:
        found = wire.Client(server=(endpoint, 137)).addresses(name)
        bed.check_equal(f'which {endpoint} answers', found, [THIRD])
    bed.check_equal(f'{asked} is its own name there', client.addresses('WINSOMETST#20'), [asked])
    bed.check(f'{asked} tells its node status', client.ask(wire.node_status()) is not None)
    bed.check_equal(f'{asked} refreshes', client.refresh(name).rcode, wire.OK)
    bed.check_equal(f'{asked} releases', client.release(name).rcode, wire.OK)
    client.close()


def challenge_leaves_from(asked):
    name = f'HELD{asked.replace(".", "")}#20'
    registered_at = SECOND if asked == FIRST else FIRST
    with Owner(OLD, defends(OLD)) as owner:
        wire.Client(OLD, server=(registered_at, 137)).register(name)
        client = wire.Client(NEW, server=(asked, 137))
        answer = client.register(name, tries=1)
        bed.check_equal(f'{asked} refuses what another holds', answer and answer.rcode, wire.ACT_ERR)
        bed.check_equal('after a WACK', len(client.wacks), 1)
        bed.check_equal('and a question from the address that was asked', [source for _, _, source in owner.heard],
                        [(asked, 137)])
        client.close()


def hardware_address():
    """A6: the one field of node status that is filled everywhere."""
    rdata = wire.Client().ask(wire.node_status()).rdata
    told = rdata[1 + 18 * rdata[0]:][:6].hex(':')
    link, = json.loads(subprocess.check_output(['ip', '-n', 'server', '-j', 'link', 'show', 'toclient']))
    bed.check_equal('the node status has the hardware address of the first interface', told, link['address'])


def main():
    daemon = bed.Winsomed(nbns={'listen': [f'{FIRST}:137', f'{SECOND}:137']}).start()
    for asked in ENDPOINTS:
        each_answers(asked)
        challenge_leaves_from(asked)
    hardware_address()
    silent = wire.Client(server=(bed.SERVERS[2], 137))
    bed.check('an address that is not listed is silent', silent.ask(wire.node_status(), timeout=0.3, tries=1) is None)
    bed.check('the daemon still runs', daemon.runs())


if __name__ == '__main__':
    bed.run(main)
