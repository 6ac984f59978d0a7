"""What was told and what is still to be told, kept so that no crash loses an alert.

A delivery is written as `sending` before anything leaves, and as sent or failed afterwards. Whoever
dies in between leaves it as `sending`, and it is sent again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from auditor.alerts import deciding
from auditor.alerts.deciding import News, Plan, Rules
from auditor.alerts.occasion import Delivery, Facts, Kept, Occasion
from auditor.model import Text
from auditor.model.alerts import AlertKind, DeliveryState, Severity
from auditor.moments import moment
from auditor.store import altered
from auditor.store.tables import alert, delivery


def kept(engine: Engine, site: str = "") -> tuple[Kept, ...]:
    """Return what was noted for a site, or for all, in the order of noting."""
    with engine.begin() as connection:
        return _kept(connection, site)


def settle(engine: Engine, site: str, facts: Facts, rules: Rules, now: datetime) -> Plan:
    """Note what is new, and claim what is to be sent now: nobody else sends it meanwhile."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite lets only one write anyway
            connection.exec_driver_sql("LOCK TABLE alert IN SHARE ROW EXCLUSIVE MODE")
        found = deciding.news(facts, _kept(connection, site), now)
        _note(connection, found, rules, now)
        plan = deciding.plan(_kept(connection, site), rules, now)
        for channel, batch in plan.send.items():
            for item in batch:
                line = item.deliveries[channel]
                claimed = replace(line, state=DeliveryState.SENDING, at=now)
                _write(connection, item.number, channel, claimed)
    return plan


def sent(engine: Engine, channel: str, batch: Iterable[Kept], now: datetime) -> None:
    """Write that a message reached its channel."""
    with engine.begin() as connection:
        for item in batch:
            attempts = item.deliveries[channel].attempts + 1
            line = Delivery(DeliveryState.SENT, attempts, now)
            _write(connection, item.number, channel, line)


def failed(  # noqa: PLR0913 - what is known of a failure
    engine: Engine,
    channel: str,
    batch: Iterable[Kept],
    now: datetime,
    *,
    error: str,
    asked: timedelta | None,
) -> None:
    """Write that a message did not reach its channel, and when to try again."""
    with engine.begin() as connection:
        for item in batch:
            attempts = item.deliveries[channel].attempts + 1
            until = now + deciding.wait(attempts, asked)
            line = Delivery(DeliveryState.FAILED, attempts, now, until, error)
            _write(connection, item.number, channel, line)


def undelivered(engine: Engine) -> tuple[tuple[str, int], ...]:
    """Return for each channel that failed how many alerts did not reach it."""
    lines = delivery.c
    query = select(lines.channel, lines.number).where(lines.state == DeliveryState.FAILED.value)
    counts: dict[str, int] = {}
    with engine.begin() as connection:
        for row in connection.execute(query):
            counts[row.channel] = counts.get(row.channel, 0) + 1
    return tuple(sorted(counts.items()))


def _note(connection: Connection, found: News, rules: Rules, now: datetime) -> None:
    numbers = [item.number for item in found.cured]
    connection.execute(
        update(alert).where(alert.c.number.in_(numbers)).values(cured_at=moment(now))
    )
    open_states = [state.value for state in deciding.OPEN]
    connection.execute(
        update(delivery)
        .where(
            delivery.c.number.in_([item.number for item in found.replaced]),
            delivery.c.state.in_(open_states),
        )
        .values(state=DeliveryState.REPLACED.value)
    )
    for occasion in found.new:
        result = connection.execute(insert(alert).values(_row(occasion, now)))
        assert result.inserted_primary_key is not None  # noqa: S101 - of an insert of one row
        number = result.inserted_primary_key[0]
        for channel in rules.channels:
            line = {"number": number, "channel": channel, **_columns(Delivery())}
            connection.execute(insert(delivery).values(line))


def _row(occasion: Occasion, now: datetime) -> dict[str, object]:
    return {
        "site": occasion.site,
        "kind": occasion.kind.value,
        "key": occasion.key,
        "instance": occasion.instance,
        "rank": occasion.rank,
        "severity": occasion.severity.value,
        "subject": occasion.subject,
        "vi": occasion.text.vi,
        "en": occasion.text.en,
        "since": moment(occasion.since),
        "run_id": occasion.run_id,
        "noted_at": moment(now),
    }


def _write(connection: Connection, number: int, channel: str, line: Delivery) -> None:
    connection.execute(
        update(delivery)
        .where(delivery.c.number == number, delivery.c.channel == channel)
        .values(_columns(line))
    )


def _columns(line: Delivery) -> dict[str, object]:
    return {
        "state": line.state.value,
        "attempts": line.attempts,
        "at": moment(line.at) if line.at else None,
        "wait_until": moment(line.wait_until) if line.wait_until else None,
        "error": line.error,
    }


def _kept(connection: Connection, site: str) -> tuple[Kept, ...]:
    query = select(alert).order_by(alert.c.number)
    lines = select(delivery).order_by(delivery.c.number, delivery.c.channel)
    if site:
        query = query.where(alert.c.site == site)
        lines = lines.where(
            delivery.c.number.in_(select(alert.c.number).where(alert.c.site == site))
        )
    by_number: dict[int, dict[str, Delivery]] = {}
    for row in connection.execute(lines).mappings():
        by_number.setdefault(row["number"], {})[row["channel"]] = _delivery(row)
    return tuple(
        Kept(
            _occasion(row),
            altered.moment(row["noted_at"], "alert.noted_at"),
            row["number"],
            altered.moment(row["cured_at"], "alert.cured_at") if row["cured_at"] else None,
            by_number.get(row["number"], {}),
        )
        for row in connection.execute(query).mappings()
    )


def _occasion(row: RowMapping) -> Occasion:
    return Occasion(
        kind=altered.read(AlertKind, row["kind"], "alert.kind"),
        site=row["site"],
        key=row["key"],
        instance=row["instance"],
        rank=row["rank"],
        severity=altered.read(Severity, row["severity"], "alert.severity"),
        subject=row["subject"],
        text=Text(vi=row["vi"], en=row["en"]),
        since=altered.moment(row["since"], "alert.since"),
        run_id=row["run_id"],
    )


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        altered.read(DeliveryState, row["state"], "delivery.state"),
        row["attempts"],
        altered.moment(row["at"], "delivery.at") if row["at"] else None,
        altered.moment(row["wait_until"], "delivery.wait_until") if row["wait_until"] else None,
        row["error"],
    )
