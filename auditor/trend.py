"""How one number went over time: what is drawn of it, and the same in characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.model import Verdict

BARS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"


@dataclass(frozen=True, slots=True)
class Mark:
    """One run or one sample: the number it gave, None where none came, and the run's verdict."""

    at: datetime
    number: float | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The marks of one check, or of one series of samples, oldest first; there is at least one.

    `centre` is the site's id of samples, empty for runs.
    """

    name: str
    unit: str
    marks: tuple[Mark, ...]
    centre: str = ""


def sparkline(numbers: Sequence[float | None], width: int) -> str:
    """Return the newest `width` numbers as bars between the least and the most; a dot is unknown.

    One value throughout is drawn half high, for it has no least and most.
    """
    shown = numbers[-width:]
    known = [number for number in shown if number is not None]
    if not known:
        return UNKNOWN * len(shown)
    least, span = min(known), max(known) - min(known)
    return "".join(
        UNKNOWN if number is None else BARS[_height(number - least, span)] for number in shown
    )


def _height(above: float, span: float) -> int:
    return round(above / span * (len(BARS) - 1)) if span else len(BARS) // 2
