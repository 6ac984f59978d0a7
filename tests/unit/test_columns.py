"""Rows are held to what a probe declares, and put in order; the quick ways change nothing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.columns import checked
from auditor.model import Measured, Row, Value
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe

KINDS = {"word": str, "count": int, "share": float, "is_on": bool, "words": tuple}


@probe(*(Column(name, kind, name) for name, kind in KINDS.items()))
def example(_host: HostFacts) -> Measured:
    """One column of each kind."""
    return Measured(rows=())


WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFFFF), max_size=4)
FITTING = st.fixed_dictionaries(
    {
        "word": st.none() | WORDS,
        "count": st.none() | st.integers(-3, 3),
        "share": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 2),
        "is_on": st.none() | st.booleans(),
        "words": st.none() | st.lists(WORDS, max_size=2).map(tuple),
    }
)


def printed(value: Value) -> Value:
    """Return a value as UTF-8 can carry it."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return tuple(map(str, map(printed, value))) if isinstance(value, tuple) else value


@given(st.lists(FITTING, max_size=4))
def test_rows_that_fit_are_kept_and_print(rows: list[Row]) -> None:
    """Unpaired surrogates become their escapes; everything else stays, kind by kind."""
    found = checked(example, Measured(rows=tuple(rows))).rows
    assert [*map(dict, found)] == [{k: printed(v) for k, v in row.items()} for row in rows]
    for row in found:
        for name, value in row.items():
            assert value is None or type(value) in {KINDS[name], *((int,) * (name == "share"))}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("word", 1),
        ("word", ("a",)),
        ("count", True),
        ("count", 1.0),
        ("share", math.nan),
        ("share", math.inf),
        ("is_on", 0),
        ("words", "ab"),
        ("words", ("a", 1)),
    ],
)
def test_one_wrong_value_is_refused(name: str, value: Value) -> None:
    """Whatever stands in the other rows."""
    right: Row = {"word": "a", "count": 1, "share": 0.5, "is_on": True, "words": ("a",)}
    wrong: Row = {**right, name: value}
    with pytest.raises((TypeError, AttributeError)):
        checked(example, Measured(rows=(right, wrong)))


@pytest.mark.parametrize("names", [("word",), ("word", "count", "share", "is_on", "more")])
def test_other_columns_than_declared_are_refused(names: tuple[str, ...]) -> None:
    """One too few, one by another name."""
    with pytest.raises(TypeError, match="declared"):
        checked(example, Measured(rows=(dict.fromkeys(names),)))


def rank(value: Value) -> tuple[int, float, str]:
    """Unknown first, then numbers, then words."""
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, bool | int | float):
        return (1, float(value), "")
    return (2, 0.0, value if isinstance(value, str) else "\n".join(value))


@given(st.lists(FITTING, max_size=6), st.lists(st.sampled_from(sorted(KINDS)), max_size=2))
def test_rows_stand_in_the_order_of_all_columns(rows: list[Row], names: list[str]) -> None:
    """The named columns first, then all others, with ties among the named ones and without."""
    whole = sorted(rows, key=lambda row: [rank(row[name]) for name in (*names, *row)])
    assert [*map(repr, in_order(rows, *names))] == [*map(repr, whole)]
