"""NetBIOS name service messages, as far as the peer tests speak them themselves (RFC 1002 4.2)."""

import itertools
import random
import socket
import struct
import time
from dataclasses import dataclass

QUERY, REGISTRATION, RELEASE, WACK, REFRESH, MULTIHOMED = 0, 5, 6, 7, 8, 15
NB, NBSTAT, NULL = 0x20, 0x21, 0x0A
OK, FMT_ERR, SRV_ERR, NAM_ERR, IMP_ERR, RFS_ERR, ACT_ERR, CFT_ERR = range(8)
GROUP, H_NODE = 0x8000, 0x6000
RESPONSE, AUTHORITATIVE, RECURSION_DESIRED, RECURSION_AVAILABLE = 0x8000, 0x0400, 0x0100, 0x0080
SERVER = ('10.99.0.1', 137)

_ids = itertools.count(random.randrange(0x10000))


def fresh_id():
    return next(_ids) & 0xFFFF


def octets_of(name):
    """The sixteen octets of `FRED#20`; `*` is the wildcard."""
    if name == '*':
        return b'*' + bytes(15)
    text, _, suffix = name.rpartition('#')
    return text.encode('latin-1').ljust(15)[:15] + bytes([int(suffix, 16)])


def encode_name(name, scope=''):
    octets = name if isinstance(name, bytes) else octets_of(name)
    letters = b''.join(bytes([65 + (o >> 4), 65 + (o & 15)]) for o in octets)
    labels = b''.join(bytes([len(part)]) + part.encode() for part in scope.split('.') if part)
    return b'\x20' + letters + labels + b'\0'


def header(trn_id, flags, questions=0, answers=0, authorities=0, additionals=0):
    return struct.pack('>6H', trn_id, flags, questions, answers, authorities, additionals)


def query(name, *, trn_id=None, scope='', recursion=True, qtype=NB):
    flags = RECURSION_DESIRED if recursion else 0
    return (header(fresh_id() if trn_id is None else trn_id, flags, 1)
            + encode_name(name, scope) + struct.pack('>HH', qtype, 1))


def node_status(name='*'):
    return query(name, recursion=False, qtype=NBSTAT)


def change(opcode, name, address, *, group=False, ttl=300000, trn_id=None, scope=''):
    """A registration, refresh or release, its record's name a pointer to the question's."""
    flags = opcode << 11
    if opcode in (REGISTRATION, MULTIHOMED):
        flags |= RECURSION_DESIRED
    nb_flags = H_NODE | (GROUP if group else 0)
    return (header(fresh_id() if trn_id is None else trn_id, flags, 1, 0, 0, 1)
            + encode_name(name, scope) + struct.pack('>HH', NB, 1)
            + struct.pack('>HHHIHH', 0xC00C, NB, 1, 0 if opcode == RELEASE else ttl, 6, nb_flags)
            + socket.inet_aton(address))


def positive_answer(request, addresses, *, group=False):
    """How an owner defends its name: a positive answer to the query `request`."""
    rdata = b''.join(struct.pack('>H', H_NODE | (GROUP if group else 0)) + socket.inet_aton(a)
                     for a in addresses)
    return (header(request.id, 0x8580, 0, 1) + request.name
            + struct.pack('>HHIH', NB, 1, 300000, len(rdata)) + rdata)


def negative_answer(request):
    return header(request.id, 0x8583, 0, 1) + request.name + struct.pack('>HHIH', NULL, 1, 0, 0)


@dataclass
class Message:
    id: int
    flags: int
    counts: tuple
    name: bytes      # encoded, as it came
    rtype: int
    ttl: int
    rdata: bytes

    @property
    def response(self):
        return bool(self.flags & RESPONSE)

    @property
    def opcode(self):
        return self.flags >> 11 & 15

    @property
    def rcode(self):
        return self.flags & 15

    @property
    def entries(self):
        """(NB_FLAGS, address) of an NB record."""
        return [(struct.unpack_from('>H', self.rdata, at)[0],
                 socket.inet_ntoa(self.rdata[at + 2:at + 6]))
                for at in range(0, len(self.rdata) - 5, 6)]

    @property
    def addresses(self):
        return [address for _, address in self.entries]

    @property
    def node_names(self):
        """Of a node status response: {'FRED#20': flags}."""
        names = {}
        for at in range(1, 1 + 18 * self.rdata[0], 18):
            text = self.rdata[at:at + 15].decode('latin-1').rstrip()
            names[f'{text}#{self.rdata[at + 15]:02x}'], = struct.unpack_from('>H', self.rdata, at + 16)
        return names


def parse(datagram):
    trn_id, flags, *counts = struct.unpack_from('>6H', datagram)
    at = 12
    while datagram[at]:
        at += 1 + datagram[at]
    at += 1
    name = datagram[12:at]
    rtype, _ = struct.unpack_from('>HH', datagram, at)
    ttl, rdata = 0, b''
    if counts[0] == 0:
        ttl, length = struct.unpack_from('>IH', datagram, at + 4)
        rdata = datagram[at + 10:at + 10 + length]
    return Message(trn_id, flags, tuple(counts), name, rtype, ttl, rdata)


class Client:
    """A host that speaks to the server from `address`, one request at a time."""

    def __init__(self, address='10.99.0.2', server=SERVER, port=0):
        self.address = address
        self.server = server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.wacks = []  # the WACKs of the last request

    def close(self):
        self.socket.close()

    def send(self, packet):
        self.socket.sendto(packet, self.server)

    def receive(self, trn_id, timeout):
        """The answer with this id that is not a WACK; a WACK lengthens the wait by what it says."""
        self.wacks = []
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                datagram, source = self.socket.recvfrom(2000)
            except (TimeoutError, ConnectionRefusedError):
                continue
            message = parse(datagram)
            if source != self.server or message.id != trn_id or not message.response:
                continue
            if message.opcode != WACK:
                return message
            self.wacks.append(message)
            deadline = max(deadline, time.monotonic() + message.ttl)
        return None

    def ask(self, packet, timeout=1.5, tries=3):
        trn_id, = struct.unpack_from('>H', packet)
        for _ in range(tries):
            self.send(packet)
            if answer := self.receive(trn_id, timeout):
                return answer
        return None

    def register(self, name, address=None, *, opcode=REGISTRATION, timeout=1.5, tries=3, **more):
        return self.ask(change(opcode, name, address or self.address, **more), timeout, tries)

    def refresh(self, name, address=None, **more):
        return self.ask(change(REFRESH, name, address or self.address, **more))

    def release(self, name, address=None, **more):
        return self.ask(change(RELEASE, name, address or self.address, **more))

    def query(self, name, **more):
        return self.ask(query(name, **more))

    def addresses(self, name):
        """What the server says of a name; [] when it says no, None when it says nothing."""
        answer = self.query(name)
        if answer is None:
            return None
        return answer.addresses if answer.rcode == OK else []
