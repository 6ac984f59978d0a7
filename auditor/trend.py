"""How one number went over time, in characters."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"


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
