#!/usr/bin/python3
"""What no boot ROM should ask over TFTP: nothing outside of the root is read, nothing is written, what a client may not
choose is not chosen, and a transfer goes on whoever else speaks to its port."""

import os
import random
import socket
import struct

import bed
import wire_side

RRQ, WRQ, DATA, ACK, ERROR, OACK = range(1, 7)
NOT_FOUND, ACCESS, ILLEGAL, UNKNOWN_TRANSFER = 1, 2, 4, 5
SECRET = b'nobody outside of this machine reads this\n'
CLIENT = '10.77.0.2'
IN_ROOT = ['big.bin', 'boot', 'dir-out', 'fifo', 'inside', 'loop', 'out', 'proc', 'relative-out']


def request(name, *options, opcode=RRQ, mode='octet'):
    words = [name.encode() if isinstance(name, str) else name, mode.encode(), *(str(word).encode() for word in options)]
    return struct.pack('>H', opcode) + b''.join(word + b'\0' for word in words)


def kind_of(datagram):
    return struct.unpack('>H', datagram[:2])[0] if datagram else None


def number_of(datagram):
    """The block, or the code of an ERROR."""
    return struct.unpack('>H', datagram[2:4])[0]


class Station:
    """One UDP port, and the port of the server that answered it first."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((CLIENT, 0))
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        """Ends what may still be going on: a client has eight transfers at most."""
        if self.server:
            self.socket.sendto(struct.pack('>HH', ERROR, 0) + b'enough\0', self.server)
        self.socket.close()

    def receive(self, seconds=3.0):
        self.socket.settimeout(seconds)
        try:
            datagram, self.server = self.socket.recvfrom(70_000)
            return datagram
        except TimeoutError:
            return None

    def ask(self, datagram, seconds=3.0):
        self.socket.sendto(datagram, (wire_side.SERVER, 69))
        return self.receive(seconds)

    def acknowledge(self, block):
        self.socket.sendto(struct.pack('>HH', ACK, block), self.server)

    def rest(self, first, blksize):
        """What comes from this answer on, one block after the other."""
        whole, wanted, answer = b'', 1, first
        if kind_of(answer) == OACK:
            self.acknowledge(0)
            answer = self.receive()
        while answer and kind_of(answer) == DATA:
            if number_of(answer) == wanted & 0xFFFF:
                whole, wanted = whole + answer[4:], wanted + 1
            self.acknowledge(number_of(answer))
            if len(answer) < blksize + 4:
                return whole
            answer = self.receive()
        return whole


def fetch(name, *options, blksize=512):
    with Station() as station:
        return station.rest(station.ask(request(name, *options)), blksize)


def refused(what, datagram, *codes):
    with Station() as station:
        answer = station.ask(datagram)
        bed.check(f'{what}: refused', kind_of(answer) == ERROR and number_of(answer) in codes, answer)
        bed.check(f'{what}: and nothing comes after', station.receive(0.05) is None)


def paths(root):
    beside = f'{bed.work}/secret'
    for what, name in {
            'a path that climbs': '../secret', 'one that climbs from a directory': 'boot/../../secret',
            'with backslashes': '..\\secret', 'with both': 'boot\\..\\../secret', 'with much of it': '../' * 60 + beside,
            'a root of its own': '/../secret', 'the parent': '..', 'nothing': '', 'the root': '/', 'a point': '.',
            'an absolute path': beside, 'an absolute path of the system': '/etc/passwd', 'a directory': 'boot',
            'a link to a file outside': 'out', 'a link by a relative path': 'relative-out', 'a link to a directory': 'dir-out/secret',
            'a link to itself': 'loop', 'a link into /proc': 'proc/self/environ', 'a FIFO': 'fifo', 'a name without end': 'x' * 400}.items():
        refused(what, request(name), NOT_FOUND, ACCESS, ILLEGAL)
    refused('a NUL in the name', struct.pack('>H', RRQ) + b'pxe.0\0/../../secret\0octet\0', ILLEGAL)
    bed.check_equal('a link that stays inside is followed', fetch('inside'), b'boot me')
    bed.check_equal('a leading slash means the root', fetch('/boot/pxe.0'), b'boot me')
    refused('a write', request('new.bin', opcode=WRQ), ACCESS)
    refused('a write over what is there', request('boot/pxe.0', opcode=WRQ), ACCESS)
    bed.check('nothing was written', sorted(os.listdir(root)) == IN_ROOT and
              open(f'{root}/boot/pxe.0', 'rb').read() == b'boot me', os.listdir(root))
    refused('a mode that is none', request('boot/pxe.0', mode='mail'), ILLEGAL)
    for what, datagram in {'a name without its end': b'\0\1boot/pxe.0', 'no mode': b'\0\1boot/pxe.0\0',
                           'an option without a value': request('boot/pxe.0') + b'blksize\0',
                           'a hundred options': request('boot/pxe.0', *['x', 'y'] * 100)}.items():
        refused(what, datagram, ILLEGAL)


def options(big):
    """RFC 2347: what makes no sense counts as not said, what is too much is cut down."""
    for option, value in [*(('blksize', value) for value in ('0', '7', '-1', '+512', '0x200', '512 ', '', 'much', '1.5',
                                                             '99999999999999999999')),
                          *(('windowsize', value) for value in ('0', '-1', 'all', '99999999999999999999')),
                          *(('timeout', value) for value in ('0', '256', '-1', 'never')), ('nonsense', '1')]:
        with Station() as station:
            answer = station.ask(request('big.bin', option, value))
            bed.check(f'{option} "{value}" is not taken', kind_of(answer) == DATA and len(answer) == 516, answer and answer[:40])
            bed.check('and the file comes', station.rest(answer, 512) == big)
    for value, granted in (('8', 8), ('1468', 1468), ('1469', 1468), ('65464', 1468), ('65465', 1468), ('4294967295', 1468)):
        with Station() as station:
            answer = station.ask(request('big.bin', 'blksize', value))
            bed.check_equal(f'of a block of {value} octets', answer, b'\0\6blksize\0' + str(granted).encode() + b'\0')
            if granted > 100:
                bed.check('the file comes', station.rest(answer, granted) == big)
    with Station() as station:
        answer = station.ask(request('big.bin', 'windowsize', '65535', 'blksize', '65464'))
        bed.check('a window is no larger than the server says', kind_of(answer) == OACK and
                  int(answer.split(b'\0')[3 + answer[2:].split(b'\0').index(b'windowsize') - 1]) <= 64, answer)
    with Station() as station:
        answer = station.ask(request('big.bin', 'BLKSIZE', '1024', 'blksize', '9'))
        bed.check('an option said twice is taken once', answer and answer.lower().count(b'blksize') == 1, answer)


def strangers(big):
    """RFC 1350 4: a datagram with another's transfer id is answered by an error, and disturbs nothing."""
    with Station() as station, Station() as stranger:
        answer = station.ask(request('big.bin'))
        stranger.server = station.server
        for datagram in (struct.pack('>HH', ACK, 1), struct.pack('>HH', ACK, 60_000), request('big.bin'), b'\0\3\0\1x', b'\0\6'):
            stranger.socket.sendto(datagram, station.server)
            heard = stranger.receive(1)
            bed.check(f'a stranger who sends {datagram[:2].hex()} hears of an unknown transfer', kind_of(heard) == ERROR and
                      number_of(heard) == UNKNOWN_TRANSFER, heard)
        for datagram in (struct.pack('>HH', ERROR, 0) + b'end\0', b'\0\x09\0\0', b'', b'\0', os.urandom(64 << 3)):
            stranger.socket.sendto(datagram, station.server)
        bed.check('an error is not answered by another', stranger.receive(0.3) is None)
        bed.check('the transfer goes on to its end', station.rest(answer, 512) == big)
    with Station() as station:
        answer = station.ask(request('big.bin'))
        for block in (2, 3, 40_000, 65_535, 0):
            station.acknowledge(block)
        station.socket.sendto(b'\0\4', station.server)
        station.socket.sendto(b'\0\4\0', station.server)
        bed.check('acknowledgements of what was not sent change nothing', station.receive(0.3) is None)
        bed.check('and the file comes', station.rest(answer, 512) == big)


def many(daemon, big):
    """Transfers that are begun and left, and garbage."""
    held = [Station() for _ in range(12)]
    answers = [station.ask(request('big.bin')) for station in held]
    kinds = [kind_of(answer) for answer in answers]
    bed.check_equal('one client has eight transfers, and no more', (kinds.count(DATA), kinds.count(ERROR)), (8, 4))
    for station in held:
        station.leave()
    generator = random.Random(9)
    good = request('big.bin', 'blksize', '1468')
    with Station() as station:
        for _ in range(2000):
            datagram = bytearray(good)
            for _ in range(generator.randrange(1, 6)):
                datagram[generator.randrange(len(datagram))] = generator.randrange(256)
            station.socket.sendto(bytes(datagram[:generator.randrange(len(datagram) + 1)]), (wire_side.SERVER, 69))
        station.socket.sendto(struct.pack('>HH', ERROR, 0), (wire_side.SERVER, 69))
    bed.check('after all that a file comes', bed.wait_for(lambda: fetch('big.bin') == big, 20))
    bed.check('it still runs', daemon.runs())


def make_root():
    root = f'{bed.work}/tftp'
    os.makedirs(f'{root}/boot')
    os.makedirs(f'{bed.work}/outside')
    os.chmod(bed.work, 0o755)
    for path, content in ((f'{bed.work}/secret', SECRET), (f'{bed.work}/outside/secret', SECRET), (f'{root}/boot/pxe.0', b'boot me'),
                          (f'{root}/big.bin', os.urandom(20_000))):
        with open(path, 'wb') as out:
            out.write(content)
    os.symlink('boot/pxe.0', f'{root}/inside')
    os.symlink(f'{bed.work}/secret', f'{root}/out')
    os.symlink('../secret', f'{root}/relative-out')
    os.symlink(f'{bed.work}/outside', f'{root}/dir-out')
    os.symlink('loop', f'{root}/loop')
    os.symlink('/proc', f'{root}/proc')
    os.mkfifo(f'{root}/fifo')
    return root


def main():
    wire_side.make()
    wire_side.as_client(wire_side.CLIENT_MAC, CLIENT)
    root = make_root()
    big = open(f'{root}/big.bin', 'rb').read()
    daemon = bed.Winsomed(tftp={'enabled': True, 'root': root, 'listen': [f'{wire_side.SERVER}:69']}).start()
    paths(root)
    options(big)
    strangers(big)
    many(daemon, big)
    bed.check('the daemon stops', daemon.stop() == 0)


if __name__ == '__main__':
    bed.run(main)
