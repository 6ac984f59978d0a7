"""A province's criteria: from YAML to `Profile`, refusing what could mislead before measuring."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import model, yamlfile
from auditor.canonical import sha256
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.layering import merge

if TYPE_CHECKING:  # plain data needs neither: `model` loads them when they are asked for
    from auditor.model import FileDigest, Profile
    from auditor.yamlfile import Document

SCHEMA = "urn:audit:profile:v1"


@dataclass(frozen=True, slots=True)
class LoadedProfile:
    """A profile, the files it came from (base first) and the flat YAML data it stands for."""

    profile: Profile
    files: tuple[FileDigest, ...]
    document: Document


def names() -> tuple[str, ...]:
    """Return the names of the profiles that come with the tool."""
    files = resources.files("auditor.profiles").iterdir()
    return tuple(
        sorted(
            file.name.removesuffix(".yaml")
            for file in files
            if file.name.endswith(".yaml") and _is_profile(file.read_text("utf-8"))
        )
    )


def _is_profile(text: str) -> bool:
    """Tell a profile from the other data beside it by its schema line, without reading it whole."""
    return any(line.strip() == f"schema: {SCHEMA}" for line in text.splitlines()[:60])


def load(name: str) -> LoadedProfile:
    """Load a profile by its name or its file. Raises `BadInput` with every reason found."""
    return from_document(*_layers(_named(name), ()))


def read(name: str) -> Profile:
    """Return a profile of which only shape and types were checked: to show, never to judge by."""
    document, _files = _layers(_named(name), ())
    return yamlfile.build(document, model.Profile)


def probes_read(name: str, indicator: str) -> frozenset[str]:
    """Return the probes that the checks written for an indicator read; those of papers are not.

    From plain data, since a listing cannot wait for the validator. Raises `BadInput`.
    """
    document, _files = _layers(_named(name), ())
    data: Any = document.data
    try:
        return frozenset(
            read["probe"]
            for group in data["groups"]
            for item in group["indicators"]
            if item["id"] == indicator
            for check in item.get("checks", ())
            for read in check.get("reads", {}).values()
        )
    except (LookupError, TypeError, AttributeError):
        yamlfile.build(document, model.Profile)  # says what is wrong, and in which line
        raise


def _named(name: str) -> Path:
    path = _find(name, Path())
    if path is None:
        raise BadInput(Problem(name, *_unknown(name)))
    return path


def from_document(document: Document, files: tuple[FileDigest, ...]) -> LoadedProfile:
    """Validate flat profile data. Raises `BadInput`."""
    from auditor.profile_rules import problems_of  # noqa: PLC0415 - CEL is slow, `read` needs none

    profile = yamlfile.build(document, model.Profile)
    problems = list(problems_of(profile, document))
    if problems:
        raise BadInput(*problems)
    return LoadedProfile(profile, files, document)


def _layers(path: Path, above: tuple[Path, ...]) -> tuple[Document, tuple[FileDigest, ...]]:
    """Read a profile and what it extends, base first."""
    document = yamlfile.read(path)
    digest = model.FileDigest(name=path.name, sha256=sha256(path.read_bytes()))
    if not isinstance(document.data, dict):
        remedy = _("Start with `schema: {schema}`.", schema=SCHEMA)
        raise BadInput(Problem(str(path), _("not a mapping"), remedy))
    if "extends" not in document.data:
        return document, (digest,)
    base = _base(document, path.parent)
    if base.resolve() in {other.resolve() for other in (path, *above)}:
        remedy = _("Break the circle of `extends:`.")
        raise BadInput(document.problem(("extends",), _("extends itself"), remedy))
    del document.data["extends"]
    lower, files = _layers(base, (*above, path))
    return merge(lower, document), (*files, digest)


def _base(document: Document, folder: Path) -> Path:
    """Return the file that a profile extends; a refusal points at the line that names it."""
    assert isinstance(document.data, dict)  # noqa: S101 - the caller has looked
    name = document.data["extends"]
    path = _find(name, folder) if isinstance(name, str) else None
    if path is None:
        raise BadInput(document.problem(("extends",), *_unknown(name)))
    return path


def _find(name: str, folder: Path) -> Path | None:
    """Return the file of a profile: a path beside the referring file, or one of ours."""
    path = folder / name
    if path.is_file():
        return path
    ours = resources.files("auditor.profiles") / f"{name}.yaml"
    with resources.as_file(ours) as file:
        return file if file.is_file() else None


def _unknown(name: object) -> tuple[str, str]:
    return (
        _("no profile {name}", name=name),
        _("Give a file, or one of: {names}.", names=", ".join(names())),
    )
