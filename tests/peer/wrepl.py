"""A client of the WINS replication protocol (MS-WINSRA, TCP 42), written from the specification, that shares nothing
with our own code: what it reads on two servers can be compared."""

import collections
import socket
import struct

Record = collections.namedtuple('Record', 'name suffix scope type state static version members')

TYPES = ('unique', 'group', 'special-group', 'multihomed')
STATES = ('active', 'released', 'tombstone', 'deleted')
BITS = 0x7800


class Association:
    """One connection, as a partner at `address` has it. The server must know that address as a partner."""

    def __init__(self, server, address='10.99.0.2', timeout=60, port=42):
        self.socket = socket.create_connection((server, port), timeout, (address, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b''
        self.handle = 0
        self._send(0, struct.pack('>IHH', 0x1badcafe, 2, 5) + bytes(21))
        kind, body = self.receive()
        assert kind == 1, f'start answered by {kind}'
        self.handle, = struct.unpack_from('>I', body)

    def close(self):
        self.socket.close()

    def stop(self):
        self._send(2, struct.pack('>I', 0) + bytes(24))
        self.close()

    def _send(self, kind, body):
        frame = struct.pack('>III', BITS, self.handle, kind) + body
        self.socket.sendall(struct.pack('>I', len(frame)) + frame)

    def _read(self, count):
        while len(self.buffer) < count:
            data = self.socket.recv(1 << 20)
            if not data:
                raise EOFError('the server closed the connection')
            self.buffer += data
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive(self):
        """Kind of message, and its body behind the header."""
        frame = self._read(struct.unpack('>I', self._read(4))[0])
        return struct.unpack_from('>I', frame, 8)[0], frame[12:]

    def replication(self, opcode, body=b''):
        self._send(3, struct.pack('>I', opcode) + body)

    def owners(self):
        """{owner: highest version} as the server has it."""
        self.replication(0)
        kind, body = self.receive()
        if kind != 3:
            raise EOFError(f'the map was refused: message {kind}')
        count, = struct.unpack_from('>I', body, 4)
        found = {}
        for at in range(8, 8 + 24 * count, 24):
            highest, = struct.unpack_from('>Q', body, at + 4)
            found[socket.inet_ntoa(body[at:at + 4])] = highest
        return found

    def records(self, owner, first=0, last=0):
        """The records of `owner`; `last` 0 is no bound."""
        self.replication(2, socket.inet_aton(owner) + struct.pack('>QQI', last, first, 1))
        kind, body = self.receive()
        if kind != 3:
            raise EOFError(f'the records were refused: message {kind}')
        count, = struct.unpack_from('>I', body, 4)
        at, found = 8, []
        for _ in range(count):
            record, at = _record(body, at)
            found.append(record)
        return found

    def notify(self, owners, opcode=4, initiator='0.0.0.0'):
        """Says that `owners`, {owner: highest version}, have something new."""
        body = b''.join(socket.inet_aton(owner) + struct.pack('>QQI', highest, 0, 1)
                        for owner, highest in owners.items())
        self.replication(opcode, struct.pack('>I', len(owners)) + body + socket.inet_aton(initiator))


def _record(body, at):
    length, = struct.unpack_from('>I', body, at)
    name = bytearray(body[at + 4:at + 4 + length])
    at += 4 + length + 4 - length % 4
    if name[0] == 0x1b:
        name[0], name[15] = name[15], name[0]
    flags, = struct.unpack_from('>I', body, at)
    version, = struct.unpack_from('>Q', body, at + 8)
    at += 16
    if flags & 3 in (2, 3):
        count, = struct.unpack_from('<I', body, at)
        at += 4
        members = []
        for _ in range(count):
            members.append((socket.inet_ntoa(body[at:at + 4]), socket.inet_ntoa(body[at + 4:at + 8])))
            at += 8
    else:
        members = [('', socket.inet_ntoa(body[at:at + 4]))]
        at += 4
    text = bytes(name[:15]).decode('latin-1').rstrip(' ')
    scope = bytes(name[16:-1]).decode('latin-1')
    return Record(text, name[15], scope, TYPES[flags & 3], STATES[flags >> 2 & 3], bool(flags & 0x80), version,
                  tuple(sorted(members))), at + 4


def database(server, address='10.99.0.2'):
    """Everything that `server` gives away: {(owner, name, suffix, scope): record}."""
    association = Association(server, address)
    found = {}
    for owner in association.owners():
        for record in association.records(owner):
            found[owner, record.name, record.suffix, record.scope] = record
    association.stop()
    return found
