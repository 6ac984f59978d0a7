"""Running programs."""

import re
from dataclasses import dataclass, field

from auditor.collection import Collection, decoded, once
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.parsing import moment, reading, rows_of, whole
from auditor.sections.files import link
from auditor.sections.machine import boot_time

COLUMNS = {
    "pid": int,
    "parent_pid": int,
    "name": str,
    "executable": str,
    "is_deleted": bool,
    "script": str,
    "argv": tuple,
    "uid": int,
    "started_at": str,
    "is_contained": bool,
}
REDACTED = "<redacted>"
_TICKS = 100
"""Clock ticks in a second for user programs: on every Linux but those for Alpha and IA-64."""

_KERNEL_THREAD = 0x00200000
_COMM_BYTES = 15
_GONE = " (deleted)"
_FILE = re.compile(r"^/proc/(\d{1,10})/(stat|status):(.*)$", re.MULTILINE)
_STAT = re.compile(r"\d{1,10} \((.*)\) [A-Za-z] (-?\d.*)", re.DOTALL)
_LINK = re.compile(
    r"^l\S+ +\d+ +\d+ +\d+ +\d+ +\S+ +\S+ +\S+ +"
    r'("?/proc/(\d{1,10})/(exe|ns/mnt|ns/pid)"?)(.*)$',
    re.MULTILINE,
)
_INTERPRETER = re.compile(
    r"(?:python|perl|ruby|node|php|bash|dash|sh|ksh|zsh|lua|java|mono|tclsh|guile|Rscript)[0-9.]*"
)
_TAKES_A_VALUE = re.compile(r"-c|-f|-conf|-config|--[A-Za-z0-9_.-]+")


@dataclass(slots=True)
class _Seen:
    comm: str = ""
    parent: int | None = None
    uid: int | None = None
    started: float | None = None
    is_kernel: bool = False
    links: dict[str, str] = field(default_factory=dict)
    argv: list[str] = field(default_factory=list)


@once
def processes(collection: Collection) -> tuple[Row, ...]:
    """Return running programs, without the collector's own. Raises `CannotMeasure`."""
    if collection.platform == "windows":
        return rows_of(collection.output("processes"), "processes", COLUMNS, COLUMNS)
    if collection.platform == "darwin":
        return _mac(collection)
    seen = _stats(collection)
    if not seen:
        raise CannotMeasure(Failure.COMMAND_FAILED, "/proc shows no process")
    _add_links(collection, seen)
    _add_arguments(collection, seen)
    own = _own(collection, seen)
    first = seen.get(1, _Seen()).links
    return tuple(_row(pid, seen[pid], first) for pid in sorted(seen) if pid not in own)


def _stats(collection: Collection) -> dict[int, _Seen]:
    section = collection.section("processes")
    if section.state not in {"ok", "failed"} or section.is_truncated:
        collection.output("processes")
        raise CannotMeasure(Failure.UNPARSABLE, "processes: incomplete")
    stats: dict[int, list[str]] = {}
    seen: dict[int, _Seen] = {}
    booted = boot_time(collection)
    with reading("/proc/<pid>/stat"):
        for number, file, line in _FILE.findall(section.stdout.decode(errors="backslashreplace")):
            if file == "stat":
                stats.setdefault(int(number), []).append(line)
            elif line.startswith("Uid:"):
                seen.setdefault(int(number), _Seen()).uid = whole(line.split()[2])
        for pid, lines in stats.items():
            match = _STAT.fullmatch("\n".join(lines))
            if match is None:
                continue  # it ended while it was read
            entry, fields = seen.setdefault(pid, _Seen()), match[2].split()
            entry.comm, entry.parent = match[1], whole(fields[0])
            entry.is_kernel = bool(whole(fields[5]) & _KERNEL_THREAD)
            entry.started = booted + whole(fields[18]) / _TICKS
        return {pid: entry for pid, entry in seen.items() if entry.started is not None}


def _add_links(collection: Collection, seen: dict[int, _Seen]) -> None:
    content = collection.section("executables").stdout
    for quoted, number, name, rest in _LINK.findall(content.decode(errors="backslashreplace")):
        entry, target = seen.get(int(number)), link(f"{quoted}{rest}")[1]
        if entry is not None and target is not None:
            entry.links[name] = target


def _add_arguments(collection: Collection, seen: dict[int, _Seen]) -> None:
    with reading("argv"):
        for line in collection.section("argv").stdout.decode(errors="backslashreplace").split("\n"):
            number, tab, argument = line.partition("\t")
            if tab and (entry := seen.get(whole(number))) is not None:
                entry.argv.append(argument)


def _own(collection: Collection, seen: dict[int, _Seen]) -> set[int]:
    """Return the collector's shell and everything that it started."""
    with reading("pid"):
        own = {whole(collection.header["pid"])} if "pid" in collection.header else set()
    size = -1
    while size != len(own):
        size = len(own)
        own |= {pid for pid, entry in seen.items() if entry.parent in own}
    return own


def _row(pid: int, entry: _Seen, first: dict[str, str]) -> Row:
    path = entry.links.get("exe")
    executable = "" if entry.is_kernel else path.removesuffix(_GONE) if path else None
    with reading("/proc/<pid>/stat"):
        return {
            "pid": pid,
            "parent_pid": entry.parent,
            "name": _name(entry.comm, executable) or None,
            "executable": executable,
            "is_deleted": path.endswith(_GONE) if path else None,
            "script": script(entry.argv, executable or ""),
            "argv": tuple(entry.argv) if entry.argv or entry.is_kernel else None,
            "uid": entry.uid,
            "started_at": None if entry.started is None else moment(entry.started),
            "is_contained": _is_contained(entry.links, first),
        }


def _name(comm: str, executable: str | None) -> str:
    """Complete a name that the kernel cut, where the program's file says how it goes on."""
    file = (executable or "").rpartition("/")[2]
    is_cut = len(comm.encode(errors="replace")) >= _COMM_BYTES
    return file if is_cut and file.startswith(comm) else comm


def _is_contained(links: dict[str, str], first: dict[str, str]) -> bool | None:
    kinds = [kind for kind in ("ns/pid", "ns/mnt") if kind in links and kind in first]
    if any(links[kind] != first[kind] for kind in kinds):
        return True
    return False if len(kinds) > 1 else None


def script(argv: list[str], executable: str) -> str | None:
    """Return what an interpreter runs: its first argument that is no option, as far as shown."""
    words = [word.rpartition("/")[2].lstrip("-") for word in (*argv[:1], executable)]
    if not any(_INTERPRETER.fullmatch(word) for word in words):
        return None
    before = ""
    for word in argv[1:]:
        if not word.startswith("-") and not _TAKES_A_VALUE.fullmatch(before):
            return None if word == REDACTED else word
        before = word if word.startswith("-") else ""
    return None


def _mac(collection: Collection) -> tuple[Row, ...]:
    """Read `ps -o pid=,ppid=,uid=,lstart=,comm=`, ps(1) of macOS; not tested on a real one."""
    rows: list[Row] = []
    for line in decoded(collection.output("processes"), "ps").splitlines():
        words = line.split(None, 8)
        with reading("ps"):
            path = words[8]
            rows.append(
                {
                    **dict.fromkeys(COLUMNS),
                    "pid": whole(words[0]),
                    "parent_pid": whole(words[1]),
                    "uid": whole(words[2]),
                    "name": path.rpartition("/")[2],
                    "executable": path if path.startswith("/") else None,
                }
            )
    return tuple(rows)
