"""The rules of a mapping as statements: the database judges its records, and hands over counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from auditor.model import Store, StoreEngine
from auditor.stores.faults import DataFault
from auditor.stores.mapping import FieldRule
from auditor.stores.patterns import BLANK, DECOMPOSED, KINDS, LOST, whole
from auditor.transports.stores_sql import records

_EXACT = {StoreEngine.MYSQL: "utf8mb4_bin", StoreEngine.SQLITE: "BINARY"}
"""Otherwise `a`, `A` and `á` are one to these engines."""

_LONGEST_SHAPE = 24


class Rule(NamedTuple):
    """What breaks a rule: "" stands for the whole record."""

    field: str
    fault: DataFault
    broken: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Judging:
    """Statements about one table. `source` has the columns of the mapping that are really there."""

    engine: StoreEngine
    source: FromClause
    is_utf8: bool | None

    def rules(self, rules: Sequence[FieldRule]) -> list[Rule]:
        """Return what breaks each rule, as an export's cells are judged."""
        found: list[Rule] = []
        if self.is_utf8 is False:
            found.append(Rule("", DataFault.NOT_UTF8, true()))
        for rule in rules:
            if rule.field not in self.source.c:
                if rule.required or rule.is_identifier:
                    found.append(Rule(rule.field, DataFault.MISSING, true()))
            else:
                found += self._of(rule)
        return found

    def _of(self, rule: FieldRule) -> list[Rule]:
        words = self._words(rule.field)
        blank = or_(words.is_(None), words.regexp_match(BLANK))
        found: list[Rule] = []
        if rule.required or rule.is_identifier:
            found.append(Rule(rule.field, DataFault.MISSING, blank))
        if rule.codes:
            other = func.trim(words).not_in(rule.codes)
            found.append(Rule(rule.field, DataFault.NOT_IN_CODE_LIST, and_(not_(blank), other)))
        if rule.kind in KINDS:
            fault, pattern = KINDS[rule.kind]
            odd = not_(words.regexp_match(whole(pattern)))
            found.append(Rule(rule.field, fault, and_(not_(blank), odd)))
        if self.is_utf8 is not False:
            found.append(Rule(rule.field, DataFault.NOT_NFC, self._is_not_nfc(words)))
            found.append(Rule(rule.field, DataFault.LOST_CHARACTER, words.contains(LOST)))
        return found

    def _is_not_nfc(self, words: ColumnElement[str]) -> ColumnElement[bool]:
        if self.engine is StoreEngine.MYSQL:
            return words.regexp_match(DECOMPOSED)
        return func.normalize(words) != words

    def totals(self, rules: Sequence[Rule], fields: Sequence[FieldRule]) -> Select[Any]:
        """Count records, faulty and repeated ones, both kinds of repetition, and each rule's.

        Of records with one identifier the faulty one counts as the first, wherever it stands.
        """
        names = [f"f{number}" for number in range(len(rules))]
        flags = [_flag(rule.broken).label(name) for rule, name in zip(rules, names, strict=True)]
        present = [rule for rule in fields if rule.field in self.source.c]
        whole_record = [self._key(rule.field) for rule in present]
        identifier = [self._key(rule.field) for rule in present if rule.is_identifier]
        named = or_(false(), *(key != "" for key in identifier))
        keys = [key.label(f"k{number}") for number, key in enumerate(identifier)]
        parts = [key.label(f"w{number}") for number, key in enumerate(whole_record)]
        judged = select(*flags, *keys, *parts, _flag(named).label("named"))
        first = judged.select_from(self.source).subquery("judged")
        faults = sum((first.c[name] for name in names), literal_column("0"))
        ranked = select(
            *(first.c[name] for name in names),
            faults.label("faults"),
            _flag(and_(first.c.named == 1, _is_later(first, "k", len(keys), faults))).label(
                "again"
            ),
            _flag(_is_later(first, "w", len(parts), faults)).label("same"),
        ).subquery("ranked")
        repeated = or_(ranked.c.again == 1, ranked.c.same == 1)
        figures: list[Any] = [
            func.count(),
            func.sum(_flag(or_(ranked.c.faults > 0, repeated))),
            func.sum(_flag(repeated)),
            func.sum(ranked.c.again),
            func.sum(ranked.c.same),
            *(func.sum(ranked.c[name]) for name in names),
        ]
        asked: Select[Any] = select(*figures).select_from(ranked)
        return asked

    def shapes(self, rule: Rule, most: int) -> Select[Any]:
        """Return how the cells look that break a rule: masked by the database, and counted."""
        flags = ("g",) if self.engine is StoreEngine.POSTGRESQL else ()
        masked = func.regexp_replace(self._words(rule.field), "[0-9]", "9", *flags)
        masked = func.regexp_replace(masked, "[^0-9/.,:+ -]+", "x", *flags)
        looks = select(func.substr(masked, 1, _LONGEST_SHAPE).label("shape")).where(rule.broken)
        seen = looks.select_from(self.source).subquery("looks")
        number = func.count().label("number")
        return (
            select(seen.c.shape, number)
            .group_by(seen.c.shape)
            .order_by(number.desc(), seen.c.shape)
            .limit(most)
        )

    def _words(self, field: str) -> ColumnElement[str]:
        words = cast(self.source.c[field], String())
        collation = _EXACT.get(self.engine)
        return words.collate(collation) if collation else words

    def _key(self, field: str) -> ColumnElement[str]:
        return func.coalesce(func.trim(self._words(field)), "")


def no_record(store: Store) -> Select[Any]:
    """Ask for every column and no record: the names come back."""
    nobody: Select[Any] = select(literal_column("*")).select_from(records(store, ()))
    return nobody.where(literal_column("1") == literal_column("0"))


def _is_later(
    source: FromClause, prefix: str, number: int, faults: ColumnElement[int]
) -> ColumnElement[bool]:
    """Whether records with the same values stand before one; those with most faults stand first."""
    if not number:
        return false()
    same = [source.c[f"{prefix}{place}"] for place in range(number)]
    return func.row_number().over(partition_by=same, order_by=faults.desc()) > 1


def _flag(broken: ColumnElement[bool]) -> ColumnElement[int]:
    return case((broken, 1), else_=0)
