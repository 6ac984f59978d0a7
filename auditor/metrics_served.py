"""How things stand, for Prometheus to fetch from the agent: its own library answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from auditor import metrics, saying
from auditor.errors import CannotPerform
from auditor.language import _
from auditor.store import opening

if TYPE_CHECKING:
    from prometheus_client import Metric

HERE = "127.0.0.1"
"""Nobody else is answered unless an address is asked for: what a centre lacks is its own matter."""


class _Standing:
    """Reads the store anew for each question, so that nothing old is told."""

    def __init__(self, store: str, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    def collect(self) -> "Iterator[Metric]":
        """Yield the metrics, and whether the store answered."""
        prometheus = metrics.library()
        own = prometheus.CollectorRegistry()
        up = prometheus.Gauge("audit_store_up", "1 if the store answers, else 0.", registry=own)
        try:
            with opening.opened(self._store) as engine:
                found = [*metrics.registry(engine, self._now()).collect()]
        except CannotPerform:
            found = []
        else:
            up.set(1)
        yield from (*found, *own.collect())


@contextmanager
def served(store: str, place: tuple[str, int], now: Callable[[], datetime]) -> Iterator[int]:
    """Answer `/metrics` at an address and port (0: any free one) while the block runs.

    Yields the port. Raises `CannotPerform` if nobody can listen there.
    """
    prometheus = metrics.library()
    registry = prometheus.CollectorRegistry()
    registry.register(_Standing(store, now))
    try:
        server, thread = prometheus.start_http_server(place[1], place[0], registry)
    except OSError as error:
        raise CannotPerform(
            _(
                "metrics cannot be answered at {address}:{port}: {error}. Choose another --metrics",
                address=place[0],
                port=place[1],
                error=saying.system(error),
            )
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
