"""What a machine is, and what time it believes it is."""

import re

from auditor.collection import Collection, decoded, once
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.parsing import moment, reading, rows_of, unparsable, whole
from auditor.sections.files import files

_UNSYNC = 0x0040
_TIME_ERROR = 5
_LONGEST_S = 600
_IDENTITY = {
    "hostname": str,
    "os": str,
    "os_version": str,
    "kernel": str,
    "architecture": str,
    "cpu_count": int,
    "memory_bytes": int,
    "boot_at": str,
    "uptime_s": int,
    "manufacturer": str,
    "model": str,
}
_SERVER_CASES = frozenset({17, 23, 25, 28, 29})
"""Main server, rack mount, multi-system, blade and its enclosure (SMBIOS, DSP0134 7.4.1)."""

_CARRIED_CASES = frozenset({8, 9, 10, 13, 14, 30, 31, 32})
"""Portables, laptops, all in one, tablets. A desktop or a tower may well serve others."""

_CLIENT_EDITION = re.compile(r"\bWindows (XP|Vista|7|8|8\.1|10|11)\b")
_BUSYBOX = re.compile(r"^\s*(status|return value|time.tv_sec|esterror): +(\d+)", re.MULTILINE)


def now(collection: Collection) -> float:
    """Return the machine's own time when it was asked, in POSIX seconds. Raises."""
    with reading("clock_start"):
        return float(whole(collection.header["clock_start"].partition(" ")[0]))


@once
def identity(collection: Collection) -> tuple[Row, ...]:
    """Return one row: name, system, processors, memory, start."""
    if collection.platform == "windows":
        return rows_of(collection.output("identity"), "identity", _IDENTITY, _IDENTITY)
    if collection.platform == "darwin":
        return (_mac(collection),)
    header = collection.header
    release = _assignments(decoded(_os_release(collection), "/etc/os-release"))
    counted = collection.text("counters")
    with reading("counters"):
        booted = re.search(r"^/proc/stat:btime (\d+)$", counted, re.MULTILINE)
        memory = re.search(r"^/proc/meminfo:MemTotal: +(\d+) kB$", counted, re.MULTILINE)
        up = re.match(r"([0-9.]{1,20}) ", decoded(collection.file("/proc/uptime"), "uptime"))
        cpus = len(re.findall(r"^/proc/stat:cpu\d+ ", counted, re.MULTILINE))
        return (
            {
                "hostname": header.get("hostname") or None,
                "os": release.get("NAME") or "Linux",
                "os_version": release.get("VERSION_ID") or None,
                "kernel": header.get("release") or None,
                "architecture": header.get("machine") or None,
                "cpu_count": cpus or None,
                "memory_bytes": whole(memory[1]) * 1024 if memory else None,
                "boot_at": moment(whole(booted[1])) if booted else None,
                "uptime_s": round(float(up[1])) if up else None,
                "manufacturer": _dmi(collection, "sys_vendor"),
                "model": _dmi(collection, "product_name"),
            },
        )


@once
def clock(collection: Collection) -> tuple[Row, ...]:
    """Return one row: the time, the zone and whether something keeps the clock right."""
    synchronised, error_s = _discipline(collection)
    with reading("clock"):
        at = now(collection)
        offset = collection.header["clock_start"].partition(" ")[2]
        return (
            {
                "utc_now": moment(at),
                "timezone": _zone(collection) or offset or None,
                "is_synchronised": synchronised,
                "estimated_error_s": error_s,
            },
        )


def _discipline(collection: Collection) -> tuple[bool | None, float | None]:
    """Read what the kernel says; its error estimate means something only while synchronised."""
    section = collection.sections.get("clock")
    if section is None or section.exit_code not in {0, _TIME_ERROR}:  # busybox exits as adjtimex
        return None, None
    text = decoded(section.stdout, "clock")
    told = _assignments(text)
    if "NTPSynchronized" in told or "is_synchronised" in told:
        word = told.get("NTPSynchronized") or told["is_synchronised"]
        return {"yes": True, "no": False}.get(word), None
    words = {"answer": "answer", "return value": "answer", "time.tv_sec": "seconds"}
    told |= {words.get(key, key): value for key, value in _BUSYBOX.findall(text)}
    with reading("clock"):
        if not {"answer", "status", "esterror", "seconds"} <= told.keys():
            return None, None
        if abs(whole(told["seconds"]) - now(collection)) > _LONGEST_S:
            return None, None  # another layout of the structure than the one that was read
        answer, status = whole(told["answer"]), whole(told["status"])
        synchronised = answer != _TIME_ERROR and not status & _UNSYNC
        return synchronised, whole(told["esterror"]) / 1e6 if synchronised else None


def is_server(collection: Collection) -> bool | None:
    """Say what Windows' edition or the machine's case proves; a virtual machine tells nothing."""
    if collection.platform == "windows":
        if "identity" not in collection.sections:
            return None
        edition = str(identity(collection)[0]["os"])
        if re.search(r"\bServer\b", edition):
            return True
        return False if _CLIENT_EDITION.search(edition) else None
    written = _dmi(collection, "chassis_type") if "texts" in collection.sections else None
    case = int(written) & 0x7F if written and re.fullmatch(r"[0-9]{1,3}", written) else 0
    return True if case in _SERVER_CASES else (False if case in _CARRIED_CASES else None)


def _zone(collection: Collection) -> str | None:
    try:
        links = {row["path"]: row["link_target"] for row in files(collection)}
    except CannotMeasure as failure:
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        return None
    target = str(links.get("/etc/localtime") or "")
    return target.partition("zoneinfo/")[2] or None


def _os_release(collection: Collection) -> bytes:
    try:
        return collection.file("/etc/os-release")
    except CannotMeasure as failure:
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        return b""


def _dmi(collection: Collection, name: str) -> str | None:
    """Return what the maker wrote into the machine; nothing where it has no such table."""
    text = collection.texts.get(f"/sys/class/dmi/id/{name}", b"")
    return text.decode(errors="backslashreplace").strip() or None


def _assignments(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value.strip().strip("\"'") for key, equals, value in pairs if equals}


def _mac(collection: Collection) -> Row:
    """Read sw_vers(1) and sysctl(8); written after their manual pages, not tested."""
    told = {
        key.strip(): value.strip()
        for line in (collection.text("identity") + collection.text("counters")).splitlines()
        for key, _colon, value in (line.partition(":"),)
    }
    booted = re.search(r"sec = (\d{1,12})", told.get("kern.boottime", ""))
    if "ProductVersion" not in told:
        unparsable("sw_vers: no ProductVersion")
    with reading("sysctl"):
        return {
            "hostname": collection.header.get("hostname") or None,
            "os": told.get("ProductName") or "macOS",
            "os_version": told["ProductVersion"],
            "kernel": collection.header.get("release") or None,
            "architecture": collection.header.get("machine") or None,
            "cpu_count": whole(told["hw.ncpu"]) if "hw.ncpu" in told else None,
            "memory_bytes": whole(told["hw.memsize"]) if "hw.memsize" in told else None,
            "boot_at": moment(whole(booted[1])) if booted else None,
            "uptime_s": round(now(collection) - whole(booted[1])) if booted else None,
            "manufacturer": "Apple",
            "model": None,
        }


def boot_time(collection: Collection) -> float:
    """Return when Linux was started, in POSIX seconds. Raises `CannotMeasure`."""
    found = re.search(r"^/proc/stat:btime (\d{1,12})$", collection.text("counters"), re.MULTILINE)
    if found is None:
        raise CannotMeasure(Failure.UNPARSABLE, "/proc/stat: no btime")
    return float(found[1])
