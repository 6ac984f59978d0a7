"""The rows of a sealed record again, from the raw evidence in the pack; nothing is measured."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor import __version__, catalogue, collection, products
from auditor.canonical import dumps
from auditor.columns import checked
from auditor.errors import CannotMeasure
from auditor.language import _
from auditor.model import (
    AuditRecord,
    Failure,
    Measured,
    NotMeasured,
    Observation,
    Row,
    Site,
    Subject,
    Target,
)
from auditor.outcome import as_data
from auditor.pack.comparing import first_unequal, short
from auditor.pack.container import Fault
from auditor.pack.kept import NotKept
from auditor.pack.stored import StoredNetwork, StoredPapers, StoredRun
from auditor.probing import Probe
from auditor.recognition import MachineFacts
from auditor.runfolder import EVIDENCE, RECORD
from auditor.targets import all_targets
from auditor.telling import tell

COLLECT = "collect"
"""How every transport names a collector's output."""


@dataclass(slots=True)
class Reread:
    """How many observations were read again; by probe, how many could not be; what differs.

    `silent` failed when they were measured and left nothing to read.
    """

    read: int = 0
    silent: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def reread(record: AuditRecord, centre: Site, files: Mapping[str, bytes]) -> Reread:
    """Read every observation again that kept what it rests on, and compare rows and failures.

    Between equal versions of the tool a difference is a fault; of another version it is a note,
    because catalogue and parsers may have changed.
    """
    reader = _Reader(record, files, centre)
    for item in record.observations:
        if _subject(item) is not Subject.HOST:
            reader.compare(item, None)
    machines = _by_machine(record.observations)
    for number, (name, items) in enumerate(machines.items()):
        tell(_("Reading the evidence again: machines"), number, len(machines))
        for item in items:
            reader.compare(item, reader.facts(name, item))
    return reader.found


def _subject(item: Observation) -> Subject | None:
    probe = catalogue.probes().get(item.measurement.probe)
    return probe.subject if probe else None


def _by_machine(observations: tuple[Observation, ...]) -> dict[str, list[Observation]]:
    """Group what machines said, so that each is taken apart once and only one is held."""
    grouped: dict[str, list[Observation]] = {}
    for item in observations:
        if _subject(item) is Subject.HOST:
            grouped.setdefault(item.measurement.target, []).append(item)
    return grouped


class _Reader:
    """Reads observations of one record."""

    def __init__(self, record: AuditRecord, files: Mapping[str, bytes], centre: Site) -> None:
        self.found = Reread()
        self._is_same = record.tool_version == __version__
        self._record, self._files, self._centre = record, files, centre
        self._targets = {target.name: target for target in all_targets(centre)}
        self._catalogue = products.of_site(centre.products)
        derived = (item for item in record.observations if _subject(item) is not Subject.RUN)
        self._seen = tuple(derived)
        self._spoken = {
            (item.measurement.target, _collected(item))
            for item in record.observations
            if isinstance(item.result, Measured)
        }
        self._last: tuple[str, str] = ("", "")
        self._facts: MachineFacts | NotMeasured | None = None

    def facts(self, name: str, item: Observation) -> MachineFacts | NotMeasured | None:
        """Return what a machine said, taken apart again; None if nothing of it was kept."""
        digest = _collected(item)
        if (name, digest) != self._last:
            self._last = (name, digest)
            raw = self._files.get(f"{EVIDENCE}/{digest}")
            target = self._targets.get(name)
            self._facts = None if raw is None or target is None else self._taken(raw, target)
        return self._facts

    def _taken(self, raw: bytes, target: Target) -> MachineFacts | NotMeasured:
        return as_data(
            lambda: MachineFacts(
                collection.whole(raw), self._catalogue, target, self._centre
            )
        )  # fmt: skip

    def compare(self, item: Observation, facts: MachineFacts | NotMeasured | None) -> None:
        """Read one observation again, if it can be, and note what differs."""
        act, probe = item.measurement, catalogue.probes().get(item.measurement.probe)
        version = probe.version if probe else 0
        if self._is_same and version != item.probe_version:
            problem = _("no version {n} of this probe in this version of the tool",
                        n=item.probe_version)  # fmt: skip
            self.found.faults.append(Fault(RECORD, f"{act.key}: {problem}"))
        elif probe is None or version < item.probe_version:
            self.found.unread[act.probe] += 1
        elif isinstance(item.result, NotMeasured) and not item.captures:
            self.found.silent += 1
        else:
            again = self._again(item, probe, facts)
            if again is None or self._failed_on_the_way(item, probe, again):
                self._missed(item, probe)
                return
            self.found.read += 1
            if problem := _difference(item, again, is_same=self._is_same):
                self._differs(item, problem)

    def _again(
        self, item: Observation, probe: Probe, facts: MachineFacts | NotMeasured | None
    ) -> Measured | NotMeasured | None:
        """Let the probe read what was kept; None where it asks for more than that."""
        if isinstance(facts, NotMeasured):
            return facts
        if probe.subject is Subject.HOST and facts is None:
            return None
        access = facts or self._access(item, probe)

        def look() -> Measured | None:
            if facts and facts.collection.platform not in probe.platforms:
                raise CannotMeasure(Failure.UNSUPPORTED_PLATFORM, facts.collection.platform)
            try:
                return checked(probe, probe.measure(access, **item.measurement.params))
            except NotKept:
                return None

        return as_data(look)

    def _access(self, item: Observation, probe: Probe) -> object:
        kept = [(c.request, self._files[f"{EVIDENCE}/{c.sha256}"]) for c in item.captures]
        if probe.subject is Subject.RUN:
            return StoredRun(self._centre, tuple(self._targets.values()), self._seen)
        if probe.subject is Subject.CENTRE:
            return StoredPapers(self._centre, kept, item.started_at)
        return StoredNetwork(self._centre, kept, item, self._record.profile)

    def _failed_on_the_way(
        self, item: Observation, probe: Probe, again: Measured | NotMeasured
    ) -> bool:
        """Whether a failure came from the way to a machine, of which the output tells nothing."""
        sealed = item.result
        return (
            probe.subject is Subject.HOST
            and isinstance(sealed, NotMeasured)
            and not (isinstance(again, NotMeasured) and again.failure is sealed.failure)
            and (item.measurement.target, _collected(item)) not in self._spoken
        )

    def _missed(self, item: Observation, probe: Probe) -> None:
        """Count what was not read again; rows of a machine that kept nothing are a fault."""
        is_machine = probe.subject is Subject.HOST
        if is_machine and isinstance(item.result, Measured) and not _collected(item):
            problem = _("rows without the raw output that they come from")
            self.found.faults.append(Fault(RECORD, f"{item.measurement.key}: {problem}"))
        else:
            self.found.unread[item.measurement.probe] += 1

    def _differs(self, item: Observation, problem: str) -> None:
        told = f"{item.measurement.key}: {problem}"
        if self._is_same:
            self.found.faults.append(Fault(RECORD, told))
            return
        words = _("read by version {old}, and again by {new}",
                  old=self._record.tool_version, new=__version__)  # fmt: skip
        self.found.notes.append(f"{told} ({words})")


def _collected(item: Observation) -> str:
    """Return the digest of the collector's output that an observation rests on, or nothing."""
    return next((c.sha256 for c in item.captures if c.request == COLLECT), "")


def _difference(item: Observation, again: Measured | NotMeasured, *, is_same: bool) -> str:
    """Say how what follows from the evidence differs from what is sealed, or nothing."""
    sealed = item.result
    if isinstance(sealed, Measured) and isinstance(again, Measured):
        return "; ".join(_rows(sealed, again)) or (_withheld(sealed, again) if is_same else "")
    if isinstance(sealed, NotMeasured) and isinstance(again, NotMeasured):
        if sealed.failure is again.failure:
            return ""
        return _("sealed as {sealed}, but follows as {derived}",
                 sealed=sealed.failure.value, derived=again.failure.value)  # fmt: skip
    if isinstance(again, NotMeasured):
        why = f"{again.failure.value}: {short(again.detail)}"
        return _("sealed with rows, but its evidence gives none ({why})", why=why)
    return _("sealed as not measured, but its evidence gives rows")


def _rows(sealed: Measured, again: Measured) -> Iterator[str]:
    """Say at which row and column two results part first."""
    if len(sealed.rows) != len(again.rows):
        yield _("rows that are sealed: {n}; that its evidence gives: {m}",
                n=len(sealed.rows), m=len(again.rows))  # fmt: skip
        return
    if _is_plainly_same(sealed.rows, again.rows) or dumps(sealed.rows) == dumps(again.rows):
        return
    pairs: Iterator[tuple[Any, Any]] = zip(sealed.rows, again.rows, strict=True)
    for number, (mine, theirs) in enumerate(pairs, 1):
        if dumps(mine) != dumps(theirs):
            name = first_unequal(mine, theirs)
            yield _(
                "row {n}: {field} is sealed as {sealed}, but its evidence gives {derived}",
                n=number, field=name or "?", sealed=short(mine.get(name)),
                derived=short(theirs.get(name)),
            )  # fmt: skip
            return


def _is_plainly_same(sealed: tuple[Row, ...], again: tuple[Row, ...]) -> bool:
    """Tell most rows that are the same quickly: true is not 1, though Python takes it so."""
    return sealed == again and all(
        [*map(type, one.values())] == [*map(type, map(other.__getitem__, one))]
        for one, other in zip(sealed, again, strict=True)
    )


def _withheld(sealed: Measured, again: Measured) -> str:
    """Say that a reservation was taken away, or nothing."""
    lacking = [text for text in again.limitations if text not in sealed.limitations]
    return _("a reservation was left out: {words}", words=short(lacking[0].vi)) if lacking else ""
