"""A backup rule beside the newest copy that machines show."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from builders import seen

from auditor.model import Centre, Measured, Observation, Row, Scope, Site, Target
from auditor.probing import Probe
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.run import SeenSoFar

RULE: Row = {
    "file": "quy-dinh.docx",
    "is_declared": True,
    "is_confirmed": True,
    "information_systems": ("web",),
    "backup_every_h": 24,
    "excerpts": ("title; 1; Quy định", "backup_every_h; 3; Sao lưu hằng ngày; giữ 3 bản."),
}


@pytest.fixture
def compared(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool]
) -> Callable[..., tuple[Row, ...]]:
    """Derive the rows from what was seen on one machine of the system `web`."""

    def derived(*observations: Observation) -> tuple[Row, ...]:
        site = Site(schema="test", centre=Centre(id="a", name="Trung tâm"))
        machine = Target(name="may-chu", url="local:", information_systems=("web",))
        context = Context(
            site, Path(), Gate(Scope(), "UTC"), lambda _name, _bytes: "", (machine,), observations
        )
        result = probes["document_agreement"].measure(SeenSoFar(context))
        assert conforms(probes["document_agreement"], result)
        return result.rows

    return derived


@pytest.mark.parametrize(
    ("ages", "expected"),
    [((12 * 24.0, 300.0), True), ((47.0,), False), ((300.0, 20.0), False), ((None,), None)],
)
def test_a_daily_rule_and_the_newest_copy(
    compared: Callable[..., tuple[Row, ...]],
    ages: tuple[float | None, ...],
    expected: bool | None,  # noqa: FBT001 - a case
) -> None:
    """Twelve days contradict "daily"; one fresh copy is enough; unknown concludes nothing."""
    copies = seen("backup", "may-chu", *({"newest_age_h": age} for age in ages))
    (row,) = compared(copies, seen("document_content", "site", RULE))
    assert row["is_contradicted"] is expected
    assert row["machine_shows_h"] == min((a for a in ages if a is not None), default=None)
    assert "trang 3: “Sao lưu hằng ngày; giữ 3 bản.”" in str(row["sentence_vi"])


@pytest.mark.parametrize(
    "change",
    [{"information_systems": ("mail",)}, {"is_declared": False}, {"backup_every_h": None}],
)
def test_other_rules_are_not_held_against_it(
    compared: Callable[..., tuple[Row, ...]], change: Row
) -> None:
    """Those of another system, of a file that nobody named, or without an interval."""
    copies = seen("backup", "may-chu", {"newest_age_h": 300.0})
    assert compared(copies, seen("document_content", "site", {**RULE, **change})) == ()
