"""Judge: a profile and observations give findings, and nothing else does.

Pure: no machine, no clock, no file. Taking an observation away never turns a verdict into `met`
or `not_applicable` (ADR 0004, tested as a property).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

from auditor import due, gaps, phrases, system_names
from auditor.bilingual import tables_of
from auditor.expression import CannotEvaluate, NotAllKnown, bind, evaluate, selected
from auditor.model import (
    Basis,
    Check,
    CheckFinding,
    Empty,
    Indicator,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Operator,
    Partial,
    Per,
    Profile,
    Read,
    Row,
    Target,
    Text,
    Value,
    Verdict,
)
from auditor.operators import OPERATORS
from auditor.wording import compared, resting

DECLARATIONS_PROBE = "declarations"


@dataclass(frozen=True)
class Case:
    """What is judged: the profile, what was planned, and what was seen of it."""

    profile: Profile
    targets: tuple[Target, ...]
    plan: tuple[Measurement, ...]
    observations: tuple[Observation, ...]

    @cached_property
    def seen(self) -> Mapping[str, Observation]:
        """Observations by the key of their measurement."""
        return {item.measurement.key: item for item in self.observations}

    @cached_property
    def target_rows(self) -> Mapping[str, object]:
        """What expressions may know of a target, bound."""
        return {
            target.name: {
                "name": target.name,
                "roles": list(target.roles),
                "information_systems": list(target.information_systems),
            }
            for target in self.targets
        }

    @cached_property
    def _bound(self) -> dict[str, tuple[object, ...]]:
        """What `bound_rows` made before: most observations are read by no check."""
        return {}

    def bound_rows(self, key: str, result: Measured) -> tuple[object, ...]:
        """Return rows of an observation as expressions see them, with their target."""
        if key not in self._bound:
            target = self.target_rows.get(self.seen[key].measurement.target)
            self._bound[key] = tuple(
                {**{name: bind(value) for name, value in row.items()}, "target": target}
                for row in result.rows
            )
        return self._bound[key]

    @cached_property
    def planned(self) -> Mapping[str, tuple[Measurement, ...]]:
        """What was planned, by probe."""
        acts: dict[str, list[Measurement]] = {}
        for act in self.plan:
            acts.setdefault(act.probe, []).append(act)
        return {probe: tuple(items) for probe, items in acts.items()}

    @cached_property
    def roles(self) -> Mapping[str, set[str]]:
        """The roles of each target."""
        return {target.name: set(target.roles) for target in self.targets}

    @cached_property
    def params(self) -> object:
        """The profile's parameters for expressions."""
        return bind({name: item.default for name, item in self.profile.parameters.items()})

    def rows_of(self, probe: str) -> tuple[Row, ...] | None:
        """Return all rows of an inventory probe, or None where it was not measured in full."""
        evidence = self.gather(Read(probe=probe), {})
        return None if evidence.missing or not evidence.keys else evidence.plain

    def acts(self, read: Read) -> Iterator[Measurement]:
        """Yield the planned acts that a read rests on."""
        for act in self.planned.get(read.probe, ()):
            same = dict(act.params) == dict(read.params)
            if same and (not read.roles or self.roles.get(act.target, set()) & set(read.roles)):
                yield act

    @cached_property
    def _gathered(self) -> dict[str, "Evidence"]:
        """What reads found before: many checks ask the same of the same system."""
        return {}

    def gather(self, read: Read, variables: Mapping[str, object]) -> "Evidence":
        """Collect the rows that a read selects. Raises `CannotEvaluate` for a bad `where`."""
        asked = repr((read.probe, read.params, read.roles, read.where, variables.get("system")))
        if asked not in self._gathered:
            self._gathered[asked] = self._selected(read, variables)
        return self._gathered[asked]

    def _selected(self, read: Read, variables: Mapping[str, object]) -> "Evidence":
        keys: list[str] = []
        rows: list[object] = []
        plain: list[Row] = []
        missing: list[Text] = []
        for act in self.acts(read):
            keys.append(act.key)
            observation = self.seen.get(act.key)
            if observation is None or isinstance(observation.result, NotMeasured):
                missing.append(gaps.why_missing(act, observation))
                continue
            rows += self.bound_rows(act.key, observation.result)
            plain += observation.result.rows
        if read.where:
            holds = selected(read.where, rows, variables)
            rows, plain = [*compress(rows, holds)], [*compress(plain, holds)]
        return Evidence(tuple(keys), tuple(rows), tuple(plain), tuple(missing))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a read found: keys of the acts, selected rows (bound and plain), what is missing."""

    keys: tuple[str, ...]
    rows: tuple[object, ...]
    plain: tuple[Row, ...]
    missing: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a check is asked about: one information system, or (empty) the centre."""

    id: str = ""
    row: Row | None = None


def asked_of(case: Case, indicator: Indicator) -> tuple[Asked, ...]:
    """Return whom an indicator's checks are asked about; nobody while no system is declared."""
    if indicator.per is Per.CENTRE:
        return (Asked(),)
    return tuple(Asked(str(row["id"]), row) for row in case.rows_of(system_names.PROBE) or ())


def check_finding(case: Case, indicator: Indicator, check: Check, subject: Asked) -> CheckFinding:
    """Answer one check."""
    operator, parameter_name = next(iter(check.expect.items()))
    parameter = case.profile.parameters[parameter_name]
    answer = _answer(case, indicator, check, subject)
    return CheckFinding(
        check=check.id,
        title=check.title,
        system=subject.id,
        verdict=answer.verdict,
        basis=Basis.DECLARED if answer.verdict is Verdict.NOT_APPLICABLE else check.basis,
        decides=any(check.id in clause for clause in indicator.requires),
        actual=answer.actual,
        operator=operator,
        expected=parameter.default,
        parameter=parameter_name,
        unit=parameter.unit,
        source=parameter.source,
        citation=parameter.citation,
        confidence=parameter.confidence,
        reason=answer.reason,
        observations=answer.keys,
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    verdict: Verdict
    reason: Text
    keys: tuple[str, ...] = ()
    actual: Value = None


def _answer(case: Case, indicator: Indicator, check: Check, subject: Asked) -> _Answer:
    if check.optional:
        declared = not_applicable(case, f"{indicator.id}/{check.id}")
        if declared is not None:
            return declared
    variables: dict[str, object] = {"params": case.params}
    if subject.row is not None:
        variables["system"] = bind(subject.row)
    try:
        found = {alias: case.gather(read, variables) for alias, read in sorted(check.reads.items())}
        counted = found[check.sampled].plain if check.sampled in found else None
        keys = tuple(sorted({key for evidence in found.values() for key in evidence.keys}))
        if (obstacle := _obstacle(check, found)) is not None:
            return _Answer(Verdict.UNDETERMINED, resting(obstacle, counted), keys)
        bound = {alias: list(evidence.rows) for alias, evidence in found.items()}
        actual = evaluate(check.value, {**variables, **bound})
    except NotAllKnown:
        reason = check.unknown or phrases.fill(phrases.NOT_ALL_KNOWN, title=check.title)
        return _Answer(Verdict.UNDETERMINED, reason)
    except CannotEvaluate as error:
        reason = phrases.fill(phrases.NO_VALUE, title=check.title, detail=str(error))
        return _Answer(Verdict.UNDETERMINED, reason)
    missing = {
        check.reads[alias].partial: evidence.missing
        for alias, evidence in found.items()
        if evidence.missing
    }
    answer = _compare(case, check, actual, keys, missing)
    return replace(answer, reason=resting(answer.reason, counted))


def _obstacle(check: Check, found: Mapping[str, Evidence]) -> Text | None:
    """Return why nothing can be concluded before any value is looked at."""
    for alias, evidence in found.items():
        read = check.reads[alias]
        if not evidence.keys:
            return gaps.nothing_planned(read)
        if evidence.missing and read.partial is Partial.REFUSE:
            return phrases.join(evidence.missing)
    for alias, evidence in found.items():
        if not evidence.rows and check.reads[alias].empty is Empty.UNDETERMINED:
            return check.unknown or phrases.fill(phrases.NO_ROW, title=check.title)
    return None


def _compare(
    case: Case,
    check: Check,
    actual: Value,
    keys: tuple[str, ...],
    missing: Mapping[Partial, tuple[Text, ...]],
) -> _Answer:
    operator, name = next(iter(check.expect.items()))
    parameter = case.profile.parameters[name]
    holds = OPERATORS[operator].holds(actual, parameter.default)
    if actual is None and check.unknown is not None:
        return _Answer(Verdict.UNDETERMINED, check.unknown, keys)
    if holds is None:
        detail = f"{operator}: {actual!r}"
        reason = phrases.fill(phrases.NO_VALUE, title=check.title, detail=detail)
        return _Answer(Verdict.UNDETERMINED, reason, keys, actual)
    words = compared(check.title, actual, operator, parameter, tables_of(case.seen, keys))
    if missing and not _conclusive(operator, holds=holds, directions=set(missing)):
        lacking = phrases.join(tuple(text for texts in missing.values() for text in texts))
        reason = phrases.fill(phrases.PARTLY, compared=words, missing=lacking)
        return _Answer(Verdict.UNDETERMINED, reason, keys, actual)
    seen_at = (case.seen[key].started_at for key in keys if key in case.seen)
    if not holds and (day := due.gives_time(check, case.profile.parameters, seen_at)):
        return _Answer(Verdict.UNDETERMINED, due.reason(words, day), keys, actual)
    return _Answer(Verdict.MET if holds else Verdict.NOT_MET, words, keys, actual)


def _conclusive(operator: Operator, *, holds: bool, directions: set[Partial]) -> bool:
    """Tell whether the missing observations could no longer change the answer."""
    if operator is Operator.AT_LEAST:
        return directions == {Partial.RAISES if holds else Partial.LOWERS}
    if operator is Operator.AT_MOST:
        return directions == {Partial.LOWERS if holds else Partial.RAISES}
    return False


def not_applicable(case: Case, subject: str) -> _Answer | None:
    """Return the answer that the centre's declarations give, or None where they are silent.

    Declarations that were not measured leave an optional item undetermined.
    """
    rows = case.rows_of(DECLARATIONS_PROBE)
    if rows is None:
        read = Read(probe=DECLARATIONS_PROBE)
        lacking = case.gather(read, {}).missing or (gaps.nothing_planned(read),)
        return _Answer(Verdict.UNDETERMINED, phrases.join(lacking))
    for row in rows:
        # Records made before `audit attest` existed have no `holds`.
        if row["subject"] == subject and row.get("holds", row["is_present"]) is True:
            reason = phrases.fill(phrases.NOT_APPLICABLE, by=str(row["by"]))
            keys = tuple(act.key for act in case.acts(Read(probe=DECLARATIONS_PROBE)))
            return _Answer(Verdict.NOT_APPLICABLE, reason, keys)
    return None
