"""What every command prints: help with an example, JSON that is JSON, plain text in pipes."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from auditor import __version__
from auditor.cli import COMMANDS
from auditor.model import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program, Run

SUBCOMMANDS = [*([name] for name in COMMANDS), *(["profile", n] for n in ("list", "lint", "test"))]
MARKS = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], [], ["--lang", "en", "--help"]])
def test_overview(audit: Program, arguments: list[str]) -> None:
    """`audit --help`, and `audit` alone, list every command and every exit code."""
    shown = audit(*arguments)
    assert (shown.code, shown.err) == (0, "")
    text = shown.out
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S", text, re.MULTILINE)
    for code in ExitCode:
        assert re.search(rf"\b{code.value}\b", text)
    assert ("Examples:" in text) or MARKS.search(text)


def test_overview_speaks_vietnamese(audit: Program) -> None:
    """The overview is Vietnamese by default, English when asked by option or environment."""
    default, asked = audit("--help").out, audit("--lang", "en", "--help").out
    assert MARKS.search(default)
    assert not MARKS.search(asked)
    assert audit("--help", AUDIT_LANG="en").out == asked
    assert audit("--help", "--lang=vi", AUDIT_LANG="en").out == default


@pytest.mark.parametrize("arguments", SUBCOMMANDS, ids=" ".join)
def test_help_of_every_command(audit: Program, arguments: list[str]) -> None:
    """Each command says what it does and shows an example of its use."""
    shown = audit(*arguments, "--help", "--lang", "en")
    assert (shown.code, shown.err) == (0, "")
    words = " ".join(shown.out.split())
    assert words.startswith(f"Usage: audit {' '.join(arguments)} ")
    assert "Example" in words or len(arguments) > 1 or arguments == ["profile"], words
    if "Example" in words:
        assert f"audit {' '.join(arguments)}" in words.partition("Example")[2]


def test_version(audit: Program) -> None:
    """`audit --version` prints the version and nothing else."""
    shown = audit("--version")
    assert (shown.code, shown.out, shown.err) == (0, f"audit {__version__}\n", "")


def test_unknown_command(audit: Program) -> None:
    """A command that does not exist is named: exit 2."""
    done = audit("audti", "--lang", "en")
    assert done.code == 2
    assert "audti" in done.err


@pytest.mark.parametrize("language", ["vi", "en"])
def test_explains_an_indicator(audit: Program, language: str) -> None:
    """`explain 2.14` prints what is measured, what is needed, by which threshold and source."""
    shown = audit("explain", "2.14", "--lang", language)
    assert (shown.code, shown.err) == (0, "")
    told = audit("explain", "2.14", "--format", "json").json
    assert told["name"]["vi"] in shown.out
    words = " ".join(shown.out.split())
    for text in (told["threshold"], told["caution"], told["remedy"], *told["machine"]):
        assert " ".join(text[language].split()) in words
    assert told["documents"]
    assert told["checks"]
    for kind in told["documents"]:
        assert f"({kind})" in shown.out
    for check in told["checks"]:
        assert f"[{check['check']}]" in shown.out
        assert check["source"] in {"law", "approved_plan", "reference", "tool_default"}
        assert check["citation"] or check["source"] == "tool_default"
        assert " ".join(check["citation"].split()) in words
    assert all(item["citation"] in words for item in told["references"])


def test_explains_every_indicator(audit: Program, finished: Run) -> None:
    """An unknown indicator is refused with the list of all; the first and last can be explained."""
    refused = audit("explain", "9.9", "--lang", "en")
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 1
    ids = [item["indicator"] for item in finished.record["findings"]]
    assert refused.err.rstrip(".\n").endswith(", ".join(ids))
    for name in (ids[0], ids[-1]):
        assert audit("explain", name, "--format", "json").json["indicator"] == name


@pytest.mark.parametrize(
    "arguments",
    [
        ["probes"],
        ["explain", "2.14"],
        ["profile", "list"],
        ["doctor"],
        ["judge", "RUN"],
        ["report", "RUN"],
    ],
    ids=" ".join,
)
def test_json_is_json(finished: Run, arguments: list[str]) -> None:
    """`--format json` prints one JSON value and nothing beside it, the same in every language."""
    words = [str(finished.folder) if word == "RUN" else word for word in arguments]
    shown = finished.program(*words, "--format", "json")
    assert shown.code in {0, 11}
    assert shown.err == ""
    assert shown.json
    assert json.loads(shown.out, parse_constant=pytest.fail)


def test_run_prints_its_record(audit: Program, small: Path) -> None:
    """`run --format json` prints record.json; `--quiet` prints nothing at all."""
    shown = audit("run", "--profile", small, "--format", "json", "--out", "run")
    assert shown.out.encode() == (audit.folder / "run" / "record.json").read_bytes()
    silent = audit("run", "--profile", small, "--quiet", "--out", "silent")
    assert (silent.code, silent.out, silent.err) == (0, "", "")


def test_doctor_says_how_to_mend(audit: Program) -> None:
    """The doctor names each measurement, and for each that fails the cause and a remedy."""
    shown = audit("doctor", "--lang", "en")
    told = audit("doctor", "--format", "json").json
    failed = [item for item in told if "failure" in item]
    assert shown.code == (11 if failed else 0)
    for item in told:
        mark = "!" if "failure" in item else "+"
        assert re.search(rf"^\{mark} {re.escape(item['measurement'])}:", shown.out, re.MULTILINE)
    assert all(item["remedy"] and item["detail"] for item in failed)
    assert not list(audit.folder.iterdir()), "it keeps nothing"


def test_schemas(audit: Program) -> None:
    """`audit schema` prints the schemas that the tool ships."""
    for name in ("profile", "site", "record"):
        assert audit("schema", name).json["$schema"].startswith("https://json-schema.org/")


def test_output_in_pipes_is_plain(finished: Run) -> None:
    """Nothing that is piped holds an escape, a carriage return or a bar."""
    for text in (finished.done.out, finished.done.err, finished.program("doctor").out):
        assert "\x1b" not in text
        assert "\r" not in text
    assert "━" not in finished.done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(audit: Program, shell: str) -> None:
    """Each shell gets a script that asks this program."""
    shown = audit("completion", shell)
    assert (shown.code, shown.err) == (0, "")
    assert "_AUDIT_COMPLETE" in shown.out
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=shown.out.encode(), check=True)


@pytest.fixture(scope="module")
def bash_script(finished: Run) -> str:
    """Return what `audit completion bash` prints."""
    return finished.program("completion", "bash").out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["audit", "pro"], {"probes", "products", "profile"}),
        (["audit", ""], set(COMMANDS)),
        (["audit", "profile", "l"], {"list", "lint"}),
        (["audit", "report", "x", "--format", "p"], {"pdf"}),
        (["audit", "run", "--re"], {"--resume"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_completion_completes(
    audit: Program, bash_script: str, words: list[str], expected: set[str]
) -> None:
    """Bash, having read the script, completes commands, options and choices."""
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f"{bash_script}\n"
        f"COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}\n"
        f'_audit_completion audit\nprintf "%s\\n" "${{COMPREPLY[@]}}"\n'
    )
    program = audit.command()[0]
    path = f"{program.rpartition('/')[0]}:{audit.environment()['PATH']}"
    replied = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=audit.environment(PATH=path),
        cwd=audit.folder,
        capture_output=True,
        check=False,
        text=True,
    )
    assert replied.returncode == 0, replied.stderr
    assert set(replied.stdout.split()) == expected
