"""Status answers: which were heard, and what the plain readings of the catalogue make of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import number, text
from auditor.detection.known import Known
from auditor.detection.statement import Statement
from auditor.detection.times import moment
from auditor.detection.view import Placed, View
from auditor.model.product_findings import Evidence
from auditor.model.products import Answer, Reading, Status, Strength, Topic

EXCERPT = 120
_DENIED = re.compile(
    r"permission denied|must be root|operation not permitted|access is denied", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Call:
    """One status entry of a product with the answer that the machine gave, if any."""

    known: Known
    view: View
    status: Status
    placed: Placed | None

    @property
    def output(self) -> str:
        """What was printed. Lines read from files come without the file's name."""
        printed = text(self.placed[1], "stdout") if self.placed else ""
        if not self.status.lines:
            return printed
        return "\n".join(line.partition(":")[2] for line in printed.splitlines())

    @property
    def by_file(self) -> dict[str, str]:
        """What was read, file by file."""
        found: dict[str, list[str]] = {}
        for line in (text(self.placed[1], "stdout") if self.placed else "").splitlines():
            path, _, content = line.partition(":")
            found.setdefault(path, []).append(content)
        return {path: "\n".join(lines) for path, lines in found.items()}

    @property
    def now(self) -> datetime:
        """The host's own clock."""
        return self.view.facts.now

    def evidence(
        self,
        topic: Topic,
        excerpt: str,
        *,
        section: str = "status_outputs",
        row: int | None = None,
        strength: Strength = Strength.SELF_REPORT,
    ) -> Evidence:
        """Make the evidence for what this answer says."""
        if row is None and section == "status_outputs" and self.placed:
            row = self.placed[0]
        return Evidence(
            topic=topic,
            strength=strength,
            section=section,
            row=row,
            excerpt=" ".join(excerpt.split())[:EXCERPT],
            source=self.status.ev,
        )


def call(status: Status, known: Known, view: View) -> Call:
    """Find the answer to a status entry."""
    return Call(known, view, status, view.output(status.key) if status.key else None)


def was_heard(asked: Call) -> bool:
    """Whether silence of this source means that it has nothing to say."""
    facts, status = asked.view.facts, asked.status
    if not status.key:
        section = "files" if status.newest else ""
        return (facts.is_root or not status.needs_root) and (
            not section or section in facts.complete
        )
    if asked.placed is None:
        return "status_outputs" in facts.complete and (facts.is_root or not status.needs_root)
    row = asked.placed[1]
    if text(row, "state") == "missing":
        return facts.is_root or not status.needs_root
    if text(row, "state") in {"timeout", "denied"} or number(row, "exit_code") is None:
        return False
    return not _DENIED.search(text(row, "stderr")) or bool(text(row, "stdout").strip())


def could_speak(status: Status) -> frozenset[Topic]:
    """Return the topics on which a source's plain readings could say "no"."""
    return frozenset(r.topic for r in status.readings if r.no or r.time or r.topic is Topic.SERVER)


def plain(asked: Call) -> Iterator[Statement]:
    """Apply the identity and the readings of a status entry."""
    output, status = asked.output, asked.status
    if not output.strip():
        return
    identity = re.search(status.identity, output, re.MULTILINE) if status.identity else None
    if identity:
        yield _said(asked, Topic.PRESENT, Answer.YES, identity.group())
        if status.alive:
            yield _said(asked, Topic.RUNNING, Answer.YES, identity.group())
    for reading in status.readings:
        found = list(re.finditer(reading.pattern, output, re.MULTILINE))
        if reading.topic is Topic.SERVER:
            for match in found:
                yield _read(asked, reading, _value(match))
        elif found:
            yield _read(asked, reading, _value(found[-1]))


def _read(asked: Call, reading: Reading, value: str) -> Statement:
    evidence = asked.evidence(reading.topic, value)
    if reading.time:
        at = moment(value, reading.time, asked.now)
        return Statement(
            topic=reading.topic,
            evidence=evidence,
            at=at,
            question="" if at else doubt(Doubt.NO_TIME, value),
            within_minutes=asked.status.within_minutes,
        )
    answer = Answer.UNKNOWN
    if value in reading.no:
        answer = Answer.NO
    elif value in reading.yes or not (reading.yes or reading.no):
        answer = Answer.YES
    question = doubt(Doubt.UNKNOWN_STATE, value) if answer is Answer.UNKNOWN else ""
    return Statement(
        topic=reading.topic, evidence=evidence, answer=answer, value=value, question=question
    )


def _said(asked: Call, topic: Topic, answer: Answer, excerpt: str) -> Statement:
    return Statement(topic=topic, evidence=asked.evidence(topic, excerpt), answer=answer)


def _value(match: re.Match[str]) -> str:
    return (match.group(1) if match.re.groups else match.group()).strip()
