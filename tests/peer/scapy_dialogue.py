#!/usr/bin/python3
"""A dialogue in packets that scapy built and takes apart: an implementation of the wire format that is not ours."""

import logging
import socket

import bed

ME, NAME, SUFFIX = '10.99.0.2', b'SCAPYREG', 0x4141  # <00>, first-level encoded


def main():
    logging.getLogger('scapy').setLevel(logging.ERROR)
    from scapy.layers import netbios as nb

    bed.Winsomed().start()
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.bind((ME, 0))
    endpoint.settimeout(3)

    def ask(trn_id, opcode, flags, body, additionals=0):
        # NM_FLAGS must be given: scapy's default sets the broadcast bit.
        header = nb.NBNSHeader(NAME_TRN_ID=trn_id, OPCODE=opcode, NM_FLAGS=flags, QDCOUNT=1, ARCOUNT=additionals)
        endpoint.sendto(bytes(header / body), ('10.99.0.1', 137))
        answer = nb.NBNSHeader(endpoint.recv(1500))
        bed.check_equal(f'answer 0x{trn_id:04x} has the id of its request', answer.NAME_TRN_ID, trn_id)
        bed.check_equal(f'answer 0x{trn_id:04x} is an answer', answer.RESPONSE, 1)
        return answer

    registration = nb.NBNSRegistrationRequest(QUESTION_NAME=NAME, SUFFIX=SUFFIX, NB_ADDRESS=ME, TTL=300000, G=0,
                                              OWNER_NODE_TYPE=3)
    answer = ask(0x1111, 5, 0x10, registration, 1)
    bed.check_equal('a registration is granted', (answer.OPCODE, answer.RCODE, answer.ANCOUNT), (5, 0, 1))

    question = nb.NBNSQueryRequest(QUESTION_NAME=NAME, SUFFIX=SUFFIX)
    answer = ask(0x2222, 0, 0x10, question)
    bed.check_equal('a query finds it', (answer.OPCODE, answer.RCODE, answer.ANCOUNT), (0, 0, 1))
    bed.check('with its address', bytes(answer.payload).endswith(b'\x00\x06\x60\x00' + socket.inet_aton(ME)),
              bytes(answer.payload))

    answer = ask(0x3333, 0, 0, nb.NBNSNodeStatusRequest(QUESTION_NAME=b'*' + bytes(14)))
    bed.check_equal('node status is answered', (answer.RCODE, answer.ANCOUNT), (0, 1))
    status = answer.getlayer(nb.NBNSNodeStatusResponse)
    names = {entry.NETBIOS_NAME.rstrip() for entry in status.NODE_NAME} if status else set()
    bed.check('scapy reads our name in it', b'WINSOMETST' in names, names)

    release = nb.NBNSRegistrationRequest(QUESTION_NAME=NAME, SUFFIX=SUFFIX, NB_ADDRESS=ME, TTL=0, OWNER_NODE_TYPE=3)
    answer = ask(0x4444, 6, 0, release, 1)
    bed.check_equal('a release is granted', (answer.OPCODE, answer.RCODE), (6, 0))
    bed.check_equal('the name is gone then', ask(0x5555, 0, 0x10, question).RCODE, 3)


if __name__ == '__main__':
    bed.run(main, modules=['scapy.layers.netbios'])
