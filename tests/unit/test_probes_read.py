"""What an indicator's checks read, from plain data, agrees with the criteria as they are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor import DEFAULT_PROFILE, profile
from auditor.catalogue import probes
from auditor.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", profile.names())
def test_plain_data_and_criteria_agree(name: str) -> None:
    """For every indicator, its parts included; and what is repeated is among them."""
    criteria = profile.read(name)
    read = {
        item.id: {each.probe for check in item.checks for each in check.reads.values()}
        for item in criteria.indicators
    }
    assert {item: profile.probes_read(name, item) for item in read} == read
    assert profile.probes_read(name, "no such indicator") == set()


def test_the_samples_of_the_line_are_found() -> None:
    """2.1 rests on repeated measurements, or a trend of its samples would be empty."""
    repeated = {name for name, probe in probes().items() if probe.repeats}
    assert profile.probes_read(DEFAULT_PROFILE, "2.1") & repeated


@pytest.mark.parametrize(
    ("old", "new"),
    [("groups:", "grupos:"), ("    indicators:", "    indicators: 5\n    other:")],
)
def test_criteria_of_another_shape_are_refused(tmp_path: Path, old: str, new: str) -> None:
    """As everywhere: file, line and remedy, and nothing is taken for empty."""
    text = (
        "schema: urn:audit:profile:v1\ngroups:\n  - id: g\n    name: {vi: a, en: b}\n"
        "    indicators:\n      - id: '1'\n"
    )
    file = tmp_path / "criteria.yaml"
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadInput, match=r"criteria\.yaml:\d+: "):
        profile.probes_read(str(file), "1")
