"""What kind of thing a device is: rules, each with its evidence and how much it is worth.

high: the device said so itself in a protocol for just that. medium: an announcement, or a protocol
that hardly anything else speaks. low: a guess from ports or a mixture; never more than a hint.
"""

import re
from collections.abc import Callable, Iterator
from enum import IntEnum, StrEnum
from typing import NamedTuple

from auditor.lan.clues import Clues
from auditor.lan.remarks import Remark


class DeviceClass(StrEnum):
    """The closed list; a device that no rule fits has no class."""

    PRINTER = "printer"
    SCANNER = "scanner"
    PROJECTOR = "projector"
    DISPLAY = "display"
    VIDEO_CONFERENCE = "video_conference"
    CAMERA = "camera"
    UPS = "ups"
    ACCESS_POINT = "access_point"
    SWITCH = "switch"
    ROUTER = "router"
    PHONE = "phone"
    NAS = "nas"
    INSTRUMENT = "instrument"
    THREE_D_PRINTER = "3d_printer"
    SERVER = "server"
    WORKSTATION = "workstation"


class Worth(IntEnum):
    """How much a conclusion is worth; the larger decides."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Conclusion(NamedTuple):
    """A class, why, and how sure."""

    device_class: DeviceClass
    worth: Worth
    evidence: str


_NAS_MAKERS = re.compile(
    r"(?i)\b(synology|diskstation|qnap|truenas|freenas|openmediavault|terramaster|asustor)\b"
)
_NAS_OBJECTS = ("1.3.6.1.4.1.6574.", "1.3.6.1.4.1.24681.", "1.3.6.1.4.1.55062.")
"""Enterprise numbers of Synology and QNAP (IANA)."""

_AP_MAKERS = re.compile(r"(?i)\b(unifi|access point|openwrt|ruckus|aruba (?:ap|instant)|omada)\b")
_WINDOWS_SERVER = re.compile(r"(?i)windows server")
_ANNOUNCED = {
    DeviceClass.PRINTER: ("_ipp._tcp", "_ipps._tcp", "_pdl-datastream._tcp"),
    DeviceClass.SCANNER: ("_uscan._tcp", "_uscans._tcp", "_scanner._tcp"),
    DeviceClass.DISPLAY: ("_googlecast._tcp", "_airplay._tcp"),
    DeviceClass.INSTRUMENT: ("_lxi._tcp", "_vxi-11._tcp", "_scpi-raw._tcp"),
    DeviceClass.THREE_D_PRINTER: ("_octoprint._tcp", "_moonraker._tcp"),
    DeviceClass.CAMERA: ("_axis-video._tcp", "_rtsp._tcp"),
    DeviceClass.NAS: ("_adisk._tcp",),
    DeviceClass.PROJECTOR: ("_pjlink._tcp",),
}
_DATA = frozenset({"mysql", "postgresql", "mssql", "mongodb", "redis", "mqtt"})
_SERVES = frozenset({"dns", "nfs", "iscsi", "smtp", "imap", "ftp", "nut"})
_BRIDGES, _ROUTES = 0x2, 0x4
"""Layers in sysServices (RFC 3418): bit 1 is the data link, bit 2 the internet."""


def conclusions(clues: Clues) -> list[Conclusion]:
    """Return everything that can be concluded, the surest first; ties in the order of rules."""
    found = [conclusion for rule in _RULES for conclusion in rule(clues)]
    return sorted(found, key=lambda conclusion: -conclusion.worth)


def _self_reported(clues: Clues) -> Iterator[Conclusion]:
    if Remark.PRINTER in clues.remarks:
        yield Conclusion(DeviceClass.PRINTER, Worth.HIGH, "ipp: printer attributes")
    if "pjlink" in clues.protocols:
        yield Conclusion(DeviceClass.PROJECTOR, Worth.HIGH, "pjlink: greeting")
    for agent in clues.agents:
        if agent.is_printer:
            yield Conclusion(DeviceClass.PRINTER, Worth.HIGH, "snmp: Printer-MIB")
        if agent.is_ups:
            yield Conclusion(DeviceClass.UPS, Worth.HIGH, "snmp: UPS-MIB")
        if agent.is_access_point:
            yield Conclusion(DeviceClass.ACCESS_POINT, Worth.HIGH, "snmp: IEEE802dot11-MIB")
        if agent.object_id.startswith(_NAS_OBJECTS):
            yield Conclusion(DeviceClass.NAS, Worth.HIGH, f"snmp: sysObjectID {agent.object_id}")
        layers = agent.services or 0
        if agent.bridge_address and layers & _BRIDGES:
            yield Conclusion(DeviceClass.SWITCH, Worth.HIGH, "snmp: BRIDGE-MIB and sysServices")
        elif layers & _ROUTES and not layers & 0x40:
            yield Conclusion(DeviceClass.ROUTER, Worth.MEDIUM, "snmp: sysServices")


def _announced(clues: Clues) -> Iterator[Conclusion]:
    shares = Remark.PRINT_SERVER in clues.remarks or clues.protocols & {"ssh", "rdp"}
    for device_class, kinds in _ANNOUNCED.items():
        if device_class is DeviceClass.PRINTER and shares:
            continue  # a computer that announces the queue of another device
        if told := sorted(clues.offered & set(kinds)):
            yield Conclusion(device_class, Worth.MEDIUM, f"mdns: {' '.join(told)}")


def _spoken(clues: Clues) -> Iterator[Conclusion]:
    if "rtsp" in clues.protocols:
        yield Conclusion(DeviceClass.CAMERA, Worth.MEDIUM, "rtsp: OPTIONS answered")
    if "sip" in clues.protocols:
        yield Conclusion(DeviceClass.PHONE, Worth.MEDIUM, "sip: OPTIONS answered")
    if Remark.VXI11 in clues.remarks:
        yield Conclusion(DeviceClass.INSTRUMENT, Worth.MEDIUM, "rpcbind: VXI-11")
    if match := _NAS_MAKERS.search(clues.wording):
        yield Conclusion(DeviceClass.NAS, Worth.MEDIUM, f"shown: {match[1]}")
    elif clues.protocols & {"nfs", "iscsi"} and "smb" in clues.protocols:
        yield Conclusion(DeviceClass.NAS, Worth.LOW, "smb with nfs or iscsi")
    if match := _AP_MAKERS.search(clues.wording):
        yield Conclusion(DeviceClass.ACCESS_POINT, Worth.LOW, f"shown: {match[1]}")
    if clues.is_gateway:
        yield Conclusion(DeviceClass.ROUTER, Worth.MEDIUM, "default gateway of this machine")


def _computers(clues: Clues) -> Iterator[Conclusion]:
    if data := sorted(clues.protocols & _DATA):
        yield Conclusion(DeviceClass.SERVER, Worth.MEDIUM, f"database or broker: {data[0]}")
    elif serves := sorted(clues.protocols & _SERVES):
        yield Conclusion(DeviceClass.SERVER, Worth.LOW, f"serves: {serves[0]}")
    if _WINDOWS_SERVER.search(clues.wording):
        yield Conclusion(DeviceClass.SERVER, Worth.MEDIUM, "shown: Windows Server")
    if "rdp" in clues.protocols:
        yield Conclusion(DeviceClass.WORKSTATION, Worth.LOW, "rdp: answered")
    if clues.protocols & {"smb", "netbios"} and "ssh" not in clues.protocols:
        yield Conclusion(DeviceClass.WORKSTATION, Worth.LOW, "smb: answered")
    if "ssh" in clues.protocols:
        yield Conclusion(DeviceClass.SERVER, Worth.LOW, "ssh: answered")
    if "_workstation._tcp" in clues.offered:
        yield Conclusion(DeviceClass.WORKSTATION, Worth.LOW, "mdns: _workstation._tcp")


def _numbers(clues: Clues) -> Iterator[Conclusion]:
    """Open ports that nobody asked: hints only."""
    if 9100 in clues.ports and clues.ports & {515, 631}:  # noqa: PLR2004 - raw printing
        yield Conclusion(DeviceClass.PRINTER, Worth.LOW, "ports 9100 and 515 or 631 open")
    if 5025 in clues.ports:  # noqa: PLR2004 - SCPI
        yield Conclusion(DeviceClass.INSTRUMENT, Worth.LOW, "port 5025 open")
    if 1720 in clues.ports:  # noqa: PLR2004 - H.323
        yield Conclusion(DeviceClass.VIDEO_CONFERENCE, Worth.LOW, "port 1720 open")


_RULES: tuple[Callable[[Clues], Iterator[Conclusion]], ...] = (
    _self_reported,
    _announced,
    _spoken,
    _computers,
    _numbers,
)
