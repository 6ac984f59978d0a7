"""CEL, the language in which a check says what it reads from rows.

Library: common-expression-language. Expressions cannot loop without bound or reach the machine.
Every number of a row or parameter is a CEL double, so that 5 and 5.0 in a record judge alike.
The library's `filter` is quadratic in the rows it keeps: see `expression_lists`.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.expression_library import library
from auditor.expression_lists import MACRO, each, shortened
from auditor.expression_reads import Reads, merged, paths
from auditor.model import Value

if TYPE_CHECKING:
    import cel

_CEL, _MORE = library()
_NAMESPACES = frozenset(name.partition(".")[0] for name in _MORE.STDLIB_FUNCTIONS if "." in name)
"""`math` in `math.abs(x)`, which the compiler takes for a variable."""

_EXTRA = frozenset(name.rpartition(".")[2] for name in _MORE.STDLIB_FUNCTIONS)
"""Functions beyond the language itself, as the compiler lists them: `abs` for `math.abs(x)`."""

_ERRORS = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""Whatever the library raises."""


class CannotEvaluate(Exception):
    """The expression did not give a usable value for these rows; the message says why."""


class NotAllKnown(CannotEvaluate):
    """The least or largest of values was asked for, and one of them is null."""


@lru_cache(maxsize=1024)
def _program(source: str) -> "cel.Program":
    program: cel.Program = _CEL.compile(source)
    return program


@lru_cache(maxsize=1024)
def _reads(source: str) -> Mapping[str, Reads]:
    """Return what an expression reads of each of its variables."""
    return {name: merged(paths(source, name)) for name in _program(source).variables()}


def problem(source: str, variables: frozenset[str]) -> str:
    """Return what is wrong with an expression before it meets data, or nothing."""
    try:
        program = _program(source)
    except (ValueError, TypeError, RuntimeError) as error:
        return " ".join(str(error).split())
    bound = set(MACRO.findall(source))
    unknown = sorted(set(program.variables()) - variables - bound - _NAMESPACES)
    return f"unknown variable {', '.join(unknown)}" if unknown else ""


def bind(value: object) -> object:
    """Make a value of the model a CEL value: numbers become doubles, tuples lists."""
    kind = type(value)
    if kind is str or kind is bool or value is None:  # most values; the checks below are slow
        return value
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, Mapping):
        return {key: bind(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [bind(item) for item in value]
    raise CannotEvaluate(type(value).__name__)


def evaluate(source: str, variables: Mapping[str, object]) -> Value:
    """Evaluate an expression over bound variables. Raises `CannotEvaluate`, whatever rows hold."""
    try:
        try:
            # What the library says of an error should not depend on how many rows there are.
            return _plain(_execute(*shortened(source, variables, _execute)))
        except _ERRORS:
            return _plain(_execute(source, variables))
    except _ERRORS as error:
        kind = NotAllKnown if "'NoneType'" in str(error) else CannotEvaluate
        raise kind(" ".join(str(error).split())) from error


def selected(where: str, rows: Sequence[object], variables: Mapping[str, object]) -> list[bool]:
    """Tell of each row whether `where` selects it. Raises `CannotEvaluate` as its first bad row."""
    try:
        _program(where)  # alone: as a part of another expression it could mean something else
        found = each(where, "row", rows, variables, _execute)
    except _ERRORS:
        found = [None]
    if all(isinstance(item, bool) for item in found):
        return [item is True for item in found]
    return [_selects(where, {**variables, "row": row}) for row in rows]


def _selects(where: str, variables: Mapping[str, object]) -> bool:
    found = evaluate(where, variables)
    if not isinstance(found, bool):
        message = f"`where` must give true or false, not {found!r}"
        raise CannotEvaluate(message)
    return found


def _execute(source: str, variables: Mapping[str, object]) -> object:
    """Let the library evaluate. Raises one of `_ERRORS`."""
    program = _program(source)
    # Handing over what an expression does not use would cost more than evaluating it.
    used = {
        name: reads.of(variables[name])
        for name, reads in _reads(source).items()
        if name in variables
    }
    context: cel.Context = _CEL.Context(variables=used)
    if not _EXTRA.isdisjoint(program.functions()):
        _MORE.add_stdlib_to_context(context)
    return program.execute(context)


def _plain(value: object) -> Value:
    """Bring a CEL result back into the model; whole doubles read as integers."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            message = f"not a finite number: {value}"
            raise CannotEvaluate(message)
        return int(value) if value.is_integer() else value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    message = f"a check's value must be a scalar or a list of texts, not {type(value).__name__}"
    raise CannotEvaluate(message)
