"""The library speedtest-cli 2.1.3, as a reference that people know; it reads low above 100 Mbit/s.

It works with threads and hides its failures, so it runs here in a thread that this one watches:
its connections are made by the gate (`speedtest_way`), what it swallowed is remembered there, and a
rate of nothing is a failure. Its own "ping" is not used. Never the sole evidence.
"""

import contextlib
import importlib
import io
import threading
import time
from typing import Any

from auditor import guard
from auditor.internet.causes import Cause, NoSample
from auditor.internet.transfer import Order, Transfer
from auditor.internet.vocabulary import MetricClass
from auditor.model import SpeedBackend, SpeedServer, Text
from auditor.transports.speed import Backend, Dial, Terms, Watch
from auditor.transports.speed.speedtest_job import Job
from auditor.transports.speed.speedtest_way import Way

_SPARE_S = 18.0
_TICK_S = 0.1
_END_S = 2.0
_TERMS = Terms(
    Text(
        vi="Ookla (speedtest.net) hạn chế truy cập tự động và mục đích không cá nhân; trung tâm tự"
        " chịu trách nhiệm khi dùng. Công cụ này đo thấp hơn thực tế khi trên 100 Mbit/s.",
        en="Ookla (speedtest.net) restricts automated and non-personal use; the centre answers for"
        " using it. This tool reads low above 100 Mbit/s.",
    ),
    "https://www.speedtest.net/about/terms",
)


def backend() -> Backend:
    """Return this backend."""
    return SpeedtestCli()


class SpeedtestCli:
    """See the module."""

    id = SpeedBackend.SPEEDTEST_CLI
    version = 1
    terms = _TERMS

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Say that it is a reference, which can show that a line is fast, never that it is slow."""
        del server, country
        return MetricClass.LEGACY_REFERENCE

    def run(self, order: Order, dial: Dial, watch: Watch) -> Transfer:
        """Measure one direction, at most `order.duration_s` + 20 s. Raises `NoSample`.

        The library decides how long it measures; `order` only limits its bytes.
        """
        way = Way(order, dial)
        job = Job(order, way, _library())
        worker = threading.Thread(target=job.work, name="speedtest-cli", daemon=True)
        end = time.monotonic() + order.duration_s + _SPARE_S
        with guard.on_machine():
            worker.start()
        while worker.is_alive() and time.monotonic() < end:
            worker.join(_TICK_S)
            if job.began_at:
                watch.tick(round((time.monotonic() - job.began_at) * 1000))
        is_late = worker.is_alive()
        if is_late:
            way.cut()
            worker.join(_END_S)
        if not worker.is_alive():
            way.close()
        if is_late:
            raise NoSample(Cause.STALLED, "speedtest-cli did not end in time")
        return job.result()


def _library() -> Any:  # noqa: ANN401 - untyped
    """Import it. At import it wraps standard output, which it must not get hold of here."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            module = importlib.import_module("speedtest")
    except ImportError as error:
        raise NoSample(Cause.TOOL_MISSING, "pip install 'centre-audit[speedtest]'") from error
    if not hasattr(module, "Speedtest"):  # another package has the same module name
        raise NoSample(Cause.TOOL_MISSING, "the module speedtest is not speedtest-cli")
    return module
