"""How the verdicts of a centre came to what they are, asked of the database.

It looks from the newest run backwards, in the order of the chain, so that a change may lie
thousands of runs back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, select

from auditor.model import Verdict
from auditor.store import altered, tables
from auditor.store.reading import Link


@dataclass(frozen=True, slots=True)
class Step:
    """How the verdict on an indicator came to what it is.

    `new` is the first of the newest runs that agree on `verdict`; `old` is the run before it, with
    another verdict: None where no run that still has verdicts has another one.
    """

    indicator: str
    verdict: str
    new: Link
    before: str
    old: Link | None


def places(engine: Engine, run_ids: Iterable[str]) -> dict[str, int]:
    """Return the positions of runs in the chain, by their ids."""
    run = tables.run.c
    query = select(run.run_id, run.position).where(run.run_id.in_(list(run_ids)))
    with engine.begin() as connection:
        return {row.run_id: row.position for row in connection.execute(query)}


def steps(engine: Engine, centre: str) -> Iterator[Step]:
    """Yield for each indicator of a centre the newest change of its verdict."""
    with engine.begin() as connection:
        names = connection.execute(select(tables.finding.c.indicator).distinct()).scalars().all()
        found = [_step(connection, centre, name) for name in sorted(names)]
    yield from filter(None, found)


def _step(connection: Connection, centre: str, indicator: str) -> Step | None:
    finding, run = tables.finding.c, tables.run.c
    told = (
        select(tables.run, finding.verdict)
        .join_from(tables.finding, tables.run)
        .where(finding.indicator == indicator, run.centre == centre)
        .limit(1)
    )
    backwards = told.order_by(finding.position.desc())
    newest = connection.execute(backwards).mappings().first()
    if newest is None:
        return None
    verdict = _verdict(newest)
    other = connection.execute(backwards.where(finding.verdict != verdict)).mappings().first()
    since = other["position"] if other else 0
    first = told.where(finding.position > since).order_by(finding.position)
    new = connection.execute(first).mappings().one()
    return Step(
        indicator=indicator,
        verdict=verdict,
        new=_link_in(new),
        before=_verdict(other) if other else "",
        old=_link_in(other) if other else None,
    )


def _verdict(row: RowMapping) -> str:
    return altered.read(Verdict, row["verdict"], "finding.verdict")


def _link_in(row: RowMapping) -> Link:
    return Link(**{str(name): value for name, value in row.items() if name != "verdict"})
