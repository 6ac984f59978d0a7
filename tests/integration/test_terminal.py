"""What a person at a terminal sees: colour, a bar, questions. Each test holds a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = "\x1b"
BAR = "━"


def read_all(master: int, until: str = "", timeout_s: float = 60.0) -> str:
    """Read what a terminal shows until a text appears or the program has closed it."""
    seen = b""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        ready, _write, _error = select.select([master], [], [], 0.1)
        if not ready:
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:  # Linux says so when the other side of a terminal is gone
            return seen.decode(errors="replace")
        seen += piece
        if not piece or (until and until in seen.decode(errors="replace")):
            return seen.decode(errors="replace")
    pytest.fail(f"no end, or no {until!r}, in {seen.decode(errors='replace')!r}")


def on_terminal(audit: Program, *arguments: str | Path, **more: str) -> tuple[str, str]:
    """Run with standard output and error on two terminals; return what each showed."""
    (out, out_end), (err, err_end) = pty.openpty(), pty.openpty()
    process = subprocess.Popen(
        audit.command(*arguments),
        cwd=audit.folder,
        env=audit.environment(**{"TERM": "xterm-256color"} | more),
        stdin=subprocess.DEVNULL,
        stdout=out_end,
        stderr=err_end,
    )
    os.close(out_end)
    os.close(err_end)
    shown: dict[int, bytes] = {out: b"", err: b""}
    reading = {out, err}
    while reading:
        for end in select.select(list(reading), [], [], 60)[0]:
            try:
                piece = os.read(end, 65536)
            except OSError:  # Linux says so when the other side of a terminal is gone
                piece = b""
            shown[end] += piece
            if not piece:
                reading.discard(end)
                os.close(end)
    process.wait(30)
    return shown[out].decode(), shown[err].decode()


def test_colour_and_bar(audit: Program, small: Path) -> None:
    """A terminal gets colour on standard output and a bar on standard error."""
    out, err = on_terminal(audit, "run", "--profile", small)
    assert COLOUR.search(out)
    assert BAR in err
    assert "Có máy" in out


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_colour_when_not_wanted(audit: Program, small: Path, more: dict[str, str]) -> None:
    """NO_COLOR and a dumb terminal get plain words on standard output, and no colour anywhere."""
    out, err = on_terminal(audit, "run", "--profile", small, **more)
    assert ESCAPE not in out
    assert not [code for code in COLOUR.findall(err) if re.search(r"[34][0-8]", code)]
    assert "Có máy" in out


def test_quiet_is_quiet_on_a_terminal_too(audit: Program, small: Path) -> None:
    """`--quiet` shows neither bar nor report."""
    assert on_terminal(audit, "run", "--profile", small, "--quiet") == ("", "")


def test_pdf_is_not_thrown_at_a_terminal(audit: Program, small: Path) -> None:
    """A PDF is refused on a terminal, with the option that is missing."""
    audit("run", "--profile", small, "--out", "run", "--quiet")
    out, err = on_terminal(audit, "report", "run", "--format", "pdf", "--lang", "en")
    assert "%PDF" not in out
    assert "--out report.pdf" in err


def test_init_asks(audit: Program) -> None:
    """`audit init` asks in Vietnamese; what is answered, or left at its default, is in the file."""
    master, end = pty.openpty()
    process = subprocess.Popen(
        audit.command("init"),
        cwd=audit.folder,
        env=audit.environment(TERM="xterm"),
        stdin=end,
        stdout=end,
        stderr=end,
    )
    os.close(end)
    answers = (
        "Trung tâm Đổi mới sáng tạo Lai Châu",
        "",
        "public",
        "Sở Khoa học và Công nghệ",
        "Số 1, đường Điện Biên Phủ",
        "",
        "cong=Cổng thông tin; Quản lý văn bản",
    )
    shown = ""
    for answer in answers:
        shown += read_all(master, until=": ")
        os.write(master, f"{answer}\n".encode())
    shown += read_all(master)
    os.close(master)
    assert process.wait(30) == 0, shown
    site = yaml.safe_load((audit.folder / "centre.yaml").read_text("utf-8"))
    assert site["centre"] == {
        "id": "trung-tam-doi-moi-sang-tao-lai-chau",
        "name": answers[0],
        "legal_form": "public",
        "owner": answers[3],
        "address": answers[4],
        "contact": "",
    }
    assert site["information_systems"] == [
        {"id": "cong", "name": "Cổng thông tin"},
        {"id": "quan-ly-van-ban", "name": "Quản lý văn bản"},
    ]
    assert "centre.yaml" in shown


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "command",
    [
        *("--help", "explain 2.14", "products", "probes", "profile list"),
        *("remedy nothing", "report . --format xyz", "run --site nothing.yaml", "forecast a.txt"),
        "keygen --out key.pem --no-passphrase",
    ],
)
def test_no_command_says_a_line_that_is_too_long(
    audit: Program, command: str, language: str
) -> None:
    """Results, messages and refusals fit a terminal; into a pipe they go as they are."""
    arguments = (*command.split(), "--lang", language)
    shown = on_terminal(audit, *arguments, COLUMNS="80")
    (audit.folder / "key.pem").unlink(missing_ok=True)
    (audit.folder / "key.pub.pem").unlink(missing_ok=True)
    piped = audit(*arguments)
    for told, whole in zip(shown, (piped.out, piped.err), strict=True):
        lines = [line for line in told.splitlines() if len(line) > 80 and " " in line.strip()]
        assert lines == []
        if "keygen" not in command:  # its key is another one each time
            assert told.split() == whole.split()


def test_a_list_is_broken_below_its_words(audit: Program) -> None:
    """Not below the mark before them."""
    shown, _error = on_terminal(audit, "explain", "2.14", COLUMNS="60")
    lines = shown.splitlines()
    (first,) = [at for at, line in enumerate(lines) if line.startswith("  - Quyết định")]
    assert re.match(r" {4}\S", lines[first + 1])


def test_long_lines_are_broken_between_words(audit: Program, small_run: Path) -> None:
    """On a terminal; a pipe gets each line whole."""
    assert audit("keygen", "--out", "key.pem", "--no-passphrase").code == 0
    assert audit("pack", small_run, "--key", "key.pem", "--out", "a.auditpack").code == 0
    piped = audit("verify", "a.auditpack").out
    assert max(map(len, piped.splitlines())) > 80
    shown, _error = on_terminal(audit, "verify", "a.auditpack", COLUMNS="80")
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.split() == piped.split()
