"""`audit explain measure`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Program


def test_explains_a_measure(audit: Program) -> None:
    """What is expected, how it is judged, and where it comes from with its confidence."""
    text = audit("explain", "measure", "password_length", "--lang", "en").out
    assert "≥ 14" in text
    assert "by reference" in text
    assert "TCVN 14423:2026, mục 3.6.2.2 (theo bản tóm lược) [V2]" in text
    told = audit("explain", "measure", "password_length", "--format", "json").json
    assert (told["threshold"], told["level"], told["source"]) == (14, 1, "reference")


def test_an_unknown_measure_is_refused_with_the_known_ones(audit: Program) -> None:
    """One line, exit code of wrong usage, and what can be asked for."""
    unknown = audit("explain", "measure", "nothing", "--lang", "en")
    assert (unknown.code, len(unknown.err.splitlines())) == (2, 1)
    assert "host_firewall" in unknown.err
