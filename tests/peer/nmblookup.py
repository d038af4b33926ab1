#!/usr/bin/python3
"""nmblookup asks our daemon: hits, misses, groups, node status."""

import bed
import wire


def lookup(config, *arguments):
    status, output = bed.output_of('nmblookup', '-s', config, *arguments)
    return status, [line.rstrip() for line in output.splitlines() if line and not line.startswith('querying')]


def main():
    bed.Winsomed().start()
    config = bed.samba_config('LOOKUP', ['workgroup = PEERDOM'])
    host = wire.Client('10.99.0.2')
    host.register('PRINTSRV#20')
    host.register('OFFICE#00', group=True)
    host.register('OFFICE#1c', group=True)
    wire.Client('10.99.0.3').register('OFFICE#1c', group=True)
    asked = ('-U', '10.99.0.1', '--recursion')

    status, lines = lookup(config, *asked, 'PRINTSRV#20')
    bed.check_equal('a registered name is found', (status, lines), (0, ['10.99.0.2 PRINTSRV<20>']))
    status, lines = lookup(config, *asked, 'NOSUCH#20')
    bed.check_equal('an unknown name is not', (status, lines),
                    (1, ['name_query failed to find name NOSUCH#20']))
    status, lines = lookup(config, *asked, 'printsrv#20')
    bed.check_equal('nmblookup upper-cases what it asks', (status, lines), (0, ['10.99.0.2 printsrv<20>']))
    status, lines = lookup(config, *asked, 'OFFICE#00')  # B6
    bed.check_equal('a group is everybody', (status, lines), (0, ['255.255.255.255 OFFICE<00>']))
    status, lines = lookup(config, *asked, 'OFFICE#1c')
    bed.check_equal('a domain name is its members', (status, sorted(lines)),
                    (0, ['10.99.0.2 OFFICE<1c>', '10.99.0.3 OFFICE<1c>']))
    status, lines = lookup(config, *asked, '-f', 'PRINTSRV#20')  # A4: 0x8580
    bed.check('the answer is authoritative, with recursion',
              'Flags: Response Authoritative Recursion_Desired Recursion_Available' in lines, lines)
    status, lines = lookup(config, '-U', '10.99.0.1', 'PRINTSRV#20')  # A5
    bed.check_equal('without recursion only our own names are answered',
                    (status, lines), (1, ['name_query failed to find name PRINTSRV#20']))
    status, lines = lookup(config, '-U', '10.99.0.1', 'WINSOMETST#20')
    bed.check_equal('our own name is one', (status, lines), (0, ['10.99.0.1 WINSOMETST<20>']))

    status, lines = lookup(config, '-A', '10.99.0.1')
    table = [' '.join(line.split()) for line in lines]
    bed.check_equal('node status by address succeeds', status, 0)
    for suffix in ('00', '20'):
        bed.check(f'it lists our name <{suffix}>',
                  any(line.startswith(f'WINSOMETST <{suffix}> - ') and line.endswith('<ACTIVE>')
                      and '<GROUP>' not in line for line in table), table)
    bed.check('it ends with a hardware address', any(line.startswith('MAC Address = ') for line in table), table)
    status, lines = lookup(config, '-U', '10.99.0.1', '--recursion', '-S', 'WINSOMETST#20')
    bed.check('node status after a query succeeds', status == 0 and 'WINSOMETST' in '\n'.join(lines), lines)


if __name__ == '__main__':
    bed.run(main, programs=['nmblookup'])
