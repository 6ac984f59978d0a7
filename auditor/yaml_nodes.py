"""YAML as evidence needs it: no repeated key, no guessed type, and every value knows its line.

Scalars follow YAML 1.2 core, so `22:30` and `no` are text. Two deviations, both on the safe side:
a number with leading zeros is text (telephone numbers), and aliases are refused (a reader must
see what a file says, and expansion cannot be used to exhaust memory).

Two readers give the same: `quickly` goes once through libyaml's events and leaves whatever is out
of order, or not to be had without libyaml, to `carefully`, which tells what is wrong and where.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from auditor.errors import BadInput, Problem
from auditor.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.yamlfile import FieldPath, Place, Plain

    Read = tuple[Plain, dict[FieldPath, Place]]
    """Plain data and, for every path in it, the file and line where it stands."""

_TAG = "tag:yaml.org,2002:"
DEEPEST = 100
"""Deeper nesting is left to the careful reader, which refuses it."""


class _Loader(yaml.SafeLoader):
    """Composes nodes with YAML 1.2 core scalars; nothing is constructed by PyYAML itself."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class attribute


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^({_pattern})$"), _first
    )


def quickly(content: bytes, name: str) -> Read | None:
    """Read one document that is in order; None for any other, and where libyaml is not there."""
    if not yaml.__with_libyaml__:
        return None
    places: dict[FieldPath, Place] = {}
    try:
        data = _Events(content, name, places).document()
    except (yaml.YAMLError, ValueError, _NotInOrderError):
        return None
    return data, places


class _NotInOrderError(Exception):
    """Something that the careful reader has to look at."""


class _Events:
    """Goes through the events of one document, about four times as fast as through its nodes."""

    def __init__(self, content: bytes, name: str, places: dict[FieldPath, Place]) -> None:
        self._events: Iterator[Any] = yaml.parse(content, Loader=yaml.CSafeLoader)
        self._name, self._places = name, places

    def document(self) -> Plain:
        self._next(yaml.StreamStartEvent)
        self._next(yaml.DocumentStartEvent)
        event = next(self._events)
        self._note((), event)
        data = self._plain(event, ())
        self._next(yaml.DocumentEndEvent)
        self._next(yaml.StreamEndEvent)
        return data

    def _next(self, kind: type[yaml.Event]) -> None:
        if type(next(self._events)) is not kind:
            raise _NotInOrderError

    def _note(self, path: FieldPath, event: Any) -> None:  # noqa: ANN401 - PyYAML has no types
        self._places[path] = (self._name, event.start_mark.line + 1)

    def _plain(self, event: Any, path: FieldPath) -> Plain:  # noqa: ANN401 - PyYAML has no types
        kind = type(event)
        if event.anchor is not None or event.tag is not None or len(path) >= DEEPEST:
            raise _NotInOrderError  # an alias is an event with an anchor, and has no tag
        if kind is yaml.ScalarEvent:
            return _valued(event.value) if event.implicit[0] else str(event.value)
        return self._items(path) if kind is yaml.SequenceStartEvent else self._mapping(path)

    def _items(self, path: FieldPath) -> list[Any]:
        items: list[Any] = []
        while type(event := next(self._events)) is not yaml.SequenceEndEvent:
            here = (*path, len(items))
            self._note(here, event)
            items.append(self._plain(event, here))
        return items

    def _mapping(self, path: FieldPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while type(event := next(self._events)) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent or event.tag is not None or event.anchor:
                raise _NotInOrderError
            key = event.value
            if key in result:
                raise _NotInOrderError
            here = (*path, key)
            self._note(here, event)
            result[key] = self._plain(next(self._events), here)
        return result


def _valued(text: str) -> Plain:
    """Return what plain text stands for."""
    for tag, pattern in _Loader.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return _value(tag.removeprefix(_TAG), text)
    return text


def _value(kind: str, text: str) -> Plain:
    """Return a scalar of a kind.

    Raises `KeyError` for a kind that the core does not have, and `ValueError` for an integer of
    more digits than Python reads.
    """
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
    raise KeyError(kind)


def carefully(content: bytes, name: str) -> Read | None:
    """Read one document; None for an empty one.

    Raises `BadInput` for what YAML would hide, and PyYAML's errors for what is no YAML.
    """
    node = yaml.compose(content, Loader=_Loader)
    if node is None:
        return None
    places: dict[FieldPath, Place] = {}
    return _Plainer(name, places).plain(node, ()), places


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
        try:
            return _value(node.tag.removeprefix(_TAG), node.value)
        except KeyError:
            raise self.refuse(node, path, *_tagged(node)) from None
        except ValueError:
            problem, remedy = _("a number of too many digits"), _("Put text in quotes.")
            raise self.refuse(node, path, problem, remedy) from None

    def refuse(self, node: yaml.Node, path: FieldPath, problem: str, remedy: str) -> BadInput:
        here = (self.name, node.start_mark.line + 1)
        # An aliased node stands where its anchor is; the key that refers to it is what to mend.
        file, line = self.places.get(path, here) if id(node) in self.seen else here
        return BadInput(Problem(file, problem, remedy, line, ".".join(map(str, path))))


def _tagged(node: yaml.Node) -> tuple[str, str]:
    return _("YAML tag {tag}", tag=node.tag), _("Remove the tag.")
