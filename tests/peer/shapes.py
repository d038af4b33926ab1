"""Datagrams that no well-meaning client sends (fact base E, name service): each must be dropped, most are malformed."""

import struct

import wire

NAME = wire.encode_name('HOSTILE#20')
QUESTION = NAME + struct.pack('>HH', wire.NB, 1)
CHANGES = {'registration': 5, 'release': 6, 'refresh': 8, 'refresh by opcode 9': 9, 'multihomed registration': 15}


def _head(flags=0x0100, questions=1, answers=0, authorities=0, additionals=0):
    return wire.header(wire.fresh_id(), flags, questions, answers, authorities, additionals)


def _record(name=b'\xc0\x0c', rtype=wire.NB, rclass=1, length=6, rdata=b'\x60\x00\x0a\x63\x00\x02'):
    return name + struct.pack('>HHIH', rtype, rclass, 300000, length) + rdata


def malformed():
    """{what: datagram}: every one is dropped, and counted as malformed."""
    shapes = {
        'empty': b'',
        'one octet': b'\x12',
        'eleven octets': _head()[:11],
        'header only, one question claimed': _head(),
        'no question': _head(questions=0),
        'two questions': _head(questions=2) + QUESTION + QUESTION,
        '65535 questions': _head(questions=65535) + QUESTION,
        'question without type and class': _head() + NAME,
        'question of class CH': _head() + NAME + struct.pack('>HH', wire.NB, 3),
        'question of type A': _head() + NAME + struct.pack('>HH', 1, 1),
        'pointer to itself': _head() + b'\xc0\x0c' + QUESTION[34:],
        'pointer forward': _head() + b'\xc0\x20' + QUESTION[34:] + NAME,
        'pointer into the header': _head() + b'\xc0\x02' + QUESTION[34:],
        'pointer cut off': _head() + b'\xc0',
        'letter outside A to P': _head() + QUESTION.replace(b'CACA', b'CZCA', 1),
        'lower-case letters': _head() + QUESTION.lower(),
        'no terminator': _head() + NAME[:-1] + b'\x3f' + bytes(5),
        '128 labels of one octet': _head() + NAME[:-1] + b'\x01x' * 128 + b'\0' + QUESTION[34:],
        'name of 400 octets': _head() + NAME[:-1] + (b'\x3f' + b'x' * 63) * 6 + b'\0' + QUESTION[34:],
        'an empty first label': _head() + b'\0' + QUESTION[34:],
    }
    for length in (1, 31, 33, 63):
        shapes[f'first label of {length}'] = _head() + bytes([length]) + b'C' * length + b'\0' + QUESTION[34:]
    for length in (64, 100, 128, 191):
        shapes[f'label length {length}'] = _head() + bytes([length]) + b'C' * 191 + b'\0' + QUESTION[34:]
        shapes[f'scope label length {length}'] = _head() + NAME[:-1] + bytes([length]) + b'C' * 191 + b'\0'
    for what, opcode in CHANGES.items():
        head = opcode << 11 | 0x0100
        full = _head(head, additionals=1) + QUESTION
        shapes |= {
            f'{what} without its record': _head(head) + QUESTION,
            f'{what} whose record is missing': full,
            f'{what} cut within its record': full + _record()[:11],
            f'{what} without a question': _head(head, questions=0, additionals=1) + _record(NAME),
            f'{what} with RDLENGTH 0': full + _record(length=0, rdata=b''),
            f'{what} with RDLENGTH 5': full + _record(length=5, rdata=bytes(5)),
            f'{what} with RDLENGTH 7': full + _record(length=7, rdata=bytes(7)),
            f'{what} with RDLENGTH 65535': full + _record(length=65535),
            f'{what} with a record of type A': full + _record(rtype=1),
            f'{what} with a record of class CH': full + _record(rclass=3),
            f'{what} whose record points at itself': full + _record(b'\xc0' + bytes([len(full)])),
            f'{what} whose record has a label over 63': full + _record(b'\x40' + b'C' * 64 + b'\0'),
        }
    return shapes


def unwelcome():
    """{what: datagram}: well formed, and dropped all the same (A5)."""
    change = wire.change
    return {
        'broadcast query': _head(0x0110) + QUESTION,
        'broadcast registration': _head(0x2910, additionals=1) + QUESTION + _record(),
        'opcode 7 as a request': _head(0x3800) + QUESTION,
        'response nobody asked for': wire.header(1, 0x8580, 0, 1) + _record(NAME),
        'negative response nobody asked for': wire.header(2, 0x8583, 0, 1) + _record(NAME, 10, 1, 0, b''),
        'WACK nobody asked for': wire.header(3, 0xBC00, 0, 1) + _record(NAME, length=2, rdata=b'\x29\x00'),
        'registration of 0.0.0.0': change(wire.REGISTRATION, 'HOSTILE#20', '0.0.0.0'),
        'registration of a multicast address': change(wire.REGISTRATION, 'HOSTILE#20', '224.0.0.1'),
        'registration of the broadcast address': change(wire.REGISTRATION, 'HOSTILE#20', '255.255.255.255'),
    }
