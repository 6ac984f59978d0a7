"""Long lists in CEL expressions, so that the time grows with the rows and not with their square.

The library copies what it has kept for each row that it keeps. So a macro over a list variable,
`rows.filter(r, …)`, is answered by evaluating its body on a few rows at a time, and its answer is
handed over as a variable. Only what plainly is such a macro is taken; where the body does not give
a usable answer for every row, the expression stays as it is and the library answers.
"""

import marshal
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from auditor.expression_reads import merged, paths

AT_ONCE = 50
"""Rows evaluated at a time; a list of no more is left to the library."""

MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|existsOne|filter|map)\s*\(\s*(\w+)\s*,")
"""Binds a variable of its own, which the compiler lists among the variables."""

_ARGUMENT = re.compile(r"(?<=[(,])\s*(\w+)\s*(?=,)")
"""A name alone before another argument: any macro that binds a variable has it there."""

_TEXT = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_ODD = re.compile(r"\\|//|'''|\"\"\"|`|\b[rRbB]+['\"]|\buint\b|\d[uU]\b|\b(?:timestamp|duration)\b")
"""What makes texts hard to tell from names, and values that do not come back from CEL the same."""

_TYPE = re.compile(
    r"\btype\s*\(|(?<![\w.])(?:bool|bytes|double|int|list|map|null_type|string|type)\b(?!\s*\()"
)
"""A type as a value, which would come back as a text."""

_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*", re.ASCII)
_PLAIN = (bool, int, float, str, type(None))

_FEW, _ANSWER = "few_rows", "answer_"
"""The variable that stands for the rows of one turn, and the beginning of those for answers."""

_WITHOUT_REFERENCES = 2
"""The form of `marshal` that tells 1, 1.0 and true apart, and not what is one object."""

Evaluate = Callable[[str, Mapping[str, object]], object]


class _Part(NamedTuple):
    """A macro over a list variable, or its size: where it stands in the source."""

    start: int
    end: int
    rows: str
    kind: str
    item: str
    body: str


def each(
    body: str,
    item: str,
    rows: Sequence[object],
    variables: Mapping[str, object],
    evaluate: Evaluate,
) -> list[object]:
    """Return what `body` is for each row, which it calls `item`. Raises what `evaluate` does.

    Rows of which it reads the same are asked about once: machines of a kind say much the same.
    """
    if _FEW in body:
        raise LookupError(_FEW)
    reads = merged(paths(body, item))
    seen: dict[bytes, int] = {}
    apart: list[object] = []
    places = []
    for row in rows:
        read: Any = reads.of(row)
        place = seen.setdefault(marshal.dumps(read, _WITHOUT_REFERENCES), len(apart))
        if place == len(apart):
            apart.append(read)
        places.append(place)
    answers: list[object] = []
    for start in range(0, len(apart), AT_ONCE):
        few = apart[start : start + AT_ONCE]
        found = evaluate(f"{_FEW}.map({item}, ({body}))", {**variables, _FEW: few})
        if not isinstance(found, list) or len(found) != len(few):
            raise TypeError(body)
        answers += found
    return [answers[place] for place in places]


def shortened(
    source: str, variables: Mapping[str, object], evaluate: Evaluate
) -> tuple[str, dict[str, object]]:
    """Return an expression of the same value, with answers about long lists as variables.

    `evaluate` raises `ValueError`, `TypeError`, `LookupError`, `ArithmeticError` or `RuntimeError`.
    """
    known = dict(variables)
    is_long = any(isinstance(item, list) and len(item) > AT_ONCE for item in known.values())
    if not is_long or _ODD.search(source) or _ANSWER in source:
        return source, known
    refused = 0
    while (parts := [*_parts(source, known)])[refused:]:
        part = parts[refused]
        name = _unused(known)
        try:
            known[name] = _answer(part, known, evaluate)
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
            refused += 1
            continue
        source = source[: part.start] + name + source[part.end :]
    return source, known


def _unused(known: Mapping[str, object]) -> str:
    """Return a name for an answer that stands for nothing yet: a check may call its rows so."""
    return next(name for n in count() if (name := f"{_ANSWER}{n}") not in known)


def _parts(source: str, known: Mapping[str, object]) -> Iterator[_Part]:
    """Yield what can be answered on its own, from left to right."""
    bare = _TEXT.sub(lambda match: " " * len(match[0]), source)
    bound = set(_ARGUMENT.findall(bare))
    for found in _WORD.finditer(bare):
        rows = known.get(found[0])
        if not isinstance(rows, list) or len(rows) <= AT_ONCE or found[0] in bound:
            continue
        if bare[: found.start()].rstrip().endswith("."):
            continue
        if size := re.compile(r"\.size\(\)").match(bare, found.end()):
            yield _Part(found.start(), size.end(), found[0], "size", "", "")
        elif head := re.compile(r"\.(all|exists|filter|map)\(\s*(\w+)\s*,").match(
            bare, found.end()
        ):
            end = _closing(bare, head.end())
            inside = bare[head.end() : end]
            # What another macro binds is not known here, and of the list only a part will be.
            others = (bound - {head[2]}) | {found[0]}
            is_own = not others & set(_WORD.findall(inside)) and not _commas(inside)
            if end and is_own and not (head[1] == "map" and _TYPE.search(inside)):
                body = source[head.end() : end]
                yield _Part(found.start(), end + 1, found[0], head[1], head[2], body)


def _closing(bare: str, start: int) -> int:
    """Return where the bracket closes in which `start` is; 0 if nowhere."""
    depth = 0
    for place in range(start, len(bare)):
        if bare[place] in "([{":
            depth += 1
        elif bare[place] in ")]}":
            if depth == 0:
                return place
            depth -= 1
    return 0


def _commas(inside: str) -> bool:
    """Tell whether there is a third argument: `map(x, which, what)`."""
    depth = 0
    for letter in inside:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            return True
    return False


def _answer(part: _Part, known: Mapping[str, object], evaluate: Evaluate) -> object:
    """Answer a macro. Raises what `evaluate` does, and `TypeError` for an answer of no use."""
    rows = known[part.rows]
    if not isinstance(rows, list):
        raise TypeError(part.rows)
    if part.kind == "size":
        return len(rows)
    given = each(part.body, part.item, rows, known, evaluate)
    kind = _PLAIN if part.kind == "map" else bool
    if not all(isinstance(item, kind) for item in given):
        raise TypeError(part.body)
    if part.kind == "map":
        return given
    if part.kind == "filter":
        return [row for row, holds in zip(rows, given, strict=True) if holds]
    return all(given) if part.kind == "all" else any(given)
