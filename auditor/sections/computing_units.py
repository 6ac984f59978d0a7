"""What a resource for computing has, and sizes as schedulers write them."""

import re
from dataclasses import dataclass

from auditor.parsing import whole

_SIZE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,3}))?([kmgt]?)b?", re.IGNORECASE)
_KIB = {"k": 1, "m": 1 << 10, "g": 1 << 20, "t": 1 << 30}


@dataclass(frozen=True, slots=True)
class Capacity:
    """Figures of all nodes together, those that are down among them; `None` is not known.

    `nodes_up` are those that work, or wait for work. `is_cut`: more may be there than was read.
    """

    nodes_up: int
    partitions: tuple[str, ...] | None = None
    nodes_total: int | None = None
    cpus: int | None = None
    memory_mib: int | None = None
    gpus: int | None = None
    gpu_memory_mib: int | None = None
    is_cut: bool = False


def mebibytes(text: str, unit: str) -> int:
    """Read `263842692kb`, `15.3G` or, without a letter, a number of `unit`. Raises `ValueError`."""
    match = _SIZE.fullmatch(text)
    if match is None:
        message = f"{text[:40]!r} is no size"
        raise ValueError(message)
    tenths = whole(f"{match[1]}{(match[2] or '0').ljust(3, '0')}")
    return tenths * _KIB[(match[3] or unit).lower()] // 1000 // 1024


def together(values: list[int | None]) -> int | None:
    """Add up; one that is not known leaves the sum unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
