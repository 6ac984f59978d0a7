"""YAML files of a centre: plain data in which every value knows its line, and nouns made of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml

from auditor import saying, yaml_nodes
from auditor.errors import BadInput, Problem
from auditor.language import _

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError
MAX_BYTES = 4 * 1024 * 1024

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]
FieldPath = tuple[str | int, ...]
Place = tuple[str, int]
Noun = TypeVar("Noun")


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
        read = yaml_nodes.quickly(content, name) or yaml_nodes.carefully(content, name)
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
    if read is None:
        raise BadInput(Problem(name, _("the file is empty"), _("Start from `audit init`.")))
    return Document(*read, name)


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
