"""How values read in a sentence, the same in every language version of a finding."""

import re
from collections.abc import Iterable

from auditor import phrases
from auditor.bilingual import Table, english_of, in_english
from auditor.model import Operator, Parameter, Row, Text, Value
from auditor.operators import OPERATORS

YES = Text(vi="có", en="yes")
NO = Text(vi="không", en="no")
NONE = Text(vi="không có", en="none")
SOME = Text(vi="có", en="some")
UNKNOWN = Text(vi="chưa biết", en="unknown")
_DECIMALS = 2
_PLURAL = re.compile(r"[A-Za-z ]+[a-rt-zA-Z]s")
"""Words that end in one s."""


def compared(
    title: Text,
    actual: Value,
    operator: Operator,
    parameter: Parameter,
    tables: Iterable[Table] = (),
) -> Text:
    """Say what was found beside what was required; `tables` hold English for words of theirs."""
    found = with_unit(actual, parameter.unit)
    if isinstance(actual, tuple):
        found = Text(vi=found.vi, en=in_english(found.en, english_of(tables)))
    return phrases.fill(
        phrases.COMPARED,
        title=title,
        actual=found,
        expected=demanded(operator, parameter.default, parameter.unit),
    )


def demanded(operator: Operator, expected: object, unit: Text) -> Text:
    """Say what is required: at least so much, one of these, or that there is something or none."""
    if operator is Operator.EXISTS:
        return SOME if expected is True else NONE
    words, value = OPERATORS[operator].words, with_unit(expected, unit)
    return Text(vi=f"{words.vi} {value.vi}", en=f"{words.en} {value.en}")


def resting(reason: Text, samples: Iterable[Row] | None) -> Text:
    """Say on how many samples, in how many slots, an answer rests, by series; None: on none."""
    if samples is None:
        return reason
    slots: dict[str, list[object]] = {}
    for row in samples:
        slots.setdefault(str(row.get("series")), []).append(row.get("time_slot"))
    parts = (
        phrases.fill(
            phrases.SAMPLES, series=str(number), n=str(len(of)), slots=str(len({*of} - {None}))
        )
        for number, (_series, of) in enumerate(sorted(slots.items()), 1)
    )
    told = phrases.join(tuple(parts)) if slots else phrases.NO_SAMPLES
    return phrases.fill(phrases.RESTING, reason=reason, samples=told)


def with_unit(value: object, unit: Text) -> Text:
    """Write a value with its unit; Vietnamese uses a decimal comma."""
    written = plain(value)
    if isinstance(value, (bool, tuple)) or value is None:
        return written
    of = singular(unit.en) if value == 1 else unit.en
    return Text(vi=f"{written.vi} {unit.vi}".strip(), en=f"{written.en} {of}".strip())


def singular(unit: str) -> str:
    """Return what one of an English unit is called; signs such as Mb/s and h have one form."""
    if not _PLURAL.fullmatch(unit):
        return unit
    return f"{unit[:-3]}y" if unit.endswith("ies") else unit[:-1]


def plain(value: object) -> Text:
    """Write a value without its unit."""
    if isinstance(value, bool):
        return YES if value else NO
    if value is None:
        return UNKNOWN
    if value == ():
        return NONE
    if isinstance(value, tuple):
        items = [plain(item) for item in value]
        return Text(
            vi=", ".join(item.vi for item in items), en=", ".join(item.en for item in items)
        )
    if isinstance(value, float):
        text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
        return Text(vi=text.replace(".", ","), en=text)
    return Text(vi=str(value), en=str(value))
