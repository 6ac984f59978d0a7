"""Reads the measuring machine while a transfer runs: ports, processors, proxy settings."""

import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from auditor.internet.instrument import Instrument
from auditor.internet.transfer import Transfer
from auditor.internet.vocabulary import Direction
from auditor.transports.speed import Watch

QUIET_BEFORE_S = 3.0
QUIET_AFTER_S = 1.0
_TUNNELS = ("tun", "tap", "wg", "ppp", "utun", "ipsec", "zt", "tailscale", "gre", "sit")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_SYS = Path("/sys/class/net")
_SCHEDSTAT = Path("/proc/thread-self/schedstat")
_UNKNOWN_SPEED = 0
_ARPHRD_TUNNELS = frozenset({"512", "65534", "768", "769", "776", "778"})  # linux/if_arp.h


class _Port(NamedTuple):
    """Counters of one interface."""

    received: int
    sent: int
    packets_received: int
    packets_sent: int


class Meter(Watch):
    """A `Watch` that notes counters and load at each tick."""

    def __init__(self, quiet_s: float = QUIET_BEFORE_S) -> None:
        """Listen to the idle line for `quiet_s` first; 0: do not."""
        super().__init__()
        self._process = psutil.Process()
        self._before = _quiet(quiet_s)
        self._moments = [0]
        self._ports = [_ports()]
        self._process_pct: list[float] = []
        self._core_pct: list[float] = []
        self._wait_pct: list[float] = []
        psutil.cpu_percent(percpu=True)
        self._cpu_s, self._wait_s, self._at = self._used_s(), _waited_s(), time.monotonic()

    def tick(self, t_ms: int) -> None:
        """Note everything that may cap a result. Costs well under a millisecond."""
        if not self.ticks:  # what came before the first tick was connecting
            self._ports = [_ports()]
            self._moments = [t_ms]
        else:
            self._moments.append(t_ms)
            self._ports.append(_ports())
        self.ticks.append(t_ms)
        used, waited, now = self._used_s(), _waited_s(), time.monotonic()
        passed_s = max(now - self._at, 1e-3)
        self._process_pct.append(round(100 * (used - self._cpu_s) / passed_s, 1))
        self._core_pct.append(max(psutil.cpu_percent(percpu=True), default=0.0))
        if waited is not None and self._wait_s is not None:
            self._wait_pct.append(round(100 * (waited - self._wait_s) / passed_s, 1))
        self._cpu_s, self._wait_s, self._at = used, waited, now

    def _used_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def instrument(self, transfer: Transfer, quiet_s: float = QUIET_AFTER_S) -> Instrument | None:
        """Return what was seen of the port that the transfer used; None if none is known."""
        name = port_of(transfer.local_ip)
        if name is None:
            return None
        after = _quiet(quiet_s)
        stats = psutil.net_if_stats().get(name)
        down = transfer.direction is Direction.DOWN
        ports = [ports[name] for ports in self._ports if name in ports]
        whole = len(ports) == len(self._moments)
        return Instrument(
            interface=name,
            is_loopback="loopback" in stats.flags if stats and stats.flags else name == "lo",
            is_wireless=_is_wireless(name),
            is_tunnel=_is_tunnel(name),
            link_mbps=stats.speed if stats and stats.speed > _UNKNOWN_SPEED else None,
            is_full_duplex=_is_full(stats.duplex) if stats else None,
            mtu=stats.mtu if stats else None,
            has_proxy=any(os.environ.get(n) or os.environ.get(n.upper()) for n in _PROXIES),
            idle_before_mbps=self._before.get(name),
            idle_after_mbps=after.get(name),
            t_ms=tuple(self._moments) if whole else (),
            nic_bytes=tuple(p.received if down else p.sent for p in ports) if whole else (),
            nic_packets=tuple(p.packets_received if down else p.packets_sent for p in ports)
            if whole
            else (),
            cpu_process_pct=tuple(self._process_pct),
            cpu_core_pct=tuple(self._core_pct),
            cpu_wait_pct=tuple(self._wait_pct),
        )


def _waited_s() -> float | None:
    """Read how long this thread has been ready to run without a processor (Linux)."""
    try:
        return int(_SCHEDSTAT.read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


def _ports() -> dict[str, _Port]:
    counters = psutil.net_io_counters(pernic=True, nowrap=True)
    return {
        name: _Port(c.bytes_recv, c.bytes_sent, c.packets_recv, c.packets_sent)
        for name, c in counters.items()
    }


def _quiet(seconds: float) -> dict[str, float]:
    """Return what each port carries, both directions, in Mbit/s, while nothing is measured."""
    if seconds <= 0:
        return {}
    first, began = _ports(), time.monotonic()
    time.sleep(seconds)
    last, took_s = _ports(), time.monotonic() - began
    return {
        name: round(
            (p.received + p.sent - first[name].received - first[name].sent) * 8 / took_s / 1e6, 3
        )
        for name, p in last.items()
        if name in first
    }


def port_of(address: str) -> str | None:
    """Return the interface that has an address."""
    bare = address.partition("%")[0]
    for name, entries in psutil.net_if_addrs().items():
        if any(entry.address.partition("%")[0] == bare for entry in entries):
            return name
    return "lo" if bare.startswith("127.") and "lo" in psutil.net_if_addrs() else None


def _is_full(duplex: object) -> bool | None:
    if duplex == psutil.NIC_DUPLEX_UNKNOWN:
        return None
    return duplex == psutil.NIC_DUPLEX_FULL


def _is_wireless(name: str) -> bool | None:
    """Linux tells; elsewhere it is not known."""
    if sys.platform != "linux" or not (_SYS / name).is_dir():
        return None
    return (_SYS / name / "wireless").exists() or (_SYS / name / "phy80211").exists()


def _is_tunnel(name: str) -> bool | None:
    if name.lower().startswith(_TUNNELS):
        return True
    if sys.platform != "linux":
        return None
    try:
        return (_SYS / name / "type").read_text("ascii").strip() in _ARPHRD_TUNNELS
    except OSError:
        return None
