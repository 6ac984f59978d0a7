"""One self-contained page: nothing loaded, readable on a phone, on paper and without its script."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from auditor.language import Language
from auditor.model import AuditRecord

from .brief import said_once
from .compose import compose
from .joined import joined
from .raw import Evidence, raw_rows
from .soft import soft
from .view import EvidenceRow, Report
from .wording import Wording

MEDIA = "text/html; charset=utf-8"
SUFFIX = ".html"
SHOWS_EVIDENCE = True
"""`render` takes where raw evidence is read from; other formats only name it."""


def render(record: AuditRecord, language: Language, evidence: Evidence | None = None) -> str:
    """Return the page. Its policy allows the style sheet and the script inside it, nothing else.

    With `evidence` the page also shows raw captures by the rule of `raw`, and links their files.
    """
    style, script = _template("report.css"), _template("report.js")
    view, wording = said_once(compose(record, language), language), Wording.of(language)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=view,
            bases=tuple(wording.bases.values()),
            systems=_systems(view),
            captures_of={row.seen.code: row.captures for row in view.evidence},
            known=frozenset(row.seen.code for row in view.evidence),
            by_target=_by_target(view),
            raw=raw_rows(record, wording, evidence),
            style=Markup(style),  # noqa: S704 - our own file, checked by its hash in the policy
            style_hash=_digest(style),
            script=Markup(script),  # noqa: S704 - the same
            script_hash=_digest(script),
        )
    )


def _finalized(shown: object) -> object:
    """Keep numbers with their units; markup and raw evidence are as they are."""
    return joined(shown) if type(shown) is str else shown


@cache
def _environment() -> Environment:
    """Return what holds the templates, read once."""
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["soft"] = soft
    return environment


def _systems(view: Report) -> dict[str, int]:
    """Return a number for each information system that any indicator was judged for."""
    lines = (line for group in view.groups for line in group.indicators)
    names = dict.fromkeys(part.system for line in lines for part in line.systems)
    return {name: number for number, name in enumerate(names)}


def _by_target(view: Report) -> dict[str, list[EvidenceRow]]:
    """Gather the evidence of each target; a long list is folded up so."""
    found: dict[str, list[EvidenceRow]] = {}
    for row in view.evidence:
        found.setdefault(row.seen.target, []).append(row)
    return found


def _template(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
