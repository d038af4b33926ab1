"""Samba's WINS server (its AD domain controller with nothing but the services `nbt` and `wrepl`), on the server side."""

import os
import shutil
import signal
import subprocess

import bed
import wire


SETUP = '/usr/share/samba/setup'  # of Debian's samba-ad-provision


def is_installed():
    return os.path.isdir(SETUP) and all(shutil.which(program) for program in ('samba', 'samba-tool'))


class SambaWins:
    def __init__(self, address='10.99.0.11', host='SAMBAWINS'):
        if not is_installed():
            bed.skip('needs samba and samba-ad-provision')
        self.address = address
        self.host = host
        self.base = os.path.join(bed.work, host.lower())
        self.process = None
        self.provision()

    def _in_server(self, *command, **more):
        return subprocess.run(['nsenter', '--net=/run/netns/server', '--', *command], check=True,
                              capture_output=True, text=True, **more)

    def provision(self):
        os.makedirs(self.base)
        interfaces = [f'--option=interfaces={self.address}/24', '--option=bind interfaces only=yes']
        self._in_server('samba-tool', 'domain', 'provision', '--configfile=/dev/null', f'--targetdir={self.base}',
                        '--realm=PEER.TEST', '--domain=PEERDOM', '--server-role=dc', '--dns-backend=NONE',
                        f'--host-name={self.host}', f'--host-ip={self.address}', '--adminpass=Passw0rd.peer',
                        *interfaces)
        kinds = {'private dir': 'private', 'lock directory': 'lock', 'state directory': 'state',
                 'cache directory': 'cache', 'pid directory': 'pid', 'ncalrpc dir': 'ncalrpc',
                 'binddns dir': 'binddns', 'winbindd socket directory': 'wbsock'}
        for kind in (*kinds.values(), 'log', 'etc'):
            os.makedirs(os.path.join(self.base, kind), exist_ok=True)
        self.config = os.path.join(self.base, 'etc/smb.conf')
        with open(self.config, 'w') as out:
            out.write('\n'.join([
                '[global]', f'netbios name = {self.host}', 'realm = PEER.TEST', 'workgroup = PEERDOM',
                'server role = active directory domain controller', 'server services = nbt wrepl',
                'wins support = yes', 'dns proxy = no', f'interfaces = {self.address}/24',
                'bind interfaces only = yes', 'wreplsrv:periodic_interval = 1',
                *(f'{key} = {self.base}/{kind}' for key, kind in kinds.items()),
                f'log file = {self.base}/log/log.samba']) + '\n')

    def partner(self, *addresses, pull=0, push=0):
        """Makes them partners, both ways; `pull` is Samba's interval in seconds, `push` its count of changes."""
        import ldb  # comes with Samba
        database = ldb.Ldb(f'tdb://{self.base}/private/wins_config.ldb')
        for address in addresses:
            database.add({'dn': f'CN=P_{address},CN=PARTNERS', 'objectClass': 'wreplPartner', 'name': f'P_{address}',
                          'address': address, 'pullInterval': str(pull), 'pullRetryInterval': '2',
                          'pushChangeCount': str(push), 'type': '0x3'})
        return self

    def start(self, seconds=30):
        self.process = bed.spawn(['samba', '-F', '--no-process-group', '-M', 'prefork', '-s', self.config,
                                  '--debug-stdout'], f'{self.host.lower()}.log', in_server=True)
        client = wire.Client(server=(self.address, 137))
        up = bed.wait_for(lambda: client.ask(wire.node_status(), timeout=0.2, tries=1), seconds)
        client.close()
        if not up:
            raise RuntimeError('samba did not answer')
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
