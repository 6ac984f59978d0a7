"""The addresses, routes and shapers of a line; see uplink_line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uplink_line import Line

_BURSTS = ((20, 8_000), (100, 32_000), (300, 64_000))
_LARGEST_BURST = 160_000
_SYSCTL = (
    "net.ipv4.ip_forward=1",
    "net.ipv4.tcp_no_metrics_save=1",
    "net.ipv6.conf.all.forwarding=1",
    "net.ipv6.conf.all.accept_dad=0",
    "net.ipv6.conf.default.accept_dad=0",
)
_NETWORK = """\
link add vc type veth peer name vr1 netns r1
link add vs netns srv type veth peer name vr2 netns r2
link set lo up
addr add 10.9.1.1/24 dev vc
addr add fd09:1::1/64 dev vc nodad
link set vc up
route add default via 10.9.1.2 congctl {control}
route add default via fd09:1::2 congctl {control}
"""
_ROUTER1 = """\
link set lo up
addr add 10.9.1.2/24 dev vr1
addr add fd09:1::2/64 dev vr1 nodad
link set vr1 up
addr add 10.9.5.1/30 dev tua
addr add fd09:5::1/64 dev tua nodad
link set tua up txqueuelen 10000
route add default via 10.9.5.2
route add default via fd09:5::2
"""
_ROUTER2 = """\
link set lo up
addr add 203.0.113.2/24 dev vr2
addr add 2001:db8:2::2/64 dev vr2 nodad
link set vr2 up
addr add 10.9.5.2/30 dev tub
addr add fd09:5::2/64 dev tub nodad
link set tub up txqueuelen 10000
route add default via 10.9.5.1
route add default via fd09:5::1
"""
_SERVER = """\
link set lo up
addr add 203.0.113.1/24 dev vs
addr add 2001:db8:2::1/64 dev vs nodad
link set vs up
route add default via 203.0.113.2 congctl {control}
route add default via 2001:db8:2::2 congctl {control}
"""


class CannotStart(RuntimeError):
    """The line or a server did not come up; the message says what it said."""


def configure(line: Line) -> None:
    """Give the four namespaces addresses and routes, and shape both ends of the wire."""
    wish = line.wish
    for namespace in ("cli", "r1", "r2", "srv"):
        _must(line, namespace, "sysctl", "-q", *_SYSCTL)
    _batch(line, "cli", _NETWORK.format(control=wish.control))
    _batch(line, "r1", _ROUTER1)
    _batch(line, "r2", _ROUTER2)
    _batch(line, "srv", _SERVER.format(control=wish.control))
    up_mbps = wish.rate_mbps if wish.up_mbps is None else wish.up_mbps
    for router, device, rate in (("r1", "tua", up_mbps), ("r2", "tub", wish.rate_mbps)):
        burst = next((size for most, size in _BURSTS if rate <= most), _LARGEST_BURST)
        shape = f"rate {rate * 1e6:.0f}bit burst {burst} latency {wish.queue_ms}ms"
        _must(line, router, *f"tc qdisc add dev {device} root tbf {shape}".split())


def _must(line: Line, namespace: str, *command: str) -> None:
    done = line.run(*command, namespace=namespace)
    if done.returncode:
        message = f"{' '.join(command)}: {done.stderr.strip()}"
        raise CannotStart(message)


def _batch(line: Line, namespace: str, lines: str) -> None:
    batch = line.folder / f"{namespace}.ip"
    batch.write_text(lines, encoding="ascii")
    _must(line, namespace, "ip", "-batch", str(batch))
