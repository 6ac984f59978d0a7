"""Read JSON into a frozen form: exactly its types, no field more and none less (ADR 0028).

The forms are `TypedDict`s; msgspec reads JSON into structs made of them.
"""

import re
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import UNSET, DecodeError, UnsetType, defstruct
from msgspec.json import Decoder
from typing_extensions import is_typeddict

_PLACE = re.compile(r" - at `\$(.*)`$")
_FIELD = re.compile(r"(Object .* field) `(.*)`")
_STEP = re.compile(r"\.\.\.|[^.\[\]]+")
_ANY = "..."
"""What msgspec says in place of a key of a mapping."""


class NotOfForm(ValueError):
    """Some JSON is not of its form; `field` is where: names and numbers with dots between."""

    def __init__(self, error: DecodeError | RecursionError, *place: str | int) -> None:
        """Take what msgspec says of JSON that stands at a place of other JSON."""
        problem, steps = str(error), [*map(str, place)]
        if at := _PLACE.search(problem):
            problem, steps = problem[: at.start()], [*steps, *_STEP.findall(at[1])]
        if named := _FIELD.fullmatch(problem):
            problem, steps = named[1], [*steps, named[2]]
        super().__init__(problem)
        self.field = ".".join("*" if step == _ANY else step for step in steps)


class Reader:
    """Reads JSON into a type: forms, structs of them, or lists, mappings and unions of such."""

    def __init__(self, form: Any) -> None:  # noqa: ANN401 - a type
        """Read into `form`, and into the struct of a form for each `TypedDict` in it."""
        self._decoder = Decoder[Any](_converted(form))

    def __call__(self, content: bytes, *place: str | int) -> Any:  # noqa: ANN401 - of the form
        """Return what the JSON says. Raises `NotOfForm`, at its place in other JSON if given."""
        try:
            return self._decoder.decode(content)
        except (DecodeError, RecursionError) as error:
            raise NotOfForm(error, *place) from error


@cache
def struct_of(form: Any, **instead: Any) -> Any:  # noqa: ANN401 - types
    """Make the struct of a form; a field named in `instead` has that type in place of its own."""
    hints = {name: _converted(hint) for name, hint in get_type_hints(form).items()} | instead
    fields = [
        (name, hint) if name in form.__required_keys__ else (name, hint | UnsetType, UNSET)
        for name, hint in hints.items()
    ]
    return defstruct(form.__name__, fields, forbid_unknown_fields=True, kw_only=True, gc=False)


def _converted(hint: Any) -> Any:  # noqa: ANN401 - types
    if is_typeddict(hint):
        return struct_of(hint)
    parts = tuple(map(_converted, get_args(hint)))
    if get_origin(hint) is UnionType:
        return reduce(or_, parts)
    return get_origin(hint)[parts] if parts else hint
