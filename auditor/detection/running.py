"""Is the product's main component alive now? Rule 2: a name alone never says so."""

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.presence import Traces, is_anchored
from auditor.detection.standing import Standing, is_main
from auditor.detection.statement import Statement
from auditor.detection.view import Process, View
from auditor.model.product_findings import AxisFinding, Evidence
from auditor.model.products import Answer, Kind, Runs, Strength, Topic

_ALIVE = frozenset({"running", "active"})
_STARTS = frozenset({"enabled", "automatic", "auto"})


def running(
    known: Known, view: View, found: Traces, said: list[Statement], *, silent: bool
) -> AxisFinding:
    """Answer whether the main component is alive."""
    if known.product.runs is Runs.ON_DEMAND:
        return AxisFinding(answer=Answer.NOT_APPLICABLE)
    spoken = [s for s in said if s.topic is Topic.RUNNING]
    evidence = [s.evidence for s in spoken]
    if any(s.answer is Answer.NO for s in spoken):
        return AxisFinding(answer=Answer.NO, evidence=tuple(evidence))
    alive = [item for p, stands in found.processes for item in _alive(p, stands, known)]
    alive += _managed_by_system(known, view)
    evidence += alive
    if alive or any(s.answer is Answer.YES for s in spoken):
        if silent:
            why = doubt(Doubt.SOURCE_SILENT)
            return AxisFinding(answer=Answer.UNKNOWN, reason=why, evidence=tuple(evidence))
        return AxisFinding(answer=Answer.YES, evidence=tuple(evidence))
    why = _why_not_no(known, view, found)
    if not why:
        # a source that was not heard cannot bring back a daemon that no process is
        return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.NOT_RUNNING))
    return AxisFinding(answer=Answer.UNKNOWN, reason=why, evidence=tuple(evidence))


def questions(known: Known, view: View, found: Traces) -> list[str]:
    """Return what a person should look at: enabled units without a process, deleted programs."""
    asked = [
        doubt(Doubt.RESTART_NEEDED, process.executable or process.comm)
        for process, stands in found.processes
        if process.is_deleted and stands is Standing.ANCHORED
    ]
    if found.processes or not view.facts.saw("processes"):
        return asked
    for signal in known.of(Kind.SERVICE):
        for _index, row in view.services(signal.name):
            if text(row, "startup") in _STARTS and text(row, "state") not in _ALIVE | {"exited"}:
                asked.append(doubt(Doubt.ENABLED_NOT_RUNNING, text(row, "name")))
    return asked


def _alive(process: Process, stands: Standing, known: Known) -> list[Evidence]:
    if stands is not Standing.ANCHORED or process.is_contained is not False:
        return []
    if not is_main(process, known):
        return []
    return [_evidence("processes", process.row, f"pid {process.pid} {process.executable}")]


def _managed_by_system(known: Known, view: View) -> list[Evidence]:
    """On Windows the service manager's word counts when the service's program is anchored."""
    if known.platform != "windows":
        return []
    return [
        _evidence("services", index, f"{text(row, 'name')} {text(row, 'state')}")
        for signal in known.of(Kind.SERVICE)
        for index, row in view.services(signal.name)
        if text(row, "state") in _ALIVE and is_anchored(row, known, view)
    ]


def _why_not_no(known: Known, view: View, found: Traces) -> str:
    """Say why "not running" cannot be concluded; empty when it can."""
    if view.unseen:
        return view.unseen
    if known.product.runs is Runs.SYSTEM or not known.main:
        return doubt(Doubt.NO_PROOF_KNOWN)
    open_ends = {
        Standing.NAME_ONLY: doubt(Doubt.ONLY_NAMES),
        Standing.ELSEWHERE: doubt(Doubt.PROGRAM_ELSEWHERE),
    }
    for process, stands in found.processes:
        if process.is_contained is None and stands is Standing.ANCHORED:
            return doubt(Doubt.CONTAINMENT_UNKNOWN, process.comm)
        if stands in open_ends and not process.is_contained:
            return open_ends[stands]
    return ""


def _evidence(section: str, row: int, excerpt: str) -> Evidence:
    return Evidence(
        topic=Topic.RUNNING,
        strength=Strength.ANCHORED,
        section=section,
        row=row,
        excerpt=excerpt,
    )
