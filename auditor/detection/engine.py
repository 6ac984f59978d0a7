"""From rows to product findings. Nothing here looks anything up outside its arguments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from auditor.detection import derived, presence, reporting
from auditor.detection import running as alive
from auditor.detection.answers import Call, call, could_speak, plain, was_heard
from auditor.detection.backup import proofs
from auditor.detection.copies import copies, worst
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import Facts, text
from auditor.detection.hints import hints
from auditor.detection.known import Known, known_products
from auditor.detection.listening import listening
from auditor.detection.marks import MISSING, marks
from auditor.detection.rules import RULES
from auditor.detection.rules.linux_scanners import held_by
from auditor.detection.statement import Statement, fresh, last_success, merge
from auditor.detection.view import View, is_installed
from auditor.model.product_findings import AxisFinding, BackupCopy, ProductFinding
from auditor.model.products import (
    Answer,
    Kind,
    Limit,
    ProductCatalogue,
    Role,
    Status,
    Strength,
    Topic,
)

PROTECTING = frozenset({Role.ANTI_MALWARE, Role.EDR})
_ASKED_FOR = frozenset({"files", "status_outputs"})
"""Sections that hold only what a machine was asked for."""

_NO_QUESTION = AxisFinding(answer=Answer.NOT_APPLICABLE)
AXES = (Topic.PRESENT, Topic.RUNNING, Topic.EFFECTIVE, Topic.MANAGED, Topic.FRESH)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the sources of one product said, and on which topics one of them was not heard."""

    said: tuple[Statement, ...]
    silent: frozenset[Topic]


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of a machine was seen; nothing else decides what is said of an empty one.

    `asked` are the status questions in the order of their rows, as if it knew no command of them.
    """

    platform: str
    is_root: bool
    complete: frozenset[str]
    unasked: frozenset[str]
    asked: tuple[str, ...]


def detect(catalogue: ProductCatalogue, facts: Facts) -> tuple[ProductFinding, ...]:
    """Judge every product of the catalogue that exists for the machine's platform, in order.

    A product of which the machine bears no mark is to it what it is to an empty machine of which
    as much was seen; that is worked out once.
    """
    products, view = known_products(catalogue, facts.platform), View(facts)
    marked = marks(products).on(view)
    asked = tuple(text(row, "command") for row in facts.status_outputs)
    seen = Seen(facts.platform, facts.is_root, facts.complete, facts.unasked, asked)
    empty = _empty(products, catalogue.limits, seen)
    looked_at = iter(_each([products[place] for place in sorted(marked)], catalogue.limits, view))
    return tuple(
        next(looked_at) if place in marked else finding for place, finding in enumerate(empty)
    )


def detect_each(catalogue: ProductCatalogue, facts: Facts) -> tuple[ProductFinding, ...]:
    """Do the same the long way, product by product; what `detect` must never differ from."""
    return _each(known_products(catalogue, facts.platform), catalogue.limits, View(facts))


@lru_cache(maxsize=32)
def _empty(
    products: tuple[Known, ...], limits: tuple[Limit, ...], seen: Seen
) -> tuple[ProductFinding, ...]:
    """Judge products on a machine on which there is nothing at all, at whatever time."""
    facts = Facts(
        platform=seen.platform,
        is_root=seen.is_root,
        now=datetime.fromtimestamp(0, UTC),
        complete=seen.complete,
        unasked=seen.unasked,
        status_outputs=tuple({"command": key, "state": MISSING} for key in seen.asked),
    )
    return _each(products, limits, View(facts))


def _each(
    products: Iterable[Known], limits: Iterable[Limit], view: View
) -> tuple[ProductFinding, ...]:
    partly = view.seen_less(_ASKED_FOR)
    by_role = {limit.role: limit for limit in limits}
    return tuple(
        _finding(known, partly if known.product.id in view.facts.unasked else view, by_role)
        for known in products
    )


def listen(known: Known, view: View) -> Heard:
    """Collect what every status source of a product says."""
    said: list[Statement] = []
    silent: set[Topic] = set()
    for status in known.status:
        asked = call(status, known, view)
        heard = _was_heard(asked)
        said += _statements(asked)
        if not heard:
            silent |= _could_speak(status)
    if known.platform == "linux" and PROTECTING & set(known.product.roles):
        said += _watching(known, view, said)
    return Heard(tuple(said), frozenset(silent))


def _finding(known: Known, view: View, limits: dict[Role, Limit]) -> ProductFinding:
    minutes = next((limits[role].minutes for role in known.product.roles if role in limits), None)
    heard = listen(known, view)
    found = presence.traces(known, view)
    found.evidence += [replace(s.evidence, topic=Topic.PRESENT) for s in heard.said if _is_trace(s)]
    present = presence.present(known, view, found)
    if present.answer is Answer.NO:
        return _absent(known, present, (*found.questions, *hints(known, view)))
    axes = {Topic.PRESENT: present}
    said = list(heard.said)
    axes[Topic.RUNNING] = alive.running(
        known, view, found, said, silent=Topic.RUNNING in heard.silent
    )
    axes[Topic.EFFECTIVE] = _effective(known, heard, axes[Topic.RUNNING])
    reported = reporting.report(known, view, found.processes, said, heard.silent)
    axes[Topic.MANAGED] = _unless_stopped(reported.managed, axes[Topic.RUNNING])
    axes[Topic.FRESH] = fresh(
        heard.said,
        now=view.facts.now,
        limit_minutes=minutes,
        silent=Topic.FRESH in heard.silent,
        sees_files=view.facts.saw("files"),
    )
    found_proofs = proofs(known, view, heard.said, heard.silent)
    stored = copies(known, view, (heard.said, heard.silent), minutes)
    if len(stored) > 1:
        axes[Topic.FRESH] = worst(stored)
    axes[Topic.FRESH] = derived.fresh(
        known,
        axes,
        has_limit=minutes is not None,
        server=reported.server,
        silent=Topic.FRESH in heard.silent,
    )
    axes[Topic.EFFECTIVE] = derived.effective(known, axes, found_proofs.get(Topic.SCHEDULE))
    axes = _while_present(axes)
    questions = (
        *found.questions,
        *alive.questions(known, view, found),
        *_conflicts(heard),
        *(s.question for s in said if s.question),
        *hints(known, view),
    )
    return ProductFinding(
        product=known.product.id,
        name=known.product.name,
        roles=known.product.roles,
        axes=axes,
        proofs=found_proofs,
        version=_version(known, view, heard),
        grade=reporting.grade(known, axes, reported),
        server=reported.server,
        last_success_at=last_success(said),
        questions=tuple(dict.fromkeys(questions)),
        supplied_by=known.product.supplied_by.by if known.product.supplied_by else "",
        copies=tuple(_copy_while_present(copy, present) for copy in stored),
        listening=listening(known, view, found.processes, axes[Topic.RUNNING]),
        driven_by=known.product.driven_by,
    )


def _copy_while_present(copy: BackupCopy, present: AxisFinding) -> BackupCopy:
    if present.answer is Answer.YES:
        return copy
    age = copy.fresh
    if age.answer is Answer.YES:
        age = replace(age, answer=Answer.UNKNOWN, reason=present.reason)
    return replace(copy, fresh=age, age_h=None)


def _while_present(axes: dict[Topic, AxisFinding]) -> dict[Topic, AxisFinding]:
    """Leave good news open while it is open whether the product is there at all."""
    present = axes[Topic.PRESENT]
    if present.answer is Answer.YES:
        return axes
    capped = {Topic.EFFECTIVE, Topic.MANAGED, Topic.FRESH}
    return {
        axis: replace(found, answer=Answer.UNKNOWN, reason=present.reason)
        if axis in capped and found.answer is Answer.YES
        else found
        for axis, found in axes.items()
    }


def _is_trace(statement: Statement) -> bool:
    """Whether a source says that the product is here or alive, or at least names it."""
    if statement.answer is Answer.YES:
        return statement.topic in {Topic.PRESENT, Topic.RUNNING}
    return statement.topic is Topic.PRESENT and statement.evidence.strength is Strength.NAME


def _absent(known: Known, present: AxisFinding, questions: tuple[str, ...]) -> ProductFinding:
    """Return the finding on what is not there: it has no other axes."""
    return ProductFinding(
        product=known.product.id,
        name=known.product.name,
        roles=known.product.roles,
        axes={axis: present if axis is Topic.PRESENT else _NO_QUESTION for axis in AXES},
        questions=tuple(dict.fromkeys(questions)),
        supplied_by=known.product.supplied_by.by if known.product.supplied_by else "",
    )


def _statements(asked: Call) -> Iterator[Statement]:
    yield from plain(asked)
    if asked.status.rule:
        yield from RULES[asked.status.rule].apply(asked)


def _was_heard(asked: Call) -> bool:
    rule = RULES.get(asked.status.rule)
    if rule and rule.section and rule.section not in asked.view.facts.complete:
        return False
    return was_heard(asked)


def _could_speak(status: Status) -> frozenset[Topic]:
    rule = RULES.get(status.rule)
    return could_speak(status) | (rule.topics if rule else frozenset())


def _watching(known: Known, view: View, said: list[Statement]) -> list[Statement]:
    """Return what fanotify shows of a product whose own words do not already include it."""
    if any(s.topic is Topic.EFFECTIVE for s in said) or not known.status:
        return []
    asked = call(known.status[0], known, view)
    return [s for s in held_by(asked) if s.answer is Answer.YES]


def _effective(known: Known, heard: Heard, running: AxisFinding) -> AxisFinding:
    """Effective by the product's own words; what should run and does not run does nothing."""
    if running.answer is Answer.NO:
        return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.NOT_RUNNING))
    silent = Topic.EFFECTIVE in heard.silent
    found = merge(heard.said, Topic.EFFECTIVE, silent=silent)
    if found.answer is Answer.UNKNOWN and not found.evidence:
        why = doubt(Doubt.SOURCE_SILENT if silent else Doubt.NO_PROOF_KNOWN)
        return AxisFinding(answer=Answer.UNKNOWN, reason=why)
    if found.answer is Answer.YES and running.answer is Answer.UNKNOWN and known.main:
        why = running.reason or doubt(Doubt.NOT_SEEN)
        return AxisFinding(answer=Answer.UNKNOWN, reason=why, evidence=found.evidence)
    return found


def _unless_stopped(managed: AxisFinding, running: AxisFinding) -> AxisFinding:
    if running.answer is Answer.NO and managed.answer is not Answer.NOT_APPLICABLE:
        why = doubt(Doubt.NOT_RUNNING)
        return AxisFinding(answer=Answer.NO, reason=why, evidence=managed.evidence)
    if running.answer is Answer.UNKNOWN and managed.answer is Answer.YES:
        return AxisFinding(answer=Answer.UNKNOWN, reason=running.reason, evidence=managed.evidence)
    return managed


def _conflicts(heard: Heard) -> Iterator[str]:
    """Name the topics on which sources contradict each other (rule 7)."""
    for topic, place in dict.fromkeys((s.topic, s.place) for s in heard.said):
        answers = {s.answer for s in heard.said if s.topic is topic and s.place == place}
        if {Answer.YES, Answer.NO} <= answers:
            yield doubt(Doubt.CONFLICT, topic)


def _version(known: Known, view: View, heard: Heard) -> str:
    """Return the version that the product says, else that of its first installed package."""
    for statement in heard.said:
        if statement.topic is Topic.VERSION and statement.value:
            return statement.value
    for signal in known.of(Kind.PACKAGE):
        for _index, row in view.packages(signal.name):
            if is_installed(row):
                return text(row, "version")
    return ""
