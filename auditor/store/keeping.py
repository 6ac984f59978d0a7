"""Put finished runs and samples into the store, and remove what is older than a day."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from auditor.canonical import dumps, sha256
from auditor.model import AuditRecord, Observation
from auditor.record import moment, observation_v1
from auditor.runfolder import RECORD
from auditor.store import tables
from auditor.store.chain import START, digest, findings_digest
from auditor.store.reading import Link, link_of

ATTEMPTS = 5
"""How often a run is linked anew when another process linked one in between."""


def keep_run(engine: Engine, record: AuditRecord, folder: Path, now: datetime) -> Link:
    """Append a run to the chain and return its link; a run that is there already stays as it is.

    `folder` holds its record.json. All of it is kept or nothing. Raises `SQLAlchemyError` when the
    database does not answer.
    """
    record_sha256 = sha256((folder / RECORD).read_bytes())
    for attempt in range(ATTEMPTS):
        try:
            with engine.begin() as connection:
                known = _known(connection, record.run_id)
                return known or _append(connection, record, record_sha256, folder, now)
        except IntegrityError:
            # Two processes took the same position: one database keeps the first, we come after it.
            if attempt + 1 == ATTEMPTS:
                raise
    raise AssertionError


def _known(connection: Connection, run_id: str) -> Link | None:
    row = (
        connection.execute(select(tables.run).where(tables.run.c.run_id == run_id))
        .mappings()
        .first()
    )
    return link_of(row) if row else None


def _append(
    connection: Connection, record: AuditRecord, record_sha256: str, folder: Path, now: datetime
) -> Link:
    last = connection.execute(
        select(tables.run.c.position, tables.run.c.digest)
        .order_by(tables.run.c.position.desc())
        .limit(1)
    ).first()
    findings, answers = _findings(record), _answers(record)
    link: dict[str, Any] = {
        "position": last.position + 1 if last else 1,
        "previous": last.digest if last else START,
        "run_id": record.run_id,
        "record_sha256": record_sha256,
        "findings_sha256": findings_digest(findings, answers),
        "started_at": moment(record.started_at),
        "finished_at": moment(record.finished_at),
        "kept_at": moment(now),
        "centre": record.centre,
        "vantage": record.vantage,
        "tool_version": record.tool_version,
        "profile_id": record.profile.id,
        "profile_version": record.profile.version,
        "profile_sha256": record.profile_sha256,
        "site_sha256": record.site_sha256,
    }
    link |= {"digest": digest(link), "folder": str(folder.absolute()), "purged_at": None}
    connection.execute(insert(tables.run).values(link))
    for table, rows in ((tables.finding, findings), (tables.answer, answers)):
        if rows:
            connection.execute(insert(table), [{"position": link["position"], **r} for r in rows])
    return Link(**link)


def _findings(record: AuditRecord) -> list[dict[str, object]]:
    return [
        {
            "indicator": item.indicator,
            "verdict": item.verdict.value,
            "basis": item.basis.value,
        }
        for item in record.findings
    ]


def _answers(record: AuditRecord) -> list[dict[str, object]]:
    return [
        {
            "indicator": item.indicator,
            "check_id": check.check,
            "system": check.system,
            "verdict": check.verdict.value,
            "number": _number(check.actual),
            "unit": check.unit.vi,
        }
        for item in record.findings
        for check in item.checks
    ]


def _number(value: object) -> float | None:
    """Return a finding's value if it is one number; yes and no are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def keep_samples(
    engine: Engine, observations: Iterable[Observation], site_sha256: str, folder: Path
) -> int:
    """Keep repeated measurements; one that is there already is not kept twice. Return how many."""
    kept = 0
    with engine.begin() as connection:
        for item in observations:
            row = {
                "key": item.measurement.key,
                "probe": item.measurement.probe,
                "started_at": moment(item.started_at),
                "site_sha256": site_sha256,
                "folder": str(folder.absolute()),
                "observation": dumps(observation_v1(item)).decode(),
            }
            if not _has_sample(connection, row):
                connection.execute(insert(tables.sample).values(row))
                kept += 1
    return kept


def _has_sample(connection: Connection, row: Mapping[str, object]) -> bool:
    sample = tables.sample.c
    query = select(sample.id).where(
        sample.key == row["key"], sample.started_at == row["started_at"]
    )
    return connection.execute(query).first() is not None


def purge(engine: Engine, before: datetime, now: datetime) -> tuple[int, int]:
    """Remove the details of runs and the samples that began before a moment; log how many.

    The links stay, so the chain can still be verified. Files are not touched. Returns the numbers
    of runs and samples.
    """
    limit = moment(before)
    with engine.begin() as connection:
        run, sample = tables.run.c, tables.sample.c
        old = select(run.position).where(run.started_at < limit, run.purged_at.is_(None))
        positions = list(connection.execute(old).scalars())
        for table in (tables.finding, tables.answer):
            connection.execute(delete(table).where(table.c.position.in_(old)))
        count = select(func.count()).select_from(tables.sample).where(sample.started_at < limit)
        samples = connection.execute(count).scalar_one()
        connection.execute(delete(tables.sample).where(sample.started_at < limit))
        connection.execute(
            update(tables.run)
            .where(run.started_at < limit, run.purged_at.is_(None))
            .values(purged_at=moment(now))
        )
        if positions or samples:
            row = {"at": moment(now), "before": limit, "runs": len(positions), "samples": samples}
            connection.execute(insert(tables.purge).values(row))
    return len(positions), samples
