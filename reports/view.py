"""What a report shows, in order and in words; formats only lay it out.

All text here is harmless (`clean`): one line, no control characters. Nothing here decides.
"""

from dataclasses import dataclass

from auditor.model import StepKind

Facts = tuple[tuple[str, str], ...]
"""Labelled values, in the order of reading."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict: its code for colours, its sign and its word."""

    code: str
    mark: str
    word: str


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """Raw bytes kept in the evidence folder. `size` is in words; `note` tells an exit code."""

    request: str
    sha256: str
    size: str
    note: str


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One measurement on one line. `failure` is empty when it succeeded; `code` is unique."""

    code: str
    probe: str
    target: str
    started: str
    outcome: str
    failure: str
    detail: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One measurement with all that was kept of it; its code leads here from everywhere."""

    seen: ObservationRow
    limitations: tuple[str, ...]
    captures: tuple[CaptureRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of a kind that an indicator needs.

    `state` says why there is no file; `expired` and `sha256` are empty where they do not apply.
    `systems` are named where the indicator is judged for each information system.
    """

    kind: str
    file: str
    state: str
    systems: tuple[str, ...]
    issued: str
    valid_until: str
    expired: str
    confirmed: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """One value that the centre states; `by` is empty if nobody answers for it."""

    name: str
    value: str
    by: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check with everything needed to doubt it. `evidence` are observation codes."""

    id: str
    title: str
    system: str
    badge: Badge
    basis: str
    decides: bool
    actual: str
    expected: str
    source: str
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SystemRow:
    """The verdict on one information system; `id` is what reasons call it."""

    id: str
    system: str
    badge: Badge
    reason: str


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One line of the decision. `name` is always Vietnamese; `english` is empty in Vietnamese.

    `exceptions` are remarks beside the verdict, which they do not change; `effective` is what
    holds with those in force, or None where none is.
    """

    id: str
    name: str
    english: str
    footnote: str
    optional: bool
    part_of: str
    badge: Badge
    basis: str
    reason: str
    brief: str
    threshold: str
    machine: tuple[str, ...]
    declared: tuple[DeclaredRow, ...]
    documents: tuple[str, ...]
    systems: tuple[SystemRow, ...]
    checks: tuple[CheckRow, ...]
    papers: tuple[DocumentRow, ...]
    evidence: tuple[ObservationRow, ...]
    references: tuple[str, ...]
    caution: str
    remedy: str
    exceptions: tuple[str, ...] = ()
    effective: Badge | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One set of indicators with its counts, in the order of `Report.verdicts`."""

    id: str
    name: str
    english: str
    badge: Badge
    counts: tuple[int, ...]
    total: int
    indicators: tuple[IndicatorRow, ...]


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """A probe that took part. `uses` counts its measurements, `failed` those that failed."""

    id: str
    version: int
    uses: int
    failed: int


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One machine that the run knows of. `addresses` holds vendors of MACs if it has no address."""

    name: str
    addresses: str
    known_from: str
    seen_by: str
    systems: str
    state: str
    note: str
    is_inspected: bool


@dataclass(frozen=True, slots=True)
class Machines:
    """All known machines, and how many of them were inspected, in words."""

    coverage: str
    rows: tuple[MachineRow, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its words: `summary` says what it shows, `rows` under `head` every figure.

    `svg` is one line and empty where there is nothing to draw; `summary` then says why. `rest`
    counts, in words, what neither drawing nor table has room for. `told` is all of the drawing in
    one sentence, for who cannot see it.
    """

    key: str
    title: str
    summary: tuple[str, ...]
    told: str = ""
    svg: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the plan; `others` are other ways to the same, `closes` what nothing else holds.

    Texts are empty where nothing is known. `ways` are the kind and the bare name of each way.
    """

    number: str
    do: str
    effort: str
    command: str
    others: tuple[str, ...]
    indicators: tuple[str, ...]
    closes: str
    systems: tuple[str, ...]
    badge: Badge
    responsible: str
    ways: tuple[tuple[StepKind, str], ...]


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception as it stood on the day of the run: the raw verdict beside the effective one."""

    indicator: str
    system: str
    raw: Badge
    effective: Badge
    state: str
    document: str
    people: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A measurement by its code and in words; one that only the run before had has no code."""

    code: str
    what: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A verdict that is another one. A badge is None where there is no verdict on that side."""

    indicator: str
    is_here: bool
    before: Badge | None
    after: Badge | None
    cause: str
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the run before: in sentences, and row by row."""

    told: tuple[str, ...]
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `labels` holds headings and field names by key."""

    language: str
    centre: str
    title: str
    labels: dict[str, str]
    essentials: tuple[str, ...]
    explanations: tuple[str, ...]
    cover: Facts
    verdicts: tuple[Badge, ...]
    groups: tuple[GroupRow, ...]
    totals: tuple[int, ...]
    total: int
    pictures: tuple[Picture, ...]
    limitations: tuple[str, ...]
    unmeasured: tuple[ObservationRow, ...]
    machines: Machines
    evidence: tuple[EvidenceRow, ...]
    methods: Facts
    digests: Facts
    probes: tuple[ProbeRow, ...]
    run: str
    steps: tuple[StepRow, ...]
    exceptions: tuple[str, ...] = ()
    waived: tuple[ExceptionRow, ...] = ()
    changes: Changes | None = None
