"""How raw bytes become evidence, and how they become test data."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from auditor.errors import CannotMeasure
from auditor.model import Capture, CommandResult, Failure
from auditor.probing import DEFAULT_COMMAND_TIMEOUT_S, Host
from auditor.transports import Keep

INDEX = "index.json"
ORIGIN = "ORIGIN.txt"

Answer = CommandResult | CannotMeasure | bytes
"""What a request brought: a finished command, the bytes of a file or reading, or a failure."""


def run_request(argv: tuple[str, ...]) -> str:
    """Spell a command as evidence and recordings name it."""
    return f"run {shlex.join(argv)}"


def read_request(path: str) -> str:
    """Spell the reading of a file."""
    return f"read {path}"


def system_request(reading: str) -> str:
    """Spell a system reading."""
    return f"system {reading}"


class Captures:
    """The captures of one access, in order."""

    def __init__(self, keep: Keep) -> None:
        """Keep every piece of evidence with `keep`."""
        self._keep = keep
        self._taken: list[Capture] = []

    @property
    def taken(self) -> tuple[Capture, ...]:
        """What was kept so far."""
        return tuple(self._taken)

    def content(self, request: str, content: bytes) -> None:
        """Keep the bytes that answered a request."""
        digest = self._keep(request, content)
        self._taken.append(Capture(request=request, sha256=digest, size_bytes=len(content)))

    def command(self, result: CommandResult) -> None:
        """Keep what a command printed, its two streams apart."""
        request = run_request(result.argv)
        self._taken.append(
            Capture(
                request=request,
                sha256=self._keep(request, result.stdout),
                size_bytes=len(result.stdout),
                exit_code=result.exit_code,
                stderr_sha256=self._keep(f"{request} 2>", result.stderr),
            )
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a recording comes from: a fixture without it proves nothing."""

    system: str
    recorded_at: datetime
    command: str

    def __str__(self) -> str:
        """Return the text of ORIGIN.txt."""
        moment = self.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"system: {self.system}\nrecorded: {moment}\ncommand: {self.command}\n"


class Recorder:
    """A host that remembers all answers of another host, to write them into a folder."""

    def __init__(self, host: Host) -> None:
        """Stand before `host`."""
        self._host = host
        self._answers: dict[str, Answer] = {}

    @property
    def platform(self) -> str:
        """The platform of the host behind."""
        return self._host.platform

    def run(self, *argv: str, timeout_s: float = DEFAULT_COMMAND_TIMEOUT_S) -> CommandResult:
        """Run a program there, and remember what it printed or why it could not run."""
        request = run_request(argv)
        try:
            result = self._host.run(*argv, timeout_s=timeout_s)
        except CannotMeasure as failure:
            self._answers[request] = failure
            raise
        self._answers[request] = result
        return result

    def read_file(self, path: str) -> bytes:
        """Read a file there, and remember it."""
        request = read_request(path)
        try:
            content = self._host.read_file(path)
        except CannotMeasure as failure:
            self._answers[request] = failure
            raise
        self._answers[request] = content
        return content

    def system(self, reading: str) -> bytes:
        """Take a reading there, and remember it."""
        request = system_request(reading)
        try:
            content = self._host.system(reading)
        except CannotMeasure as failure:
            self._answers[request] = failure
            raise
        self._answers[request] = content
        return content

    def close(self) -> None:
        """Close the host behind."""
        self._host.close()

    def write(self, folder: Path, origin: Origin) -> None:
        """Write what was remembered where `replay:` finds it; what is there already stays.

        Raises `ValueError` if the folder was recorded on another platform or its index is none,
        `OSError` if it cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        index = _index(folder)
        if index.setdefault("platform", self.platform) != self.platform:
            message = f"{folder} was recorded on {index['platform']}, not {self.platform}"
            raise ValueError(message)
        requests = index.setdefault("requests", {})
        if not isinstance(requests, dict):
            message = f"{folder / INDEX}: requests is no mapping"
            raise ValueError(message)  # noqa: TRY004 - a file's content is wrong, no argument
        for request, answer in self._answers.items():
            requests[request] = _written(folder, request, answer)
        text = json.dumps(index, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / INDEX).write_text(text + "\n", encoding="utf-8")
        (folder / ORIGIN).write_text(str(origin), encoding="utf-8")


def _index(folder: Path) -> dict[str, object]:
    try:
        loaded = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(loaded, dict):
        message = f"{folder / INDEX}: no mapping"
        raise ValueError(message)  # noqa: TRY004 - a file's content is wrong, not an argument
    return loaded


def _written(folder: Path, request: str, answer: Answer) -> Mapping[str, object]:
    words = "-".join("".join(c if c.isalnum() else " " for c in request).split())
    stem = f"{words[:48]}-{sha256(request.encode()).hexdigest()[:8]}"
    if isinstance(answer, CannotMeasure):
        return {"failure": str(answer.failure), "detail": answer.detail}
    if isinstance(answer, bytes):
        (folder / stem).write_bytes(answer)
        return {"content": stem}
    entry: dict[str, object] = {"exit_code": answer.exit_code}
    for name, content in (("stdout", answer.stdout), ("stderr", answer.stderr)):
        if content:
            (folder / f"{stem}.{name}").write_bytes(content)
            entry[name] = f"{stem}.{name}"
    return entry


def answer_from(folder: Path, argv: tuple[str, ...], entry: Mapping[str, object]) -> Answer:
    """Read one entry of an index back. Raises `KeyError`, `ValueError`, `OSError` if damaged."""
    if "failure" in entry:
        return CannotMeasure(Failure(str(entry["failure"])), str(entry["detail"]))
    if "content" in entry:
        return (folder / str(entry["content"])).read_bytes()
    streams = [
        (folder / str(entry[name])).read_bytes() if name in entry else b""
        for name in ("stdout", "stderr")
    ]
    return CommandResult(
        argv=argv, exit_code=int(str(entry["exit_code"])), stdout=streams[0], stderr=streams[1]
    )
