"""Data that comes with the tool, in profiles/: refused where it could mislead, like any other."""

from collections.abc import Callable, Iterator
from importlib import resources

from auditor import yamlfile
from auditor.errors import BadInput
from auditor.yamlfile import Document, FieldPath, Noun

Refusal = tuple[FieldPath, str, str]
"""Where something is wrong in the file, what, and what to do."""


def document(file: str) -> Document:
    """Read a file of profiles/. Raises `BadInput`."""
    content = resources.files("auditor.profiles").joinpath(file).read_bytes()
    return yamlfile.parse(content, file)


def checked(
    given: Document, shape: type[Noun], refusals: Callable[[Noun], Iterator[Refusal]]
) -> Noun:
    """Make a noun of the model that no refusal speaks against. Raises `BadInput` with all."""
    built = yamlfile.build(given, shape)
    problems = [given.problem(*refusal) for refusal in refusals(built)]
    if problems:
        raise BadInput(*problems)
    return built
