"""Values that the centre declares."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from auditor.model import Declarant, Measured
from auditor.probing import Papers, Probe


def test_each_kind_in_its_column(
    probes: Mapping[str, Probe],
    papers: Callable[..., Papers],
    conforms: Callable[[Probe, Measured], bool],
) -> None:
    """Yes and no are no numbers, and zero is a value."""
    declarant = Declarant(by="Lê Thị C", position="Giám đốc", on=date(2026, 11, 1))
    declared = {"staff": 12, "vpn": False, "rate": 0.0, "unit": "Phòng CNTT"}
    result = probes["declared_values"].measure(
        papers(Path(), declared=declared, declared_by=declarant)
    )
    assert conforms(probes["declared_values"], result)
    assert [(r["id"], r["number"], r["text"], r["yes_no"]) for r in result.rows] == [
        ("rate", 0.0, None, None),
        ("staff", 12.0, None, None),
        ("unit", None, "Phòng CNTT", None),
        ("vpn", None, None, False),
    ]
    assert {(r["declared_by"], r["declared_on"]) for r in result.rows} == {
        ("Lê Thị C", "2026-11-01")
    }


def test_nobody_answers_for_them(
    probes: Mapping[str, Probe], papers: Callable[..., Papers]
) -> None:
    """Without a declarant the value stands, and nobody's name beside it."""
    (row,) = probes["declared_values"].measure(papers(Path(), declared={"staff": 1})).rows
    assert (row["declared_by"], row["declared_on"]) == (None, None)
