"""The centre's services in a box: databases, platforms, login nodes, VPN, models, and their names.

    with service_box.running() as box:
        box.audit("run", "--site", ...)   # from a place outside, through one cable

Everything is started by what the tests have (tests/support), in network namespaces of its own:

    outside   203.0.113.7, 2001:db8::7    where the officer measures from
    centre    203.0.113.1, 2001:db8::1    the router of both
              192.168.50.1                PostgreSQL, MariaDB, models, names (dnsmasq)
              198.51.100.10 and .11       VPN and TLS gateways, remote desktops (remote_lab)
              198.51.100.20, 2001:db8:20::20   nginx: libraries, platforms, the national platform,
                                  portals to computing
              198.51.100.99               alive, and in nobody's scope
    clusters  192.168.60.2 and .6         login nodes of Slurm: one with a node, one without
    server    192.168.60.10               WireGuard: one peer has come, one never did

`truth.yaml` says what is true of each; `service_report.py` holds the tool against it. Command line:
`python service_box.py` leaves a shell in the place outside, beside a site file of it all.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import ai_server
import database_servers
import remote_lab
import service_daemons
import service_house
import service_logins
import service_portals
import slurm
import vpn_daemons
import vpn_servers
import web_house
from service_house import PATH, SETTERS, House, run
from sshd import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OFFICE, WEB, WEB6, FAR = "192.168.50.1", "198.51.100.20", "2001:db8:20::20", "198.51.100.99"
OUTSIDE6, ROUTER6 = "2001:db8::7", "2001:db8::1"
AI, DEAD = "ai.test.example", "dead.example"
"""A host of the centre, and a name of which the resolver knows nothing to say."""

FAR_PORT = 443
NEEDED = ("openvpn", "charon-systemd", "nginx", "xrdp", "Xvnc", "busybox", "dnsmasq", "sshd")


@dataclass(frozen=True)
class ServiceBox:
    """What runs. `ai_ports` are those without and with TLS; `folder` holds what services wrote.

    `vpn_keys` are all keys of WireGuard, private, shared and public: canaries, new each time.
    `portals` is the address where portals to computing begin.
    """

    folder: Path
    house: House
    web: web_house.House
    postgresql: database_servers.Server
    mariadb: database_servers.Server
    ai_ports: tuple[int, int]
    keys: Keys
    vpn_keys: tuple[str, ...]
    portals: str

    @property
    def outside(self) -> tuple[str, ...]:
        """The prefix that runs a command in the place outside, with its resolver."""
        return ("ip", "netns", "exec", remote_lab.elsewhere(self.house, "o"))

    def audit(
        self, *words: str | Path, cwd: Path, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the tool outside, with nothing of this process's environment but what is given."""
        audit = Path(sys.executable).with_name("audit")
        return subprocess.run(
            [*self.outside, audit, *words],
            cwd=cwd,
            env={"PATH": PATH, "HOME": str(cwd), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=300,
        )


def missing() -> str:
    """Say what this machine lacks; nothing where it can start the box."""
    if os.geteuid() != 0:
        return "needs root: network namespaces and mounts"
    if not slurm.is_possible():
        return "needs the Debian packages slurm-wlm, munge, iproute2, util-linux"
    if not vpn_servers.is_possible():
        return f"needs /dev/net/tun and the programs {', '.join(vpn_servers.NEEDED)}"
    absent = [*service_house.missing(*NEEDED), database_servers.missing()]
    absent = [package for package in absent if package]
    return f"needs the Debian packages {', '.join(absent)}" if absent else ""


@contextlib.contextmanager
def running() -> Iterator[ServiceBox]:
    """Start everything, end everything. Raises `OSError` where namespaces cannot be made."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="audit-services-")))
        folder.chmod(0o755)  # the database servers are other users
        logins = (*service_logins.CLUSTERS, service_logins.WIREGUARD)
        for name in ("house", "web", "ai", "portals", "keys", *logins):
            (folder / name).mkdir(mode=0o755)
        house = stack.enter_context(remote_lab.lab(folder / "house"))
        _join(house)
        _names(house, stack)
        keys = Keys.made(folder / "keys")
        with ThreadPoolExecutor(4) as pool:  # they wait for one another's processes, not for ours
            remote = pool.submit(_remote, house)
            clusters = pool.submit(service_logins.clusters, stack, house, folder, keys)
            vpn = pool.submit(service_logins.wireguard, stack, house, folder, keys)
            servers = pool.submit(_servers, stack, house, folder)
            web, portals, ai_ports, postgresql, mariadb = servers.result()
            remote.result()
            clusters.result()
            vpn_keys = vpn.result()
        yield ServiceBox(folder, house, web, postgresql, mariadb, ai_ports, keys, vpn_keys, portals)


def _join(house: House) -> None:
    """Give the centre the addresses of its services, and both sides IPv6."""
    outside = remote_lab.elsewhere(house, "o")
    for name, own, link in ((house.name, ROUTER6, "wan"), (outside, OUTSIDE6, "eth0")):
        run("ip", "-n", name, "addr", "add", f"{own}/64", "dev", link, "nodad")
    run("ip", "-n", outside, "route", "add", "default", "via", ROUTER6)
    for address in (f"{WEB}/32", f"{WEB6}/128", f"{FAR}/32"):
        run("ip", "-n", house.name, "addr", "add", address, "dev", "lo")
    run(*house.inside, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")


def _names(house: House, stack: contextlib.ExitStack) -> None:
    """Start the resolver, and let the place outside ask it and no other."""
    found = dict.fromkeys(
        (web_house.GOOD, web_house.OTHER, web_house.CYCLE, service_portals.HOST), WEB
    )
    found |= {web_house.SIX: WEB6, web_house.FAR: FAR, AI: OFFICE}
    records = [f"--host-record={name},{address}" for name, address in found.items()]
    house.start("dnsmasq", "dnsmasq", "-k", "-C", "/dev/null", "-R", "-h", "--user=root",
                f"--listen-address={OFFICE}", "--bind-interfaces", "--local=/test.example/",
                f"--pid-file={house.folder}/dnsmasq.pid", *records)  # fmt: skip
    resolver = Path("/etc/netns") / remote_lab.elsewhere(house, "o")
    resolver.mkdir(parents=True)
    stack.callback(run, "rm", "-r", str(resolver))
    (resolver / "resolv.conf").write_text(f"nameserver {OFFICE}\noptions attempts:1 timeout:2\n")


def _remote(house: House) -> None:
    """Start what is for remote work, and the stranger that no audit may speak to."""
    if not service_daemons.__doc__:
        raise ImportError(service_daemons.__name__)  # it registers the daemons
    vpn_daemons.certificates(house)
    vpn_daemons.openvpn(house)
    vpn_daemons.charon(house)
    vpn_daemons.sstp(house)
    for name in ("web", "rdp", "vnc", "telnet"):
        SETTERS[name](house)


def _servers(
    stack: contextlib.ExitStack, house: House, folder: Path
) -> tuple[web_house.House, str, tuple[int, int], database_servers.Server, database_servers.Server]:
    """Start web servers, portals, models and databases, from a thread that stands in the centre."""
    with remote_lab.standing(house.name):
        web = stack.enter_context(web_house.house(folder / "web", WEB, WEB6))
        portals = service_portals.started(stack, folder / "portals", WEB)
        certificate = web_house.Issuer(folder / "ai").certificate("ai", AI, -1, 90)
        ports = web_house.free_ports(2, OFFICE)
        stack.enter_context(
            ai_server.ai_server(folder / "ai", ports, certificate, web_house.TOKEN, OFFICE)
        )
        caller = remote_lab.OUTSIDE
        postgresql = stack.enter_context(
            database_servers.postgresql(folder / "pg", at=OFFICE, caller=caller)
        )
        mariadb = stack.enter_context(
            database_servers.mariadb(folder / "my", at=OFFICE, caller=caller)
        )
    return web, portals, (ports[0], ports[1]), postgresql, mariadb


def main() -> int:
    """Start it all and leave a shell outside, in a folder with a site file."""
    import service_site  # noqa: PLC0415 - it is written about this module

    if lack := missing():
        sys.stderr.write(f"{lack}\n")
        return 1
    with running() as box, tempfile.TemporaryDirectory(prefix="audit-centre-") as name:
        service_site.write(Path(name), box)
        sys.stdout.write(f"{name}\n  audit run --site centre.yaml\n  exit\n")
        sys.stdout.flush()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        shell = os.environ.get("SHELL", "/bin/bash")
        env = {**os.environ, **service_site.SECRETS, "PATH": path}
        subprocess.run([*box.outside, shell], cwd=name, env=env, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
