"""The product catalogue: shipped data, and what a site adds. Refuses what could mislead."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from auditor import shipped, yamlfile
from auditor.detection.rules import RULES
from auditor.errors import BadInput
from auditor.model.products import Product, ProductCatalogue
from auditor.products_rules import catalogue_refusals, site_refusals
from auditor.yamlfile import Document, FieldPath

FILE = "products.yaml"


@cache
def load() -> ProductCatalogue:
    """Load the catalogue that comes with the tool. Raises `BadInput` with every reason found."""
    return from_document(shipped.document(FILE))


def read(path: Path) -> ProductCatalogue:
    """Load a catalogue from a file. Raises `BadInput`."""
    return from_document(yamlfile.read(path))


def from_document(document: Document) -> ProductCatalogue:
    """Validate catalogue data. Raises `BadInput` with every reason found."""
    return shipped.checked(
        document, ProductCatalogue, lambda catalogue: catalogue_refusals(catalogue, RULES.keys())
    )


def extend(
    catalogue: ProductCatalogue,
    additions: tuple[Product, ...],
    document: Document,
    at: FieldPath = ("products",),
) -> ProductCatalogue:
    """Add a site's own products. Raises `BadInput`.

    A site names things to look for and says who vouches for them; it cannot add commands to run
    or files to read on other people's machines. `at` is where the list stands in the document.
    """
    problems = [
        document.problem((*at, *path), problem, remedy)
        for path, problem, remedy in site_refusals(catalogue, additions)
    ]
    if problems:
        raise BadInput(*problems)
    return joined(catalogue, additions)


def joined(catalogue: ProductCatalogue, additions: tuple[Product, ...]) -> ProductCatalogue:
    """Put additions that were not refused behind a catalogue's own products."""
    return replace(catalogue, products=(*catalogue.products, *additions))


def of_site(additions: tuple[Product, ...]) -> ProductCatalogue:
    """Return the shipped catalogue with the products of a site that was not refused."""
    return joined(load(), additions)


def find(catalogue: ProductCatalogue, product_id: str) -> Product | None:
    """Return a product by its id."""
    return next((p for p in catalogue.products if p.id == product_id), None)
