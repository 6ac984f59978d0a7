"""Is the product installed here? Rules 1, 3 and 4 of the reference, on the safe side.

The reference would let two names of different kinds count; here names alone never do, because a
process can call itself anything and a unit can outlive its package. They leave it open instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import number, text
from auditor.detection.known import Known
from auditor.detection.names import canonical, same_program
from auditor.detection.standing import Standing, located, standing
from auditor.detection.view import LEFT, Placed, Process, View, is_installed
from auditor.model import Row
from auditor.model.product_findings import AxisFinding, Evidence
from auditor.model.products import Answer, Kind, PathUse, Signal, Strength, Topic


@dataclass(slots=True)
class Traces:
    """What was found of one product."""

    evidence: list[Evidence] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    processes: list[tuple[Process, Standing]] = field(default_factory=list)

    def add(
        self, strength: Strength, section: str, row: int | None, excerpt: str, source: str = ""
    ) -> None:
        """Note one piece of evidence that the product is here."""
        self.evidence.append(
            Evidence(
                topic=Topic.PRESENT,
                strength=strength,
                section=section,
                row=row,
                excerpt=excerpt,
                source=source,
            )
        )


def traces(known: Known, view: View) -> Traces:
    """Look for a product in every section."""
    found = Traces()
    left = _packages(known, view, found)
    _processes(known, view, found)
    _services(known, view, found, left_behind=left)
    _paths(known, view, found)
    return found


def present(known: Known, view: View, found: Traces) -> AxisFinding:
    """Answer whether the product is installed; "no" only when everything was looked at."""
    strengths = {item.strength for item in found.evidence}
    evidence = tuple(found.evidence)
    if strengths & {Strength.SELF_REPORT, Strength.ANCHORED}:
        return AxisFinding(answer=Answer.YES, evidence=evidence)
    if strengths:
        return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.ONLY_NAMES), evidence=evidence)
    if not known.can_be_seen:
        return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NO_CHECKED_SIGNAL))
    return view.without_trace


def _packages(known: Known, view: View, found: Traces) -> bool:
    """Note installed packages; return whether only the remains of removed ones are there."""
    left = installed = False
    for signal in known.of(Kind.PACKAGE):
        for index, row in view.packages(signal.name):
            excerpt = f"{text(row, 'name')} {text(row, 'version')} {text(row, 'state')}"
            if is_installed(row):
                installed = True
                found.add(Strength.ANCHORED, "packages", index, excerpt, signal.ev)
            elif text(row, "state") == LEFT:
                left = True
                found.questions.append(doubt(Doubt.LEFT_BEHIND, text(row, "name")))
    return left and not installed


def _processes(known: Known, view: View, found: Traces) -> None:
    for process in view.candidates(known.programs):
        stands = standing(process, known, view)
        if stands is Standing.UNRELATED:
            continue
        found.processes.append((process, stands))
        _note(process, stands, found)


def _note(process: Process, stands: Standing, found: Traces) -> None:
    shown = process.executable or process.comm
    if stands is Standing.REFUTED:
        detail = f"{process.comm or process.argv0} -> {process.executable}"
        found.questions.append(doubt(Doubt.NAME_IS_FREE_TEXT, detail))
    elif process.is_contained:
        found.questions.append(doubt(Doubt.IN_CONTAINER, shown))
    elif stands is Standing.ANCHORED and not process.is_deleted:
        contained = process.is_contained is None
        strength = Strength.NAME if contained else Strength.ANCHORED
        found.add(strength, "processes", process.row, shown)
    else:
        if stands is Standing.ELSEWHERE:
            found.questions.append(doubt(Doubt.PROGRAM_ELSEWHERE, shown))
        found.add(Strength.NAME, "processes", process.row, shown)


def _services(known: Known, view: View, found: Traces, *, left_behind: bool) -> None:
    for signal in known.of(Kind.SERVICE):
        for index, row in view.services(signal.name):
            program = text(row, "executable")
            excerpt = f"{text(row, 'name')} {text(row, 'state')} {program}".strip()
            if is_anchored(row, known, view):
                found.add(Strength.ANCHORED, "services", index, excerpt, signal.ev)
            elif left_behind:
                found.questions.append(doubt(Doubt.LEFT_BEHIND, text(row, "name")))
            elif (signal.kind, signal.name) not in known.shared:
                found.add(Strength.NAME, "services", index, excerpt, signal.ev)


def is_anchored(row: Row, known: Known, view: View) -> bool:
    """Whether a service starts the product's own program, and that program exists."""
    program = canonical(text(row, "executable"), known.platform)
    if not any(same_program(name, program, known.platform) for name in known.programs):
        return False
    if not located(program, known, view):
        return False
    process = view.by_pid.get(number(row, "main_pid") or 0)
    return (
        row.get("executable_exists") is True
        or any(True for _ in view.files(program))
        or (process is not None and process.executable == program and not process.is_deleted)
    )


def _paths(known: Known, view: View, found: Traces) -> None:
    for signal, (index, row) in _existing(known.paths(PathUse.PROGRAM), view):
        if text(row, "kind") not in {"directory", "folder"}:
            found.add(Strength.ANCHORED, "files", index, text(row, "path"), signal.ev)
    for signal, (index, row) in _existing(known.paths(PathUse.FOLDER), view):
        if (signal.kind, signal.name) not in known.shared:
            found.add(Strength.NAME, "files", index, text(row, "path"), signal.ev)


def _existing(signals: Iterable[Signal], view: View) -> Iterator[tuple[Signal, Placed]]:
    for signal in signals:
        for placed in view.files(signal.name):
            yield signal, placed
