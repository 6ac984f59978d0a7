"""What one look at the network brought, shared by every probe that reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.lan.errands import Outcome
from auditor.model import Row


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a device reports to be on the other end of one of its cables (LLDP)."""

    local_port: str
    name: str
    chassis: str
    port: str


@dataclass(frozen=True, slots=True)
class Agent:
    """What an SNMP agent told. `macs` are stations its bridge table names, by port.

    `failure` says why a credential brought nothing; the rest is then empty.
    """

    address: str
    description: str = ""
    object_id: str = ""
    name: str = ""
    services: int | None = None
    bridge_address: str = ""
    is_printer: bool = False
    is_ups: bool = False
    is_access_point: bool = False
    serial: str = ""
    macs: tuple[tuple[str, int], ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A network that this machine is plugged into, as it is configured here."""

    interface: str
    network: str
    address: str
    gateways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wifi:
    """A wireless network in the air; `protection` as the system words it, empty for an open one."""

    ssid: str
    protection: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How this machine is connected. `None`: it could not be read here."""

    segments: tuple[Segment, ...] = ()
    name_servers: tuple[str, ...] | None = None
    wifi: tuple[Wifi, ...] | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """Machines, their services and devices' own reports, from one vantage point.

    `hosts` are rows of `lan_hosts`, `asked` the networks that were searched. `vendors` gives the
    maker for a MAC, from `vendor_table`.
    """

    hosts: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]
    agents: tuple[Agent, ...]
    surroundings: Surroundings
    at: datetime
    has_raw: bool
    asked: tuple[str, ...] = ()
    vendors: Mapping[str, str] = field(default_factory=dict)
    vendor_table: str = ""
