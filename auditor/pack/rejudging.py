"""The verdicts of a sealed record again, from its own observations and its own profile."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from auditor import __version__, profile, yamlfile
from auditor.errors import BadInput
from auditor.judge import Case
from auditor.language import _
from auditor.model import AuditRecord
from auditor.pack.comparing import first_unequal, short
from auditor.pack.container import Fault
from auditor.record import to_v1
from auditor.record_reader import from_v1
from auditor.record_v1 import RecordV1
from auditor.rollup import judge
from auditor.runfolder import PROFILE, RECORD

_WORDING = frozenset({"reason", "reason_en", "title", "unit", "name"})
"""Fields of words alone, which another version of the tool may put differently."""


class Rejudged(NamedTuple):
    """The sealed record read back, what differs from it, and what only reads differently."""

    record: AuditRecord | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()


def rejudge(sealed: RecordV1, profile_content: bytes) -> Rejudged:
    """Judge again and compare with the sealed findings, field by field."""
    try:
        document = yamlfile.parse(profile_content, PROFILE)
        criteria = profile.from_document(document, ()).profile
    except BadInput as error:
        return Rejudged(None, (Fault(PROFILE, str(error)),))
    try:
        record = from_v1(sealed, criteria)
    except (KeyError, ValueError) as error:
        problem = _("not a readable record: {problem}", problem=error)
        return Rejudged(None, (Fault(RECORD, problem),))
    keys = [item.measurement.key for item in record.observations]
    if keys != [item["key"] for item in sealed["observations"]] or len(set(keys)) < len(keys):
        return Rejudged(None, (Fault(RECORD, _("an observation has another's key")),))
    judgement = judge(Case(criteria, record.targets, record.plan, record.observations))
    told = replace(record, observations=(), plan=(), findings=judgement.findings,
                   groups=judgement.groups)  # fmt: skip
    derived = to_v1(told)
    if sealed["tool"]["version"] == __version__:
        return Rejudged(record, tuple(_differences(sealed, derived, frozenset())))
    faults = tuple(_differences(sealed, derived, _WORDING))
    if faults or not any(_differences(sealed, derived, frozenset())):
        return Rejudged(record, faults)
    note = _(
        "Reasons were written by version {old} and read differently in {new}; verdicts are equal.",
        old=sealed["tool"]["version"],
        new=__version__,
    )
    return Rejudged(record, (), (note,))


def _differences(sealed: RecordV1, derived: RecordV1, leave: frozenset[str]) -> Iterator[Fault]:
    """Compare findings by indicator, then groups."""
    yield from _compared(sealed["findings"], derived["findings"], "indicator", leave)
    yield from _compared(sealed["groups"], derived["groups"], "group", leave)


def _compared(
    ours: Sequence[Any], theirs: Sequence[Any], name: str, leave: frozenset[str]
) -> Iterator[Fault]:
    if [item[name] for item in ours] != [item[name] for item in theirs]:
        yield Fault(RECORD, _("its indicators or groups are not those of its profile"))
        return
    for sealed, derived in zip(ours, theirs, strict=True):
        if field := first_unequal(_without(sealed, leave), _without(derived, leave)):
            yield Fault(
                RECORD,
                _(
                    "{name}: {field} is sealed as {sealed}, but follows as {derived}",
                    name=sealed[name],
                    field=field,
                    sealed=short(sealed[field]),
                    derived=short(derived[field]),
                ),
            )


def _without(value: Any, leave: frozenset[str]) -> Any:  # noqa: ANN401 - JSON
    if not leave:
        return value
    if isinstance(value, dict):
        return {name: _without(item, leave) for name, item in value.items() if name not in leave}
    return [_without(item, leave) for item in value] if isinstance(value, list) else value
