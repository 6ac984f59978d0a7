"""Remote support programs, and whether the site allows them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from host_facts import facts, package, process, service
from judged import judged, stored, told

from auditor.model import Measured
from auditor.probing import Probe

BY_HAND = Path(__file__).parent.parent / "captures" / "windows-protected-by-hand"
PROGRAM = b"C:\\\\Program Files (x86)\\\\UltraViewer\\\\"


@pytest.mark.parametrize(
    ("approved", "expected"), [(None, None), ((), False), (("ultraviewer", "anydesk"), True)]
)
def test_the_site_approves(
    probes: Mapping[str, Probe],
    conforms: Callable[[Probe, Measured], bool],
    approved: tuple[str, ...] | None,
    expected: bool | None,  # noqa: FBT001 - expected value
) -> None:
    """Without a list nothing is approved or not; an empty list approves none. Written by hand."""
    host = told((BY_HAND / "collection.txt").read_bytes(), approved=approved)
    result = probes["remote_support_tools"].measure(host)
    assert conforms(probes["remote_support_tools"], result)
    (row,) = result.rows
    assert (row["product"], row["is_present"], row["is_running"]) == ("ultraviewer", True, True)
    assert row["is_approved"] is expected


def test_a_program_of_that_name_elsewhere_is_open(probes: Mapping[str, Probe]) -> None:
    """A portable copy, or anything that took the name: seen, not proven."""
    raw = (BY_HAND / "collection.txt").read_bytes()
    assert PROGRAM in raw
    moved = raw.replace(PROGRAM, b"C:\\\\Users\\\\a\\\\")
    (row,) = probes["remote_support_tools"].measure(told(moved, approved=())).rows
    assert (row["product"], row["is_present"]) == ("ultraviewer", None)


@pytest.mark.parametrize(("account", "present"), [("root", False), ("kiemtra", None)])
def test_a_machine_without_says_so(
    probes: Mapping[str, Probe],
    account: str,
    present: bool | None,  # noqa: FBT001 - expected value
) -> None:
    """One row without product: proven to have none, or not all could be seen."""
    result = probes["remote_support_tools"].measure(told(stored(account, "ws-plain")))
    (row,) = result.rows
    assert (row["product"], row["is_present"], row["is_approved"]) == (None, present, None)
    assert any("ScreenConnect" in text.vi for text in result.limitations)


def test_an_unchecked_sign_is_a_question(probes: Mapping[str, Probe]) -> None:
    """ScreenConnect's service is known from memory only: a row, and no proof either way."""
    program = "C:\\Program Files (x86)\\ScreenConnect Client (1)\\x.exe"
    host = judged(
        facts(platform="windows", services=(service("ScreenConnect Client (1)", program),))
    )
    (row,) = probes["remote_support_tools"].measure(host).rows
    assert (row["product"], row["is_present"]) == ("screenconnect", None)


@pytest.mark.parametrize(
    ("product", "program", "running"),
    [
        ("rustdesk", "/usr/bin/rustdesk", None),  # of its package no name is checked
        ("anydesk", "/usr/bin/anydesk", True),
        ("teamviewer", "/opt/teamviewer/tv_bin/teamviewerd", None),  # no folder of its is checked
    ],
)
def test_programs_of_linux(
    probes: Mapping[str, Probe],
    product: str,
    program: str,
    running: bool | None,  # noqa: FBT001 - expected value
) -> None:
    """An installed package with its process."""
    host = judged(facts(packages=(package(product),), processes=(process(program),)))
    (row,) = probes["remote_support_tools"].measure(host).rows
    assert (row["product"], row["is_running"]) == (product, running)
    assert row["is_present"] is (None if product == "rustdesk" else True)
