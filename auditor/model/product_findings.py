"""What was concluded about one product on one machine, with the facts behind every answer."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from auditor.model.products import Answer, Grade, Role, Strength, Topic
from auditor.model.vocabulary import noun

PROOFS = (
    Topic.PRESENT,
    Topic.SCHEDULE,
    Topic.FRESH,
    Topic.REPOSITORY,
    Topic.INTEGRITY,
    Topic.RESTORE,
)
"""What proves a backup, in the order in which one proof builds on the other."""


@noun
class Evidence:
    """One fact behind an answer: which section, which row of it, what stood there."""

    topic: Topic
    strength: Strength
    section: str
    row: int | None
    excerpt: str
    source: str = ""

    def __str__(self) -> str:
        """Return the one line that a report shows."""
        place = self.section if self.row is None else f"{self.section}[{self.row}]"
        source = f", {self.source}" if self.source else ""
        return f"{self.topic}: {place}: {self.excerpt} ({self.strength}{source})"


@noun
class AxisFinding:
    """The answer on one topic. `reason` is never empty when the answer is unknown."""

    answer: Answer
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()


@noun
class BackupCopy:
    """One place that a backup tool writes to; an empty `location` is one that it does not tell.

    `age_h` is hours since the last success by the machine's own clock, None unless `fresh` rests on
    it. `sources` are the paths that its scheduler line names; empty when the line does not tell.
    """

    location: str
    fresh: AxisFinding
    schedule: AxisFinding
    repository: AxisFinding
    last_success_at: datetime | None = None
    age_h: float | None = None
    scheduled_by: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@noun
class ProductFinding:
    """What is known about one product on one machine. Times are aware; ages are the host's own.

    `copies` has an entry for each place of a backup tool that may be here. `listening` says whether
    what serves data can be connected to from outside; None for a product that stores nothing.
    """

    product: str
    name: str
    roles: tuple[Role, ...]
    axes: Mapping[Topic, AxisFinding]
    proofs: Mapping[Topic, AxisFinding] = field(default_factory=dict)
    version: str = ""
    grade: Grade | None = None
    server: str = ""
    last_success_at: datetime | None = None
    questions: tuple[str, ...] = ()
    supplied_by: str = ""
    copies: tuple[BackupCopy, ...] = ()
    listening: AxisFinding | None = None
    driven_by: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All evidence, axis by axis."""
        found = [*self.axes.values(), *self.proofs.values()]
        return tuple(item for finding in found for item in finding.evidence)

    def answer(self, topic: Topic) -> Answer:
        """Return the answer on one axis or proof."""
        finding = self.axes.get(topic) or self.proofs.get(topic)
        return finding.answer if finding else Answer.NOT_APPLICABLE
