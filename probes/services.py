"""Services."""

from auditor.model import Measured, Row, Text
from auditor.parsing import in_order, table, unparsable
from auditor.probing import Column, Host, output, probe

_COLUMNS = (
    Column("name", str, "Name of the service, without .service"),
    Column("state", str, "running, or what else the service manager says: exited, dead, failed, …"),
    Column("startup", str, "enabled, disabled, static, …; on Windows automatic, manual, disabled"),
    Column("description", str, "What the service says it is"),
)
_LOADED = ("systemctl", "show", "*.service", "--no-pager")
_WANTED = "--property=Id,LoadState,SubState,UnitFileState,Description"
_FILES = ("systemctl", "list-unit-files", "--type=service", "--no-legend", "--no-pager", "--full")
_SUFFIX = ".service"

_WINDOWS = Text(
    vi="Cách đọc dịch vụ Windows chưa được kiểm thử trên máy Windows thật.",
    en="The reading of Windows services is not tested on a real Windows.",
)


@probe(*_COLUMNS, platforms=frozenset({"linux", "windows"}))
def services(host: Host) -> Measured:
    """Services that the system manager knows, with their state and how they start.

    Linux through systemd; another init system, or none, is a failure and no empty list. Windows
    through psutil, not tested on a real system.
    """
    if host.platform == "windows":
        rows = table(host.system("services"), _COLUMNS, "services")
        return Measured(rows=in_order(rows, "name"), limitations=(_WINDOWS,))
    loaded = parse(output(host.run(*_LOADED, _WANTED)))
    installed = parse_files(output(host.run(*_FILES)))
    names = {row["name"] for row in loaded}
    idle = tuple(row for row in installed if row["name"] not in names)
    return Measured(rows=in_order(loaded + idle, "name"))


def parse(text: str) -> tuple[Row, ...]:
    """Read `systemctl show`: blocks of Key=value, one for each loaded unit, blank lines between."""
    rows: list[Row] = []
    for block in text.strip("\n").split("\n\n"):
        pairs = [line.partition("=") for line in block.split("\n")]
        if not all(equals for _key, equals, _value in pairs):
            unparsable("systemctl show: a line without =")
        unit = {key: value for key, _equals, value in pairs}
        if not {"Id", "LoadState", "SubState"} <= unit.keys():
            unparsable("systemctl show: a unit without Id, LoadState or SubState")
        if unit["LoadState"] == "not-found":
            continue  # only mentioned by another unit
        rows.append(
            {
                "name": _name(unit["Id"]),
                "state": unit["SubState"] or None,
                "startup": unit.get("UnitFileState") or None,
                "description": unit.get("Description") or None,
            }
        )
    return tuple(rows)


def parse_files(text: str) -> tuple[Row, ...]:
    """Read `systemctl list-unit-files`: unit, state and, since systemd 246, preset."""
    rows: list[Row] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) not in {2, 3}:
            unparsable(f"systemctl list-unit-files: {len(words)} columns")
        name = _name(words[0])
        if not name.endswith("@"):  # a template is no service of its own
            rows.append({"name": name, "state": "dead", "startup": words[1], "description": None})
    return tuple(rows)


def _name(unit: str) -> str:
    if not unit.endswith(_SUFFIX) or unit == _SUFFIX:
        unparsable(f"systemctl: {unit!r} is no service")
    return unit.removesuffix(_SUFFIX)
