"""What changed between two runs, and the one cause of each changed verdict.

Pure, like judging: old evidence is judged by the new criteria and the other way round, and then
kind of change by kind of change is carried over into the old run until the verdict is the new one.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from auditor import rollup
from auditor.judge import Case
from auditor.model import (
    AuditRecord,
    Cause,
    Change,
    Effective,
    Finding,
    Measured,
    Observation,
    Row,
    Verdict,
)

WORSE_FIRST = (Verdict.NOT_MET, Verdict.UNDETERMINED, Verdict.NOT_APPLICABLE, Verdict.MET)
"""Verdicts in the order of how good they are."""

TRIED = tuple(cause for cause in Cause if cause is not Cause.EXCEPTION)
"""What can be carried over from one run into the other; an exception changes no verdict."""


STATED = frozenset({"declarations", "declared_values", "information_systems"})
PAPERS = frozenset({"documents", "document_content", "document_signature", "document_agreement"})
SAMPLED = frozenset({"internet_quality"})
"""Probes whose numbers scatter from sample to sample."""
OF_SERIES = "series_"
"""Beginning of columns that say the same of every sample of a run: they have no range."""

CONFIRMING = frozenset({"is_confirmed", "confirmed_by", "confirmed_on", "confirmed_until"})
TOUCHED = "modified_at"
"""Of a document its digest tells whether it changed; copying it changes this."""
AGEING = ("age_days", "age_h", "age_hours", "days_left", "is_expired", "is_confirmation_over")
"""Endings of columns that change by themselves as days go by."""


def between(old: AuditRecord, new: AuditRecord) -> tuple[Change, ...]:
    """Return every indicator whose verdict differs, then those of which only an exception does.

    Both are judged by this version, which made the new record.
    """
    steps = _Steps(_case(old), _case(new))
    steps.know(TRIED, new.findings)
    if old.tool_version == new.tool_version:
        steps.know((), old.findings)
    found = _found(steps)
    return (*found, *excepted(effective(old), effective(new), found))


def _case(record: AuditRecord) -> Case:
    return Case(record.profile, record.targets, record.plan, record.observations)


def effective(record: AuditRecord) -> dict[str, str]:
    """Return what holds for each indicator: its verdict, or that it is waived."""
    own = {item.indicator: item.verdict.value for item in record.findings}
    layer = record.waivers.findings if record.waivers else ()
    return own | {item.indicator: item.effective.value for item in layer}


def changes(old: Case, new: Case) -> tuple[Change, ...]:
    """Return every indicator whose verdict differs, in the order of the new criteria."""
    return _found(_Steps(old, new))


def _found(steps: "_Steps") -> tuple[Change, ...]:
    before, after = steps.findings(()), steps.findings(TRIED)
    return tuple(
        _change(name, steps)
        for name in {**after, **before}
        if _verdict(before, name) != _verdict(after, name)
    )


def _verdict(findings: Mapping[str, Finding], name: str) -> Verdict | None:
    return findings[name].verdict if name in findings else None


class _Steps:
    """The runs between the old one and the new one, each judged once, when it is asked for."""

    def __init__(self, old: Case, new: Case) -> None:
        self.old, self.new = old, new
        self.kinds = {
            key: _kind(old.seen.get(key), new.seen.get(key)) for key in {**old.seen, **new.seen}
        }
        self._there = set(self.kinds.values())
        if old.profile != new.profile:
            self._there.add(Cause.CRITERIA)
        if (old.targets, old.plan) != (new.targets, new.plan):
            self._there.add(Cause.COVERAGE)
        self._judged: dict[frozenset[Cause], dict[str, Finding]] = {}

    def know(self, causes: Iterable[Cause], findings: tuple[Finding, ...]) -> None:
        """Take what was judged already: many machines take long to judge."""
        self._judged[frozenset(causes) & self._there] = {item.indicator: item for item in findings}

    def findings(self, causes: Iterable[Cause]) -> Mapping[str, Finding]:
        """Judge the old run with these kinds of change carried over: all of them, the new run.

        A kind that is not there changes nothing, and is not judged for.
        """
        chosen = frozenset(causes) & self._there
        if chosen not in self._judged:
            whole = {frozenset(self._there): self.new, frozenset[Cause](): self.old}
            case = whole.get(chosen) or self._mixed(chosen)
            judged = rollup.judge(case).findings
            self._judged[chosen] = {finding.indicator: finding for finding in judged}
        return self._judged[chosen]

    def verdict(self, name: str, causes: Iterable[Cause]) -> Verdict | None:
        """Return the verdict then; None where these criteria lack the indicator."""
        return _verdict(self.findings(causes), name)

    def _mixed(self, causes: frozenset[Cause]) -> Case:
        frame = self.new if Cause.COVERAGE in causes else self.old
        sides = (
            (self.new if kind in causes else self.old).seen.get(key)
            for key, kind in self.kinds.items()
        )
        return Case(
            profile=self.new.profile if Cause.CRITERIA in causes else self.old.profile,
            targets=frame.targets,
            plan=frame.plan,
            observations=tuple(side for side in sides if side),
        )


def _change(name: str, steps: _Steps) -> Change:
    """Find the kind that alone makes the new verdict, or the last one that it took."""
    wanted = steps.verdict(name, TRIED)
    alone = (item for item in TRIED if steps.verdict(name, [item]) == wanted)
    upto = range(1, len(TRIED) + 1)
    together = (TRIED[n - 1] for n in upto if steps.verdict(name, TRIED[:n]) == wanted)
    cause = next(chain(alone, together))
    keys = sorted(
        key for key in _read(name, steps) if steps.kinds[key] is cause and _differs(key, steps)
    )
    return Change(
        indicator=name, before=steps.verdict(name, ()), after=wanted, cause=cause,
        measurements=tuple(keys),
    )  # fmt: skip


def _read(name: str, steps: _Steps) -> set[str]:
    """Return the measurements that the indicator's checks read, in either run."""
    return {
        key
        for findings in (steps.findings(()), steps.findings(TRIED))
        if name in findings
        for check in findings[name].checks
        for key in check.observations
        if key in steps.kinds
    }


def _differs(key: str, steps: _Steps) -> bool:
    old, new = steps.old.seen.get(key), steps.new.seen.get(key)
    return old is None or new is None or old.result != new.result


def _kind(old: Observation | None, new: Observation | None) -> Cause:
    """Return the one kind of change that an observation stands for."""
    if old is None or new is None:
        return Cause.COVERAGE
    before, after = old.result, new.result
    if not (isinstance(before, Measured) and isinstance(after, Measured)):
        return Cause.COVERAGE if before != after else Cause.TIME
    if old.probe_version != new.probe_version:
        return Cause.PROBE
    return _kind_of_rows(old.measurement.probe, before.rows, after.rows)


def _kind_of_rows(probe: str, old: tuple[Row, ...], new: tuple[Row, ...]) -> Cause:
    columns = set(_changed(old, new))
    lasting = {column for column in columns if not column.endswith(AGEING)}
    if probe in PAPERS:
        lasting.discard(TOUCHED)
    if not lasting:
        return Cause.TIME
    if probe in STATED or lasting <= CONFIRMING:
        return Cause.STATEMENT
    if probe in PAPERS:
        return Cause.DOCUMENT
    return Cause.NOISE if probe in SAMPLED and _overlap(old, new) else Cause.MACHINE


def _changed(old: tuple[Row, ...], new: tuple[Row, ...]) -> Iterator[str]:
    """Yield the columns that differ; another number of rows differs in something unnamed."""
    if len(old) != len(new):
        yield ""
    for before, after in zip(old, new, strict=False):
        yield from (name for name in {**before, **after} if before.get(name) != after.get(name))


def _overlap(old: tuple[Row, ...], new: tuple[Row, ...]) -> bool:
    """Tell whether both runs' samples range over common values, in every number that scatters.

    A run of one sample has no range: then only equal numbers overlap.
    """
    names = {
        name
        for row in (*old, *new)
        for name in row
        if isinstance(row[name], float) and not name.startswith(OF_SERIES)
    }
    return bool(names) and all(_ranges_meet(_numbers(old, n), _numbers(new, n)) for n in names)


def _numbers(rows: tuple[Row, ...], name: str) -> list[float]:
    return [value for row in rows if isinstance(value := row.get(name), float)]


def _ranges_meet(old: list[float], new: list[float]) -> bool:
    if not old or not new:
        return not old and not new
    return min(old) <= max(new) and min(new) <= max(old)


def is_worse(change: Change) -> bool:
    """Tell whether a verdict went down; an indicator that is new or gone did neither."""
    if change.before is None or change.after is None:
        return False
    return badness(change.after) > badness(change.before)


def badness(verdict: Verdict) -> int:
    """Return how bad a verdict is: a higher number is worse."""
    return -WORSE_FIRST.index(verdict)


def excepted(
    before: Mapping[str, str], after: Mapping[str, str], changed: Iterable[Change]
) -> tuple[Change, ...]:
    """Return the indicators of which only what holds differs: an exception came or ended.

    `before` and `after` give what holds for each indicator: its verdict, or that it is waived.
    """
    known = {change.indicator for change in changed}
    return tuple(
        Change(indicator=name, before=None, after=None, cause=Cause.EXCEPTION, measurements=())
        for name in after
        if name not in known
        and name in before
        and before[name] != after[name]
        and Effective.WAIVED in {before[name], after[name]}
    )
