"""Which products a machine bears any mark of, in one look for all of them.

Of the many that the catalogue knows, a machine shows a few; the rest is to it what it is to an
empty machine. A mark only says that a product has to be looked at, and means nothing by itself:
a mark too many costs time, one too few would be a wrong answer. So names are compared loosely.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.detection.derived import BACKING_UP
from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.listening import tcp_ports
from auditor.detection.names import canonical, glob
from auditor.detection.rules import RULES
from auditor.detection.view import View, spellings
from auditor.model.products import Kind, PathUse, Role, Runs

if TYPE_CHECKING:
    import re

_USES = (PathUse.PROGRAM, PathUse.FOLDER)
_NAMED = (Kind.PROCESS, Kind.SERVICE, Kind.PACKAGE, Kind.PATH, Kind.PORT)
MISSING = "missing"

Places = frozenset[int]
"""Where products stand in the catalogue."""


@dataclass(frozen=True)
class Marks:
    """What products are known by, and where in the catalogue those stand that are known by it.

    `always` are looked at on every machine: they rest on more than a name. `outputs` are questions
    that a machine answered, `called` what a scheduler starts.
    """

    always: Places
    names: Mapping[Kind, Mapping[str, Places]]
    patterns: Mapping[Kind, tuple[tuple["re.Pattern[str]", int], ...]]
    outputs: Mapping[str, Places]
    called: Mapping[str, Places]

    def on(self, view: View) -> set[int]:
        """Return the places of the products that have to be looked at on a machine."""
        found = set(self.always)
        for kind in _NAMED:
            here = view.names(kind)
            found.update(*map(self.names[kind].__getitem__, self.names[kind].keys() & here))
            for pattern, place in self.patterns[kind]:
                if place not in found and any(map(pattern.fullmatch, here)):
                    found.add(place)
        for row in view.facts.status_outputs:
            if not is_missing(text(row, "state"), text(row, "stdout")):
                found |= self.outputs.get(text(row, "command"), frozenset())
        lines = "\n".join(text(row, "command") for row in view.facts.schedulers)
        for tool, places in self.called.items():
            if tool in lines:
                found |= places
        return found


def is_missing(state: str, stdout: str) -> bool:
    """Whether the answer to a status command is that there is no such command."""
    return state == MISSING and not stdout.strip()


@lru_cache(maxsize=8)
def marks(products: tuple[Known, ...]) -> Marks:
    """Work out what products are known by; kept for the next machine."""
    names: dict[Kind, dict[str, set[int]]] = {kind: {} for kind in _NAMED}
    patterns: dict[Kind, list[tuple[re.Pattern[str], int]]] = {kind: [] for kind in _NAMED}
    outputs: dict[str, set[int]] = {}
    called: dict[str, set[int]] = {}
    for place, known in enumerate(products):
        for kind, name in _named(known):
            if "*" in name or name.startswith("~"):
                patterns[kind].append((glob(name, ignore_case=True), place))
            else:
                names[kind].setdefault(name, set()).add(place)
        for status in known.status:
            outputs.setdefault(status.key, set()).add(place)
        for tool in known.tools if BACKING_UP & set(known.product.roles) else ():
            called.setdefault(tool, set()).add(place)
    return Marks(
        always=frozenset(place for place, known in enumerate(products) if _rests_on_more(known)),
        names={kind: _frozen(found) for kind, found in names.items()},
        patterns={kind: tuple(found) for kind, found in patterns.items()},
        outputs=_frozen(outputs),
        called=_frozen(called),
    )


def _rests_on_more(known: Known) -> bool:
    """Whether a rule reads more of the machine than the answer to its question."""
    return any(RULES[status.rule].section for status in known.status if status.rule)


def _named(known: Known) -> Iterator[tuple[Kind, str]]:
    """Return every name that any look at the product asks a machine for, as `View.names` has it."""
    asking = tuple(signal for signal, _doubt in known.asking)
    programs = (*known.programs, *(s.name for s in asking if s.kind is Kind.PROCESS))
    for spelled in map(spellings, programs):
        yield from ((Kind.PROCESS, name) for name in spelled)
    for signal in (*known.of(Kind.SERVICE), *asking):
        if signal.kind is Kind.SERVICE:
            yield Kind.SERVICE, signal.name.removesuffix(".service").lower()
    for signal in (*known.of(Kind.PACKAGE), *asking):
        if signal.kind is Kind.PACKAGE:
            yield Kind.PACKAGE, signal.name.lower()
    for signal in (*known.paths(*_USES), *asking):
        if signal.kind is Kind.PATH and signal.use in _USES:
            yield Kind.PATH, canonical(signal.name, known.platform).rstrip("\\/")
    if known.product.runs is Runs.SYSTEM and Role.STORAGE in known.product.roles:
        yield from ((Kind.PORT, f"tcp/{port}") for port in tcp_ports(known))


def _frozen(found: Mapping[str, Iterable[int]]) -> dict[str, Places]:
    return {name: frozenset(places) for name, places in found.items()}
