"""SNMP: a few read-only questions to devices for which the site file names an account.

puresnmp builds and reads the messages; every datagram goes through the gate, and its coroutines are
stepped by hand, since an event loop would open sockets of its own. No community is ever guessed.
"""

import importlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from auditor.errors import CannotMeasure
from auditor.lan.survey import Agent, Neighbour
from auditor.lan.talk import clean
from auditor.model import Failure, SnmpAccess
from auditor.transports.secrets import looked_up

PORT = 161
EXTRA = "centre-audit[snmp]"
_SYSTEM = "1.3.6.1.2.1.1"
_PRINTER = "1.3.6.1.2.1.43.5.1"
_UPS = "1.3.6.1.2.1.33.1.1"
_DOT11 = "1.2.840.10036.1.1.1"
_BRIDGE_ADDRESS = "1.3.6.1.2.1.17.1.1.0"
_FORWARDING = "1.3.6.1.2.1.17.4.3.1.2"
_LLDP = "1.0.8802.1.1.2.1.4.1.1"
_LLDP_CHASSIS, _LLDP_PORT, _LLDP_NAME = f"{_LLDP}.5", f"{_LLDP}.7", f"{_LLDP}.9"
_SERIAL = "1.3.6.1.2.1.43.5.1.1.17.1"
_MOST_STATIONS = 2000
_MAC_BYTES = 6

Send = Callable[[str, bytes], bytes]
"""Sends one datagram to port 161 of an address and returns the answer. Raises `CannotMeasure`."""


def agent(address: str, access: SnmpAccess, send: Send, gate: object) -> Agent:
    """Ask one device for what it is and what it is connected to; a refusal is part of the answer.

    Raises `CannotMeasure` where the library or the secret is missing.
    """
    client = _Client(address, access, send, gate)
    try:
        return _told(address, client)
    except CannotMeasure as failure:
        return Agent(address, failure=f"{failure.failure}: {failure.detail}")


def _told(address: str, client: "_Client") -> Agent:
    system = dict(client.walk(_SYSTEM, 40))
    if not system:
        raise CannotMeasure(Failure.UNPARSABLE, f"{address}: an agent without a system group")
    services = system.get(f"{_SYSTEM}.7.0")
    bridge = dict(client.walk("1.3.6.1.2.1.17.1.1", 2)).get(_BRIDGE_ADDRESS)
    is_printer = _has(client, _PRINTER)
    serial = dict(client.walk("1.3.6.1.2.1.43.5.1.1.17", 2)).get(_SERIAL) if is_printer else b""
    return Agent(
        address,
        description=_text(system.get(f"{_SYSTEM}.1.0")),
        object_id=_text(system.get(f"{_SYSTEM}.2.0")),
        name=_text(system.get(f"{_SYSTEM}.5.0")).lower(),
        services=services if isinstance(services, int) else None,
        bridge_address=bridge.hex(":") if isinstance(bridge, bytes) and bridge else "",
        is_printer=is_printer,
        is_ups=_has(client, _UPS),
        is_access_point=_has(client, _DOT11),
        serial=_text(serial),
        macs=tuple(_stations(client.walk(_FORWARDING, _MOST_STATIONS))),
        neighbours=tuple(_neighbours(client)),
    )


def _has(client: "_Client", branch: str) -> bool:
    return any(True for _entry in client.walk(branch, 1))


def _stations(entries: Iterator[tuple[str, object]]) -> Iterator[tuple[str, int]]:
    """Read the bridge's forwarding table (RFC 4188, dot1dTpFdbPort): the MAC is the index."""
    for oid, port in entries:
        parts = oid.removeprefix(f"{_FORWARDING}.").split(".")
        if len(parts) == _MAC_BYTES and isinstance(port, int):
            yield ":".join(f"{int(part) & 0xFF:02x}" for part in parts), port


def _neighbours(client: "_Client") -> Iterator[Neighbour]:
    """Read the remote systems table of IEEE 802.1AB (lldpRemTable)."""
    told: dict[str, dict[str, str]] = {}
    for branch in (_LLDP_CHASSIS, _LLDP_PORT, _LLDP_NAME):
        for oid, value in client.walk(branch, 200):
            told.setdefault(oid.removeprefix(f"{branch}."), {})[branch] = _label(value)
    for index, words in sorted(told.items()):
        parts = index.split(".")
        yield Neighbour(
            local_port=parts[1] if len(parts) > 1 else "",
            name=words.get(_LLDP_NAME, ""),
            chassis=words.get(_LLDP_CHASSIS, ""),
            port=words.get(_LLDP_PORT, ""),
        )


def _label(value: object) -> str:
    """Write a chassis or port id: a MAC as people do, else as text."""
    is_mac = isinstance(value, bytes) and len(value) == _MAC_BYTES and not value.isascii()
    return value.hex(":") if is_mac and isinstance(value, bytes) else _text(value)


def _text(value: object) -> str:
    return clean(value) if isinstance(value, bytes | str) else ""


class _Client:
    """puresnmp's client without its event loop and sockets."""

    def __init__(self, address: str, access: SnmpAccess, send: Send, gate: object) -> None:
        self._address = address
        try:
            snmp = importlib.import_module("puresnmp")
            self._errors = importlib.import_module("puresnmp.exc")
            self._oid = importlib.import_module("x690.types").ObjectIdentifier
            self._decoding = importlib.import_module("x690.exc").X690Error
        except ImportError:
            raise CannotMeasure(
                Failure.TOOL_MISSING, f"SNMP needs a library: pip install '{EXTRA}'"
            ) from None

        async def sender(_endpoint: object, packet: bytes, **_options: object) -> bytes:
            return send(address, packet)

        self._client = snmp.PyWrapper(
            snmp.Client(address, _credentials(snmp, access, gate), sender=sender)
        )

    def walk(self, branch: str, most: int) -> Iterator[tuple[str, object]]:
        """Yield OID and value of what stands below `branch`, `most` entries at most. Raises."""
        oid = branch
        for _step in range(most):
            found = self._step(self._client.getnext(oid))
            following = str(found.oid) if found is not None else ""
            if not following.startswith(f"{branch}.") or following == oid:
                return
            yield following, found.value
            oid = following

    def _step(self, coroutine: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - the library's value
        """Run a coroutine that never waits. Raises `CannotMeasure`."""
        try:
            coroutine.send(None)
        except StopIteration as ended:
            return ended.value
        except self._errors.NoSuchOID:
            return None
        except (self._errors.SnmpError, self._decoding, ValueError, TypeError, IndexError) as error:
            name = type(error).__name__
            raise CannotMeasure(Failure.UNPARSABLE, f"{self._address}: SNMP {name}") from error
        coroutine.close()
        raise CannotMeasure(Failure.INTERNAL_ERROR, "the SNMP library waited for something")


def _credentials(snmp: Any, access: SnmpAccess, gate: object) -> Any:  # noqa: ANN401 - a module and its value
    if access.community_from:
        return snmp.V2C(looked_up(access.community_from, gate).reveal())
    kinds = importlib.import_module("puresnmp.credentials")
    auth = access.auth_from and kinds.Auth(_secret(access.auth_from, gate), "sha1")
    privacy = access.privacy_from and kinds.Priv(_secret(access.privacy_from, gate), "aes")
    return snmp.V3(access.user, auth or None, privacy or None)


def _secret(reference: str, gate: object) -> bytes:
    return looked_up(reference, gate).reveal().encode()
