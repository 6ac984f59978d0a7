"""What unchecked signals may do: raise a question. Nothing here reaches an answer."""

from auditor.detection.doubts import doubt
from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.names import same_program
from auditor.detection.view import View, is_installed
from auditor.model.products import Kind, PathUse, Signal


def hints(known: Known, view: View) -> tuple[str, ...]:
    """Return questions about unchecked or stock signals that match something on the machine."""
    return tuple(
        doubt(why, f"{signal.kind} {signal.name}")
        for signal, why in known.asking
        if _matches(signal, known, view)
    )


def _matches(signal: Signal, known: Known, view: View) -> bool:
    if signal.kind is Kind.PACKAGE:
        return any(is_installed(row) for _index, row in view.packages(signal.name))
    if signal.kind is Kind.SERVICE:
        return any(text(row, "name") for _index, row in view.services(signal.name))
    if signal.kind is Kind.PROCESS:
        return any(
            same_program(signal.name, process.executable or "", known.platform)
            for process in view.candidates((signal.name,))
        )
    if signal.kind is Kind.PATH and signal.use in {PathUse.PROGRAM, PathUse.FOLDER}:
        return any(row for _index, row in view.files(signal.name))
    return False
