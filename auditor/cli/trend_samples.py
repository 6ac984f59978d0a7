"""How the samples went that an indicator rests on; apart, since probes load slowly."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine

from auditor.catalogue import probe
from auditor.language import current
from auditor.sampled import course_of, observed
from auditor.store.samples import samples_of
from auditor.trend import Course, Mark


def courses(engine: Engine, wanted: Mapping[str, frozenset[str]]) -> Iterator[Course]:
    """Give each series of the samples that some probes took; `wanted` are these by centre."""
    for centre, mine in wanted.items():
        seen = [item for link in samples_of(engine, centre, mine) if (item := observed(link))]
        for each in sorted(mine):
            repeats = probe(each).repeats
            for name, course in course_of(seen, each, repeats).items() if repeats else ():
                unit = current().pick(repeats.unit) if repeats else ""
                if marks := tuple(_marks(course)):
                    yield Course(name, unit, marks, centre)


def _marks(course: list[tuple[str, float]]) -> Iterator[Mark]:
    """Give the samples whose time can be read; a store is a file that anybody may have altered."""
    for at, number in course:
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            continue
        yield Mark(when if when.tzinfo else when.replace(tzinfo=UTC), number)
