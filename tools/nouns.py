"""Turn the model's nouns and closed vocabularies into Markdown."""

import dataclasses
import json
import types
import typing
from collections.abc import Iterable, Mapping
from enum import Enum

from auditor.model.vocabulary import NO_TEXT


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; cells are escaped and kept on one line."""
    lines = [list(head), ["---"] * len(list(head)), *(list(map(cell, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(value: object) -> str:
    """Return a value that cannot break a table."""
    return " ".join(str(value).split()).replace("|", "\\|")


def paragraphs(doc: str) -> str:
    """Return a docstring without its indentation."""
    return "\n".join(line.strip() for line in doc.strip().splitlines()) + "\n"


def noun_section(noun: type) -> str:
    """Return a noun's meaning and its fields."""
    rows = []
    for field in dataclasses.fields(noun):
        missing = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        default = "bắt buộc / required" if missing else f"`{shown_default(field)}`"
        rows.append((f"`{field.name}`", readable(field.type), default))
    head = ("Trường / Field", "Kiểu / Kind", "Mặc định / Default")
    return "\n".join((f"## {noun.__name__}\n", paragraphs(noun.__doc__ or ""), table(head, rows)))


def words_section(words: type[Enum]) -> str:
    """Return a closed vocabulary."""
    listed = ", ".join(f"`{word.value}`" for word in words)
    return "\n".join((f"## {words.__name__}\n", paragraphs(words.__doc__ or ""), f"{listed}\n"))


def shown_default(field: "dataclasses.Field[object]") -> str:
    """Return a default as it would stand in YAML."""
    if field.default is dataclasses.MISSING:
        return "{}"
    value = field.default
    if value == NO_TEXT:
        return '""'
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, Enum):
        return str(value.value)
    return "[]" if value == () else json.dumps(value, default=dataclasses.asdict)


def readable(kind: object) -> str:
    """Return a type in the words of a YAML author, linked to its noun where it has one."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return f"list of {readable(inner[0])}"
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(readable(item) for item in inner if item is not types.NoneType)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of {readable(inner[0])} to {readable(inner[1])}"
    name = getattr(kind, "__name__", str(kind))
    simple = {"str": "text", "int": "whole number", "float": "number", "bool": "true/false"}
    if dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return f"[{name}](#{name.lower()})"
    return simple.get(name, name)
