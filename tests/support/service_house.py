"""A machine with real services: a network namespace on one cable, daemons from Debian's packages.

Everything is started from here and ends with the block, also after a failure.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin"
PROGRAMS = MappingProxyType(
    {
        "sshd": "openssh-server",
        "nginx": "nginx-light",
        "vsftpd": "vsftpd",
        "busybox": "busybox",
        "smbd": "samba",
        "rpcbind": "rpcbind",
        "tgtd": "tgt",
        "mariadbd": "mariadb-server-core",
        "postgres": "postgresql-15",
        "mosquitto": "mosquitto",
        "snmpd": "snmpd",
        "dnsmasq": "dnsmasq-base",
        "chronyd": "chrony",
        "ippeveprinter": "cups-ipp-utils",
        "redis-server": "redis-server",
        "Xvnc": "tigervnc-standalone-server",
        "xrdp": "xrdp",
        "upsd": "nut-server",
        "ganesha.nfsd": "nfs-ganesha",
        "openvpn": "openvpn",
        "charon-systemd": "charon-systemd",
        "swanctl": "strongswan-swanctl",
    }
)
"""Programs and the Debian packages that bring them."""


def missing(*programs: str) -> list[str]:
    """Return the packages that would have to be installed."""
    return [PROGRAMS[name] for name in programs if shutil.which(name, path=PATH) is None]


def run(*command: str) -> None:
    """Run a short command. Raises when it fails."""
    subprocess.run(command, check=True, capture_output=True)


@dataclass
class House:
    """The namespace: `address` is its, `own` this machine's end of the cable."""

    name: str
    address: str
    own: str
    network: str
    cable: str
    folder: Path
    stack: ExitStack
    logs: dict[str, Path] = field(default_factory=dict)

    @property
    def inside(self) -> tuple[str, ...]:
        """The prefix that runs a program there."""
        return ("ip", "netns", "exec", self.name)

    def start(self, name: str, *command: str, env: Mapping[str, str] | None = None) -> None:
        """Start a daemon that stays in the foreground; it is ended with the house."""
        log = self.folder / f"{name}.log"
        self.logs[name] = log
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*self.inside, *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={"PATH": PATH, "HOME": str(self.folder), **(env or {})},
                cwd=self.folder,
                start_new_session=True,
            )
        self.stack.callback(_end, process)

    def script(self, name: str, text: str) -> None:
        """Run Python text there, for stand-ins and for servers that misbehave."""
        self.start(name, sys.executable, "-c", text)

    def file(self, name: str, text: str) -> Path:
        """Write a file of configuration."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def wait(self, port: int, seconds: float = 20.0) -> None:
        """Wait until something listens there on TCP. Fails with the daemons' last words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            told = subprocess.check_output([*self.inside, "ss", "-Hltn"], text=True)
            if any(line.split()[3].endswith(f":{port}") for line in told.splitlines()):
                return
            time.sleep(0.05)
        words = {name: log.read_text(errors="replace")[-500:] for name, log in self.logs.items()}
        message = f"nothing listens on {port}: {words}"
        raise TimeoutError(message)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a daemon with the processes of its session."""
    if process.poll() is None:
        os.killpg(process.pid, 15)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait(5)


@contextmanager
def house(folder: Path, number: int) -> Iterator[House]:
    """Build one; `number` (0 to 255) keeps several apart. Raises `OSError` without the right."""
    name, outer, inner = f"svc{os.getpid()}", f"so{os.getpid()}", f"si{os.getpid()}"
    base = f"10.79.{number}"
    with ExitStack() as stack:
        added = subprocess.run(
            ["ip", "netns", "add", name], capture_output=True, text=True, check=False
        )
        if added.returncode != 0:
            raise OSError(added.stderr.strip())
        stack.callback(subprocess.run, ["ip", "netns", "delete", name], check=True)
        run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        stack.callback(
            subprocess.run, ["ip", "link", "delete", outer], check=False, capture_output=True
        )
        for command in (
            f"addr add {base}.1/24 dev {outer}",
            f"link set {outer} up",
            f"-n {name} addr add {base}.2/24 dev {inner}",
            f"-n {name} link set {inner} up",
            f"-n {name} link set lo up",
        ):
            run("ip", *command.split())
        yield House(name, f"{base}.2", f"{base}.1", f"{base}.0/24", outer, folder, stack)


SETTERS: dict[str, Callable[[House], None]] = {}


def daemon(function: Callable[[House], None]) -> Callable[[House], None]:
    """Register a daemon under its function's name."""
    SETTERS[function.__name__] = function
    return function
