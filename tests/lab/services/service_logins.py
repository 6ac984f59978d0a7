"""Machines of the box that are logged in to: a cable to the centre, an SSH server, and who serves.

Two clusters of Slurm, and a WireGuard (userspace, real handshakes) with one peer that came and one
that never did. Each has namespaces of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import slurm
import vpn_servers
from service_house import House, run

if TYPE_CHECKING:
    import contextlib

    from sshd import Keys

CLUSTERS = ("192.168.60.2", "192.168.60.6")
"""Login nodes: of a cluster whose node lives, and of one that has none."""

WIREGUARD = "192.168.60.10"


def clusters(stack: contextlib.ExitStack, house: House, folder: Path, keys: Keys) -> None:
    """Start two clusters."""
    for address, nodes in zip(CLUSTERS, (slurm.NODES, slurm.NO_NODES), strict=True):
        made = slurm.cluster_in(folder / address, nodes, with_node=nodes is slurm.NODES)
        cluster = stack.enter_context(made)
        _cable(house, address, cluster.running[0].pid, cluster.inside)
        cluster.start(*_sshd(address, keys, cluster.folder))
        cluster.run(*_LISTENING)


def wireguard(
    stack: contextlib.ExitStack, house: House, folder: Path, keys: Keys
) -> tuple[str, ...]:
    """Start a WireGuard whose one peer has just come; return all keys of both machines."""
    vpn = stack.enter_context(vpn_servers.vpn_in(folder / WIREGUARD))
    vpn.wireguard()
    vpn.shake_hands()
    _cable(house, WIREGUARD, vpn.server.pid, vpn.server.inside)
    vpn.server.run("mkdir", "/run/sshd")
    vpn.start(vpn.server, *_sshd(WIREGUARD, keys, vpn.folder))
    vpn.server.run(*_LISTENING)
    return vpn.secrets


_LISTENING = ("sh", "-c", "until ss -Hltn | grep -q ':22 '; do sleep 0.1; done")


def _cable(house: House, address: str, holder: int, inside: tuple[str, ...]) -> None:
    """Join a machine to the centre; its router has the address before its own."""
    network, _dot, last = address.rpartition(".")
    router, cable = f"{network}.{int(last) - 1}", f"hpc{last}"
    run("ip", "-n", house.name, "link", "add", cable, "type", "veth",
        "peer", "name", "lab0", "netns", str(holder))  # fmt: skip
    run("ip", "-n", house.name, "addr", "add", f"{router}/30", "dev", cable)
    run("ip", "-n", house.name, "link", "set", cable, "up")
    for words in (f"addr add {address}/30 dev lab0", "link set lab0 up",
                  f"route add default via {router}"):  # fmt: skip
        run(*inside, "ip", *words.split())


def _sshd(address: str, keys: Keys, home: Path) -> tuple[str, ...]:
    Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    options = ("PidFile=none", "UsePAM=no", "StrictModes=no", f"ListenAddress={address}",
               f"AuthorizedKeysFile={keys.user}.pub", "PermitRootLogin=yes",
               f"SetEnv=HOME={home}")  # fmt: skip
    settings = [word for option in options for word in ("-o", option)]
    return ("/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h", str(keys.host), *settings)
