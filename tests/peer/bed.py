"""The bed a peer test lies in.

`run` puts the test into mount, process and network namespaces of its own: whatever happens to it, the kernel
removes its processes, networks and mounts with it, and two tests at once cannot meet. Inside:

    client side (the test itself)  10.99.0.2 .3 .4 .5 ──veth── 10.99.0.1 .11 .12  server side (winsomed)

/run is empty and private, so that sockets and pid files of Samba and ours lie there without touching the machine.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import wire

SKIPPED = 77
SERVERS = ('10.99.0.1', '10.99.0.11', '10.99.0.12')
CLIENTS = ('10.99.0.2', '10.99.0.3', '10.99.0.4', '10.99.0.5')
SOCKET = '/run/winsome/admin.sock'
_INSIDE = 'WINSOME_PEER_INSIDE'

bin_dir = ''          # where winsomed and winsome were built
arguments = []        # of the test, behind the directory
work = ''             # a directory for this run, kept when it fails
failures = []
_children = []
_logs = []


def skip(reason):
    if work:
        shutil.rmtree(work, ignore_errors=True)
    print(f'SKIPPED {os.path.basename(sys.argv[0])}: {reason}', flush=True)
    sys.exit(SKIPPED)


def run(test, programs=(), modules=()):
    """Runs `test()` in the bed and ends the program. `programs` and `modules` are what the test needs beside ours."""
    global bin_dir, arguments
    if len(sys.argv) < 2:
        sys.exit(f'usage: {sys.argv[0]} DIRECTORY-WITH-WINSOMED [ARGUMENT...]')
    bin_dir = os.path.abspath(sys.argv[1])
    arguments = sys.argv[2:]
    if os.environ.get(_INSIDE) != '1':
        _enter(programs, modules)
    _run_inside(test)


def _enter(programs, modules):
    if os.geteuid() != 0:
        skip('needs root, for network namespaces and port 137')
    for program in ('ip', 'unshare', 'nsenter', 'mount', *programs):
        if not shutil.which(program):
            skip(f"needs the program '{program}'")
    for module in modules:
        if subprocess.run([sys.executable, '-c', f'import {module}'], capture_output=True).returncode:
            skip(f"needs the Python module '{module}'")
    into = ['unshare', '--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child',
            '--mount-proc', '--']
    probe = subprocess.run([*into, 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], capture_output=True, text=True)
    if probe.returncode:
        skip(f'cannot make namespaces: {probe.stderr.strip()}')
    os.environ[_INSIDE] = '1'
    os.execvp('unshare', [*into, sys.executable, '-B', *sys.argv])


def _run_inside(test):
    global work
    work = tempfile.mkdtemp(prefix='winsome-peer-')
    try:
        _make_network()
        test()
    except Exception:  # whatever it is, it fails the test, and the logs are wanted
        failures.append('exception')
        traceback.print_exc()
    finally:
        for child in reversed(_children):
            _end(child)
    if not failures:
        shutil.rmtree(work, ignore_errors=True)
        print('passed', flush=True)
        sys.exit(0)
    for log in _logs:
        print(f'--- the end of {log}')
        with open(log, errors='replace') as lines:
            print(''.join(lines.readlines()[-60:]), flush=True)
    print(f'FAILED: {len(failures)} ({", ".join(failures[:5])}); files kept in {work}', flush=True)
    sys.exit(1)


def _end(child):
    """Kills what `spawn` started, with what that started itself."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def _make_network():
    for command in (
            'mount -t tmpfs -o mode=755 tmpfs /run',
            'hostname peerhost',
            'ip link set lo up',
            'ip netns add server',
            'ip link add toserver type veth peer name toclient netns server',
            'ip -n server link set lo up',
            *(f'ip -n server addr add {address}/24 brd + dev toclient' for address in SERVERS),
            *(f'ip addr add {address}/24 brd + dev toserver' for address in CLIENTS),
            'ip -n server link set toclient up',
            'ip link set toserver up'):
        subprocess.run(command.split(), check=True)
    for directory in (os.path.dirname(SOCKET), '/run/samba'):
        os.makedirs(directory)


def check(what, holds, found=''):
    """States a rule and whether it holds; the test goes on, so that one run shows everything that is wrong."""
    print(f'{"ok   " if holds else "WRONG"} {what}' + (f': {found!r}' if not holds and found != '' else ''),
          flush=True)
    if not holds:
        failures.append(what)


def check_equal(what, found, wanted):
    check(what, found == wanted, f'found {found!r}, wanted {wanted!r}')


def wait_for(condition, seconds, every=0.05):
    """What `condition` gives once it is true; its last value after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(every)
    return value


def spawn(command, log, *, in_server=False, **more):
    """Starts a process that dies with the test, its output in `work`/`log`."""
    path = os.path.join(work, log)
    if path not in _logs:
        _logs.append(path)
    if in_server:
        command = ['nsenter', '--net=/run/netns/server', '--', *command]
    with open(path, 'ab') as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                 start_new_session=True, **more)
    _children.append(child)
    return child


def output_of(*command, seconds=30):
    """Exit status and all output of a command on the client side."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', timeout=seconds)
    return done.returncode, done.stdout


def cli(*command, seconds=60, stdin=None, socket=None):
    """Exit status, standard output and standard error of our own command line."""
    where = ['--server', f'unix:{socket}'] if socket else []
    done = subprocess.run([f'{bin_dir}/winsome', *where, *command], input=stdin, capture_output=True, text=True,
                          errors='replace', timeout=seconds)
    return done.returncode, done.stdout, done.stderr


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return '[' + ', '.join(_toml(item) for item in value) + ']'
    if isinstance(value, dict):
        return '{' + ', '.join(f'{key} = {_toml(item)}' for key, item in value.items()) + '}'
    return str(value) if isinstance(value, int) else f'"{value}"'


class Winsomed:
    """Our daemon on the server side. Keyword arguments are tables of winsome.toml that override the defaults here; a
    list of tables becomes an array of them."""

    def __init__(self, name='winsome', address='10.99.0.1', **tables):
        self.process = None
        self.name = name
        self.address = address
        self.socket = SOCKET if address == '10.99.0.1' else f'{os.path.dirname(SOCKET)}/{name}.sock'
        self.config = os.path.join(work, f'{name}.toml')
        self.data_dir = os.path.join(work, f'{name}.data')
        os.makedirs(self.data_dir, exist_ok=True)
        self.configure(**tables)

    def configure(self, **tables):
        """Writes the configuration file: `top` holds the keys before the first table; two underscores stand for one."""
        settings = {
            'top': {'data_dir': self.data_dir},
            'log': {'level': 'info'},
            'nbns': {'listen': [f'{self.address}:137'], 'owner': self.address, 'netbios_name': 'WINSOMETST'},
            'admin': {'socket': self.socket},
        }
        for table, keys in tables.items():
            name = table.replace('__', ' ').replace('_', '.').replace(' ', '_')
            settings[name] = keys if isinstance(keys, list) else {**settings.get(name, {}), **keys}
        with open(self.config, 'w') as out:
            for table, keys in settings.items():
                for one in keys if isinstance(keys, list) else [keys]:
                    if table != 'top':
                        out.write(f'[[{table}]]\n' if isinstance(keys, list) else f'[{table}]\n')
                    for key, value in one.items():
                        out.write(f'{key} = {_toml(value)}\n')

    def command(self):
        return [f'{bin_dir}/winsomed', '--config', self.config]

    def start(self, seconds=20):
        self.process = spawn(self.command(), 'winsomed.log' if self.name == 'winsome' else f'{self.name}.log', in_server=True)
        self.wait_until_it_answers(seconds)
        return self

    def wait_until_it_answers(self, seconds=20):
        client = wire.Client(server=(self.address, 137))
        try:
            answers = wait_for(lambda: self.process.poll() is not None
                               or client.ask(wire.node_status(), timeout=0.1, tries=1), seconds, every=0.01)
        finally:
            client.close()
        if self.process.poll() is not None:
            raise RuntimeError(f'winsomed ended with {self.process.returncode} while it started')
        if not answers:
            raise RuntimeError(f'winsomed did not answer within {seconds} s')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=20):
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def resident_kb(self):
        with open(f'/proc/{self.process.pid}/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))

    def runs(self):
        return self.process.poll() is None


def samba_config(name, lines, directory=None):
    """An smb.conf whose every directory is private to the test; returns its path."""
    base = os.path.join(work, directory or name.lower())
    kinds = {'private dir': 'private', 'lock directory': 'lock', 'state directory': 'state',
             'cache directory': 'cache', 'pid directory': 'pid', 'ncalrpc dir': 'ncalrpc',
             'usershare path': 'usershare'}
    for kind in (*kinds.values(), 'log'):
        os.makedirs(os.path.join(base, kind), exist_ok=True)
    text = ['[global]', f'netbios name = {name}', *lines,
            *(f'{key} = {base}/{kind}' for key, kind in kinds.items()), f'log file = {base}/log/log.%m']
    path = os.path.join(base, 'smb.conf')
    with open(path, 'w') as out:
        out.write('\n'.join(text) + '\n')
    return path
