"""The measuring machine during a transfer, and what of it capped the result (bandwidth.md, 3.5)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from auditor.addresses import is_public, plain
from auditor.internet.flags import Flag
from auditor.internet.rates import Rates, at
from auditor.internet.transfer import Transfer
from auditor.internet.vocabulary import CountedAt, Direction

LINK_SHARE = 0.9 * 0.9415
"""Of a port's bit rate, 94.15 % can be TCP payload (IPv4, time stamps, MTU 1500)."""

FOREIGN_SHARE = 0.02
MISMATCH_SHARE = -0.01
IDLE_MBPS = 0.5
IDLE_SHARE = 0.01
BUSY_PROCESS_PCT = 85.0
BUSY_CORE_PCT = 95.0
STARVED_PCT = 20.0
BUSY_SLICES = 0.2
UNSTABLE_COV_PCT = 15.0
LIMITED_SHARE = 0.2
FULL_SHARE = 0.8
WINDOW_BYTES = 2_600_000
"""What one connection has under way at most with the usual buffers of Linux (bandwidth.md, 0)."""

_USUAL_MTU = 1500
_ETHERNET, _IPV4, _IPV6, _TCP = 14, 20, 40, 32
_TLS_SHARE = 16406 / 16384


@dataclass(frozen=True, slots=True)
class Instrument:
    """The port whose address the connections had, and the load of this machine.

    None means not known, never no. The lists have one entry for each of `t_ms`, which is the
    transfer's own clock; counters are those of the port in the direction of the payload.
    `idle_*_mbps` is what the port carried, both directions, for some seconds without a transfer;
    after one, what was still in queues on the way is part of it.
    Percent of processes are of one core. `cpu_wait_pct` is the share of the time in which the
    measuring thread could have run and had no processor (Linux schedstat): others took it.
    """

    interface: str
    is_loopback: bool
    is_wireless: bool | None = None
    is_tunnel: bool | None = None
    link_mbps: int | None = None
    is_full_duplex: bool | None = None
    mtu: int | None = None
    has_proxy: bool = False
    idle_before_mbps: float | None = None
    idle_after_mbps: float | None = None
    t_ms: tuple[int, ...] = ()
    nic_bytes: tuple[int, ...] = ()
    nic_packets: tuple[int, ...] = ()
    cpu_process_pct: tuple[float, ...] = ()
    cpu_core_pct: tuple[float, ...] = ()
    cpu_wait_pct: tuple[float, ...] = ()


def reservations(
    transfer: Transfer, rates: Rates, instrument: Instrument | None, warmup_s: float
) -> frozenset[Flag]:
    """Return all flags of a transfer: the backend's own and those of the instrument."""
    flags = set(transfer.flags)
    if (rates.cov_pct or 0.0) > UNSTABLE_COV_PCT:
        flags.add(Flag.UNSTABLE)
    if _is_one_flow_at_its_end(transfer, rates):
        flags.add(Flag.SINGLE_FLOW_LIMIT)
    if _is_private(transfer.server_ip):
        flags.add(Flag.PRIVATE_SERVER)
    if instrument is None:
        return frozenset(flags | {Flag.INSTRUMENT_UNKNOWN})
    flags |= set(_of_port(transfer, rates, instrument))
    flags |= set(_of_traffic(transfer, rates, instrument, warmup_s))
    if (
        is_busy(instrument.cpu_process_pct, BUSY_PROCESS_PCT)
        or is_busy(instrument.cpu_core_pct, BUSY_CORE_PCT)
        or is_busy(instrument.cpu_wait_pct, STARVED_PCT)
    ):
        flags.add(Flag.CPU_LIMITED)
    return frozenset(flags)


def is_busy(percents: Sequence[float], limit: float) -> bool:
    """Whether more than a fifth of the slices reach a limit."""
    over = sum(percent >= limit for percent in percents)
    return bool(percents) and over > BUSY_SLICES * len(percents)


def _is_one_flow_at_its_end(transfer: Transfer, rates: Rates) -> bool:
    """Whether a single connection waited for buffers, or had about as much under way as they hold.

    The least of the round trips stands for the way; Linux keeps 4 MB to send, overhead included.
    """
    tcp = transfer.tcp
    waits = (tcp.rwnd_limited_ms, tcp.sndbuf_limited_ms)
    waited = sum(wait for wait in waits if wait is not None)
    trip_ms = tcp.min_rtt_ms or min(transfer.rtt_idle_ms, default=0.0)
    under_way = (rates.mbps_steady or rates.mbps_whole) * 125 * trip_ms
    return transfer.connections == 1 and (
        waited > LIMITED_SHARE * rates.duration_ms or under_way >= FULL_SHARE * WINDOW_BYTES
    )


def _of_port(transfer: Transfer, rates: Rates, port: Instrument) -> Iterator[Flag]:
    if port.is_loopback or transfer.server_ip == transfer.local_ip:
        yield Flag.LOOPBACK
        return
    if port.is_wireless:
        yield Flag.WIFI
    if port.is_tunnel or (port.mtu is not None and port.mtu < _USUAL_MTU):
        yield Flag.VPN_SUSPECTED
    if port.has_proxy:
        yield Flag.PROXY
    if port.is_full_duplex is False:
        yield Flag.HALF_DUPLEX
    if port.link_mbps is None or port.is_wireless is None:
        yield Flag.INSTRUMENT_UNKNOWN
    best = max(rates.mbps_steady or 0.0, rates.mbps_whole)
    if port.link_mbps and best >= LINK_SHARE * port.link_mbps:
        yield Flag.LINK_LIMITED


def _is_private(server: str) -> bool:
    """Whether a server lies within some private network, or nobody can tell where."""
    try:
        return not is_public(plain(ip_address(server)))
    except ValueError:
        return True


def _of_traffic(
    transfer: Transfer, rates: Rates, port: Instrument, warmup_s: float
) -> Iterator[Flag]:
    allowed = max(IDLE_MBPS, IDLE_SHARE * rates.mbps_whole)
    if (port.idle_before_mbps or 0.0) > allowed and not port.is_loopback:
        yield Flag.IDLE_TRAFFIC
    share = foreign_share(transfer, port, warmup_s)
    if share is None:
        yield Flag.INSTRUMENT_UNKNOWN
    elif share < MISMATCH_SHARE:
        yield Flag.COUNT_MISMATCH
    elif share > FOREIGN_SHARE and not port.is_loopback:
        yield Flag.CROSS_TRAFFIC


def foreign_share(transfer: Transfer, port: Instrument, warmup_s: float) -> float | None:
    """Return which part of what crossed the port after the warm-up was not this transfer.

    Headers are taken off by the port's own packet counter, so that it does not matter whether the
    system counts segments or the larger pieces that it hands to the card. Negative: more payload
    was counted than crossed. None: the counters do not tell.
    """
    own = transfer.counts if transfer.counted_at is not CountedAt.CLIENT else transfer.client
    first = bisect_left(port.t_ms, round(warmup_s * 1000))
    if first >= len(port.t_ms) - 1 or not own.t_ms[-1]:
        return None
    start, end = port.t_ms[first], min(port.t_ms[-1], own.t_ms[-1])
    passed_ms = port.t_ms[-1] - start
    if end <= start or passed_ms <= 0:
        return None
    heads = _ETHERNET + _TCP + (_IPV6 if ":" in transfer.server_ip else _IPV4)
    crossed = port.nic_bytes[-1] - port.nic_bytes[first]
    crossed -= heads * (port.nic_packets[-1] - port.nic_packets[first])
    payload = (at(own, end) - at(own, start)) * (_TLS_SHARE if transfer.tls else 1.0)
    if transfer.direction is Direction.UP:
        payload += (transfer.tcp.bytes_retrans or 0) * passed_ms / (start + passed_ms)
    per_ms = crossed / passed_ms
    return 1 - payload / (end - start) / per_ms if per_ms > 0 else None
