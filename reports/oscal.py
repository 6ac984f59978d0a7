"""OSCAL 1.2: plan, results and what is not met, as a folder of three files."""

import json
from collections.abc import Mapping

from auditor.errors import CannotPerform
from auditor.language import Language, _
from auditor.model import AuditRecord
from auditor.oscal import faults

from .oscal_plan import plan
from .oscal_poam import poam
from .oscal_results import results
from .oscal_subject import Subject

MOST_TOLD = 3
"""Faults that the refusal names; one is reason enough."""


def files(record: AuditRecord, language: Language) -> Mapping[str, bytes]:
    """Return ap.json, ar.json and, if anything is not met, poam.json.

    Raises `CannotPerform` if they do not hold together: nothing that leads nowhere is written.
    """
    subject = Subject(record, language)
    made = {"ap.json": plan(subject), "ar.json": results(subject), "poam.json": poam(subject)}
    written = {name: content for name, content in made.items() if content is not None}
    found = faults({name: json.loads(content) for name, content in written.items()})
    if found:
        told = "; ".join(map(str, found[:MOST_TOLD]))
        raise CannotPerform(_("the OSCAL documents do not hold together: {faults}", faults=told))
    return written
