"""Which fields of its variables a CEL expression reads.

The library converts all that it is given, and a row of a machine is much; what no expression reads
need not be handed over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reads:
    """The fields that an expression reads of a value; `is_whole` if it may read any."""

    is_whole: bool
    fields: Mapping[str, "Reads"]

    def of(self, value: object) -> object:
        """Leave out of a mapping what is not read."""
        if self.is_whole or not isinstance(value, dict):
            return value
        return {name: below.of(value[name]) for name, below in self.fields.items() if name in value}


def paths(source: str, name: str) -> list[list[str]]:
    """Return the fields at each place of a name: `row.target.name` is [target, name].

    By the text alone: where a name stands for anything but plain `name.field`, also in a text or
    as a macro's own variable, all of the variable counts as read.
    """
    pattern = rf"\b{re.escape(name)}\b((?:\.[A-Za-z_]\w*)*)(\s*\()?"
    found = []
    for match in re.finditer(pattern, source, re.ASCII):
        fields = match[1].split(".")[1:]
        found.append(fields[:-1] if match[2] else fields)  # `size` of `row.name.size()`
    return found or [[]]


def merged(found: list[list[str]]) -> Reads:
    """Make one tree of paths; the empty path is all of it."""
    below: dict[str, list[list[str]]] = {}
    for path in found:
        if path:
            below.setdefault(path[0], []).append(path[1:])
    return Reads([] in found, {name: merged(rest) for name, rest in below.items()})
