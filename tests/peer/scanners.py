#!/usr/bin/python3
"""nbtscan and impacket's nmb look at our daemon."""

import bed
import wire


def nbtscan():
    status, output = bed.output_of('nbtscan', '-v', '-s', ':', '10.99.0.1')
    names = {line.split(':', 2)[1].rstrip() + ':' + line.split(':', 2)[2].strip()
             for line in output.splitlines() if line.startswith('10.99.0.1:')}
    bed.check_equal('nbtscan succeeds', status, 0)
    for entry in ('WINSOMETST:00U', 'WINSOMETST:20U'):
        bed.check(f'nbtscan lists {entry}', entry in names, output)
    status, output = bed.output_of('nbtscan', '-q', '10.99.0.0/30')
    bed.check('nbtscan finds the server in a scan of its network',
              any(line.split()[:2] == ['10.99.0.1', 'WINSOMETST'] for line in output.splitlines()), output)


def impacket():
    from impacket import nmb
    host = nmb.NetBIOS()
    host.set_nameserver('10.99.0.1')
    bed.check_equal('impacket finds our own name',
                    host.gethostbyname('WINSOMETST', nmb.TYPE_SERVER, timeout=3).entries, ['10.99.0.1'])
    try:
        host.gethostbyname('NOSUCHNAME', nmb.TYPE_SERVER, timeout=3)
        missing = 'found'
    except nmb.NetBIOSError as error:
        missing = error.error_code
    bed.check_equal('impacket is told that a name does not exist', missing, wire.NAM_ERR)
    status = {(entry['NAME'].decode().strip(), entry['TYPE'])
              for entry in host.getnodestatus('*', '10.99.0.1', timeout=3)}
    bed.check('impacket reads our node status',
              {('WINSOMETST', nmb.TYPE_WORKSTATION), ('WINSOMETST', nmb.TYPE_SERVER)} <= status, status)
    bed.check_equal('impacket gets our NetBIOS name', host.getnetbiosname('10.99.0.1'), 'WINSOMETST')
    host.name_registration_request('IMPREG', '10.99.0.1', nmb.TYPE_WORKSTATION, None, 0x2000, '10.99.0.2')
    bed.check_equal('impacket registers a name, and finds it',
                    host.gethostbyname('IMPREG', nmb.TYPE_WORKSTATION, timeout=3).entries, ['10.99.0.2'])


def main():
    bed.Winsomed().start()
    nbtscan()
    impacket()


if __name__ == '__main__':
    bed.run(main, programs=['nbtscan'], modules=['impacket.nmb'])
