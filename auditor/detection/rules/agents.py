"""Agents that write their own state: Wazuh, Elastic, WireGuard, NFS, macOS extensions."""

import re
from collections.abc import Iterator
from datetime import timedelta

from auditor.detection.answers import Call
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import number, text
from auditor.detection.statement import Statement
from auditor.detection.times import moment
from auditor.model import Row
from auditor.model.products import Answer, Strength, Topic

STATE_FILE_LIMIT = timedelta(seconds=60)
"""Wazuh rewrites its state file every 5 s; 30 s is late, the rest is the collector's own time."""

_PAIR = re.compile(r"^(\w+)='([^']*)'", re.MULTILINE)
_WAZUH_LINK = {"connected": Answer.YES, "pending": Answer.NO, "disconnected": Answer.NO}
_ELASTIC_HEALTHY = "2"
_ELASTIC_BROKEN = frozenset({"4", "5", "6"})


def modified(row: Row, asked: Call) -> float | None:
    """Return when a file was last written, in POSIX seconds."""
    value = row.get("modified_at")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    at = moment(text(row, "modified_at"), "iso", asked.now)
    return at.timestamp() if at else None


def wazuh_state(asked: Call) -> Iterator[Statement]:
    """Read status and last keepalive; "connected" in an old file is a conflict, not a link."""
    pairs = dict(_PAIR.findall(asked.output))
    status = pairs.get("status", "")
    answer = _WAZUH_LINK.get(status, Answer.UNKNOWN)
    question = ""
    if answer is Answer.YES and _is_stale(asked):
        answer, question = Answer.NO, doubt(Doubt.CONFLICT, "state file is old")
    if status:
        evidence = asked.evidence(Topic.LINK, f"status={status}")
        yield Statement(topic=Topic.LINK, evidence=evidence, answer=answer, question=question)
    if "last_keepalive" in pairs:
        yield Statement(
            topic=Topic.FRESH,
            evidence=asked.evidence(Topic.FRESH, f"last_keepalive={pairs['last_keepalive']}"),
            at=moment(pairs["last_keepalive"], "iso", asked.now),
            question=doubt(Doubt.NO_TIME, pairs["last_keepalive"]),
            within_minutes=asked.status.within_minutes,
        )


def _is_stale(asked: Call) -> bool:
    for path in asked.status.lines:
        for _index, row in asked.view.files(path):
            written = modified(row, asked)
            if written is not None:
                return asked.now.timestamp() - written > STATE_FILE_LIMIT.total_seconds()
    return False


def elastic_status(asked: Call) -> Iterator[Statement]:
    """Read is_managed and FleetState (decoders.elastic_state: 2 healthy, 4 failed)."""
    managed = re.search(r'"is_managed"\s*:\s*(true|false)', asked.output)
    fleet = re.search(r'"FleetState"\s*:\s*(\d+)', asked.output)
    own = re.search(r'"state"\s*:\s*(\d+)', asked.output)
    version = re.search(r'"version"\s*:\s*"([^"]+)', asked.output)
    if version:
        evidence = asked.evidence(Topic.VERSION, version.group(1))
        yield Statement(topic=Topic.VERSION, evidence=evidence, value=version.group(1))
    if own:
        yield _state(asked, Topic.EFFECTIVE, own.group(1), own.group())
    if managed and managed.group(1) == "false":
        yield _decided(asked, Topic.MANAGED, Answer.NO, managed.group())
    elif managed and fleet:
        yield _state(asked, Topic.MANAGED, fleet.group(1), f"{managed.group()} {fleet.group()}")


def _state(asked: Call, topic: Topic, code: str, excerpt: str) -> Statement:
    if code == _ELASTIC_HEALTHY:
        return _decided(asked, topic, Answer.YES, excerpt)
    if code in _ELASTIC_BROKEN:
        return _decided(asked, topic, Answer.NO, excerpt)
    return _decided(asked, topic, Answer.UNKNOWN, excerpt, doubt(Doubt.UNKNOWN_STATE, code))


def key_file(asked: Call) -> Iterator[Statement]:
    """Look for the key file that enrolment leaves; its content is never read."""
    placed = [item for path in asked.status.newest for item in asked.view.files(path)]
    for index, row in placed:
        size = number(row, "size_bytes")
        if size is None:
            continue
        yield Statement(
            topic=Topic.ENROLLED,
            evidence=asked.evidence(
                Topic.ENROLLED,
                f"{text(row, 'path')} {size} bytes",
                section="files",
                row=index,
                strength=Strength.ANCHORED,
            ),
            answer=Answer.YES if size else Answer.NO,
        )
    if not placed and asked.view.facts.saw("files"):
        yield Statement(
            topic=Topic.ENROLLED,
            evidence=asked.evidence(Topic.ENROLLED, asked.status.newest[0], section="files"),
            answer=Answer.NO,
            question=doubt(Doubt.NOT_SEEN, asked.status.newest[0]),
        )


def newest_handshake(asked: Call) -> Iterator[Statement]:
    """Read `wg show all latest-handshakes`; 0 means never."""
    times = re.findall(r"\s(\d+)$", asked.output, re.MULTILINE)
    if not times:
        return
    newest = max(times, key=int)
    yield Statement(
        topic=Topic.FRESH,
        evidence=asked.evidence(Topic.FRESH, newest),
        at=moment(newest, "epoch", asked.now),
        question=doubt(Doubt.NO_TIME, newest),
        within_minutes=asked.status.within_minutes,
    )
    yield _decided(asked, Topic.RUNNING, Answer.YES, f"{len(times)} peers")


def exports(asked: Call) -> Iterator[Statement]:
    """Say whether anything is exported; a server of nothing does nothing."""
    if asked.placed is None:
        return
    shown = asked.output.strip()
    yield _decided(asked, Topic.EFFECTIVE, Answer.YES if shown else Answer.NO, shown or "empty")


def system_extensions(asked: Call) -> Iterator[Statement]:
    """Say whether an extension is enabled; one that waits for the user does not run."""
    if "endpoint_security" not in asked.output:
        return
    enabled = "[activated enabled]" in asked.output
    yield _decided(asked, Topic.PRESENT, Answer.YES, asked.output)
    yield _decided(asked, Topic.EFFECTIVE, Answer.YES if enabled else Answer.NO, asked.output)


def _decided(
    asked: Call, topic: Topic, answer: Answer, excerpt: str, question: str = ""
) -> Statement:
    return Statement(
        topic=topic, evidence=asked.evidence(topic, excerpt), answer=answer, question=question
    )
