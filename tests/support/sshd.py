"""Real sshd on loopback, started by tests: own configuration, own keys, own port."""

import getpass
import os
import socket
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from auditor.model import Centre, Scope, Site, Target
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.known_hosts import HostKey

SSHD = Path("/usr/sbin/sshd")
START_S = 10.0
USER = getpass.getuser()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a key pair and return the private file."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path), "-C", "test"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def public_key(private: Path) -> HostKey:
    """Return the public half as the tool sees it."""
    shown = subprocess.run(
        ["ssh-keygen", "-y", "-f", str(private)], check=True, capture_output=True, text=True
    ).stdout
    kind, blob = shown.split()[:2]
    return HostKey(kind, b64decode(blob))


@dataclass(frozen=True)
class Keys:
    """Keys made once: two of hosts, one of the user."""

    host: Path
    other_host: Path
    user: Path

    @classmethod
    def made(cls, folder: Path) -> "Keys":
        """Make them."""
        names = ("host", "other_host", "user")
        return cls(*(make_key(folder / name) for name in names))


@contextmanager
def sshd(
    folder: Path, keys: Keys, options: Mapping[str, str] | None = None, *, port: int = 0
) -> Iterator[int]:
    """Run one sshd, on a free port unless one is given, and give its port."""
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    settings = {
        "Port": str(port),
        "ListenAddress": "127.0.0.1",
        "HostKey": str(keys.host),
        "AuthorizedKeysFile": f"{keys.user}.pub",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
        "PermitRootLogin": "yes",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "SetEnv": f"HOME={folder}",  # or the login shell would run this user's own start files
        **(options or {}),
    }
    config = folder / f"sshd-{port}.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), "utf-8")
    log = folder / f"sshd-{port}.log"
    process = subprocess.Popen(
        [SSHD, "-D", "-f", config, "-E", log], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"sshd did not start: {log.read_text('utf-8')}")  # noqa: EM102, TRY003 - a test's own trouble


@dataclass
class Evidence:
    """Keeps captures in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, request: str, content: bytes) -> str:
        """Keep one capture."""
        self.kept[request] = content
        return sha256(content).hexdigest()


def a_target(port: int, keys: Keys, **fields: object) -> Target:
    """Return a target that pins the usual host key and uses the usual user key."""
    values: dict[str, object] = {
        "name": f"host-{port}",
        "url": f"ssh://{USER}@127.0.0.1:{port}",
        "host_key": public_key(keys.host).fingerprint,
        "key_file": str(keys.user),
        **fields,
    }
    return Target(**values)  # type: ignore[arg-type] # any field, by name


def a_context(*targets: Target, keep: Evidence | None = None) -> Context:
    """Return a context whose gate allows this machine only."""
    site = Site(schema="urn:audit:site:v1", centre=Centre(id="test", name="Test"), targets=targets)
    return Context(site, Path.cwd(), Gate(Scope(), "UTC"), keep or Evidence())


@contextmanager
def many(count: int, folder: Path, keys: Keys, options: Mapping[str, str]) -> Iterator[list[int]]:
    """Run several sshd and give their ports."""
    with ExitStack() as running:
        yield [running.enter_context(sshd(folder, keys, options)) for _ in range(count)]
