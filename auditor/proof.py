"""Proof that a profile's checks can fail: each is judged on recorded observations.

A check that cannot come out both `met` and `not_met`, or that gets better when an observation is
lost, is an error of the profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources

from auditor import system_names
from auditor.checks import checks_of
from auditor.judge import DECLARATIONS_PROBE, Case, asked_of, check_finding
from auditor.model import Check, Profile, Verdict
from auditor.record_reader import from_v1, parse

FAVOURABLE = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})

Answers = Mapping[tuple[str, str, str], Verdict]
"""Verdicts by indicator, check and information system."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was once seen on a real system; its own verdicts play no part."""

    name: str
    case: Case


@dataclass(frozen=True, slots=True)
class Proof:
    """What one check came to. `improved_by` names observations whose loss made it better."""

    indicator: str
    check: str
    verdicts: Mapping[str, tuple[Verdict, ...]]
    improved_by: tuple[str, ...]

    @property
    def is_proved(self) -> bool:
        """Whether the check came out both ways, and never better for a loss."""
        seen = {verdict for verdicts in self.verdicts.values() for verdict in verdicts}
        return not self.improved_by and {Verdict.MET, Verdict.NOT_MET} <= seen


def shipped(profile: Profile) -> tuple[Recording, ...]:
    """Return the recordings that come with the tool, to be judged by `profile`."""
    folder = resources.files("auditor.profiles") / "recordings"
    files = sorted(folder.iterdir(), key=lambda item: item.name)
    return tuple(
        recording(file.read_bytes(), file.name, profile)
        for file in files
        if file.name.endswith(".json")
    )


def recording(content: bytes, name: str, profile: Profile) -> Recording:
    """Read a run's record as a recording. Raises `BadInput`."""
    record = from_v1(parse(content, name), profile)
    case = Case(profile, record.targets, record.plan, record.observations)
    return Recording(name.removesuffix(".json"), case)


def prove(profile: Profile, recordings: tuple[Recording, ...]) -> tuple[Proof, ...]:
    """Judge every recording, whole and with each observation lost, and say what each check did."""
    whole = {item.name: _answers(item.case) for item in recordings}
    improved: dict[tuple[str, str], set[str]] = {}
    for item in recordings:
        for lost in item.case.observations:
            rest = tuple(other for other in item.case.observations if other is not lost)
            answers = _answers(replace(item.case, observations=rest), lost.measurement.probe)
            for key, verdict in answers.items():
                if verdict in FAVOURABLE and verdict is not whole[item.name].get(key):
                    where = f"{item.name}: {lost.measurement.key}"
                    improved.setdefault(key[:2], set()).add(where)
    return tuple(
        _proof(indicator.id, check, whole, improved.get((indicator.id, check.id), set()))
        for indicator in profile.indicators
        for check in checks_of(profile, indicator)
    )


def _proof(
    indicator: str, check: Check, whole: Mapping[str, Answers], improved_by: set[str]
) -> Proof:
    verdicts = {
        name: tuple(answer for key, answer in answers.items() if key[:2] == (indicator, check.id))
        for name, answers in whole.items()
    }
    return Proof(indicator, check.id, verdicts, tuple(sorted(improved_by)))


def _answers(case: Case, touched: str = "") -> Answers:
    """Answer every check, or only those that the observations of one probe can change."""
    return {
        (indicator.id, check.id, asked.id): check_finding(case, indicator, check, asked).verdict
        for indicator in case.profile.indicators
        for asked in asked_of(case, indicator)
        for check in checks_of(case.profile, indicator)
        if not touched or touched in _probes_behind(check)
    }


def _probes_behind(check: Check) -> set[str]:
    return {read.probe for read in check.reads.values()} | {system_names.PROBE, DECLARATIONS_PROBE}
