"""The text report: complete, narrow, plain."""

import re
from collections.abc import Callable
from types import ModuleType

import pytest
from rich.cells import cell_len

from auditor.language import Language
from auditor.model import AuditRecord, Verdict

Report = Callable[[str], ModuleType]


def squeezed(text: str) -> str:
    """Return the text without any white space, so that wrapped cells compare."""
    return "".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_fits_its_width_and_stays_plain(
    record: AuditRecord, language: Language, report: Report, width: int
) -> None:
    """Piped output has no escapes, no controls and no line that wraps."""
    text = report("text").render(record, language, width=width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_colour_never_carries_the_verdict(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Colours are added around the same words."""
    plain = report("text").render(record, language)
    coloured = report("text").render(record, language, colour=True)
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_all_indicators_verdicts_and_limits(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Each line has its number; every verdict, limitation and the threshold note is there."""
    text = report("text").render(record, language, width=1000)
    for line in record.profile.indicators:
        assert re.search(
            rf"^{re.escape(line.id)} +{re.escape(line.name.vi[:30])}", text, re.MULTILINE
        )
        assert line.name.vi in text
        assert language.code == "vi" or line.name.en in text
    words = report("words")
    for verdict, word in words.verdicts(language).items():
        assert f"{words.MARKS[Verdict(verdict)]} {word}" in text
    for essential in words.essentials(language):
        assert squeezed(essential) in squeezed(text)


def test_markup_of_the_terminal_library_is_text(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """What looks like rich markup or an emoji code is printed as it is."""
    text = report("text").render(record, language, width=400, colour=True)
    assert "[red]đỏ[/red] [link=http://evil.example]x[/link] :bomb:" in text
    assert "\x1b]8" not in text


def test_same_record_same_bytes_whatever_the_environment(
    record: AuditRecord, language: Language, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal's variables change nothing."""
    first = report("text").render(record, language)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("TERM", "dumb")
    assert report("text").render(record, language) == first
