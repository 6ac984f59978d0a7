"""Records with given rows, and the pictures drawn from them."""

import importlib
from dataclasses import replace
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

from auditor.language import Language
from auditor.model import AuditRecord, Measured, Measurement, Row

SVG = "{http://www.w3.org/2000/svg}"


def shown_by(name: str) -> ModuleType:
    """Return a module of the mapped folder, whose name static tools cannot see."""
    return importlib.import_module(f"auditor.reports.{name}")


def with_rows(record: AuditRecord, probe: str, *rows: Row, target: str = "run") -> AuditRecord:
    """Return the record with these rows of a probe, and no others of it."""
    act = Measurement(probe=probe, target=target)
    seen = replace(record.observations[0], measurement=act, result=Measured(rows=rows), captures=())
    return replace(record, observations=(*record.observations, seen), plan=(*record.plan, act))


def without(record: AuditRecord, probe: str) -> AuditRecord:
    """Return the record as if this probe had not been asked for."""
    return replace(
        record,
        observations=tuple(o for o in record.observations if o.measurement.probe != probe),
        plan=tuple(act for act in record.plan if act.probe != probe),
    )


def picture(record: AuditRecord, key: str, code: str = "en") -> Any:  # noqa: ANN401 - mapped
    """Return one picture of a record."""
    view = shown_by("compose").compose(record, Language(code))
    return next(made for made in view.pictures if made.key == key)


def drawn(made: Any) -> list[ET.Element]:  # noqa: ANN401 - mapped
    """Return the parts of a drawing, which must be well-formed and on one line."""
    assert "\n" not in made.svg
    return list(ET.fromstring(made.svg).iter())  # noqa: S314 - our own


def unknown_boxes(made: Any) -> int:  # noqa: ANN401 - mapped
    """Count the rectangles with a broken outline."""
    return sum(
        part.tag == f"{SVG}rect" and part.get("class") == "s-doubtful" for part in drawn(made)
    )
