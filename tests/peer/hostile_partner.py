#!/usr/bin/python3
"""Hostile input on TCP 42 against the real daemon, from who connects and from a partner that is pulled from: lengths and
counts that lie or wrap, foreign handles, versions that cannot be. All of it is counted, none of it is believed, and what
is well meant goes on being answered. (Fact base E; CVE-2003-0825, CVE-2004-0567, CVE-2009-1923, CVE-2009-1924.)"""

import json
import os
import socket
import struct
import threading

import bed
import wire
import wrepl

SERVER, READER, HOSTILE = '10.99.0.1', '10.99.0.2', '10.99.0.3'
U32, U63, U64 = 0xffffffff, 1 << 63, (1 << 64) - 1
REPEATS = 20
GROWTH_KB = 64 << 10


def u32(*values):
    return b''.join(struct.pack('>I', value) for value in values)


def owner(address, highest, lowest=1):
    return socket.inet_aton(address) + struct.pack('>QQ', highest, lowest) + u32(1)


def record(name, version, *, length=None, flags=0x60, rest=None):
    """A name record; `length` is what it claims to be long."""
    octets = wire.octets_of(name) + b'\0'
    return (u32(len(octets) if length is None else length) + octets + bytes(4 - len(octets) % 4) + u32(flags, 0)
            + struct.pack('>Q', version) + (socket.inet_aton(HOSTILE) if rest is None else rest) + u32(U32))


def frame(handle, kind, body, *, bits=wrepl.BITS, length=None):
    octets = u32(bits, handle, kind) + body
    return u32(len(octets) if length is None else length) + octets


def faults():
    status, out, errors = bed.cli('stats', '--json')
    if status:
        raise RuntimeError(errors)
    return json.loads(out)['replication_faults']


# What is said to the handle that the daemon gave, the reason by which it is counted, and whether it ends the connection.
SAID = {
    'a length of 0': (lambda h: u32(0), 'too_short', True),
    'a length of 11': (lambda h: u32(11) + bytes(11), 'too_short', True),
    'a length of 2^31': (lambda h: frame(h, 3, u32(0), length=1 << 31), 'too_long', True),
    'a length of 2^32-1': (lambda h: frame(h, 3, u32(0), length=U32), 'too_long', True),
    'a notification of 2^32-1 owners': (lambda h: frame(h, 3, u32(4, U32)), 'too_many_owners', True),
    'a notification whose count times 24 wraps': (
        lambda h: frame(h, 3, u32(4, 0x0aaaaaab) + owner(HOSTILE, 9) + u32(0)), 'too_many_owners', True),
    'a notification of one owner that claims two': (
        lambda h: frame(h, 3, u32(4, 2) + owner(HOSTILE, 9)), 'truncated', True),
    'records that nobody asked for, 2^32-1 of them': (lambda h: frame(h, 3, u32(3, U32)), 'truncated', True),
    'a map that nobody asked for': (
        lambda h: frame(h, 3, u32(1, 1) + owner(HOSTILE, 9) + u32(0)), 'out_of_turn', True),
    'a foreign handle': (lambda h: frame(h ^ 1, 3, u32(2) + owner(SERVER, 0)), 'foreign_handle', False),
    'the handle 0': (lambda h: frame(0, 3, u32(2) + owner(SERVER, 0)), 'foreign_handle', False),
    'a stop for a foreign handle': (lambda h: frame(h ^ 1, 2, u32(0)), 'foreign_handle', False),
    'a message without the bits of an association': (
        lambda h: frame(h, 3, u32(0), bits=0), 'no_association_bits', False),
    'an unknown type': (lambda h: frame(h, 77, u32(0)), 'unknown_message', False),
    'an unknown opcode': (lambda h: frame(h, 3, u32(77)), 'unknown_message', False),
}

# What a partner answers that is pulled from, which has records up to the version `top`: its map, its records, and what of
# it is counted.
ANSWERED = {
    'a map of 2^32-1 owners': lambda top: (u32(1, U32), b'', 'too_many_owners'),
    'a map whose count times 24 wraps': lambda top: (u32(1, 0x15555556) + owner(HOSTILE, top), b'', 'too_many_owners'),
    'a map of one owner that claims two': lambda top: (u32(1, 2) + owner(HOSTILE, top), b'', 'truncated'),
    'versions of 2^64-1 and records of them': lambda top: (
        u32(1, 1) + owner(HOSTILE, U64, U63) + u32(0), u32(3, 1) + record('EVIL#20', U64), None),
    'a version of 2^63': lambda top: (good_map(top), u32(3, 1) + record('EVIL#20', U63), None),
    'a version that was not asked for': lambda top: (good_map(top), u32(3, 1) + record('EVIL#20', top + 10_000), None),
    '2^32-1 records': lambda top: (good_map(top), u32(3, U32) + record('EVIL#20', top), 'truncated'),
    'a record whose name is 2^32-1 octets long': lambda top: (
        good_map(top), u32(3, 1) + record('EVIL#20', top, length=U32), 'name_too_long'),
    'a record whose name is longer than the message': lambda top: (
        good_map(top), u32(3, 1) + record('EVIL#20', top, length=200), 'truncated'),
    'members whose count times 8 wraps': lambda top: (
        good_map(top), u32(3, 1) + record('EVIL#1c', top, flags=0x62, rest=struct.pack('<I', 0x20000001) +
                                          2 * socket.inet_aton(HOSTILE)), 'truncated'),
}


def good_map(top):
    return u32(1, 1) + owner(HOSTILE, top) + u32(0)


def calls(client):
    for what, (octets, reason, ends) in SAID.items():
        before = faults()[reason]
        for _ in range(REPEATS):
            association = wrepl.Association(SERVER, READER, timeout=20)
            association.socket.sendall(octets(association.handle))
            try:
                answered = SERVER in association.owners()
            except (EOFError, ConnectionResetError, BrokenPipeError):
                answered = False
            association.close()
            if answered == ends:
                break
        bed.check(f'{what}: ' + ('the connection ends' if ends else 'it is passed over'), answered != ends)
        counted = bed.wait_for(lambda: faults()[reason] - before == REPEATS, 5)
        bed.check(f'{what}: counted as {reason}', counted, (before, faults()[reason]))

    association = wrepl.Association(SERVER, READER)
    for first, last in ((U63, U64), (U64, 1), (U64, U64), (9, 2)):
        bed.check_equal(f'versions from {first:#x} to {last:#x}: there are none', association.records(SERVER, first, last),
                        [])
    bed.check_equal('and the connection still serves', [one.name for one in association.records(SERVER)], ['HERE'])
    association.stop()
    bed.check_equal('clients are answered', client.addresses('HERE#20'), ['10.99.0.4'])


class Partner(threading.Thread):
    """Answers whoever pulls with the same map and the same records, whatever was asked for."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server((HOSTILE, 42))
        self.map, self.records = good_map(0), b''
        self.asked = 0  # for records
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                try:
                    self.serve(connection)
                except (EOFError, OSError):
                    pass

    def serve(self, connection):
        connection.settimeout(20)
        stream, handle = connection.makefile('rb'), 0
        while head := stream.read(4):
            message = stream.read(struct.unpack('>I', head)[0])
            kind, word = struct.unpack_from('>II', message, 8)
            if kind == 0:
                handle = word
                connection.sendall(frame(handle, 1, struct.pack('>IHH', 0x1badcafe, 2, 5) + bytes(21)))
            elif kind == 2:
                return
            elif word == 0:
                connection.sendall(frame(handle, 3, self.map))
            elif word == 2:
                self.asked += 1
                connection.sendall(frame(handle, 3, self.records))


def pulls(client):
    partner = Partner()

    def pull():
        return bed.cli('partner', 'pull', 'hostile')

    for number, (what, answers) in enumerate(ANSWERED.items(), 1):
        partner.map, partner.records, reason = answers(10 * number)
        partner.asked, before = 0, faults()[reason] if reason else 0
        status, output, errors = pull()
        if reason:
            bed.check(f'{what}: the pull fails', status != 0, output + errors)
            bed.check_equal(f'{what}: counted as {reason}', faults()[reason] - before, 1)
        if partner.map == good_map(10 * number):
            bed.check_equal(f'{what}: the records were asked for', partner.asked, 1)
        for name in ('EVIL#20', 'EVIL#1c'):
            bed.check_equal(f'{what}: {name} is not served', client.addresses(name), [])
        known = wrepl.Association(SERVER, READER)
        bed.check(f'{what}: nothing of it is given to others', known.owners().get(HOSTILE, 0) < U63, known.owners())
        known.stop()
    partner.map, partner.records = good_map(1000), u32(3, 1) + record('GOOD#20', 1000)
    status, output, errors = pull()
    bed.check('what the same partner means well is taken', status == 0 and client.addresses('GOOD#20') == [HOSTILE],
              output + errors)


def main():
    os.environ['ASAN_OPTIONS'] = ':'.join(filter(None, (os.environ.get('ASAN_OPTIONS'), 'quarantine_size_mb=1')))
    common = {'transport': 'winsra', 'interval': '0', 'persistent': False}
    daemon = bed.Winsomed(
        replication={'pull_at_start': False, 'start_wait': '0s', 'retries': 0},
        replication_winsra={'listen': [f'{SERVER}:42']},
        replication_partner=[{'name': 'reader', 'address': READER, 'pull': False, **common},
                             {'name': 'hostile', 'address': HOSTILE, **common}]).start()
    client = wire.Client('10.99.0.4')
    client.register('HERE#20')
    before = daemon.resident_kb()
    calls(client)
    pulls(client)
    grown = daemon.resident_kb() - before
    bed.check(f'memory has grown by {grown} kB, not more than {GROWTH_KB}', grown < GROWTH_KB)
    with open(f'{bed.work}/winsomed.log') as log:
        lines = sum('replication_fault' in line or 'breaks the rules' in line for line in log)
    bed.check('the log has a few lines of it', 0 < lines < 20, lines)
    bed.check_equal('it ends cleanly', daemon.stop(), 0)


if __name__ == '__main__':
    bed.run(main)
