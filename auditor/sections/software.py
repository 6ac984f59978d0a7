"""Services, packages, and what runs at set times."""

import re

from auditor.collection import Collection, decoded, once
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.parsing import rows_of, unparsable

SERVICE_COLUMNS = {
    "name": str,
    "state": str,
    "substate": str,
    "startup": str,
    "description": str,
    "executable": str,
    "main_pid": int,
    "manager": str,
}
PACKAGE_COLUMNS = {"name": str, "version": str, "state": str, "manager": str}
_SUFFIX = ".service"
_PID = re.compile(r"[0-9]{1,10}")
_LAUNCHD = re.compile(r"(-|\d{1,10})\t(-?\d{1,10}|-)\t(.+)")


@once
def services(collection: Collection) -> tuple[Row, ...]:
    """Return what the service manager knows: systemd, launchd or Windows. Raises without one."""
    if collection.platform == "windows":
        return rows_of(collection.output("services"), "services", SERVICE_COLUMNS, SERVICE_COLUMNS)
    if collection.platform == "darwin":
        return _launchd(collection.text("services"))
    loaded = loaded_units(collection.text("services"))
    installed = unit_files(collection.text("unit_files"))
    names = {row["name"] for row in loaded}
    return loaded + tuple(row for row in installed if row["name"] not in names)


def blocks_of(text: str, what: str) -> list[dict[str, str]]:
    """Read `systemctl show`: blocks of Key=value, one for each unit, blank lines between."""
    blocks = []
    for block in text.strip("\n").split("\n\n"):
        pairs = [line.partition("=") for line in block.split("\n") if block]
        if not all(equals for _key, equals, _value in pairs):
            unparsable(f"{what}: a line without =")
        if pairs:
            blocks.append({key: value for key, _equals, value in pairs})
    return blocks


def loaded_units(text: str) -> tuple[Row, ...]:
    """Read `systemctl show '*.service'`."""
    rows: list[Row] = []
    for unit in blocks_of(text, "systemctl show"):
        if not {"Id", "LoadState", "SubState"} <= unit.keys():
            unparsable("systemctl show: a unit without Id, LoadState or SubState")
        if unit["LoadState"] == "not-found":
            continue  # only mentioned by another unit
        pid = unit.get("MainPID", "")
        rows.append(
            {
                "name": _name(unit["Id"]),
                "state": unit["SubState"] or None,
                "substate": unit["SubState"] or None,
                "startup": unit.get("UnitFileState") or None,
                "description": unit.get("Description") or None,
                "executable": unit.get("ExecStart") or None,
                "main_pid": int(pid) if _PID.fullmatch(pid) and int(pid) else None,
                "manager": "systemd",
            }
        )
    return tuple(rows)


def unit_files(text: str) -> tuple[Row, ...]:
    """Read `systemctl list-unit-files`: unit, state and, since systemd 246, preset."""
    rows: list[Row] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) not in {2, 3}:
            unparsable(f"systemctl list-unit-files: {len(words)} columns")
        name = _name(words[0])
        if not name.endswith("@"):  # a template is no service of its own
            known = {"name": name, "state": "dead", "substate": "dead", "startup": words[1]}
            rows.append({**dict.fromkeys(SERVICE_COLUMNS), **known, "manager": "systemd"})
    return tuple(rows)


def unit_links(collection: Collection) -> tuple[Row, ...]:
    """Return what is enabled by a link, with whether its target is there; old init scripts too."""
    text = collection.section("unit_links").stdout.decode(errors="backslashreplace")
    found = re.findall(r"^(present|dangling) (/.+)$", text, re.MULTILINE)
    return tuple({"path": path, "is_dangling": word == "dangling"} for word, path in found)


@once
def packages(collection: Collection) -> tuple[Row, ...]:
    """Return packages of every package manager that is there. Raises if there is none."""
    if collection.platform == "windows":
        return rows_of(collection.output("packages"), "packages", PACKAGE_COLUMNS, PACKAGE_COLUMNS)
    if collection.platform == "darwin":
        names = collection.text("packages").splitlines()
        pkgutil = {"version": None, "state": "installed", "manager": "pkgutil"}
        return tuple({"name": name, **pkgutil} for name in names if name)
    rows: tuple[Row, ...] = ()
    missing: list[str] = []
    for manager in ("dpkg", "rpm"):
        try:
            rows += _package_rows(collection.text(manager), manager)
        except CannotMeasure as failure:
            if failure.failure is not Failure.TOOL_MISSING:
                raise
            missing.append(manager)
    if len(missing) > 1:
        raise CannotMeasure(Failure.TOOL_MISSING, f"none of {', '.join(missing)}")
    if not rows:
        raise CannotMeasure(Failure.COMMAND_FAILED, "the package managers list nothing at all")
    return rows


def _package_rows(text: str, manager: str) -> tuple[Row, ...]:
    """Read name, version and state, separated by tabs."""
    rows: list[Row] = []
    for line in text.splitlines():
        match line.split("\t"):
            case [name, version, state] if name and state:
                rows.append(
                    {"name": name, "version": version or None, "state": state, "manager": manager}
                )
            case fields:
                unparsable(f"{manager}: {len(fields)} fields in a line")
    return tuple(rows)


def schedulers(collection: Collection) -> tuple[Row, ...]:
    """Return cron lines and systemd timers; commands as far as they hold no secret."""
    rows: list[Row] = []
    for line in decoded(collection.section("schedule").stdout, "cron").splitlines():
        match line.split("\t"):
            case [source, times, command]:
                rows.append(
                    {
                        "kind": "cron",
                        "source": source,
                        "schedule": times,
                        "command": command.strip(),
                        "is_active": True,
                        "last_run": None,
                    }
                )
            case [""]:
                continue
            case fields:
                unparsable(f"cron: {len(fields)} fields in a line")
    return tuple(rows) + _timers(collection)


def _timers(collection: Collection) -> tuple[Row, ...]:
    section = collection.section("timers")
    if section.state != "ok":
        return ()
    return tuple(
        {
            "kind": "timer",
            "source": unit.get("Id") or None,
            "schedule": None,
            "command": unit.get("Unit") or None,
            "is_active": unit.get("ActiveState") == "active",
            "last_run": unit.get("LastTriggerUSec") or None,
        }
        for unit in blocks_of(collection.text("timers"), "systemctl show")
        if unit.get("LoadState") != "not-found"
    )


def _launchd(text: str) -> tuple[Row, ...]:
    """Read `launchctl list`, launchctl(1); not tested on a real macOS."""
    rows: list[Row] = []
    for line in text.splitlines()[1:]:
        match = _LAUNCHD.fullmatch(line)
        if match is None:
            unparsable("launchctl list: not three columns")
        pid = None if match[1] == "-" else int(match[1])
        known = {"name": match[3], "main_pid": pid, "manager": "launchd"}
        state = "dead" if pid is None else "running"
        rows.append({**dict.fromkeys(SERVICE_COLUMNS), **known, "state": state})
    return tuple(rows)


def _name(unit: str) -> str:
    if not unit.endswith(_SUFFIX) or unit == _SUFFIX:
        unparsable(f"systemctl: {unit!r} is no service")
    return unit.removesuffix(_SUFFIX)
