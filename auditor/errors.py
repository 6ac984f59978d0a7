"""The two ways in which things go wrong: the user's input, and the thing measured."""

from dataclasses import dataclass
from pathlib import Path

from auditor.model import ExitCode, Failure


class AuditorError(Exception):
    """Ends the program with one line and an exit code; `cli` alone turns it into text."""

    exit_code = ExitCode.NOT_PERFORMED


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse an input. Prints as `file:line: field: problem. Remedy`."""

    file: str
    problem: str
    remedy: str
    line: int | None = None
    field: str = ""

    def __str__(self) -> str:
        """Return the one line that the user sees."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [part for part in (place, self.field, self.problem) if part]
        return " ".join(f"{': '.join(parts)}. {self.remedy}".split())


class BadInput(AuditorError):
    """An input that was refused, with every reason found; nothing was measured or written."""

    exit_code = ExitCode.USAGE

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems in the order in which a reader meets them in the file."""
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class CannotPerform(AuditorError):
    """The audit could not be performed; the message holds the remedy."""


class CannotKeep(CannotPerform):
    """What was measured cannot be written down: the disk is full, read-only or broken."""

    def __init__(self, place: Path, problem: str) -> None:
        """Say which folder, and what the system says of it."""
        super().__init__(f"{place}: {problem}")


class NothingToAudit(AuditorError):
    """The input is valid and asks for nothing."""

    exit_code = ExitCode.NOTHING_TO_AUDIT


class CannotMeasure(Exception):
    """Raised by probes and transports; `measure` turns it into `NotMeasured`."""

    def __init__(self, failure: Failure, detail: str) -> None:
        """Keep the closed cause and the technical detail apart."""
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail
