"""One use of speedtest-cli, in a thread of its own, with connections that are not its own."""

import http.client
import re
import time
import warnings
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, Transfer
from auditor.internet.vocabulary import CountedAt, Direction
from auditor.transports.speed.speedtest_way import Way

IMAGE_BYTES = MappingProxyType(
    {
        350: 245388,
        500: 505544,
        750: 1118012,
        1000: 1986284,
        1500: 4468241,
        2000: 7907740,
        2500: 12407926,
        3000: 17816816,
        3500: 24262167,
        4000: 31625365,
    }
)
"""Width of a picture that the library fetches -> its size; each is fetched some times."""

UNDERREPORTS_MBPS = 100
_LENGTH_S = 10
_DOWN_TIMES, _DOWN_THREADS = 4, 8
_UP_TIMES, _UP_THREADS = 17, 8
_UP_BYTES = (524288, 1048576, 7340032)
_CLOSEST = 5
_PUBLIC_NAME = re.compile(r"(?i)(?!.*\.(local|localhost|internal|lan)$)[a-z0-9.-]+\.[a-z]{2,63}")
_PROBES = 3
_LIBRARY_RAISES = (
    *(OSError, http.client.HTTPException, EOFError, CannotMeasure),
    # what it raises on answers that it does not expect; NameError is a fault of the library
    *(NameError, AttributeError, LookupError, TypeError, ValueError, ArithmeticError),
)


class _Results(Protocol):
    download: float
    upload: float
    bytes_received: int
    bytes_sent: int


class _Speedtest(Protocol):
    """What is used of `speedtest.Speedtest`."""

    config: dict[str, Any]
    results: _Results

    def __init__(self, *, secure: bool, shutdown_event: object) -> None: ...
    def get_servers(self) -> dict[float, list[dict[str, Any]]]: ...
    def get_closest_servers(self, limit: int) -> list[dict[str, Any]]: ...
    def set_mini_server(self, server: str) -> list[dict[str, Any]]: ...
    def download(self) -> float: ...
    def upload(self) -> float: ...


@dataclass(frozen=True, slots=True)
class _Done:
    """What the library came to."""

    payload: int
    duration_ms: int
    server: dict[str, Any]
    trips_ms: tuple[float, ...]


class Job:
    """One use of the library in a thread of its own."""

    def __init__(self, order: Order, way: Way, module: Any) -> None:  # noqa: ANN401 - untyped library
        """Start nothing yet."""
        self._order = order
        self._way = way
        self._module = module
        self._flags: set[Flag] = set()
        self._done: _Done | None = None
        self._failed: NoSample | None = None
        self.began_at = 0.0
        """When payload began to flow; 0 before."""

    def work(self) -> None:
        """Do it; what goes wrong is kept for `result`."""
        try:
            self._done = self._measured()
        except NoSample as error:
            self._failed = error
        except (self._module.SpeedtestException, *_LIBRARY_RAISES) as error:
            self._failed = self._way.failure or _named(error)

    def result(self) -> Transfer:
        """Return what was measured. Raises `NoSample`."""
        done = self._done
        if done is None:
            raise self._failed or NoSample(Cause.PROTOCOL_ERROR, "speedtest-cli ended oddly")
        if done.payload <= 0 or done.duration_ms <= 0:
            raise self._way.failure or NoSample(Cause.ZERO_RESULT, "speedtest-cli: 0 bit/s")
        counts = Counts((0, done.duration_ms), (0, done.payload))
        is_down = self._order.direction is Direction.DOWN
        flags = self._flags if is_down else self._flags | {Flag.UPLOAD_CLIENT_COUNT}
        if done.payload * 8 / done.duration_ms / 1000 >= UNDERREPORTS_MBPS:
            flags = flags | {Flag.LEGACY_UNDERREPORTS}
        if self._way.failure is not None:
            flags = flags | {Flag.CUT_SHORT}  # some of its requests failed, which it does not tell
        return Transfer(
            direction=self._order.direction,
            counts=counts,
            client=counts,
            counted_at=CountedAt.RECEIVER if is_down else CountedAt.CLIENT,
            connections=_DOWN_THREADS if is_down else _UP_THREADS,
            server_ip=self._way.peer[0],
            server_port=self._way.peer[1],
            local_ip=self._way.local,
            server_place=_text(done.server.get("name")),
            server_country=_text(done.server.get("cc")),
            server_id=_text(done.server.get("id")),
            rtt_idle_ms=done.trips_ms,
            rtt_method="tcp-connect" if done.trips_ms else "",
            flags=frozenset(flags),
        )

    def _measured(self) -> _Done:
        best: dict[str, Any] = {}
        library = self._made(best)
        url = self._order.server.url
        servers = library.set_mini_server(url) if url else self._listed(library)
        trips = self._choose(servers, best)
        self._within_budget(library)
        self._way.forget()
        self.began_at = time.monotonic()
        results = library.results
        if self._order.direction is Direction.DOWN:
            library.download()
            payload, rate = results.bytes_received, results.download
        else:
            library.upload()
            payload, rate = results.bytes_sent, results.upload
        return _Done(payload, round(payload * 8000 / rate) if rate > 0 else 0, best, trips)

    def _made(self, best: dict[str, Any]) -> _Speedtest:
        """Make the library's object with our connections; `best` will be its server."""
        module, way, url = self._module, self._way, self._order.server.url

        def get_config(self: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's object
            self._opener = way.opener()
            if not url:
                module.Speedtest.get_config(self)
            self.lat_lon = getattr(self, "lat_lon", (0.0, 0.0))
            self.config.update(_config(self.config.get("ignore_servers", [])))
            return cast("dict[str, Any]", self.config)

        def get_best_server(self: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's object
            self._best.update(best)
            return best

        ours = {"get_config": get_config, "get_best_server": get_best_server}
        kind = cast("type[_Speedtest]", type("Gated", (module.Speedtest,), ours))
        # its constructor asks `uname` and `file` what machine this is
        with guard.on_machine(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # datetime.utcnow
            return kind(secure=True, shutdown_event=way)

    def _listed(self, library: _Speedtest) -> list[dict[str, Any]]:
        """Ask speedtest.net for servers; the library returns nothing when it was refused."""
        if not library.get_servers():
            raise self._way.failure or NoSample(
                Cause.SERVER_REJECTED, "speedtest.net: an empty server list"
            )
        return library.get_closest_servers(_CLOSEST)

    def _choose(self, servers: list[dict[str, Any]], best: dict[str, Any]) -> tuple[float, ...]:
        """Put the nearest server that can be reached into `best`; return its round trips.

        Servers that the scope does not name are passed over. A list from outside must not lead to
        machines of the centre, which have addresses or local names.
        """
        timed = []
        for server in servers[:_CLOSEST]:
            parts = urlsplit(str(server.get("url", "")))
            port = parts.port or (443 if parts.scheme == "https" else 80)
            host = parts.hostname or ""
            if not self._order.server.url and not _PUBLIC_NAME.fullmatch(host):
                raise NoSample(Cause.PROTOCOL_ERROR, "speedtest.net: a server without a name")
            trips = self._way.trips(host, port, _PROBES)
            if trips:
                timed.append((min(trips), trips, server))
        if not timed:
            raise self._way.failure or NoSample(Cause.CONNECT_FAIL, "no server answers")
        _least, trips, server = min(timed, key=lambda each: each[0])
        best.update(server)
        return trips

    def _within_budget(self, library: _Speedtest) -> None:
        """Shorten the library's fixed list of work to the bytes that are allowed."""
        left = self._order.max_bytes
        widths = []
        for width, size in IMAGE_BYTES.items():
            left -= size * _DOWN_TIMES
            if left >= 0:
                widths.append(width)
        sizes = [size for size in _UP_BYTES for _ in range(_UP_TIMES)]
        fits = sum(
            1 for upto in range(len(sizes)) if sum(sizes[: upto + 1]) <= self._order.max_bytes
        )
        is_down = self._order.direction is Direction.DOWN
        if not (widths if is_down else fits):
            raise NoSample(Cause.BUDGET_REACHED, f"{self._order.max_bytes} bytes are too few")
        if len(widths) < len(IMAGE_BYTES) if is_down else fits < len(sizes):
            self._flags.add(Flag.BUDGET_REACHED)
        library.config["sizes"]["download"] = widths
        library.config["upload_max"] = fits


def _config(ignored: object) -> dict[str, Any]:
    """Give what speedtest.net's configuration has said for years, whatever it says now.

    A hostile one could ask for a million threads.
    """
    return {
        "client": {},
        "ignore_servers": ignored,
        "sizes": {"upload": list(_UP_BYTES), "download": list(IMAGE_BYTES)},
        "counts": {"upload": _UP_TIMES, "download": _DOWN_TIMES},
        "threads": {"upload": _UP_THREADS, "download": _DOWN_THREADS},
        "length": {"upload": _LENGTH_S, "download": _LENGTH_S},
        "upload_max": _UP_TIMES * len(_UP_BYTES),
    }


def _named(error: Exception) -> NoSample:
    """Say what an error of the library means."""
    detail = f"speedtest-cli: {type(error).__name__}: {error}"
    if isinstance(error, CannotMeasure):
        return NoSample(Cause.OUT_OF_SCOPE, detail)
    return NoSample(Cause.PROTOCOL_ERROR, detail)


def _text(value: object) -> str:
    return str(value)[:100] if isinstance(value, (str, int)) else ""
