"""What the appraiser says: who it is, what a look by hand gave, and a verdict per indicator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from auditor import yamlfile
from auditor.errors import BadInput
from auditor.language import _
from auditor.model import AuditRecord, noun
from auditor.pack.agreement import Result
from auditor.pack.sample import Sample
from auditor.yamlfile import Document, FieldPath

SCHEMA = "urn:audit:opinions:v1"


@noun
class Appraiser:
    """The person who appraises."""

    name: str
    position: str = ""
    organisation: str = ""


@noun
class Look:
    """What a look by hand at one measurement of the sample gave, and how it was done."""

    key: str
    result: Result
    how: str


@noun
class Opinion:
    """The appraiser's own verdict: “Đạt” or “Không đạt”, with a reason."""

    indicator: str
    verdict: Literal["met", "not_met"]
    reason: str


@noun
class Opinions:
    """The file of `audit appraise --verdicts`."""

    schema: str
    appraiser: Appraiser
    sample: tuple[Look, ...] = ()
    verdicts: tuple[Opinion, ...] = ()


def load(path: Path, record: AuditRecord, sample: Sample) -> Opinions:
    """Read the appraiser's file. Raises `BadInput` with line and field for each thing wrong."""
    document = yamlfile.read(path)
    return checked(yamlfile.build(document, Opinions), document, record, sample)


def checked(
    opinions: Opinions, document: Document, record: AuditRecord, sample: Sample
) -> Opinions:
    """Hold opinions against the pack and its sample. Raises `BadInput`."""
    problems = [
        document.problem(path, problem, remedy)
        for path, problem, remedy in _refusals(opinions, record, sample)
    ]
    if problems:
        raise BadInput(*problems)
    return opinions


def _refusals(
    opinions: Opinions, record: AuditRecord, sample: Sample
) -> Iterator[tuple[FieldPath, str, str]]:
    if opinions.schema != SCHEMA:
        yield ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
    if not opinions.appraiser.name.strip():
        yield ("appraiser", "name"), _("empty"), _("Write the appraiser's full name.")
    yield from _looks(opinions, [item.key for item in sample.drawn])
    yield from _verdicts(opinions, [finding.indicator for finding in record.findings])


def _looks(opinions: Opinions, drawn: list[str]) -> Iterator[tuple[FieldPath, str, str]]:
    looked = [look.key for look in opinions.sample]
    for index, look in enumerate(opinions.sample):
        if look.key not in drawn:
            remedy = _("List the sample with `audit appraise --list`.")
            yield ("sample", index, "key"), _("not in the sample: {key}", key=look.key), remedy
        if looked.index(look.key) != index:
            yield ("sample", index, "key"), _("said twice"), _("Keep one of the two.")
        if not look.how.strip():
            yield ("sample", index, "how"), _("empty"), _("Say how it was looked at.")


def _verdicts(opinions: Opinions, known: list[str]) -> Iterator[tuple[FieldPath, str, str]]:
    judged = [opinion.indicator for opinion in opinions.verdicts]
    for index, opinion in enumerate(opinions.verdicts):
        if opinion.indicator not in known:
            problem = _("no such indicator: {id}", id=opinion.indicator)
            remedy = _("Use one of: {words}.", words=", ".join(known))
            yield ("verdicts", index, "indicator"), problem, remedy
        if judged.index(opinion.indicator) != index:
            yield ("verdicts", index, "indicator"), _("said twice"), _("Keep one of the two.")
        if not opinion.reason.strip():
            yield ("verdicts", index, "reason"), _("empty"), _("Give the reason.")
