"""Compare a run, before it is kept, with the one that was kept before it."""

from pathlib import Path

from sqlalchemy import Engine

from auditor import drift, runfolder
from auditor.errors import BadInput
from auditor.model import AuditRecord, Earlier, Hindrance, NotMeasured, Previous
from auditor.outcome import as_data
from auditor.store import altered, reading
from auditor.store.files import is_altered
from auditor.store.reading import Link


def previous_of(engine: Engine, record: AuditRecord) -> Previous | None:
    """Return what changed since the run before of the same centre and vantage; None without one.

    Compared are the records: a record is bound by the chain, and whoever has both packs can do
    the same.
    """
    link = reading.before(engine, record.centre, record.vantage, record.run_id)
    if link is None:
        return None
    try:
        if is_altered(link):
            return Previous(run=_named(link), hindrance=Hindrance.RECORD_ALTERED)
        old = runfolder.load_record(Path(link.folder))
    except OSError:
        return Previous(run=_named(link), hindrance=Hindrance.RECORD_MISSING)
    except BadInput:
        return Previous(run=_named(link), hindrance=Hindrance.RECORD_UNREADABLE)
    found = as_data(lambda: drift.between(old, record))  # no old run may cost the new one
    if isinstance(found, NotMeasured):
        return Previous(run=_named(link), hindrance=Hindrance.RECORD_UNREADABLE)
    return Previous(run=_named(link), changes=found)


def _named(link: Link) -> Earlier:
    return Earlier(
        run_id=link.run_id,
        started_at=altered.moment(link.started_at, "run.started_at"),
        record_sha256=link.record_sha256,
        tool_version=link.tool_version,
    )
