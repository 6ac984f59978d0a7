"""How a check compares: each operator says for which values it is defined, and how it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.model import Operator, Scalar, Text, Value

Expected = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`accepts` says whether a parameter fits; `holds` decides, or returns None if it cannot."""

    words: Text
    accepts: Callable[[Expected], bool]
    holds: Callable[[Value, Expected], bool | None]


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Value, Expected], bool | None]:
    def holds(value: Value, expected: Expected) -> bool | None:
        if not (_number(value) and _number(expected)):
            return None
        return compare(float(value), float(expected))  # type: ignore[arg-type]  # numbers, see above

    return holds


def _equals(value: Value, expected: Expected) -> bool | None:
    if value is None or isinstance(value, bool) is not isinstance(expected, bool):
        return None
    return value == expected


def _contains(value: Value, expected: Expected) -> bool | None:
    return expected in value if isinstance(value, tuple) else None


def _one_of(value: Value, expected: Expected) -> bool | None:
    if value is None or isinstance(value, tuple) or not isinstance(expected, tuple):
        return None
    return value in expected


def _exists(value: Value, expected: Expected) -> bool | None:
    return (value not in {None, "", ()}) is expected


OPERATORS: Mapping[Operator, Comparison] = MappingProxyType(
    {
        Operator.AT_LEAST: Comparison(
            Text(vi="tối thiểu", en="at least"), _number, _ordered(lambda a, b: a >= b)
        ),
        Operator.AT_MOST: Comparison(
            Text(vi="tối đa", en="at most"), _number, _ordered(lambda a, b: a <= b)
        ),
        Operator.EQUALS: Comparison(
            Text(vi="bằng", en="equal to"), lambda p: not isinstance(p, tuple), _equals
        ),
        Operator.CONTAINS: Comparison(
            Text(vi="có chứa", en="containing"), lambda p: isinstance(p, str), _contains
        ),
        Operator.ONE_OF: Comparison(
            Text(vi="thuộc", en="one of"), lambda p: isinstance(p, tuple) and bool(p), _one_of
        ),
        Operator.EXISTS: Comparison(
            Text(vi="có, không có", en="some, none"), lambda p: isinstance(p, bool), _exists
        ),
    }
)
