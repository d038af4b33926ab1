#!/usr/bin/python3
"""Three daemons that replicate over gRPC with mutual TLS: a chain east – middle – west. What one registers the others
serve at once; a kill in the middle of a long pull loses nothing; wrong certificates are refused, with the reason; all
certificates and their authority are replaced while the daemons run."""

import json
import os
import re
import subprocess
import time

import bed
import wire
import wrepl

ADDRESSES = {'east': '10.99.0.1', 'middle': '10.99.0.11', 'west': '10.99.0.12'}
NEIGHBOURS = {'east': ['middle'], 'middle': ['east', 'west'], 'west': ['middle']}
MANY = 100_000

# What the log of middle says of west, as whom it calls and as who it is called, and what west says of itself.
WRONG = {
    'foreign': [r'could not pull from west: its certificate is not from an authority that we trust',
                r'the certificate of west was refused: its certificate is not from an authority that we trust'],
    'misnamed': [r'could not pull from west: its certificate is for nobody, not west', r'nobody was refused: '],
    # Of who calls there is a line a minute, and one was written when its certificate was foreign.
    'expired': [r'could not pull from west: its certificate has expired on 20\d\d-'],
}
OWN_FAULT = {'foreign': 'our own certificate is not from an authority that we trust',
             'misnamed': 'it refuses: ',
             'expired': 'our own certificate has expired on 20'}
# A server that is let in has the news of its partner within milliseconds.
STILL_NOTHING_SECONDS = 5
LOOK_SECONDS = 60  # a daemon looks at its files once a minute


def openssl(*command):
    subprocess.run(['openssl', *command], check=True, capture_output=True, cwd=bed.work)


def make_authority(name):
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{name}.key',
            '-out', f'{name}.pem', '-days', '2', '-subj', f'/CN={name}')


def make_certificate(name, authority='authority', days='2', file=None):
    """A certificate for the DNS name `name`; a negative number of days makes one that has expired."""
    file = file or name
    extension = os.path.join(bed.work, f'{file}.ext')
    with open(extension, 'w') as out:
        out.write(f'subjectAltName=DNS:{name}\n')
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{file}.key', '-out',
            f'{file}.csr', '-subj', f'/CN={name}')
    openssl('x509', '-req', '-in', f'{file}.csr', '-CA', f'{authority}.pem', '-CAkey', f'{authority}.key',
            '-CAcreateserial', '-days', days, '-extfile', extension, '-out', f'{file}.pem')


def tables(name, certificate=None, neighbours=None):
    certificate = certificate or name
    path = f'{bed.work}/{certificate}'
    partners = [{'name': other, 'address': f'{ADDRESSES[other]}:8137', 'transport': 'grpc', 'interval': '1m'}
                for other in neighbours or NEIGHBOURS[name]]
    reader = {'name': 'reader', 'address': '10.99.0.2', 'transport': 'winsra', 'pull': False, 'interval': '0',
              'persistent': False}
    return {'nbns': {'netbios_name': name.upper()},
            'replication_grpc': {'listen': [f'{ADDRESSES[name]}:8137'], 'certificate': f'{path}.pem',
                                 'key': f'{path}.key', 'authority': f'{bed.work}/authority.pem'},
            'replication_winsra': {'listen': [f'{ADDRESSES[name]}:42']},
            'replication': {'retry_interval': '1s', 'retries': 100, 'start_wait': '3s'},
            'replication_partner': [*partners, reader]}


def daemon(name):
    server = bed.Winsomed(name, ADDRESSES[name], **tables(name))
    return server.start()


def agreement(seconds, count):
    """Waits until all three give away the same `count` records or more, versions and all."""
    databases = {}

    def same():
        nonlocal databases
        databases = {name: wrepl.database(address) for name, address in ADDRESSES.items()}
        first = databases['east']
        return len(first) >= count and all(one == first for one in databases.values())

    agreed = bed.wait_for(same, seconds, every=1)
    return agreed, {name: len(one) for name, one in databases.items()}


def main():
    make_authority('authority')
    make_authority('stranger')
    for name in ADDRESSES:
        make_certificate(name)
    daemons = {name: daemon(name) for name in ADDRESSES}
    clients = {name: wire.Client('10.99.0.3', (address, 137)) for name, address in ADDRESSES.items()}

    def connected(name):
        return bed.cli('partner', 'list', socket=daemons[name].socket)[1].count('connected')

    up = bed.wait_for(lambda: [connected(name) for name in ADDRESSES] == [1, 2, 1], 30, every=0.5)
    bed.check('every daemon is connected with its neighbours', up,
              bed.cli('partner', 'list', socket=daemons['middle'].socket)[1])

    began = time.monotonic()
    clients['east'].register('FIRST#20')
    seen = bed.wait_for(lambda: clients['west'].addresses('FIRST#20') == ['10.99.0.3'], 10, every=0.01)
    bed.check(f'what east registers west serves, two hops on ({1000 * (time.monotonic() - began):.0f} ms)', seen)

    # A kill in the middle of a long pull. The sanitizers' build is slow, so there is time for it.
    lines = os.path.join(bed.work, 'many.lmhosts')
    with open(lines, 'w') as out:
        out.writelines(f'10.{n >> 16}.{n >> 8 & 255}.{n & 255} "N{n:07}       \\0x20"\n' for n in range(1, MANY + 1))
    status, output, errors = bed.cli('import', 'lmhosts', lines, seconds=240)
    bed.check_equal('100,000 names are imported at east', status, 0)
    if status:
        print(output[-500:], errors[-500:])

    def held(name):
        try:
            return wrepl_known(ADDRESSES[name])
        except OSError:
            return 0

    bed.wait_for(lambda: 5_000 < held('west'), 60, every=0.02)
    before = held('west')
    daemons['west'].kill()
    bed.check('it was killed in the middle', 0 < before < MANY, before)
    daemons['west'].start(60)
    agreed, counts = agreement(120, MANY)
    bed.check('after the restart all three agree, record by record', agreed, counts)

    # Certificates: of another authority, for another name, and one that has expired.
    make_certificate('west', 'stranger', file='foreign')
    make_certificate('nobody', file='misnamed')
    make_certificate('west', days='-1', file='expired')
    for certificate in WRONG:
        refused(certificate, daemons['west'], daemons['middle'], clients)
    daemons['west'].stop()
    daemons['west'].configure(**tables('west'))
    daemons['west'].start(60)
    agreed, counts = agreement(60, MANY)
    bed.check('with the right certificate they agree again', agreed, counts)
    for certificate in WRONG:
        bed.check_equal(f'and west has what was registered while it was {certificate}',
                        clients['west'].addresses(f'{certificate.upper()}#20'), ['10.99.0.3'])

    rotate(daemons, clients)


def certificates_refused(daemon):
    return json.loads(bed.cli('stats', '--json', socket=daemon.socket)[1])['replication_faults']['grpc_certificate_refused']


def refused(certificate, west, middle, clients):
    """West with a wrong certificate: nobody lets it in, both sides say why, and it hears of nothing."""
    west.stop()
    before = certificates_refused(middle)
    log = f'{bed.work}/middle.log'
    os.truncate(log, 0)
    west.configure(**tables('west', certificate))
    west.start(60)
    name = f'{certificate.upper()}#20'
    clients['east'].register(name)
    bed.check(f'{certificate}: middle has the news', bed.wait_for(
        lambda: clients['middle'].addresses(name) == ['10.99.0.3'], 20, every=0.1))
    status, output, errors = bed.cli('partner', 'pull', 'west', socket=middle.socket)
    bed.check(f'{certificate}: middle cannot pull from west', status != 0, output + errors)
    for reason in WRONG[certificate]:
        bed.check(f'{certificate}: the log of middle says "{reason}"',
                  bed.wait_for(lambda: re.search(reason, open(log).read()), 30, every=0.5), open(log).read()[-1000:])

    if certificate != 'misnamed':  # its certificate is good, but it is nobody we know
        bed.check(f'{certificate}: middle counts the refusal', bed.wait_for(
            lambda: certificates_refused(middle) > before, 30, every=0.5), before)

    def shown():
        return bed.cli('partner', 'show', 'middle', socket=west.socket)[1]

    bed.check(f'{certificate}: west shows the reason', bed.wait_for(
        lambda: OWN_FAULT[certificate] in shown(), 20, every=0.5), shown())
    heard = bed.wait_for(lambda: clients['west'].addresses(name) != [], STILL_NOTHING_SECONDS, every=0.2)
    bed.check(f'{certificate}: nothing came through in {STILL_NOTHING_SECONDS} s more', not heard)


def put(source, target):
    """As an administrator should: the file is whole at every moment."""
    os.rename(f'{bed.work}/{source}', f'{bed.work}/{target}')


def serial_shown(name):
    """Of the certificate that the daemon shows to who comes now."""
    shown = subprocess.run(['openssl', 's_client', '-connect', f'{ADDRESSES[name]}:8137', '-alpn', 'h2'],
                           stdin=subprocess.DEVNULL, capture_output=True, cwd=bed.work).stdout
    return subprocess.run(['openssl', 'x509', '-noout', '-serial'], input=shown, capture_output=True).stdout


def rotate(daemons, clients):
    """A new authority and new certificates for all: first both authorities count, then the new one alone."""
    make_authority('successor')
    with open(f'{bed.work}/both.pem', 'w') as both:
        both.writelines(open(f'{bed.work}/{one}.pem').read() for one in ('authority', 'successor'))
    put('both.pem', 'authority.pem')
    before = {name: serial_shown(name) for name in ADDRESSES}
    for name in ADDRESSES:
        make_certificate(name, 'successor', file=f'{name}-new')
        put(f'{name}-new.key', f'{name}.key')
        put(f'{name}-new.pem', f'{name}.pem')
    began = time.monotonic()

    def replaced():
        return all(before[name] != serial_shown(name) != b'' for name in ADDRESSES)

    bed.check('all show their new certificates', bed.wait_for(replaced, 2 * LOOK_SECONDS, every=1))
    print(f'      after {time.monotonic() - began:.0f} s')
    put('successor.pem', 'authority.pem')
    for name, partners in NEIGHBOURS.items():
        for partner in partners:  # each on a new connection
            status, output, errors = bed.cli('partner', 'pull', partner, socket=daemons[name].socket)
            bed.check(f'{name} pulls from {partner} with the new ones', status == 0, output + errors)
    clients['east'].register('ROTATED#20')
    bed.check('what east registers west serves', bed.wait_for(
        lambda: clients['west'].addresses('ROTATED#20') == ['10.99.0.3'], 10, every=0.05))
    bed.check('all three ran through it', all(daemon.runs() for daemon in daemons.values()))


def wrepl_known(server):
    """How far `server` knows the records of east."""
    association = wrepl.Association(server)
    known = association.owners().get(ADDRESSES['east'], 0)
    association.stop()
    return known


if __name__ == '__main__':
    bed.run(main, programs=['openssl'])
