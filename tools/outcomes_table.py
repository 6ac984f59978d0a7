"""The table of docs/interchange.md: what each outcome is called in the formats of others."""

import importlib
from typing import Any

from nouns import table

PACKAGE = "auditor.reports"
"""A mapped folder (ADR 0002): static tools do not see its names."""


def words(to: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - of the mapped folder
    """Return one outcome in the order of the columns."""
    return to.oscal, to.junit, to.result, to.progress


def outcomes_table() -> str:
    """Return the table; the data stands in reports/outcomes.py."""
    mapping = importlib.import_module(f"{PACKAGE}.outcomes").MAPPING
    rows = (
        tuple(f"`{word}`" if word else "–" for word in (outcome, *words(to)))
        for outcome, to in mapping.items()
    )
    head = ("outcome", "OSCAL finding", "JUnit", "CISO Assistant result", "progress")
    return table(head, rows)
