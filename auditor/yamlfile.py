"""YAML as evidence needs it: no repeated key, no guessed type, and every value knows its line.

Scalars follow YAML 1.2 core, so `22:30` and `no` are text. Two deviations, both on the safe side:
a number with leading zeros is text (telephone numbers), and aliases are refused (a reader must
see what a file says, and expansion cannot be used to exhaust memory).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml

from auditor import saying
from auditor.errors import BadInput, Problem
from auditor.language import _

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError
MAX_BYTES = 4 * 1024 * 1024

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]
FieldPath = tuple[str | int, ...]
Place = tuple[str, int]
Noun = TypeVar("Noun")

_TAG = "tag:yaml.org,2002:"
DEEPEST = 100
"""Deeper nesting is left to the slow parser: it refuses, libyaml's composer ends the process."""


class _Loader(yaml.SafeLoader):
    """Composes nodes with YAML 1.2 core scalars; nothing is constructed by PyYAML itself."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class attribute


_Fast: Any = (
    type("_Fast", (yaml.CSafeLoader,), {"yaml_implicit_resolvers": _Loader.yaml_implicit_resolvers})
    if yaml.__with_libyaml__
    else None
)
"""The same through libyaml, about ten times as fast; wheels of PyYAML have it."""

for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^({_pattern})$"), _first
    )


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data and, for every path in it, the file and line where it stands."""

    data: Plain
    places: Mapping[FieldPath, Place] = field(default_factory=dict)
    name: str = ""

    def place(self, path: FieldPath) -> Place:
        """Return the nearest known place of a path."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (self.name, 1))

    def problem(self, path: FieldPath, problem: str, remedy: str) -> Problem:
        """Describe what is wrong at a path."""
        file, line = self.place(path)
        return Problem(
            file=file,
            line=line,
            field=".".join(str(part) for part in self.speaking(path)),
            problem=problem,
            remedy=remedy,
        )

    def speaking(self, path: FieldPath) -> FieldPath:
        """Replace list positions by the item's `id`, `kind` or `name`, where it has one."""
        spoken: list[str | int] = []
        value: Any = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                value = None
            names = value if isinstance(part, int) and isinstance(value, dict) else {}
            spoken.append(
                next((names[key] for key in ("id", "kind", "name") if key in names), part)
            )
        return tuple(spoken)


def read(path: Path) -> Document:
    """Read a YAML file. Raises `BadInput` for anything that is not plain, unique, bounded YAML."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            Problem(
                str(path), _("file not found"), _("Check the path, or make it with `audit init`.")
            )
        ) from None
    except OSError as error:
        raise BadInput(
            Problem(str(path), saying.system(error), _("Check the path and its permissions."))
        ) from error
    return parse(content, str(path))


def parse(content: bytes, name: str) -> Document:
    """Parse YAML bytes. Raises `BadInput`."""
    if len(content) > MAX_BYTES:
        raise BadInput(Problem(name, _("larger than 4 MiB"), _("Split the file.")))
    try:
        node = _composed(content)
    except yaml.MarkedYAMLError as error:
        raise BadInput(
            Problem(
                name,
                _(
                    "not valid YAML: {problem}",
                    problem=saying.yaml(error.problem or error.context or ""),
                ),
                _("Check indentation, colons and quotes on this line and the one above."),
                error.problem_mark.line + 1 if error.problem_mark else None,
            )
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            Problem(
                name,
                _("not readable as YAML"),
                _("Save it as UTF-8 text; found: {error}", error=_unreadable(error)),
            )
        ) from error
    if node is None:
        raise BadInput(Problem(name, _("the file is empty"), _("Start from `audit init`.")))
    places: dict[FieldPath, Place] = {}
    data = _Plainer(name, places).plain(node, ())
    return Document(data, places, name)


def _composed(content: bytes) -> yaml.Node | None:
    """Compose quickly what is in order; let the slow parser tell what is wrong with the rest."""
    if _Fast is not None and _is_in_order(content):
        return yaml.compose(content, Loader=_Fast)
    return yaml.compose(content, Loader=_Loader)


def _is_in_order(content: bytes) -> bool:
    depth = documents = 0
    try:
        for event in yaml.parse(content, Loader=_Fast):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            documents += isinstance(event, yaml.DocumentStartEvent)
            if depth > DEEPEST or documents > 1 or isinstance(event, yaml.AliasEvent):
                return False
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    return True


def _unreadable(error: yaml.YAMLError | UnicodeDecodeError | RecursionError) -> str:
    """Say why bytes are no YAML text at all."""
    if isinstance(error, RecursionError):
        return _("nested too deeply")
    position = error.start if isinstance(error, UnicodeDecodeError) else None
    if isinstance(error, yaml.reader.ReaderError):
        position = error.position
    if position is None:
        return str(error)
    return _("position {number} holds no character of a text", number=position)


class _Plainer:
    """Turns composed nodes into plain data, noting places and refusing what YAML would hide."""

    def __init__(self, name: str, places: dict[FieldPath, Place]) -> None:
        self.name = name
        self.places = places
        self.seen: set[int] = set()

    def plain(self, node: yaml.Node, path: FieldPath) -> Plain:
        self.places.setdefault(path, (self.name, node.start_mark.line + 1))
        if id(node) in self.seen:
            raise self.refuse(node, path, _("YAML alias"), _("Write the value out again."))
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if node.tag not in {f"{_TAG}map", f"{_TAG}seq"}:
            raise self.refuse(node, path, *_tagged(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.mapping(node, path)

    def mapping(self, node: yaml.Node, path: FieldPath) -> Plain:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.refuse(
                    key_node, path, _("a key that is no text"), _("Use a plain word.")
                )
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                first = self.places[here][1]
                raise self.refuse(
                    key_node,
                    here,
                    _("repeated key, first on line {line}", line=first),
                    _("Keep one of the two."),
                )
            self.places[here] = (self.name, key_node.start_mark.line + 1)
            result[key] = self.plain(value_node, here)
        return result

    def scalar(self, node: yaml.ScalarNode, path: FieldPath) -> Plain:
        kind = node.tag.removeprefix(_TAG)
        text: str = node.value
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text)
            case "float":
                return float(text)
        raise self.refuse(node, path, *_tagged(node))

    def refuse(self, node: yaml.Node, path: FieldPath, problem: str, remedy: str) -> BadInput:
        here = (self.name, node.start_mark.line + 1)
        # An aliased node stands where its anchor is; the key that refers to it is what to mend.
        place = self.places.get(path, here) if id(node) in self.seen else here
        document = Document(None, {path: place}, self.name)
        return BadInput(document.problem(path, problem, remedy))


def _tagged(node: yaml.Node) -> tuple[str, str]:
    return _("YAML tag {tag}", tag=node.tag), _("Remove the tag.")


def build(document: Document, shape: type[Noun]) -> Noun:
    """Make a noun of the model from plain data. Raises `BadInput` with every problem found.

    The data passes through JSON so that the strict validator accepts lists for tuples and ISO
    8601 text for dates, and nothing else that YAML might have guessed.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - slow, and plain data needs none

    try:
        made: Noun = _validator(cast("type", shape)).validate_json(json.dumps(document.data))
    except ValidationError as error:
        raise BadInput(*_problems(document, error)) from error
    return made


@cache
def _validator(shape: type) -> "TypeAdapter[Any]":
    """Return what validates a noun: making it takes longer than what it then does."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - see `build`

    return TypeAdapter(shape)


def _problems(document: Document, error: "ValidationError") -> list[Problem]:
    """Turn the validator's errors into lines of the file; a union's branches count once."""
    found: dict[FieldPath, Problem] = {}
    for item in error.errors(include_url=False):
        path = _real_path(document.data, item["loc"])
        if path not in found:
            found[path] = document.problem(path, *saying.validation(item))
    return list(found.values())


def _real_path(data: Plain, loc: FieldPath) -> FieldPath:
    """Drop what the validator adds to a path: union branches and the mark of a key."""
    path: list[str | int] = []
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(data, dict) and (part in data or (last and isinstance(part, str))):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part] if part < len(data) else None
    return tuple(path)
