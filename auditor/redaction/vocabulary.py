"""The words that free text of a public copy may hold: the tool's own, and those of the criteria.

Everything else in free text comes from a machine, a document or a person and is hidden. The
tool's words are read from its own source; where there is none, more is hidden.
"""

import ast
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from auditor import model
from auditor.model import Text

EDGES = ".,;:!?()[]{}<>\"'“”‘’«»…–—-=|/*`"
"""What may stand around a word without being part of it."""

NUMBER = re.compile(
    r"[+-]?\d+(?:[.,]\d+)?%?|\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
"""Numbers and days. Two dots make a version or an address, and those are no numbers."""

_PACKAGES = ("auditor", "auditor.probes")
_CODE = frozenset({"value", "where"})
"""Fields of a profile that hold expressions, not words."""


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text as they are compared: bare, NFC, lower case."""
    for word in unicodedata.normalize("NFC", text).lower().split():
        if bare := word.strip(EDGES):
            yield bare


def vocabulary(profile: object) -> frozenset[str]:
    """Return the words of the tool and of a profile, read as plain data."""
    return tool_words() | frozenset(word for text in _texts(profile) for word in words_of(text))


@cache
def tool_words() -> frozenset[str]:
    """Return the words of all sentences that the tool can say of a measurement, and its codes."""
    found: set[str] = set()
    for package in _PACKAGES:
        for source in _sources(resources.files(package)):
            for sentence in _sentences(source):
                found.update(words_of(sentence))
    for name in model.__all__:
        value = getattr(model, name)
        if isinstance(value, type) and issubclass(value, StrEnum):
            found.update(str(member).lower() for member in value)
    return frozenset(found)


def _sources(folder: Traversable) -> Iterator[str]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _sources(item)
        elif item.name.endswith(".py"):
            source = item.read_text("utf-8")
            if f"{Text.__name__}(" in source:
                yield source


def _sentences(source: str) -> Iterator[str]:
    """Yield the constant parts of every sentence in both languages."""
    for node in ast.walk(ast.parse(source)):
        is_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_text and node.func.id == Text.__name__:  # type: ignore[attr-defined]
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, item in data.items():
            yield str(name)
            if name not in _CODE:
                yield from _texts(item)
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
