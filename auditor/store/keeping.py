"""Put finished runs into the store, and remove what is older than a day."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from auditor.canonical import sha256
from auditor.model import AuditRecord
from auditor.moments import moment
from auditor.runfolder import RECORD
from auditor.store import tables
from auditor.store.chain import digest, findings_digest
from auditor.store.linking import linked, next_place
from auditor.store.reading import Link, link_of


def keep_run(engine: Engine, record: AuditRecord, folder: Path, now: datetime) -> Link:
    """Append a run to the chain and return its link; a run that is there already stays as it is.

    `folder` holds its record.json. All of it is kept or nothing. Raises `SQLAlchemyError` when the
    database does not answer.
    """
    record_sha256 = sha256((folder / RECORD).read_bytes())

    def append(connection: Connection) -> Link:
        known = _known(connection, record.run_id)
        return known or _append(connection, record, record_sha256, folder, now)

    return linked(engine, append)


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
    findings, answers = _findings(record), _answers(record)
    link: dict[str, Any] = {
        **next_place(connection, tables.run),
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


def purge(engine: Engine, before: datetime, now: datetime) -> tuple[int, int]:
    """Remove the details of runs and samples that began before a moment; log how many.

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
        aged = (sample.started_at < limit, sample.purged_at.is_(None))
        count = select(func.count()).select_from(tables.sample).where(*aged)
        samples = connection.execute(count).scalar_one()
        emptied = {"observation": None, "purged_at": moment(now)}
        connection.execute(update(tables.sample).where(*aged).values(emptied))
        connection.execute(
            update(tables.run)
            .where(run.started_at < limit, run.purged_at.is_(None))
            .values(purged_at=moment(now))
        )
        if positions or samples:
            row = {"at": moment(now), "before": limit, "runs": len(positions), "samples": samples}
            connection.execute(insert(tables.purge).values(row))
    return len(positions), samples
