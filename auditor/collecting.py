"""The text that a machine is given to run: one collector, and before it what to look at besides."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from auditor.detection.wanted import Question

_PATH = re.compile(r"~?/[A-Za-z0-9_.*?/@:+~ -]+")
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\[A-Za-z0-9_.*?\\ ()@+~-]+")
_HOMES = ("/root/", "/home/*/", "/Users/*/", "/var/root/")
_FILES = {"posix": "posix.sh", "windows": "windows.ps1"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a collection covers beyond what it always does. Paths may hold `*`, `?` and `~/`."""

    paths: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    pending_updates: bool = False


def script(platform: str, wanted: Wanted = Wanted()) -> bytes:
    """Return the collector for `posix` or `windows`, ready to be fed to a shell.

    Raises `ValueError` for a path that would be more than a path to a shell.
    """
    prologue = _for_windows(wanted) if platform == "windows" else _for_posix(wanted)
    return prologue.encode() + _collector(platform)


@cache
def _collector(platform: str) -> bytes:
    return (resources.files("auditor.probes") / "collectors" / _FILES[platform]).read_bytes()


def _for_posix(wanted: Wanted) -> str:
    plain = [path for path in wanted.paths if not _is_pattern(path)]
    patterns = [path for path in wanted.paths if _is_pattern(path)]
    questions = "".join(f"  {_asked(question)}\n" for question in wanted.questions)
    return (
        f"site_paths() {{\n  ask_about{_quoted(plain)}\n  look_for{_quoted(patterns)}\n}}\n"
        f"site_questions() {{ :\n{questions}}}\n"
        f"site_asked() {{\n  printf '%s\\n'{_named(wanted.paths)}\n}}\n"
        f"PENDING={'yes' if wanted.pending_updates else ''}\n"
    )


def _asked(question: Question) -> str:
    key, keep = shlex.quote(question.key), shlex.quote(question.keep)
    if question.lines:
        return f"lines {key} {keep}{_listed(question.lines)}"
    return f"status {question.patience_s} {key} {keep} {shlex.join(shlex.split(question.command))}"


def _is_pattern(path: str) -> bool:
    return path.startswith("~") or "*" in path or "?" in path


def _listed(paths: Iterable[str]) -> str:
    """Return paths as the words of a shell, which expands what is in them."""
    words = (word for path in paths for word in _in_homes(_checked(_PATH, path)))
    return "".join(" " + word.replace(" ", "\\ ") for word in words)


def _quoted(paths: Iterable[str]) -> str:
    """Return paths as the words of a shell, which leaves them as they are."""
    words = (word for path in paths for word in _in_homes(_checked(_PATH, path)))
    return "".join(" " + shlex.quote(word) for word in words)


def _named(paths: Iterable[str]) -> str:
    """Return paths as they are named, `~/` and all."""
    return "".join(" " + shlex.quote(path) for path in paths)


def _in_homes(path: str) -> tuple[str, ...]:
    return tuple(home + path[2:] for home in _HOMES) if path.startswith("~") else (path,)


def _for_windows(wanted: Wanted) -> str:
    """Return PowerShell assignments; a quote inside single quotes is doubled."""

    def listed(texts: Iterable[str]) -> str:
        inner = ",".join("'" + text.replace("'", "''") + "'" for text in texts)
        return f"@({inner})"

    paths = [_checked(_WINDOWS_PATH, path) for path in wanted.paths]
    questions = ",".join(
        listed((item.key, item.keep.replace("[[:space:]]", r"\s"), item.command))
        for item in wanted.questions
    )
    asked = f"@(,{questions})" if questions else "@()"
    return f"$WantedPaths = {listed(paths)}\n$WantedStatuses = {asked}\n"


def _checked(shape: re.Pattern[str], text: str) -> str:
    if not shape.fullmatch(text):
        message = f"{text!r} is more than a name"
        raise ValueError(message)
    return text
