"""Long lists in expressions: the library's own answer, in time that grows with the rows."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import FrameType

import cel
import pytest
from cel.stdlib import add_stdlib_to_context
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import DEFAULT_PROFILE, profile, record_reader
from auditor.expression import CannotEvaluate, evaluate, selected
from auditor.expression_lists import AT_ONCE, shortened
from auditor.judge import Case
from auditor.model import Target
from auditor.rollup import judge

RECORDING = Path("profiles/recordings/machines-in-disorder.json")
SOURCES = (
    "rows.filter(r, r.n == 2.0).size()",
    "rows.filter(r, r.n == null).map(r, r.name + ': ' + r.target.name)",
    "rows.exists(r, r.n == null) && !rows.exists(r, r.n == 1.0) ? null : rows.size()",
    "100.0 * double(rows.filter(r, r.is_met == true).size()) / double(rows.size())",
    "rows.all(r, r.is_met != false)",
    "[1.0, 2.0].map(n, rows.filter(r, r.n == n).size())[0]",
    "[1.0].map(params, rows.filter(r, r.n == params).size())[0]",
    "rows.filter(r, rows.size() > 60 && r.is_met == true).size()",
    "rows.map(r, r.n == null, r.name)",
    "rows.filter(r, r.name.size() > 1 && r.tags.exists(r, r == 'a')).size()",
    "rows.filter(r, r.n > 1.0).size()",
    "rows.filter(r, r.n).size()",
    "rows.filter(r, r.name == 'rows.size()').size()",
    "rows.map(r, r.name).join('; ')",
    "rows.filter(r, r.target.name in params.names).size() + params.most",
    "sum(rows.filter(r, r.n != null).map(r, r.n))",
    "rows.exists(r, r.absent == 1.0)",
    # A macro's own `rows`, however it is written.
    "[[1.0]].map (rows, rows.size())[0]",
    "[[1.0]] . exists\n( rows , rows.size() == 1)",
    "[[1.0]].existsOne(rows, rows.size() == 1)",
    "[[1.0]].map (rows, rows.size() > 1, 1).size()",
    "rows.filter(r, [params.names].exists (rows, rows.size() == 1)).size()",
    "[1.0].map (params, rows.filter(r, r.n == params).size())[0]",
    # Types, which the library gives back as texts.
    "rows.map(r, type(r.name))[0] == string",
    "rows.map(r, [string][0])[0] == string",
    "rows.filter(r, type (r.n) == double).size()",
    # Texts that look like something else.
    "rows.filter(r, r.name == \"it's\" || r.name == ')').size()",
    "rows.filter(r, r.name == r'a' || r.name == \"\\x61\").size()",
    "rows.filter(r, r.name == '''a''').size() + rows.filter(r, true // )\n).size()",
    # What is never reached must not count.
    "rows.size() > 0 ? 1 : rows.filter(r, r.absent).size()",
    "rows.all(r, r.absent == 1.0) && false",
    "rows.exists(r, r.is_met == true || r.absent)",
)
ROW = st.fixed_dictionaries(
    {
        "n": st.sampled_from([None, 1.0, 2.0]),
        "name": st.sampled_from(["a", "bé", "rows.size()"]),
        "is_met": st.sampled_from([True, False, None]),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "target": st.fixed_dictionaries({"name": st.sampled_from(["m1", "m2"])}),
    }
)


def asked(source: str, variables: dict[str, object]) -> object:
    """Ask the library alone."""
    context = cel.Context(variables=variables)
    add_stdlib_to_context(context)
    try:
        found = cel.compile(source).execute(context)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        return " ".join(str(error).split())
    return tuple(found) if isinstance(found, list) else found


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=12)
@given(rows=st.lists(ROW, min_size=1, max_size=6), times=st.sampled_from([1, 9, 40]))
def test_a_long_list_is_answered_as_the_library_answers(
    source: str, rows: list[dict[str, object]], times: int
) -> None:
    """Value or error, word for word, on both sides of the length from which lists are shortened."""
    params = {"names": ["m1"], "most": 3.0}
    variables: dict[str, object] = {"rows": rows * times, "params": params}
    try:
        found: object = evaluate(source, variables)
    except CannotEvaluate as error:
        found = str(error)
    assert found == asked(source, variables)


@given(rows=st.lists(ROW, max_size=6), times=st.sampled_from([1, 40]))
@settings(max_examples=25)
def test_rows_are_selected_as_one_by_one(rows: list[dict[str, object]], times: int) -> None:
    """`where` on many rows at once is `where` on each; so is its first error."""
    for where in (
        "row.is_met == true && system.id in row.tags",
        "row.n > 1.0",
        "row.n",
        "1, row.n",
    ):
        given_rows, system = rows * times, {"id": "a"}
        alone = [asked(where, {"row": row, "system": system}) for row in given_rows]
        if all(isinstance(item, bool) for item in alone):
            assert selected(where, given_rows, {"system": system}) == alone
        else:
            with pytest.raises(CannotEvaluate) as caught:
                selected(where, given_rows, {"system": system})
            first = next(item for item in alone if not isinstance(item, bool))
            assert str(first) in str(caught.value) or "must give true or false" in str(caught.value)


def test_answers_are_kept_apart_from_rows_of_the_same_name() -> None:
    """A check may call the rows that it reads as it likes."""
    rows: list[object] = [{"n": 1.0}, {"n": 2.0}, {"n": 2.0}] * AT_ONCE
    source = "100 * rows.filter(r, r.n == 1.0).size() + rows.filter(r, r.n == 2.0).size()"
    for number in range(8):
        variables = {"rows": rows, f"answer_{number}": 0.0, "few_rows": rows}
        assert evaluate(source, variables) == asked(source, variables) == 102 * AT_ONCE


def test_no_plain_macro_over_a_long_list_is_left_to_the_library() -> None:
    """What is quadratic there is taken out of the expression."""
    rows = [{"n": 1.0, "name": "a", "is_met": True, "target": {"name": "m"}}] * (AT_ONCE + 1)

    def library(source: str, variables: Mapping[str, object]) -> object:
        return cel.compile(source).execute(dict(variables))

    for source in SOURCES[:5]:
        left, known = shortened(source, {"rows": rows}, library)
        assert "rows." not in left
        assert set(known) > {"rows"}


def many(machines: int) -> Case:
    """Return the case of a recording with its machines over and over again, under other names."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    read = record_reader.parse(RECORDING.read_bytes(), str(RECORDING))
    base = record_reader.from_v1(read, criteria)
    hosts = {target.name for target in base.targets} - {"site", "network", "run"}
    targets = [target for target in base.targets if target.name not in hosts]
    seen = [item for item in base.observations if item.measurement.target not in hosts]
    for number, model in enumerate(islice(repeated(base.targets, hosts), machines)):
        name = f"may-{number}"
        targets.append(replace(model, name=name))
        seen += [
            replace(item, measurement=replace(item.measurement, target=name))
            for item in base.observations
            if item.measurement.target == model.name
        ]
    plan = tuple(item.measurement for item in seen)
    return Case(criteria, tuple(targets), plan, tuple(seen))


def repeated(targets: tuple[Target, ...], names: set[str]) -> Iterator[Target]:
    """Yield the targets of these names without end."""
    while True:
        yield from (target for target in targets if target.name in names)


def steps(case: Case) -> int:
    """Count the calls that judging makes, of Python and of the library."""
    count = 0

    def called(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    judge(case)  # compiles what is compiled once
    again = replace(case)
    sys.setprofile(called)
    try:
        judge(again)
    finally:
        sys.setprofile(None)
    return count


def test_the_steps_of_judging_grow_with_the_machines() -> None:
    """Twice the machines are about twice the steps, not four times."""
    assert steps(many(100)) <= 2.2 * steps(many(50))
