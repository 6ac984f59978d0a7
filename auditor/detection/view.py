"""Quick look-ups over the rows of one machine, made once for all products."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import NEEDED, Facts, number, text, words
from auditor.detection.names import COMM_BYTES, base, canonical, same, same_service
from auditor.detection.servers import is_loopback
from auditor.model import Row
from auditor.model.product_findings import AxisFinding
from auditor.model.products import Answer, Kind

INSTALLED = "installed"
LEFT = "config-files"
_GONE = frozenset({"not-found", "not_found"})

Placed = tuple[int, Row]
"""A row with its place in its section."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process in one spelling. `executable` and `is_contained` are None when not readable."""

    row: int
    pid: int | None
    comm: str
    executable: str | None
    script: str
    argv0: str
    is_deleted: bool
    is_contained: bool | None


@lru_cache(maxsize=8192)
def spellings(name: str) -> tuple[str, ...]:
    """Return how a name may stand as a process's own, whole and cut."""
    cut = name.encode()[:COMM_BYTES].decode(errors="ignore")
    return tuple(dict.fromkeys((name.lower(), cut.lower())))


@dataclass(frozen=True, slots=True)
class Link:
    """One connection with another machine: its row, its state, and how it is spelled."""

    index: int
    row: Row
    state: str
    remote: str

    @property
    def is_open(self) -> bool:
        """Whether it is there now."""
        return self.state.startswith("ESTAB")


def _link(index: int, row: Row) -> Link | None:
    state = text(row, "state").upper().replace("_", "-")
    remote = text(row, "remote_address")
    if not remote or is_loopback(remote) or not (state.startswith("ESTAB") or state == "TIME-WAIT"):
        return None
    return Link(index, row, state, remote)


class View:
    """The rows of one machine, indexed."""

    def __init__(self, facts: Facts) -> None:
        """Keep the facts; every index is made when first asked for."""
        self.facts = facts

    def seen_less(self, sections: AbstractSet[str]) -> "View":
        """Return the same machine with some sections not seen whole; what was indexed is shared."""
        part = copy(self)
        part.facts = replace(self.facts, complete=self.facts.complete - sections)
        for answer in ("unseen", "without_trace"):
            part.__dict__.pop(answer, None)
        return part

    @cached_property
    def unseen(self) -> str:
        """Why nothing can be called absent; empty when everything was looked at."""
        missing = NEEDED - self.facts.complete
        if missing:
            return doubt(Doubt.NOT_COLLECTED, ", ".join(sorted(missing)))
        return "" if self.facts.is_root else doubt(Doubt.NO_RIGHTS)

    @cached_property
    def without_trace(self) -> AxisFinding:
        """Whether a product is here that has a signal to be seen by, and left no trace."""
        answer = Answer.NO if self.facts.sees_everything else Answer.UNKNOWN
        return AxisFinding(answer=answer, reason=self.unseen)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The connections with another machine that are open, or were a moment ago."""
        found = (_link(index, row) for index, row in enumerate(self.facts.sockets))
        return tuple(link for link in found if link is not None)

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """All processes."""
        return tuple(
            _process(index, row, self.facts.platform)
            for index, row in enumerate(self.facts.processes)
        )

    @cached_property
    def _by_name(self) -> dict[str, list[Process]]:
        found: dict[str, list[Process]] = defaultdict(list)
        for process in self.processes:
            paths = (process.executable or "", process.script, process.argv0)
            for name in {process.comm.lower(), *(base(path).lower() for path in paths)} - {""}:
                found[name].append(process)
        return dict(found)

    def candidates(self, names: Iterable[str]) -> list[Process]:
        """Return the processes that could bear one of some names, by file or by free text."""
        found: dict[int, Process] = {}
        for name in names:
            if "*" in name:
                return list(self.processes)
            for spelling in spellings(name):
                for process in self._by_name.get(spelling, ()):
                    found[process.row] = process
        return [found[row] for row in sorted(found)]

    @cached_property
    def by_pid(self) -> dict[int, Process]:
        """Processes by their number."""
        return {process.pid: process for process in self.processes if process.pid is not None}

    @cached_property
    def _packages(self) -> dict[str, list[Placed]]:
        found: dict[str, list[Placed]] = defaultdict(list)
        for index, row in enumerate(self.facts.packages):
            name = row.get("name")
            if isinstance(name, str):
                found[name.partition(":")[0].lower()].append((index, row))
        return dict(found)

    def packages(self, name: str) -> list[Placed]:
        """Return the rows of one package by its exact name, architecture aside."""
        return self._packages.get(name.lower(), [])

    @cached_property
    def _all_services(self) -> list[Placed]:
        return list(enumerate(self.facts.services))

    @cached_property
    def _services(self) -> dict[str, list[Placed]]:
        found: dict[str, list[Placed]] = defaultdict(list)
        for index, row in self._all_services:
            found[text(row, "name").removesuffix(".service").lower()].append((index, row))
        return dict(found)

    def services(self, pattern: str) -> Iterable[Placed]:
        """Return the services of a name that the service manager really has."""
        plain = pattern.removesuffix(".service").lower()
        among = self._services.get(plain, []) if "*" not in pattern else self._all_services
        for index, row in among:
            if same_service(pattern, text(row, "name"), self.facts.platform) and not is_gone(row):
                yield index, row

    @cached_property
    def _files(self) -> dict[str, Placed]:
        return {
            canonical(text(row, "path"), self.facts.platform): (index, row)
            for index, row in enumerate(self.facts.files)
            if row.get("exists") is True
        }

    def files(self, pattern: str) -> Iterable[Placed]:
        """Return the existing files that a path or a path with `*` names."""
        pattern = canonical(pattern, self.facts.platform).rstrip("\\/")
        if "*" not in pattern and not pattern.startswith("~"):
            found = self._files.get(pattern)
            return [found] if found else []
        return [
            placed
            for path, placed in self._files.items()
            if same(pattern, path.rstrip("\\/"), self.facts.platform)
        ]

    def names(self, kind: Kind) -> AbstractSet[str]:
        """Return all names of one kind that stand here, in the spellings that look-ups use."""
        if kind is Kind.PROCESS:
            return self._by_name.keys()
        if kind is Kind.SERVICE:
            return self._services.keys()
        if kind is Kind.PACKAGE:
            return self._packages.keys()
        if kind is Kind.PATH:
            return {*self._files, *(path.rstrip("\\/") for path in self._files)}
        rows = (row for row in self.facts.sockets if row.get("is_listening") is True)
        return {f"{text(row, 'protocol')}/{number(row, 'local_port')}" for row in rows}

    @cached_property
    def _outputs(self) -> dict[str, Placed]:
        return {text(row, "command"): (i, row) for i, row in enumerate(self.facts.status_outputs)}

    def output(self, key: str) -> Placed | None:
        """Return the answer to one status command."""
        return self._outputs.get(key)


def is_gone(row: Row) -> bool:
    """Whether a service is only mentioned: a dangling link, a unit whose file is missing."""
    return text(row, "state") in _GONE or text(row, "startup") in _GONE


def is_installed(row: Row) -> bool:
    """Whether a package is there; what a removal left behind is not."""
    return text(row, "state") == INSTALLED


def _process(index: int, row: Row, platform: str) -> Process:
    executable = row.get("executable")
    argv = words(row, "argv")
    contained = row.get("is_contained")
    path = executable if isinstance(executable, str) else None
    return Process(
        row=index,
        pid=number(row, "pid"),
        comm=text(row, "name"),
        executable=None if path is None else canonical(path, platform),
        script=canonical(text(row, "script"), platform),
        argv0=argv[0] if argv else "",
        is_deleted=row.get("is_deleted") is True or (path or "").endswith(" (deleted)"),
        is_contained=(
            contained if isinstance(contained, bool) else (None if platform == "linux" else False)
        ),
    )
