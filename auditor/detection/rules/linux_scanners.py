"""On-access scanning on Linux: what holds a fanotify group, and ClamAV's own version string."""

import re
from collections.abc import Iterator

from auditor.detection.answers import Call
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.names import base, in_system_folder
from auditor.detection.standing import Standing, standing
from auditor.detection.statement import Statement
from auditor.detection.times import moment
from auditor.detection.view import Process, View
from auditor.model import Row
from auditor.model.product_findings import Evidence
from auditor.model.products import Answer, Strength, Topic

FAN_OPEN_PERM = 0x10000
FAN_ACCESS_PERM = 0x20000
_BLOCKING = FAN_OPEN_PERM | FAN_ACCESS_PERM
_VERSION = re.compile(r"^ClamAV ([0-9][^/\s]*)(?:/([0-9]+)/(.+))?$", re.MULTILINE)
_NOT_SCANNERS = frozenset({"fapolicyd", "tracker-miner-fs-3", "systemd", "baloo_file"})


def is_blocking(mask: object) -> bool | None:
    """Say whether a fanotify mask stops an access until it is allowed; None if it is no mask."""
    if isinstance(mask, str):
        try:
            mask = int(mask, 16)
        except ValueError:
            return None
    if not isinstance(mask, int) or isinstance(mask, bool):
        return None
    return bool(mask & _BLOCKING)


def groups(view: View) -> Iterator[tuple[int, Row, Process | None]]:
    """Return the fanotify groups with the process that holds each."""
    for index, row in enumerate(view.facts.fanotify):
        pid = row.get("pid")
        yield index, row, view.by_pid.get(pid) if isinstance(pid, int) else None


def clamav_version(asked: Call) -> Iterator[Statement]:
    """Read `engine/database/date`; without a database only the engine stands there, exit 0."""
    match = _VERSION.search(asked.output)
    if not match:
        return
    engine, database, built = match.groups()
    yield Statement(
        topic=Topic.VERSION, evidence=asked.evidence(Topic.VERSION, engine), value=engine
    )
    if not database:
        for topic in (Topic.EFFECTIVE, Topic.FRESH):
            yield Statement(
                topic=topic,
                evidence=asked.evidence(topic, match.group()),
                answer=Answer.NO,
                question=doubt(Doubt.NO_DATABASE),
            )
        return
    at = moment(built, "local:%a %b %d %H:%M:%S %Y", asked.now)
    yield Statement(
        topic=Topic.FRESH,
        evidence=asked.evidence(Topic.FRESH, match.group()),
        at=at,
        question="" if at else doubt(Doubt.NO_TIME, built),
        within_minutes=asked.status.within_minutes,
    )


def on_access_by_fanotify(asked: Call) -> Iterator[Statement]:
    """Say whether the product's own process stops accesses; it has no other way on Linux."""
    held = list(held_by(asked))
    yield from held
    if not held and asked.view.facts.saw("fanotify") and asked.view.facts.saw("processes"):
        yield Statement(
            topic=Topic.EFFECTIVE,
            evidence=asked.evidence(Topic.EFFECTIVE, "no group", section="fanotify"),
            answer=Answer.NO,
            question=doubt(Doubt.WATCHES_ONLY, "no fanotify group"),
        )


def held_by(asked: Call) -> Iterator[Statement]:
    """Return what the groups of a product's own processes show; blocking anywhere is enough."""
    found: list[tuple[bool, int, str]] = []
    for index, row, process in groups(asked.view):
        if process is None or process.is_contained is not False:
            continue
        if standing(process, asked.known, asked.view) is Standing.ANCHORED:
            blocking = is_blocking(row.get("mask"))
            if blocking is not None:
                found.append((blocking, index, f"{process.executable} mask {row.get('mask')}"))
    if not found:
        return
    blocking, index, excerpt = max(found)
    yield Statement(
        topic=Topic.EFFECTIVE,
        evidence=asked.evidence(
            Topic.EFFECTIVE,
            excerpt,
            section="fanotify",
            row=index,
            strength=Strength.ANCHORED,
        ),
        answer=Answer.YES if blocking else Answer.NO,
        question="" if blocking else doubt(Doubt.WATCHES_ONLY),
    )


def fanotify_holders(asked: Call) -> Iterator[Statement]:
    """Report the holders that the catalogue explains, and ask about those that it does not."""
    explained: list[tuple[bool, int, str]] = []
    for index, row, process in groups(asked.view):
        program = process.executable if process and process.executable else ""
        blocking = is_blocking(row.get("mask"))
        if not program or blocking is None or base(program) in _NOT_SCANNERS:
            continue
        if process is None or process.is_contained is not False:
            continue
        shown = f"{program} mask {row.get('mask')}"
        if base(program) in asked.known.explained and in_system_folder(program, "linux"):
            explained.append((blocking, index, shown))
            continue
        yield Statement(
            topic=Topic.PRESENT,
            evidence=_group(asked, Topic.PRESENT, index, shown, Strength.NAME),
            question=doubt(Doubt.UNKNOWN_SCANNER, program),
        )
    if explained:
        blocking, index, shown = max(explained)
        for topic in (Topic.RUNNING, Topic.EFFECTIVE):
            good = topic is Topic.RUNNING or blocking
            yield Statement(
                topic=topic,
                evidence=_group(asked, topic, index, shown, Strength.ANCHORED),
                answer=Answer.YES if good else Answer.NO,
                question="" if good else doubt(Doubt.WATCHES_ONLY),
            )


def _group(asked: Call, topic: Topic, row: int, shown: str, strength: Strength) -> Evidence:
    return asked.evidence(topic, shown, section="fanotify", row=row, strength=strength)
