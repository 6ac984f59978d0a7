"""The real program under SIGKILL, each kind of work once; `make bench-kills` does it 200 times."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from forking import forked
from killing import KINDS, kills
from killing_house import House
from sampling_site import platform

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(300)
def test_no_half_state_whatever_is_killed(tmp_path: Path, small_text: str) -> None:
    """Run, pack, migration, sample, purge and job: the next command succeeds and finishes it."""
    home = tmp_path / "home"
    home.mkdir()
    with platform() as url, forked(home, tmp_path / "said") as program:
        house = House(program, random.Random(2026), KINDS)  # noqa: S311 - moments, no secrets
        house.prepare(small_text, url)
        kills(house, len(KINDS), print)
    assert house.faults == []
    assert set(house.killed) == set(KINDS)
