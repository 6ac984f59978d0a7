"""The digital libraries of industrial property: shipped data, and what a site changes of it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from auditor import shipped
from auditor.language import _
from auditor.model.online import Library, LibraryList, OnlineServices
from auditor.shipped import Refusal
from auditor.web.place import place_of
from auditor.yamlfile import Document

FILE = "libraries.yaml"


@cache
def load() -> LibraryList:
    """Load the list that comes with the tool. Raises `BadInput` with every reason found."""
    return from_document(shipped.document(FILE))


def from_document(document: Document) -> LibraryList:
    """Validate a list of libraries. Raises `BadInput` with every reason found."""
    return shipped.checked(document, LibraryList, _refusals)


def of_site(wanted: OnlineServices) -> tuple[Library, ...]:
    """Return the shipped libraries as a site that was not refused changes them."""
    changes = {change.id: change for change in wanted.libraries}
    return tuple(
        replace(
            library,
            url=changes[library.id].url or library.url,
            ca_file=changes[library.id].ca_file,
        )
        if library.id in changes
        else library
        for library in load().libraries
    )


def _refusals(given: LibraryList) -> Iterator[Refusal]:
    ids = [library.id for library in given.libraries]
    for index, library in enumerate(given.libraries):
        if ids.index(library.id) != index:
            yield (
                ("libraries", index, "id"),
                _("{name} is there twice", name=library.id),
                _("Correct the entry."),
            )
        try:
            place_of(library.url)
        except ValueError:
            yield (
                ("libraries", index, "url"),
                _("no http: or https: address"),
                _("Correct the entry."),
            )
