"""`bhosts -w` and `lshosts -w` of IBM Spectrum LSF.

Read after IBM's documentation and public examples, not tested on a real system.
"""

from auditor.parsing import unparsable, whole
from auditor.sections.computing_units import Capacity, mebibytes, together

_READY = frozenset({"ok", "closed_Full", "closed_Excl", "closed_Busy"})
"""States in which a host works or waits for work; plain `closed` does not say why."""

_SERVERS = frozenset({"Yes", "Dyn"})
_UNKNOWN = frozenset({"-", "!"})


def lsf_hosts(batch: list[str], machines: list[str]) -> Capacity:
    """Read both tables, header first. Raises `CannotMeasure` and `ValueError`."""
    hosts = _table(batch, "STATUS")
    servers = [row for row in _table(machines, "ncpus", "maxmem", "server") if _serves(row)]
    return Capacity(
        nodes_total=len(hosts),
        nodes_up=sum(row["STATUS"] in _READY for row in hosts),
        cpus=together([_cpus(row["ncpus"]) for row in servers]),
        memory_mib=together([_memory(row["maxmem"]) for row in servers]),
    )


def _serves(row: dict[str, str]) -> bool:
    return row["server"] in _SERVERS


def _table(lines: list[str], *needed: str) -> list[dict[str, str]]:
    names = lines[0].split()
    if names[:1] != ["HOST_NAME"] or not set(needed) <= set(names):
        unparsable(f"LSF: {lines[0][:60]}")
    last = max(names.index(name) for name in needed)
    rows = [line.split() for line in lines[1:]]
    if any(len(row) <= last for row in rows):
        unparsable("LSF: a line is too short")
    return [dict(zip(names, row, strict=False)) for row in rows]


def _cpus(text: str) -> int | None:
    return None if text in _UNKNOWN else whole(text)


def _memory(text: str) -> int | None:
    return None if text in _UNKNOWN else mebibytes(text, "m")
