"""Of which centres a store holds something: runs know a centre's name, samples know its id."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from auditor.store.tables import run, sample


@dataclass(frozen=True, slots=True)
class Known:
    """The centres by what they are called in the store; `probes` are those of its samples."""

    names: tuple[str, ...]
    probes: dict[str, frozenset[str]]


def known(engine: Engine) -> Known:
    """Return the centres that the store knows."""
    probes: dict[str, frozenset[str]] = {}
    sampled = select(sample.c.centre, sample.c.probe).distinct().order_by(sample.c.centre)
    with engine.begin() as connection:
        names = connection.execute(select(run.c.centre).distinct().order_by(run.c.centre)).scalars()
        found = tuple(names)
        for centre, probe in connection.execute(sampled):
            probes[centre] = probes.get(centre, frozenset()) | {probe}
    return Known(found, probes)
