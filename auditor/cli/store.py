"""The store as commands for people open it: they tell what went wrong while nobody looked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from auditor.cli.page import echo
from auditor.cli.taking_in import look_after
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _
from auditor.store import alerts, jobs, opening


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Give the store; take in first what waits for it, and tell what failed, on standard error.

    Raises as `opening.opened` does.
    """
    with opening.opened(url) as engine:
        look_after(engine, url, datetime.now(UTC))
        warn_of_jobs(engine)
        warn_of_alerts(engine)
        yield engine


def chosen(centres: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    """Return the centres that options name. Raises `BadInput` for one that the store lacks."""
    for centre in centres:
        if centre not in known:
            names = ", ".join(known) or "–"
            remedy = _("The store knows: {names}.", names=names)
            raise BadInput(Problem("--centre", _("no centre {name}", name=centre), remedy))
    return centres


def warn_of_jobs(engine: Engine) -> None:
    """Tell what went wrong with scheduled jobs; a history that cannot be read hinders nobody."""
    if jobs.is_empty(engine):
        return
    from auditor.cli import schedule_words  # noqa: PLC0415 - slow, and nothing runs by itself

    try:
        schedule_words.warn(engine, datetime.now(UTC))
    except CannotPerform as error:
        echo(str(error), err=True)


def warn_of_alerts(engine: Engine) -> None:
    """Tell which channels did not take what they were given."""
    for channel, n in alerts.undelivered(engine):
        echo(
            _("WARNING: alerts that did not reach the channel {channel}: {n};"
              " see `audit alert list`",
              n=n, channel=channel),
            err=True,
        )  # fmt: skip
