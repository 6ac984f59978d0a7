"""What unchecked signals may do: raise a question. Nothing here reaches an answer."""

from collections.abc import Iterator

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.names import same_program
from auditor.detection.view import View, is_installed
from auditor.model.products import Kind, PathUse, Signal


def hints(known: Known, view: View) -> tuple[str, ...]:
    """Return questions about unchecked or stock signals that match something on the machine."""
    asked = [
        doubt(Doubt.UNVERIFIED_SIGNAL, f"{signal.kind} {signal.name}")
        for signal in known.hints
        if not signal.stock and any(_matches(signal, known, view))
    ]
    asked += [
        doubt(Doubt.STOCK, f"{signal.kind} {signal.name}")
        for signal in (*known.signals, *known.hints)
        if signal.stock and any(_matches(signal, known, view))
    ]
    return tuple(asked)


def _matches(signal: Signal, known: Known, view: View) -> Iterator[bool]:
    if signal.kind is Kind.PACKAGE:
        yield from (is_installed(row) for _index, row in view.packages(signal.name))
    elif signal.kind is Kind.SERVICE:
        yield from (bool(text(row, "name")) for _index, row in view.services(signal.name))
    elif signal.kind is Kind.PROCESS:
        yield from (
            same_program(signal.name, process.executable or "", known.platform)
            for process in view.candidates([signal.name])
        )
    elif signal.kind is Kind.PATH and signal.use in {PathUse.PROGRAM, PathUse.FOLDER}:
        yield from (bool(row) for _index, row in view.files(signal.name))
