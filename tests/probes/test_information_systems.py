"""Information systems that the centre lists."""

from collections.abc import Callable, Mapping
from pathlib import Path

from auditor.model import InformationSystem, Measured
from auditor.probing import Papers, Probe


def test_lists_them_in_order(
    probes: Mapping[str, Probe],
    papers: Callable[..., Papers],
    conforms: Callable[[Probe, Measured], bool],
) -> None:
    """An undeclared level stays unknown."""
    systems = (
        InformationSystem(id="web", name="Cổng thông tin", level=2, operating_unit="Phòng CNTT"),
        InformationSystem(id="lab", name="Phòng thí nghiệm"),
    )
    result = probes["information_systems"].measure(papers(Path(), information_systems=systems))
    assert conforms(probes["information_systems"], result)
    assert [(r["id"], r["level"], r["operating_unit"]) for r in result.rows] == [
        ("lab", None, None),
        ("web", 2, "Phòng CNTT"),
    ]
