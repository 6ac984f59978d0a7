"""Read the store: the chains, how verdicts went, and how one number went."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, select

from auditor.canonical import sha256
from auditor.runfolder import RECORD
from auditor.store import tables
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


@dataclass(frozen=True, slots=True)
class Point:
    """What one run answered to one check: a verdict and, where it is one number, the number."""

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


def trend(engine: Engine, indicator: str) -> list[Point]:
    """Return what every run answered to the checks of one indicator, oldest first."""
    answer, run = tables.answer.c, tables.run.c
    query = (
        select(run.started_at, *(answer[name] for name in _ANSWERED))
        .join_from(tables.answer, tables.run)
        .where(answer.indicator == indicator)
        .order_by(answer.position, answer.check_id, answer.system)
    )
    with engine.begin() as connection:
        return [
            Point(row.started_at, row.position, row.check_id, row.system, *row[4:])
            for row in connection.execute(query)
        ]


_ANSWERED = ("position", "check_id", "system", "verdict", "number", "unit")


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


def changed_files(engine: Engine) -> list[Fault]:
    """Return the runs whose record lies where it was kept, but with other bytes.

    A folder that was moved or deleted is no fault: files are the user's.
    """
    found = []
    for link in links(engine):
        try:
            content = (Path(link.folder) / RECORD).read_bytes()
        except OSError:
            continue  # gone or out of reach; its link still says what it was
        if sha256(content) != link.record_sha256:
            found.append(Fault(Break.RECORD_CHANGED, link.position))
    return found


def _held(connection: Connection, positions: set[int]) -> Iterator[tuple[int, str]]:
    kinds: list[dict[int, list[dict[str, object]]]] = []
    for table in (tables.finding, tables.answer):
        by_run: dict[int, list[dict[str, object]]] = {}
        for row in connection.execute(select(table)).mappings():
            by_run.setdefault(row["position"], []).append(dict(row))
        kinds.append(by_run)
    for position in positions:
        yield position, findings_digest(*(by_run.get(position, []) for by_run in kinds))
