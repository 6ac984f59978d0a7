"""How the samples went that an indicator rests on; apart, since criteria and probes load slowly."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine

from auditor import profile
from auditor.catalogue import probe
from auditor.checks import checks_of
from auditor.language import current
from auditor.model import Profile
from auditor.sampled import course_of, observed
from auditor.store.samples import samples_of
from auditor.trend import Course, Mark


def courses(
    engine: Engine, indicator: str, profile_name: str, kept: Mapping[str, frozenset[str]]
) -> Iterator[Course]:
    """Give each series of samples that the indicator rests on; `kept` are probes by centre."""
    wanted = _read(profile.read(profile_name), indicator)
    for centre, found in kept.items():
        if not (mine := wanted & found):
            continue
        seen = [item for link in samples_of(engine, centre, mine) if (item := observed(link))]
        for each in sorted(mine):
            repeats = probe(each).repeats
            for name, course in course_of(seen, each, repeats).items() if repeats else ():
                unit = current().pick(repeats.unit) if repeats else ""
                if marks := tuple(_marks(course)):
                    yield Course(name, unit, marks, centre)


def _read(criteria: Profile, indicator: str) -> frozenset[str]:
    """Return the probes that the checks of an indicator read."""
    return frozenset(
        read.probe
        for item in criteria.indicators
        if item.id == indicator
        for check in checks_of(criteria, item)
        for read in check.reads.values()
    )


def _marks(course: list[tuple[str, float]]) -> Iterator[Mark]:
    """Give the samples whose time can be read; a store is a file that anybody may have altered."""
    for at, number in course:
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            continue
        yield Mark(when if when.tzinfo else when.replace(tzinfo=UTC), number)
