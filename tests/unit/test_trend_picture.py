"""The picture of `audit trend --format svg`: its figures as text, n of each point, no markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from auditor import catalogue
from auditor.language import Language
from auditor.model import Verdict
from auditor.trend import Course, Mark

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def marks(*numbers: float | None, verdict: Verdict | None = Verdict.MET) -> tuple[Mark, ...]:
    """Return one mark a day."""
    return tuple(Mark(FIRST + timedelta(days=n), v, verdict) for n, v in enumerate(numbers))


def drawn(*courses: Course, code: str = "en") -> ET.Element:
    """Draw, and read the result as XML."""
    return ET.fromstring(catalogue.draw_trend("2.1", courses, Language(code)))  # noqa: S314 - our own


def said(root: ET.Element) -> str:
    """Return the text equivalent."""
    return root.findtext(f"{SVG}desc") or ""


def points(root: ET.Element) -> list[ET.Element]:
    """Return the points; the pattern of a legend has circles too."""
    return [item for item in root.iter(f"{SVG}circle") if item.get("class") == "s-dot"]


def words(root: ET.Element) -> list[str]:
    """Return the words that are drawn."""
    return [item.text or "" for item in root.iter(f"{SVG}text")]


def test_each_point_says_its_n_and_the_text_says_its_figures() -> None:
    """26 values over 25 days in 12 parts: 12 points whose n add up, with median and range."""
    root = drawn(Course("speed", "Mbit/s", marks(*(float(n) for n in range(26)))))
    counts = [int(w.removeprefix("n=")) for w in words(root) if re.fullmatch(r"n=\d+", w)]
    assert (len(counts), sum(counts)) == (12, 26)
    assert len(points(root)) == 12
    assert "speed (runs: 26, Mbit/s): " in said(root)
    assert "median 1, least 0, most 2, n = 3, Met ×3" in said(root)
    assert said(root).count("n = ") == 12


def test_what_gave_no_number_is_a_cross_and_never_a_zero() -> None:
    """Two runs without a number beside one with: told, and no point stands for them."""
    late = Mark(FIRST + timedelta(days=9), 50.0, Verdict.MET)
    root = drawn(Course("speed", "", (*marks(None, None, verdict=Verdict.UNDETERMINED), late)))
    assert len(points(root)) == 1
    assert "without a number: 1, Insufficient basis to conclude ×1" in said(root)
    assert "least 0" not in said(root)


def test_verdicts_share_their_part_and_differ_without_colour() -> None:
    """A part with two verdicts shows both, the bad one by a pattern, not by colour alone."""
    both = (Mark(FIRST, 1.0, Verdict.MET), Mark(FIRST, 0.0, Verdict.NOT_MET))
    root = drawn(Course("speed", "", both))
    assert "Met ×1, Not met ×1" in said(root)
    fills = [
        item.get("fill") for item in root.iter(f"{SVG}rect") if item.get("class") == "a-not_met"
    ]
    assert fills
    assert set(fills) == {"url(#p-trend-not_met)"}


@pytest.mark.parametrize("numbers", [(0.0,), (7.0,), (-3.0, -1.0), (0.001, 1e9)])
def test_any_range_stays_on_the_sheet(numbers: tuple[float, ...]) -> None:
    """One value, zeros, negative numbers and a wide range are drawn inside the panel."""
    root = drawn(Course("speed", "", marks(*numbers)))
    height = float((root.get("viewBox") or "").split()[3])
    places = [float(item.get("cy") or -1) for item in points(root)]
    assert len(places) == len(numbers)
    assert all(0 < y < height for y in places)


def test_a_name_from_outside_is_text() -> None:
    """Markup and what acts unseen in a series' name are shown as what they are."""
    root = drawn(Course("<script>\u202e", "", marks(1.0, verdict=None), "trung-tam"), code="vi")
    assert not list(root.iter(f"{SVG}script"))
    assert "trung-tam: <script>\\u202e (mẫu: 1)" in said(root)
    assert any("<script>" in word for word in words(root))


def test_more_courses_than_fit_are_counted() -> None:
    """Twelve are drawn, the rest is said in picture and text."""
    root = drawn(*(Course(f"c{n}", "", marks(1.0)) for n in range(15)))
    assert "3 more are not drawn." in words(root)
    assert said(root).endswith("3 more are not drawn.")
