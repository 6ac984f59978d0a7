"""End cleanly when the system asks: SIGTERM and SIGINT set an event, and work winds up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Give an event that these signals set; a second one acts as it usually does."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def asked(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in _SIGNALS:
        signal.signal(number, asked)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
