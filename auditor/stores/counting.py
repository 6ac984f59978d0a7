"""The same figures over an export that a database computes over a table."""

from datetime import datetime
from zoneinfo import ZoneInfo

from auditor.model import Store
from auditor.stores.answer import Counts, Moment, StoreFault, StoreTrouble
from auditor.stores.table import ExportTable
from auditor.stores.times import moment


def counted(table: ExportTable, store: Store, zone: ZoneInfo) -> Counts:
    """Count records, filled fields, different keys and the newest change. Raises `StoreFault`."""
    places = {name: number for number, name in reversed([*enumerate(table.header)])}
    wanted = (*store.required, *store.key, *((store.updated,) if store.updated else ()))
    if any(name not in places for name in wanted):
        raise StoreFault(StoreTrouble.COLUMN_MISSING)
    rows = table.records
    filled = sum(1 for row in rows for name in store.required if row[places[name]].strip())
    keys = {tuple(row[places[name]] for name in store.key) for row in rows}
    return Counts(
        records=len(rows),
        filled=filled if store.required else None,
        distinct=len(keys) if store.key else None,
        newest=_newest([row[places[store.updated]] for row in rows], zone)
        if store.updated
        else None,
    )


def _newest(cells: list[str], zone: ZoneInfo) -> Moment:
    times = [moment(cell, zone) for cell in cells]
    known = [time for time in times if isinstance(time, datetime)]
    if known:
        return max(known)
    return "" if any(time == "" for time in times) else None
