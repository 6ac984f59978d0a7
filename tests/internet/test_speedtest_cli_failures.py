"""speedtest-cli hides its failures: silent 0.0, 429, NameError, dead servers. None stays hidden.

What the library itself would do in each case is in reference/bandwidth.md, 1.2, and was
reproduced there; here it must end as a failure with its cause, and leave no number.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from http_server import CONFIG, SERVERS
from speed_testing import (
    PORTAL,
    ElsewhereDial,
    head_of,
    http,
    measured,
    order,
    rates,
    scripted,
)

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.transfer import Transfer
from auditor.internet.vocabulary import Direction
from auditor.model import SpeedBackend
from auditor.transports.speed import Watch, backend_of

pytestmark = pytest.mark.serial

Answer = Callable[[str], bytes]
"""What a service answers to a request's target."""
OK_CONFIG = http("200 OK", CONFIG.encode(), "Content-Type: text/xml")
LIST = http("200 OK", SERVERS.format(host="server.example:8080").encode())
PICTURE = http("200 OK", bytes(200_000))


@contextmanager
def service(answer: Answer) -> Iterator[int]:
    """Be www.speedtest.net, or a mini server, one request for each connection."""

    def script(connection: socket.socket, _number: int) -> None:
        target = head_of(connection).split()[1].decode()
        connection.sendall(answer(target))

    with scripted(script) as port:
        yield port


def public(answer: Answer, *, server: Answer | None = None) -> NoSample | Transfer:
    """Measure a download with the public service as it answers here; its servers are dead."""
    with service(answer) as port, service(server or (lambda _target: b"")) as other:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            dead = taken.getsockname()[1]
        dial = ElsewhereDial(port, other if server else dead)
        try:
            return backend_of(SpeedBackend.SPEEDTEST_CLI).run(
                order(SpeedBackend.SPEEDTEST_CLI, ""), dial, Watch()
            )
        except NoSample as failed:
            return failed


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("403 Forbidden"), Cause.RATE_LIMITED),
        (http("429 Too Many Requests", b"", "Retry-After: 1"), Cause.RATE_LIMITED),
        (http("500 Internal Server Error"), Cause.SERVER_REJECTED),
        (http("302 Found", b"", "Location: http://portal.example/"), Cause.CAPTIVE_PORTAL),
        (PORTAL, Cause.CAPTIVE_PORTAL),  # well-formed: NameError in the library
        (http("200 OK", b"<settings/>"), Cause.PROTOCOL_ERROR),  # the same NameError
        (http("200 OK", b"no xml"), Cause.PROTOCOL_ERROR),
        (http("200 OK", OK_CONFIG, "Content-Encoding: gzip"), Cause.PROTOCOL_ERROR),
        (http("200 OK", bytes(9_000_000)), Cause.PROTOCOL_ERROR),
        (b"SSH-2.0-x\r\n", Cause.PROTOCOL_ERROR),
        (b"", Cause.PROTOCOL_ERROR),
    ],
)
def test_the_configuration(answer: bytes, cause: Cause) -> None:
    """Whatever www.speedtest.net answers first."""
    failed = public(lambda _target: answer)
    assert isinstance(failed, NoSample)
    assert failed.cause is cause


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("429 Too Many Requests"), Cause.RATE_LIMITED),  # {} in the library
        (http("200 OK", b"<settings><servers/></settings>"), Cause.SERVER_REJECTED),
        (http("200 OK", b"<a><b>"), Cause.PROTOCOL_ERROR),
        (LIST, Cause.CONNECT_FAIL),  # the only server is dead: 0.0 in the library
    ],
)
def test_the_list_of_servers(answer: bytes, cause: Cause) -> None:
    """A list that is refused, empty, broken, or of dead servers."""
    failed = public(lambda target: OK_CONFIG if "config" in target else answer)
    assert isinstance(failed, NoSample)
    assert failed.cause is cause


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("403 Forbidden"), Cause.RATE_LIMITED),
        (http("404 Not Found"), Cause.SERVER_REJECTED),
        (b"", Cause.ZERO_RESULT),
        (http("200 OK", b""), Cause.ZERO_RESULT),
    ],
)
def test_a_server_that_gives_nothing_is_no_zero(answer: bytes, cause: Cause) -> None:
    """The library returns 0.0 Mbit/s without a word."""
    failed = public(
        lambda target: OK_CONFIG if "config" in target else LIST, server=lambda _target: answer
    )
    assert isinstance(failed, NoSample)
    assert failed.cause is cause


@pytest.mark.parametrize("host", ["192.168.1.1:8080", "localhost:22", "nas.lan:80", "[::1]:80"])
def test_the_list_cannot_lead_to_machines_of_the_centre(host: str) -> None:
    """A list from outside names a machine inside: nothing is sent there."""
    answer = http("200 OK", SERVERS.format(host=host).encode())
    asked = []

    def server(target: str) -> bytes:
        asked.append(target)
        return PICTURE

    failed = public(lambda target: OK_CONFIG if "config" in target else answer, server=server)
    assert isinstance(failed, NoSample)
    assert failed.cause is Cause.PROTOCOL_ERROR
    assert asked == []


def test_some_requests_that_fail_are_told() -> None:
    """The library counts what is left and says nothing."""
    served = iter(range(10_000))

    def server(_target: str) -> bytes:
        return PICTURE if next(served) % 3 else http("404 Not Found")

    seen = public(lambda target: OK_CONFIG if "config" in target else LIST, server=server)
    assert isinstance(seen, Transfer)
    assert Flag.CUT_SHORT in seen.flags


def test_a_fast_short_run_is_no_value() -> None:
    """Less than two seconds (bandwidth.md, 5.2, rule 6)."""

    def mini(target: str) -> bytes:
        if "random" in target:
            return PICTURE
        if "upload" in target:
            return http("200 OK", b"size=500")
        return http("200 OK", b'upload_extension: "php"')

    with service(mini) as port:
        wish = order(SpeedBackend.SPEEDTEST_CLI, f"http://127.0.0.1:{port}/")
        seen = measured(wish)
    assert Flag.LEGACY_UNDERREPORTS in seen.flags
    with pytest.raises(NoSample) as caught:
        rates(wish, seen)
    assert caught.value.cause is Cause.ABORTED_EARLY


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("200 OK", b"no mini server"), Cause.PROTOCOL_ERROR),
        (http("404 Not Found"), Cause.SERVER_REJECTED),
        (PORTAL, Cause.CAPTIVE_PORTAL),
        (http("302 Found", b"", "Location: http://192.0.2.1/"), Cause.CAPTIVE_PORTAL),
    ],
)
def test_an_own_server_that_is_none(answer: bytes, cause: Cause) -> None:
    """No packet goes to speedtest.net or where a redirect points."""
    with service(lambda _target: answer) as port, pytest.raises(NoSample) as caught:
        measured(order(SpeedBackend.SPEEDTEST_CLI, f"http://127.0.0.1:{port}/"))
    assert caught.value.cause is cause


def test_a_server_that_hangs_costs_its_time_and_no_more() -> None:
    """The library would wait for ever, one byte at a time."""

    def script(connection: socket.socket, _number: int) -> None:
        head_of(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.2)

    with scripted(script) as port:
        wish = order(SpeedBackend.SPEEDTEST_CLI, f"http://127.0.0.1:{port}/")
        with pytest.raises(NoSample) as caught:
            measured(replace(wish, warmup_s=0.0, window_s=0.0))
    assert caught.value.cause is Cause.STALLED


def test_a_budget_below_its_smallest_request_is_refused() -> None:
    """It cannot be told to move less."""
    mini = http("200 OK", b'upload_extension: "php"')
    with service(lambda _target: mini) as port:
        url = f"http://127.0.0.1:{port}/"
        for direction in Direction:
            wish = order(SpeedBackend.SPEEDTEST_CLI, url, direction, max_bytes=1000)
            with pytest.raises(NoSample) as caught:
                measured(wish)
            assert caught.value.cause is Cause.BUDGET_REACHED
