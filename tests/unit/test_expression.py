"""CEL as checks use it: refused early, evaluated strictly, never a crash."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.expression import CannotEvaluate, bind, evaluate, problem
from auditor.model import Operator, Text
from auditor.operators import OPERATORS
from auditor.wording import plain, with_unit

ROWS = {"rows": [{"n": 1.0, "name": "a"}, {"n": 2.5, "name": "b"}]}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("rows.size()", 2),
        ("rows[1].n", 2.5),
        ("rows[0].n * 4.0", 4),
        ("rows.map(r, r.name)", ("a", "b")),
        ("math.least(rows.map(r, r.n))", 1),
        ("rows.exists(r, r.n > 2)", True),
        ("rows . existsOne (r, r.n > 2)", True),
        ("rows[0].name", "a"),
        ("null", None),
    ],
)
def test_a_value_is_a_scalar_or_a_list_of_texts(source: str, value: object) -> None:
    """Whole doubles read as whole numbers."""
    assert problem(source, frozenset({"rows"})) == ""
    assert evaluate(source, ROWS) == value


@pytest.mark.parametrize(
    "source",
    [
        *("rows[9].n", "rows[0].zzz", "rows[0].name > 3", "1 / 0", "rows", "{'a': 1}"),
        *("rows.map(r, r.n)", "double('nan')", "rows[0].n / 0.0", "unknown", "nosuch(1)"),
    ],
)
def test_what_gives_no_usable_value_says_so(source: str) -> None:
    """Every kind of failure is one exception with a reason on one line."""
    with pytest.raises(CannotEvaluate) as caught:
        evaluate(source, ROWS)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("rows.size(", "rows.size("),
        ("rws.size()", "rws"),
        ("system.id == 'a'", "system"),
        ("rows.all(r, s.n > 1)", "s"),
        ("", ""),
    ],
)
def test_a_broken_expression_is_refused_before_it_meets_data(source: str, word: str) -> None:
    """Syntax errors and unknown variables are found while a profile is loaded."""
    found = problem(source, frozenset({"rows"}))
    assert found
    assert word in found or "pars" in found.lower() or "syntax" in found.lower()


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


@given(st.lists(st.dictionaries(st.sampled_from(["n", "name", "x"]), values), max_size=4))
def test_hostile_rows_give_a_value_or_a_reason(rows: list[dict[str, object]]) -> None:
    """No shape of row can bring the judge down."""
    for source in ("rows.all(r, r.n > 1.0)", "rows[0].name", "rows.map(r, r.x)", "rows.size()"):
        try:
            value = evaluate(source, {"rows": bind(rows)})
        except CannotEvaluate:
            continue
        assert value is None or isinstance(value, (str, int, float, tuple))


@pytest.mark.parametrize(
    ("operator", "value", "expected", "holds"),
    [
        (Operator.AT_LEAST, 3, 3.0, True),
        (Operator.AT_LEAST, 2.9, 3, False),
        (Operator.AT_LEAST, "3", 3, None),
        (Operator.AT_LEAST, True, 1, None),
        (Operator.AT_LEAST, None, 1, None),
        (Operator.AT_MOST, 3, 3, True),
        (Operator.AT_MOST, 4, 3, False),
        (Operator.EQUALS, "a", "a", True),
        (Operator.EQUALS, 1, 1.0, True),
        (Operator.EQUALS, 1, True, None),
        (Operator.EQUALS, None, "a", None),
        (Operator.CONTAINS, ("a", "b"), "b", True),
        (Operator.CONTAINS, (), "b", False),
        (Operator.CONTAINS, "ab", "b", None),
        (Operator.ONE_OF, 2, (1, 2), True),
        (Operator.ONE_OF, 3, (1, 2), False),
        (Operator.ONE_OF, None, (1, 2), None),
        (Operator.EXISTS, "x", True, True),
        (Operator.EXISTS, None, True, False),
        (Operator.EXISTS, "", False, True),
        (Operator.EXISTS, (), True, False),
        (Operator.EXISTS, 0, True, True),
    ],
)
def test_operators_decide_or_say_that_they_cannot(
    operator: Operator, value: object, expected: object, holds: object
) -> None:
    """A value of another kind is neither a pass nor a failure."""
    assert OPERATORS[operator].holds(value, expected) is holds  # type: ignore[arg-type]  # hostile values on purpose


def test_every_operator_says_which_parameters_it_takes() -> None:
    """A parameter that an operator cannot compare with is refused when the profile is loaded."""
    taken = {
        operator: [value for value in (1, 1.5, "a", True, ("a",), ()) if each.accepts(value)]
        for operator, each in OPERATORS.items()
    }
    assert taken == {
        Operator.AT_LEAST: [1, 1.5],
        Operator.AT_MOST: [1, 1.5],
        Operator.EQUALS: [1, 1.5, "a", True],
        Operator.CONTAINS: ["a"],
        Operator.ONE_OF: [("a",)],
        Operator.EXISTS: [True],
    }


def test_values_read_as_people_write_them() -> None:
    """Vietnamese has a decimal comma; units stand behind numbers only."""
    percent = Text(vi="%", en="%")
    assert with_unit(12.345, percent) == Text(vi="12,35 %", en="12.35 %")
    assert with_unit(40.0, percent) == Text(vi="40 %", en="40 %")
    assert with_unit(value=True, unit=percent) == Text(vi="có", en="yes")
    assert plain(None) == Text(vi="chưa biết", en="unknown")
    assert plain(("a", 2)) == Text(vi="a, 2", en="a, 2")


def test_a_failed_function_is_silent() -> None:
    """The library warns of what it raises; nothing of it reaches the user's terminal."""
    source = """import auditor.cli.shell
from auditor.expression import CannotEvaluate, evaluate
try:
    evaluate("min(a)", {"a": [1.0, None]})
except CannotEvaluate:
    print("raised")
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"raised\n", b"")
