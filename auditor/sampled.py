"""Samples that a store keeps: what one is, and how many there are of each series. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from auditor.internet.slots import time_slot
from auditor.model import Measured, Observation, Repeats, Row, Value
from auditor.observation_reader import observation_from_v1


@dataclass(frozen=True, slots=True)
class SampleLink:
    """One visit in the chain of samples; the columns of the store's table `sample`.

    Times are RFC 3339 in UTC, `observation` is JSON as in the record, empty once purged.
    """

    position: int
    previous: str
    digest: str
    centre: str
    key: str
    probe: str
    probe_version: int
    vantage: str
    started_at: str
    kept_at: str
    site_sha256: str
    observation_sha256: str
    observation: str | None
    folder: str
    purged_at: str | None

    def columns(self) -> Mapping[str, object]:
        """Return the columns by name."""
        return asdict(self)


def observed(link: SampleLink) -> Observation | None:
    """Return what a visit saw; None where that was purged, or is no observation."""
    try:
        return observation_from_v1(json.loads(link.observation or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one thing: the newest value (None: not measured), and how many in which slots."""

    probe: str
    name: str
    value: Value
    at: str
    slot: str
    n: int
    slots: int


def series_of(
    seen: Iterable[Observation], probe: str, repeats: Repeats, timezone: str
) -> tuple[Series, ...]:
    """Return the series of a probe's visits, in the order of their names.

    A sample counts once, whatever the number of rows that tell of it.
    """
    grouped: dict[str, list[Row]] = {}
    for item in seen:
        if item.measurement.probe == probe and isinstance(item.result, Measured):
            for row in item.result.rows:
                grouped.setdefault(_name(row, repeats), []).append(row)
    return tuple(
        _series(probe, name, rows, repeats, timezone) for name, rows in sorted(grouped.items())
    )


def course_of(
    seen: Iterable[Observation], probe: str, repeats: Repeats
) -> dict[str, list[tuple[str, float]]]:
    """Return how the samples of each series went: when, and the number; yes is 1 and no is 0."""
    found: dict[str, dict[str, float]] = {}
    for item in seen:
        if item.measurement.probe != probe or not isinstance(item.result, Measured):
            continue
        for row in item.result.rows:
            value = row.get(repeats.value)
            for moment in _moments([row], repeats):
                if isinstance(value, (int, float)):
                    found.setdefault(_name(row, repeats), {})[moment] = float(value)
    return {name: sorted(course.items()) for name, course in sorted(found.items())}


def _name(row: Row, repeats: Repeats) -> str:
    return " ".join(str(row.get(column) or "") for column in repeats.alike).strip()


def _series(probe: str, name: str, rows: list[Row], repeats: Repeats, timezone: str) -> Series:
    newest = max(rows, key=lambda row: str(row.get(repeats.at) or ""))
    moments = set(_moments(rows, repeats))
    at = str(newest.get(repeats.at) or "")
    return Series(
        probe=probe,
        name=name,
        value=newest.get(repeats.value),
        at=at,
        slot=time_slot(at, timezone),
        n=len(moments),
        slots=len({time_slot(moment, timezone) for moment in moments} - {""}),
    )


def _moments(rows: Iterable[Row], repeats: Repeats) -> Iterator[str]:
    """Yield when each row that is a sample began."""
    for row in rows:
        is_sample = row.get(repeats.value) is not None
        if is_sample and (not repeats.counts or row.get(repeats.counts) is True):
            yield str(row.get(repeats.at) or "")
