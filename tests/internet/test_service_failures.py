"""What M-Lab's locate service and Cloudflare may answer, and where that must not lead."""

import json
import socket

import pytest
from speed_testing import (
    PORTAL,
    ElsewhereDial,
    answering,
    cause_of,
    head_of,
    http,
    order,
    scripted,
)

from auditor.internet.causes import Cause, NoSample
from auditor.model import SpeedBackend
from auditor.transports.speed import Watch, backend_of

pytestmark = pytest.mark.serial

LOCATE = "/v2/nearest/ndt/ndt7"
NO_URLS = json.dumps({"results": [{"urls": {}}, None, {"urls": {"wss:///ndt/v7/download": 3}}]})


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("429 Too Many Requests", b"{}", "Retry-After: 7200"), Cause.LOCATE_RATE_LIMITED),
        (http("204 No Content"), Cause.LOCATE_RATE_LIMITED),
        (http("500 Internal Server Error", b'{"error":{}}'), Cause.SERVER_REJECTED),
        (http("503 Service Unavailable", b'{"error":{}}'), Cause.SERVER_BUSY),
        (PORTAL, Cause.CAPTIVE_PORTAL),
        (http("200 OK", b"{"), Cause.PROTOCOL_ERROR),
        (http("200 OK", b"[" * 100_000), Cause.PROTOCOL_ERROR),
        (http("200 OK", b'{"results":[]}'), Cause.PROTOCOL_ERROR),
        (http("200 OK", NO_URLS.encode()), Cause.PROTOCOL_ERROR),
        (http("200 OK", b" " * 300_000), Cause.PROTOCOL_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", Cause.PROTOCOL_ERROR),
    ],
)
def test_locate(answer: bytes, cause: Cause) -> None:
    """The service that names servers; its limit is told with the time to wait."""
    with scripted(answering(answer)) as port:
        failed = cause_of(SpeedBackend.NDT7, f"http://127.0.0.1:{port}{LOCATE}")
    assert failed.cause is cause
    assert failed.cause.stops_backend is (cause is Cause.LOCATE_RATE_LIMITED)
    if b"Retry-After" in answer:
        assert failed.retry_after_s == 7200


def test_a_located_server_that_refuses_is_followed_by_the_next_only() -> None:
    """Two servers are asked, never three; the token of the first is not used again."""
    asked = []

    def script(connection: socket.socket, _number: int) -> None:
        head = head_of(connection).decode()
        target = head.split()[1]
        if target.startswith(LOCATE):
            port = connection.getsockname()[1]
            results = [
                {
                    "urls": {
                        f"ws:///ndt/v7/{way}": f"ws://127.0.0.1:{port}/ndt/v7/{way}?token={n}"
                        for way in ("download", "upload")
                    }
                }
                for n in range(4)
            ]
            connection.sendall(http("200 OK", json.dumps({"results": results}).encode()))
            return
        asked.append(target)
        connection.sendall(http("401 Unauthorized"))

    with scripted(script) as port:
        failed = cause_of(SpeedBackend.NDT7, f"http://127.0.0.1:{port}{LOCATE}")
    assert failed.cause is Cause.SERVER_REJECTED
    assert asked == ["/ndt/v7/download?token=0", "/ndt/v7/download?token=1"]


@pytest.mark.parametrize(
    "host", ["192.168.1.1", "localhost", "nas.lan", "measurement-lab.org.example"]
)
def test_m_lab_cannot_lead_to_machines_of_the_centre(host: str) -> None:
    """What answers as M-Lab names other machines than M-Lab's: nothing is sent there."""
    urls = {f"wss:///ndt/v7/{way}": f"wss://{host}/ndt/v7/{way}" for way in ("download", "upload")}
    answer = http("200 OK", json.dumps({"results": [{"urls": urls}]}).encode())
    asked = []

    def script(connection: socket.socket, _number: int) -> None:
        asked.append(head_of(connection))
        connection.sendall(answer)

    with scripted(script) as port, pytest.raises(NoSample) as caught:
        backend_of(SpeedBackend.NDT7).run(
            order(SpeedBackend.NDT7, ""), ElsewhereDial(port), Watch()
        )
    assert caught.value.cause is Cause.PROTOCOL_ERROR
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ((PORTAL,), Cause.CAPTIVE_PORTAL),
        ((http("302 Found", b"", "Location: https://portal/"),), Cause.CAPTIVE_PORTAL),
        ((http("403 Forbidden"),), Cause.RATE_LIMITED),
        ((http("200 OK", b"colo=HAN\n"), b"", b"", http("429 Too Many")), Cause.RATE_LIMITED),
        ((http("200 OK", b"colo=HAN\n"), b"", b"", PORTAL), Cause.CAPTIVE_PORTAL),
    ],
)
def test_cloudflare(answers: tuple[bytes, ...], cause: Cause) -> None:
    """A limit or a login page, at the first request or at the load."""
    with scripted(answering(*answers)) as port:
        assert cause_of(SpeedBackend.CLOUDFLARE, f"http://127.0.0.1:{port}").cause is cause


def test_cloudflare_words_about_the_edge_are_data() -> None:
    """Only the code of an airport and nothing else is taken from the answer."""
    trace = http("200 OK", b"colo=<script>\nloc=VN\ncolo=../../x\n")
    with (
        scripted(answering(trace, b"", b"", http("403 Forbidden"))) as port,
        pytest.raises(NoSample),
    ):
        backend_of(SpeedBackend.CLOUDFLARE).run(
            order(SpeedBackend.CLOUDFLARE, ""), ElsewhereDial(port), Watch()
        )
