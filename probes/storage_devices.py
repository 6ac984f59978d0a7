"""Disks."""

import re

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured, Row, Text
from auditor.parsing import in_order, json_object, table, unparsable
from auditor.probing import Column, Host, output, probe

_COLUMNS = (
    Column("name", str, "Kernel name of the device"),
    Column("size_bytes", int, "Size"),
    Column("is_rotational", bool, "Turns, as the kernel says; wrong for many virtual disks"),
    Column("is_removable", bool, "Can be taken out"),
    Column("model", str, "Model, if the device tells"),
    Column("bus", str, "How it is attached: sata, nvme, usb, …; null if unknown"),
)
_COMMAND = (
    "lsblk",
    "--json",
    "--bytes",
    "--nodeps",
    "--output",
    "NAME,TYPE,SIZE,ROTA,RM,MODEL,TRAN",
)
_NOT_HARDWARE = ("loop", "ram", "zram")
_DIGITS = re.compile(r"[0-9]{1,19}")
_TOO_LARGE = 1 << 63
_FLAGS = {True: True, False: False, "1": True, "0": False}

_NO_BUS = Text(
    vi="Không có lệnh lsblk; đọc từ sysfs nên không biết kiểu kết nối của ổ đĩa.",
    en="There is no lsblk; sysfs was read instead, which does not name the bus.",
)
_VIRTUAL = Text(
    vi="Ổ đĩa ảo: nhân hệ điều hành không biết loại ổ vật lý bên dưới.",
    en="Virtual disks: the kernel does not know what hardware lies beneath.",
)


@probe(*_COLUMNS, platforms=frozenset({"linux"}))
def storage_devices(host: Host) -> Measured:
    """Disks of a machine with size and kind; no partitions, no memory disks."""
    limitations = []
    try:
        rows = parse(output(host.run(*_COMMAND)).encode())
    except CannotMeasure as failure:
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        rows = table(host.system("block_devices"), _COLUMNS, "block_devices")
        limitations.append(_NO_BUS)
    if any(str(row["name"]).startswith(("vd", "xvd")) for row in rows):
        limitations.append(_VIRTUAL)
    return Measured(rows=in_order(rows, "name"), limitations=tuple(limitations))


def parse(content: bytes) -> tuple[Row, ...]:
    """Read lsblk's JSON. Before util-linux 2.33 every value was a string; both forms are read."""
    devices = json_object(content, "lsblk").get("blockdevices")
    if not isinstance(devices, list):
        unparsable("lsblk: no blockdevices")
    rows: list[Row] = []
    for device in devices:
        if not isinstance(device, dict) or not isinstance(name := device.get("name"), str):
            unparsable("lsblk: a device without a name")
        if device.get("type") != "disk" or name.startswith(_NOT_HARDWARE):
            continue
        rows.append(
            {
                "name": name,
                "size_bytes": _number(device.get("size")),
                "is_rotational": _flag(device.get("rota")),
                "is_removable": _flag(device.get("rm")),
                "model": _text(device.get("model")),
                "bus": _text(device.get("tran")),
            }
        )
    return tuple(rows)


def _number(value: object) -> int | None:
    number = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
    if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
        unparsable(f"lsblk: {value!r} is no size")
    if number is not None and number >= _TOO_LARGE:
        unparsable(f"lsblk: {value!r} is no size")
    return number


def _flag(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool | str):
        unparsable(f"lsblk: {value!r} is no flag")
    if value is not None and value not in _FLAGS:
        unparsable(f"lsblk: {value!r} is no flag")
    return None if value is None else _FLAGS[value]


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        unparsable(f"lsblk: {value!r} is no text")
    return value.strip() or None if value else None
