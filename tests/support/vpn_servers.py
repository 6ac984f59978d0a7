"""A machine that serves WireGuard and OpenVPN, and a peer of it, in namespaces of their own."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

NEEDED = ("wg", "wireguard-go", "openvpn", "openssl", "unshare", "nsenter", "ip", "ping")
USER = "nguyen-thi-bi-mat"
"""Of the certificate of OpenVPN's client: it must not leave the machine."""

_CERTIFICATES = f"""
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=ca \
  -keyout ca.key -out ca.crt
for name in vpn {USER}; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$name \
    -keyout $name.key -out $name.csr
  openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out $name.crt
done
"""
_HOLD = """\
mount -t tmpfs none /run && mkdir /run/wireguard && ip link set lo up && echo ready && exec cat
"""


@dataclass
class Machine:
    """One namespace; `inside` is the prefix of commands there."""

    name: str
    inside: tuple[str, ...]
    pid: int

    def run(self, *command: str, given: bytes = b"") -> bytes:
        """Run a command there. Raises where it fails."""
        done = subprocess.run(
            (*self.inside, *command), input=given, capture_output=True, check=True, timeout=60
        )
        return done.stdout

    def has_link(self) -> bool:
        """Whether WireGuard's link is there."""
        return self.run("wg", "show", "interfaces") == b"wg0\n"


@dataclass
class Vpn:
    """Both machines and what runs on them."""

    folder: Path
    server: Machine
    peer: Machine
    ends: contextlib.ExitStack
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All keys of WireGuard on both machines: private, shared and public ones."""
        files = (self.folder / f"{name}.key" for name in ("server", "peer", "shared"))
        return (*(file.read_text() for file in files), *self.keys.values())

    def start(self, machine: Machine, *command: str) -> None:
        """Start a program on a machine; it is ended with the namespaces."""
        with (self.folder / f"{machine.name}-{Path(command[0]).name}.log").open("wb") as log:
            process = subprocess.Popen(
                (*machine.inside, *command),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={**os.environ, "WG_PROCESS_FOREGROUND": "1"},
            )  # fmt: skip
        self.ends.callback(_ended, process)

    def wireguard(self) -> None:
        """Make a link on both, and configure the server's one for two peers; nobody speaks yet."""
        for machine, number in ((self.server, 1), (self.peer, 2)):
            self.start(machine, "wireguard-go", "-f", "wg0")
            private = machine.run("wg", "genkey").decode().strip()
            public = machine.run("wg", "pubkey", given=private.encode()).decode().strip()
            (self.folder / f"{machine.name}.key").write_text(private)
            self.keys[machine.name] = public
            _until(machine.has_link)
            key = str(self.folder / f"{machine.name}.key")
            machine.run("wg", "set", "wg0", "listen-port", "51820", "private-key", key)
            machine.run("ip", "address", "add", f"10.91.0.{number}/24", "dev", "wg0")
            machine.run("ip", "link", "set", "wg0", "up")
        silent = self.server.run("wg", "pubkey", given=self.server.run("wg", "genkey")).decode()
        self.keys["silent"] = silent.strip()
        self._shared.write_text(self.server.run("wg", "genpsk").decode().strip())
        for key, address in ((self.keys["peer"], "10.91.0.2/32"), (silent.strip(), "10.91.0.3/32")):
            peer = ("peer", key, "preshared-key", str(self._shared), "allowed-ips", address)
            self.server.run("wg", "set", "wg0", *peer)

    @property
    def _shared(self) -> Path:
        return self.folder / "shared.key"

    def shake_hands(self) -> None:
        """Let the peer send one packet through WireGuard."""
        there = ("preshared-key", str(self._shared), "endpoint", "10.90.0.1:51820")
        wide = ("allowed-ips", "10.91.0.0/24")
        self.peer.run("wg", "set", "wg0", "peer", self.keys["server"], *there, *wide)
        self.peer.run("ping", "-c", "1", "-W", "10", "10.91.0.1")

    def openvpn(self, version: int) -> Path:
        """Start OpenVPN's server and connect a client; return the status file."""
        subprocess.run(
            ["sh", "-ec", _CERTIFICATES], cwd=self.folder, check=True, capture_output=True
        )
        self.server.run("mkdir", "-p", "/run/openvpn-server")
        status = Path(f"/run/openvpn-server/status-vpn{version}.log")
        port = str(1194 + version)
        both = (
            "openvpn",
            "--cd",
            str(self.folder),
            "--dev",
            "tun",
            "--proto",
            "udp4",
            "--verb",
            "3",
        )
        self.start(
            self.server, *both, "--topology", "subnet", "--dh", "none",
            "--server", f"10.92.{version}.0", "255.255.255.0",
            "--local", "10.90.0.1", "--port", port,
            "--ca", "ca.crt", "--cert", "vpn.crt", "--key", "vpn.key",
            "--status", str(status), "1", "--status-version", str(version),
        )  # fmt: skip
        self.start(
            self.peer, *both, "--client", "--nobind", "--remote", "10.90.0.1", port,
            "--ca", "ca.crt", "--cert", f"{USER}.crt", "--key", f"{USER}.key",
        )  # fmt: skip
        _until(lambda: USER in self.server.run("sh", "-c", f"cat {status} || true").decode())
        return status


def is_possible() -> bool:
    """Whether this machine can start all of it."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    has_all = all(shutil.which(name, path=path) for name in NEEDED)
    return os.geteuid() == 0 and has_all and Path("/dev/net/tun").exists()


@contextlib.contextmanager
def vpn_in(folder: Path) -> Iterator[Vpn]:
    """Make two machines with a cable between them."""
    with contextlib.ExitStack() as ends:
        server, peer = (_machine(name, ends) for name in ("server", "peer"))
        server.run("ip", "link", "add", "c0", "type", "veth", "peer", "name", "c1")
        server.run("ip", "link", "set", "c1", "netns", str(peer.pid))
        for machine, cable, number in ((server, "c0", 1), (peer, "c1", 2)):
            machine.run("ip", "address", "add", f"10.90.0.{number}/24", "dev", cable)
            machine.run("ip", "link", "set", cable, "up")
        yield Vpn(folder, server, peer, ends)


def _machine(name: str, ends: contextlib.ExitStack) -> Machine:
    holder = subprocess.Popen(
        ("unshare", "--mount", "--net", "sh", "-c", _HOLD),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    ends.callback(_ended, holder)
    if holder.stdout is None or holder.stdout.readline() != b"ready\n":
        message = "no namespaces here"
        raise OSError(message)
    return Machine(name, ("nsenter", "-t", str(holder.pid), "--mount", "--net", "--"), holder.pid)


def _ended(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while True:
        with contextlib.suppress(subprocess.CalledProcessError):
            if is_so():
                return
        if time.monotonic() > until:
            message = "it did not come up"
            raise TimeoutError(message)
        time.sleep(0.1)
