"""Holding a database's records to a mapping, inside the database."""

from collections.abc import Sequence
from unicodedata import is_normalized
from zoneinfo import ZoneInfo

from sqlalchemy import text

from auditor.model import Store, StoreEngine
from auditor.stores.faults import DataFault, Shape
from auditor.stores.mapping import FieldMapping, FieldRule, PlatformSchema
from auditor.stores.patterns import KINDS
from auditor.stores.standard import (
    MOST_EXAMPLES,
    Checked,
    Compared,
    ExportSeen,
    compared,
    platform_rules,
)
from auditor.transports.deadline import Deadline
from auditor.transports.stores import Asking
from auditor.transports.stores_faults import trouble_of
from auditor.transports.stores_rules_sql import Judging, Rule, no_record
from auditor.transports.stores_sql import records
from auditor.transports.stores_visit import Visit, Visiting

_SHAPED = frozenset({DataFault.NOT_IN_CODE_LIST, *(fault for fault, _pattern in KINDS.values())})


def held(
    asking: Asking, store: Store, mapping: FieldMapping, schema: PlatformSchema | None
) -> tuple[ExportSeen, list[str]]:
    """Hold the records of a database to a mapping, and to the platform's schema if there is one.

    Also returns the statements that were run. Never raises for what a server or a file does.
    """
    said: list[str] = []
    zone = ZoneInfo(store.timezone or asking.timezone)
    with Deadline(asking.seconds) as deadline:
        visiting = Visiting(store, asking.gate, asking.folder, deadline, zone, said)
        try:
            with visiting.logged_in(store.user, asking.secret_of(store)) as visit:
                seen = _seen(visit, store, mapping, schema)
        except visiting.errors as error:
            seen = ExportSeen(trouble=trouble_of(error, is_late=deadline.has_passed))
    return seen, said


def _seen(
    visit: Visit, store: Store, mapping: FieldMapping, schema: PlatformSchema | None
) -> ExportSeen:
    there = tuple(visit.connection.execute(no_record(store)).keys())
    present = [rule.field for rule in mapping.fields if rule.field in there]
    judging = Judging(store.engine, records(store, present), _is_utf8(visit))
    return ExportSeen(
        checked=_checked(visit, judging, mapping, there),
        compared=_compared(visit, judging, mapping, schema) if schema else None,
    )


def _is_utf8(visit: Visit) -> bool | None:
    """Whether the database keeps its texts in UTF-8; MySQL's say so column by column: not asked."""
    if visit.store.engine is StoreEngine.POSTGRESQL:
        return bool(visit.connection.execute(text("SHOW server_encoding")).scalar_one() == "UTF8")
    return True if visit.store.engine is StoreEngine.SQLITE else None


def _checked(
    visit: Visit, judging: Judging, mapping: FieldMapping, there: Sequence[str]
) -> Checked:
    rules = judging.rules(mapping.fields)
    figures = _figures(visit, judging, rules, mapping.fields)
    total, faulty, repeated, again, same, *broken = figures
    numbers = dict.fromkeys(DataFault, 0)
    for rule, number in zip(rules, broken, strict=True):
        numbers[rule.fault] += number
    numbers[DataFault.REPEATED_IDENTIFIER], numbers[DataFault.REPEATED_RECORD] = again, same
    forms = numbers[DataFault.NOT_NFC] or numbers[DataFault.LOST_CHARACTER]
    is_bad = judging.is_utf8 is False or forms or not all(is_normalized("NFC", n) for n in there)
    found = [(rule, number) for rule, number in zip(rules, broken, strict=True) if number]
    return Checked(
        checked=total,
        faulty=faulty,
        repeated=repeated,
        counts=tuple(sorted((fault, number) for fault, number in numbers.items() if number)),
        examples=_examples(visit, judging, found),
        absent=tuple(rule.field for rule in mapping.fields if rule.field not in there),
        is_utf8_nfc=False if is_bad else judging.is_utf8,
    )


def _compared(
    visit: Visit, judging: Judging, mapping: FieldMapping, schema: PlatformSchema
) -> Compared:
    rules = judging.rules(platform_rules(mapping, schema))
    total, faulty, *_numbers = _figures(visit, judging, rules, ())
    return compared(total, faulty, mapping, schema)


def _figures(
    visit: Visit, judging: Judging, rules: Sequence[Rule], fields: Sequence[FieldRule]
) -> list[int]:
    row = visit.connection.execute(judging.totals(rules, fields)).one()
    return [int(figure or 0) for figure in row]  # sums over no record are null


def _examples(
    visit: Visit, judging: Judging, found: Sequence[tuple[Rule, int]]
) -> tuple[Shape, ...]:
    told: list[Shape] = []
    for rule, number in found:
        left = MOST_EXAMPLES - len(told)
        if left and rule.fault in _SHAPED:
            looks = visit.connection.execute(judging.shapes(rule, left))
            told += [Shape(rule.field, rule.fault, str(look), int(n)) for look, n in looks]
        elif left:
            told.append(Shape(rule.field, rule.fault, "", number))
    return tuple(told)
