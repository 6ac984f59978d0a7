"""One self-contained page: no script, nothing loaded, readable on a phone and on paper."""

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from auditor.language import Language
from auditor.model import AuditRecord

from .compose import compose

MEDIA = "text/html; charset=utf-8"
SUFFIX = ".html"


def render(record: AuditRecord, language: Language) -> str:
    """Return the page. Its policy allows the one style sheet inside it and nothing else."""
    style = _template("report.css")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(_template("report.html.j2"))
    return page.render(
        report=compose(record, language),
        style=Markup(style),  # noqa: S704 - our own file, checked by its hash in the policy
        style_hash=_digest(style),
    )


def _template(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
