"""One collector's output, taken apart: bytes in, sections out. Nothing is interpreted here.

The text is framed by marks with a random word of the collector's, so that what a machine's
programs print can never pass for a mark (docs/adr/0005-one-collector.md).
"""

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from types import MappingProxyType
from typing import Literal, TypeVar, cast

from auditor.errors import CannotMeasure
from auditor.model import Failure

State = Literal["ok", "failed", "timeout", "missing", "denied"]

STATES: Mapping[str, Failure | None] = MappingProxyType(
    {
        "ok": None,
        "failed": Failure.COMMAND_FAILED,
        "timeout": Failure.TIMEOUT,
        "missing": Failure.TOOL_MISSING,
        "denied": Failure.PERMISSION_DENIED,
    }
)
"""How a section can end, and what that means for whoever needs it."""

_FIRST = re.compile(rb"^#audit-collector ([0-9]{1,4}) ([0-9a-f-]{32,36})\n", re.MULTILINE)
_END = re.compile(rb"([0-9]{1,3}) (ok|failed|timeout|missing|denied) (whole|truncated)")
_SENT = re.compile(rb"stdout ([0-9]{1,15})")
_LINE = re.compile(rb"^(/[^:\n]*):(.*)$", re.MULTILINE)
_PREAMBLE = 65536
"""How much a login shell may say before the collector's first line."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one command printed. `exit_code` is null if the text ends before it did."""

    name: str
    exit_code: int | None
    stdout: bytes
    stderr: bytes
    is_truncated: bool
    state: State

    @property
    def complaint(self) -> str:
        """The first line of what it said on standard error."""
        return self.stderr.decode(errors="backslashreplace").strip().partition("\n")[0]


@dataclass(frozen=True)
class Collection:
    """Everything that one machine said about itself.

    `platform` is linux, darwin or windows. `is_complete`: the end is there and no byte is missing.
    """

    platform: str
    collector_version: str
    header: Mapping[str, str]
    sections: Mapping[str, Section]
    is_complete: bool
    answers: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """What was read from it before, by the function that reads it; see `once`."""

    @property
    def is_root(self) -> bool:
        """Whether the collector had all rights."""
        return self.header.get("uid") == "0" or self.header.get("is_elevated") == "True"

    @cached_property
    def texts(self) -> Mapping[str, bytes]:
        """Contents of the files that were read as they are, by path; empty ones are not there."""
        return lines_of(self.section("texts").stdout)

    def section(self, name: str) -> Section:
        """Return a section, however it ended. Raises `CannotMeasure` if there is none."""
        if name in self.sections:
            return self.sections[name]
        if not self.is_complete:
            raise CannotMeasure(Failure.UNPARSABLE, f"the collection ends before {name}")
        raise CannotMeasure(Failure.TOOL_MISSING, f"{name}: not in the collection")

    def output(self, name: str) -> bytes:
        """Return all of what a successful command printed. Raises `CannotMeasure`."""
        section = self.section(name)
        failure = STATES[section.state]
        if failure is not None:
            code = "" if section.exit_code is None else f" exit {section.exit_code}"
            raise CannotMeasure(failure, f"{name}{code}: {section.complaint}")
        if section.is_truncated:
            raise CannotMeasure(Failure.UNPARSABLE, f"{name}: too long, the rest was left out")
        return section.stdout

    def text(self, name: str) -> str:
        """Return the same as text. Raises `CannotMeasure`; bytes that are no UTF-8 too."""
        return decoded(self.output(name), name)

    def file(self, path: str) -> bytes:
        """Return the content of a file that was read as it is. Raises `CannotMeasure`."""
        if path in self.texts:
            return self.texts[path]
        section = self.section("texts")
        for line in section.stderr.decode(errors="backslashreplace").splitlines():
            if f"{path}: No such file" in line or f"{path}: Not a directory" in line:
                raise CannotMeasure(Failure.TOOL_MISSING, f"{path}: no such file")
            if f"{path}: " in line:
                raise CannotMeasure(Failure.PERMISSION_DENIED, line)
        if section.state in {"timeout", "missing", "denied"} or section.is_truncated:
            raise CannotMeasure(STATES[section.state] or Failure.UNPARSABLE, f"{path}: not read")
        return b""


Answer = TypeVar("Answer")


def once(function: Callable[[Collection], Answer]) -> Callable[[Collection], Answer]:
    """Let a function that reads a collection do so once for each; probes ask for the same rows.

    Only answers are remembered: one that raises does so again.
    """

    @wraps(function)
    def remembered(collection: Collection) -> Answer:
        if function not in collection.answers:
            collection.answers[function] = function(collection)
        return cast("Answer", collection.answers[function])

    return remembered


def parse(raw: bytes) -> Collection:
    """Take a collector's output apart. Raises `CannotMeasure` (`unparsable`) if it is none.

    An output that was cut keeps the sections that ended; `is_complete` is then false.
    """
    raw = _as_utf8(raw)
    first = _FIRST.search(raw, 0, _PREAMBLE)
    if first is None:
        raise CannotMeasure(Failure.UNPARSABLE, "no output of the collector")
    version, mark = first[1].decode(), b"\n#" + first[2] + b" "
    parts = raw[first.end() - 1 :].split(mark)
    reader = _Reader()
    sent = len(first[0])
    is_complete = False
    for part in parts[1:]:
        head, newline, body = part.partition(b"\n")
        if not newline and part is parts[-1]:
            is_complete = False
            break  # cut inside a mark
        if head.startswith(b"stdout ") and (match := _SENT.fullmatch(head)):
            is_complete = int(match[1]) == sent and reader.open == ""
        elif head == b"end-of-collection":
            is_complete = is_complete and not body.strip()
            reader.ended = True
        else:
            reader.take(head.decode(errors="backslashreplace"), head, body)
        sent += len(mark) - 1 + len(part) + 1
    header = _header(reader.sections.get("header"))
    return Collection(
        platform=header.pop("platform"),
        collector_version=version,
        header=MappingProxyType(header),
        sections=MappingProxyType(reader.sections),
        is_complete=is_complete and reader.ended,
    )


def whole(raw: bytes) -> Collection:
    """Take an output apart of which nothing is missing. Raises `CannotMeasure` (`unparsable`).

    What a cut output lacks would read as absent; so it is refused whole.
    """
    collection = parse(raw)
    if not collection.is_complete:
        raise CannotMeasure(Failure.UNPARSABLE, "the collector's output is cut or altered")
    return collection


def lines_of(content: bytes) -> dict[str, bytes]:
    """Put `path:line` lines together again: content by path, each line with its end."""
    found: dict[str, bytearray] = {}
    for path, line in _LINE.findall(content):
        found.setdefault(path.decode(errors="backslashreplace"), bytearray()).extend(line + b"\n")
    return {path: bytes(text) for path, text in found.items()}


def decoded(content: bytes, what: str) -> str:
    """Return text. Raises `CannotMeasure` (`unparsable`) for bytes that are no UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{what}: {error}") from error


class _Reader:
    """Builds sections from the marks and what follows each."""

    def __init__(self) -> None:
        self.sections: dict[str, Section] = {}
        self.open = ""
        self.ended = False
        self._body = b""

    def take(self, words: str, head: bytes, body: bytes) -> None:
        kind, _space, rest = words.partition(" ")
        if self.ended or kind not in {"begin", "end", "stderr"}:
            raise CannotMeasure(Failure.UNPARSABLE, f"unknown mark: {words[:60]}")
        if kind == "begin":
            if self.open or not rest or rest in self.sections:
                raise CannotMeasure(Failure.UNPARSABLE, f"a second {rest[:60]}")
            self.open, self._body = rest, body
        elif kind == "end":
            self._close(_END.fullmatch(head.partition(b" ")[2]))
        elif rest in self.sections:
            old = self.sections[rest]
            self.sections[rest] = Section(
                old.name, old.exit_code, old.stdout, body, old.is_truncated, old.state
            )

    def _close(self, match: "re.Match[bytes] | None") -> None:
        if match is None or not self.open:
            raise CannotMeasure(Failure.UNPARSABLE, "an end without a beginning")
        self.sections[self.open] = Section(
            name=self.open,
            exit_code=int(match[1]),
            stdout=self._body,
            stderr=b"",
            is_truncated=match[3] == b"truncated",
            state=cast("State", match[2].decode()),
        )
        self.open = ""


def _as_utf8(raw: bytes) -> bytes:
    """Undo what PowerShell does to a text that it writes: UTF-16, a byte order mark, CRLF."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = raw.decode("utf-16", errors="backslashreplace").encode(errors="backslashreplace")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    line = raw[:_PREAMBLE].partition(b"#audit-collector ")[2].partition(b"\n")[0]
    return raw.replace(b"\r\n", b"\n") if line.endswith(b"\r") else raw


def _header(section: Section | None) -> dict[str, str]:
    text = section.stdout.decode(errors="backslashreplace") if section else ""
    pairs = (line.partition("=") for line in text.splitlines())
    header = {key: value for key, equals, value in pairs if equals}
    if header.get("platform") not in {"linux", "darwin", "windows"}:
        raise CannotMeasure(Failure.UNPARSABLE, "the collector does not say what it ran on")
    return header
