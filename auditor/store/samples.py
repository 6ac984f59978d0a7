"""Samples in the store: appended to a chain of their own, and read back by time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from auditor.canonical import dumps, sha256
from auditor.model import Observation
from auditor.moments import moment
from auditor.sampled import SampleLink
from auditor.store import tables
from auditor.store.chain import SAMPLES, digest
from auditor.store.linking import linked, next_place


@dataclass(frozen=True, slots=True)
class Origin:
    """Of which centre samples are, by which site file, and where their raw evidence lies."""

    centre: str
    site_sha256: str
    folder: Path


def keep_samples(
    engine: Engine, seen: Iterable[Observation], origin: Origin, now: datetime
) -> list[SampleLink]:
    """Append visits to the chain, all or none; one that is there already stays as it is.

    Returns the link of each. Raises `SQLAlchemyError` when the database does not answer.
    """
    ordered = sorted(seen, key=lambda item: (item.started_at, item.measurement.key))

    def append(connection: Connection) -> list[SampleLink]:
        return [_appended(connection, item, origin, now) for item in ordered]

    return linked(engine, append)


def _appended(
    connection: Connection, seen: Observation, origin: Origin, now: datetime
) -> SampleLink:
    from auditor.record import observation_v1  # noqa: PLC0415 - slow, and reading needs none

    text = dumps(observation_v1(seen)).decode()
    content = sha256(text.encode())
    known = select(tables.sample).where(tables.sample.c.observation_sha256 == content)
    if row := connection.execute(known).mappings().first():
        return SampleLink(**row)
    link: dict[str, Any] = {
        **next_place(connection, tables.sample),
        "centre": origin.centre,
        "key": seen.measurement.key,
        "probe": seen.measurement.probe,
        "probe_version": seen.probe_version,
        "vantage": seen.vantage,
        "started_at": moment(seen.started_at),
        "kept_at": moment(now),
        "site_sha256": origin.site_sha256,
        "observation_sha256": content,
    }
    link |= {
        "digest": digest(link, SAMPLES),
        "observation": text,
        "folder": str(origin.folder.absolute()),
        "purged_at": None,
    }
    connection.execute(insert(tables.sample).values(link))
    return SampleLink(**link)


def samples(engine: Engine, since: datetime, until: datetime) -> list[SampleLink]:
    """Return the links from the first to the last sample that began in a span of time.

    What was kept between them is there too, whenever it began, so that the chain can be checked.
    """
    sample = tables.sample.c
    span = select(sample.position).where(
        sample.started_at >= moment(since), sample.started_at < moment(until)
    )
    with engine.begin() as connection:
        positions = list(connection.execute(span).scalars())
        if not positions:
            return []
        query = select(tables.sample).where(sample.position.between(min(positions), max(positions)))
        rows = connection.execute(query.order_by(sample.position)).mappings().all()
    return [SampleLink(**row) for row in rows]


def samples_of(engine: Engine, centre: str, probes: Collection[str]) -> Iterator[SampleLink]:
    """Yield the samples of a centre by some probes, in the order in which they were kept."""
    sample = tables.sample.c
    query = select(tables.sample).where(sample.centre == centre, sample.probe.in_(probes))
    with engine.begin() as connection:
        for row in connection.execute(query.order_by(sample.position)).mappings():
            yield SampleLink(**row)


def head(engine: Engine) -> tuple[int, str]:
    """Return how many samples the chain has, and its newest digest."""
    sample = tables.sample.c
    query = select(sample.position, sample.digest).order_by(sample.position.desc()).limit(1)
    with engine.begin() as connection:
        found = connection.execute(query).first()
    return (found.position, found.digest) if found else (0, "")
