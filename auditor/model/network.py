"""The centre's network as its own papers describe it: plan of addresses, zones, who may reach whom.

Decree 331/2026/NĐ-CP, Điều 22 asks for it in the level dossier: diagrams, list of devices, zones
and plan of addresses.
"""

from auditor.model.vocabulary import noun


@noun
class Segment:
    """One line of the plan of addresses. `dhcp_pool_size` is the number of addresses handed out."""

    name: str
    network: str
    gateway: str = ""
    vlan: int | None = None
    dhcp_pool_size: int | None = None


@noun
class Zone:
    """A network zone (vùng mạng) and its networks.

    `witnesses` are "ADDRESS:PORT" of services that are known to answer inside the zone. Without
    one, silence says nothing about separation: nobody may have been there to answer.
    """

    name: str
    networks: tuple[str, ...]
    witnesses: tuple[str, ...] = ()


@noun
class Passage:
    """A way that the approved plan allows between zones. No `ports` means every port."""

    from_zone: str
    to_zone: str
    ports: tuple[int, ...] = ()


@noun
class SnmpAccess:
    """How devices in some networks may be read by SNMP: references to secrets, never a secret.

    Either `community_from` (version 2c) or `user` with `auth_from` and `privacy_from` (version 3,
    SHA-1 and AES-128). References are "env:NAME" or "keyring:SERVICE/USER".
    """

    networks: tuple[str, ...]
    community_from: str = ""
    user: str = ""
    auth_from: str = ""
    privacy_from: str = ""


@noun
class NetworkPlan:
    """What the centre's papers say about its network.

    With no `passages` nothing is concluded about zones; with some, every other way is not allowed.
    `other_runs` are the `record.json` of this centre's runs from other zones: what they saw of the
    zones is judged together with what is seen here.
    """

    segments: tuple[Segment, ...] = ()
    zones: tuple[Zone, ...] = ()
    passages: tuple[Passage, ...] = ()
    snmp: tuple[SnmpAccess, ...] = ()
    other_runs: tuple[str, ...] = ()
