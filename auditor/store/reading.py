"""Read the store: the chains, how verdicts went, and how one number went."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, func, select

from auditor.canonical import sha256
from auditor.store import altered, tables
from auditor.store.chain import SAMPLES, START, Break, Fault, faults, findings_digest


@dataclass(frozen=True, slots=True)
class Link:
    """One run in the chain; the columns of the table `run`."""

    position: int
    previous: str
    digest: str
    run_id: str
    record_sha256: str
    findings_sha256: str
    started_at: str
    finished_at: str
    kept_at: str
    centre: str
    vantage: str
    tool_version: str
    profile_id: str
    profile_version: str
    profile_sha256: str
    site_sha256: str
    folder: str
    purged_at: str | None


class Point(NamedTuple):
    """What one run answered to one check: a verdict and, where it is one number, the number.

    Without a check it is the verdict on the indicator. A tuple, since a trend has thousands.
    """

    centre: str
    started_at: str
    position: int
    check: str
    system: str
    verdict: str
    number: float | None
    unit: str


def link_of(row: RowMapping) -> Link:
    """Return a row of the table `run` as a value."""
    return Link(**{str(name): value for name, value in row.items()})


def links(
    engine: Engine, *, newest: int | None = None, centres: Collection[str] = ()
) -> list[Link]:
    """Return the runs, oldest first; only the newest ones, only of some centres if asked."""
    query = select(tables.run).order_by(tables.run.c.position.desc())
    if centres:
        query = query.where(tables.run.c.centre.in_(centres))
    with engine.begin() as connection:
        rows = connection.execute(query.limit(newest) if newest else query).mappings().all()
    return [link_of(row) for row in reversed(rows)]


def newest(engine: Engine) -> datetime | None:
    """Return the latest moment at which anything was kept or a job begun; None if nothing was.

    Raises `CannotPerform` for one that somebody altered.
    """
    columns = (tables.run.c.kept_at, tables.sample.c.kept_at, tables.job.c.at)
    with engine.begin() as connection:
        found = [connection.execute(select(func.max(column))).scalar() for column in columns]
    names = ("run.kept_at", "sample.kept_at", "job.at")
    pairs = zip(names, found, strict=True)
    return max((altered.moment(text, name) for name, text in pairs if text), default=None)


def verdicts(engine: Engine, positions: list[int]) -> dict[int, dict[str, str]]:
    """Return the verdict on each indicator for each of the runs that was not purged."""
    finding = tables.finding.c
    query = select(tables.finding).where(
        finding.position >= min(positions, default=0), finding.position <= max(positions, default=0)
    )
    found: dict[int, dict[str, str]] = {position: {} for position in positions}
    with engine.begin() as connection:
        for row in connection.execute(query):
            if row.position in found:
                found[row.position][row.indicator] = row.verdict
    return found


def trend(engine: Engine, indicator: str, centres: Collection[str] = ()) -> list[Point]:
    """Return what every run, of some centres if asked, told of one indicator; oldest first.

    First the verdicts on the indicator, whose check is empty; then the answers to its checks.
    """
    finding, answer, run = tables.finding.c, tables.answer.c, tables.run.c
    judged = (
        select(run.centre, run.started_at, finding.position, finding.verdict)
        .join_from(tables.finding, tables.run)
        .where(finding.indicator == indicator)
        .order_by(finding.position)
    )
    answered = (
        select(run.centre, run.started_at, *(answer[name] for name in _ANSWERED))
        .join_from(tables.answer, tables.run)
        .where(answer.indicator == indicator)
        .order_by(answer.position, answer.check_id, answer.system)
    )
    if centres:
        mine = run.centre.in_(centres)
        judged, answered = judged.where(mine), answered.where(mine)
    with engine.begin() as connection:
        own = [
            Point(centre, at, position, "", "", verdict, None, "")
            for centre, at, position, verdict in connection.execute(judged)
        ]
        return [*own, *map(Point._make, connection.execute(answered))]


_ANSWERED = ("position", "check_id", "system", "verdict", "number", "unit")
"""Columns of `answer`, in the order of the fields of `Point`."""


def before(engine: Engine, centre: str, vantage: str, run_id: str) -> Link | None:
    """Return the newest run of this centre from this vantage, besides the one of this number."""
    run = tables.run.c
    query = (
        select(tables.run)
        .where(run.centre == centre, run.vantage == vantage, run.run_id != run_id)
        .order_by(run.position.desc())
        .limit(1)
    )
    with engine.begin() as connection:
        row = connection.execute(query).mappings().first()
    return link_of(row) if row else None


def verify(engine: Engine, head: str = "") -> list[Fault]:
    """Return every fault of both chains and of what the store holds behind each link.

    `head` is a link's digest that somebody noted: it has to be in one of the chains.
    """
    with engine.begin() as connection:
        runs, samples = (
            [dict(row) for row in connection.execute(_in_order(table)).mappings()]
            for table in (tables.run, tables.sample)
        )
        whole = {row["position"] for row in runs if row["purged_at"] is None}
        held = dict(_held(connection, whole))
        logged = frozenset(connection.execute(select(tables.purge.c.at)).scalars())
    texts = {row["position"]: sha256(str(row["observation"]).encode()) for row in samples}
    found = [*faults(runs, held, logged), *faults(samples, texts, logged, SAMPLES)]
    if head and head not in {START, *(row["digest"] for row in (*runs, *samples))}:
        found.append(Fault(Break.HEAD_UNKNOWN, len(runs)))
    return found


def _in_order(table: Table) -> Select[Any]:
    return select(table).order_by(table.c.position)


def _held(connection: Connection, positions: set[int]) -> Iterator[tuple[int, str]]:
    kinds: list[dict[int, list[dict[str, object]]]] = []
    for table in (tables.finding, tables.answer):
        by_run: dict[int, list[dict[str, object]]] = {}
        for row in connection.execute(select(table)).mappings():
            by_run.setdefault(row["position"], []).append(dict(row))
        kinds.append(by_run)
    for position in positions:
        yield position, findings_digest(*(by_run.get(position, []) for by_run in kinds))
