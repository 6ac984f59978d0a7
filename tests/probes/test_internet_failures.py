"""Every way in which a speed test fails has its name, and none is a traceback or 0 Mbit/s."""

import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from speedlab import (
    Script,
    gives,
    opened,
    pings_then,
    quick,
    says,
    scripted,
    serving,
)

from auditor.errors import CannotMeasure
from auditor.internet.causes import Cause
from auditor.internet.flags import Flag
from auditor.internet.sample import Sample, derive
from auditor.internet.vocabulary import Direction, Status
from auditor.model import (
    Authorisation,
    Failure,
    Internet,
    Method,
    SpeedBackend,
    SpeedServer,
)
from auditor.probing import Probe
from auditor.scope import Surroundings
from auditor.transports.speed.dial import no_sample
from auditor.transports.speed.server import tls_context

pytestmark = pytest.mark.serial

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


def head(status: str, *fields: str) -> bytes:
    """Write an empty answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Length: 0", *fields, "", ""]).encode()


def refuses_upload(stream: socket.socket, _head: bytes) -> bool:
    """Answer before the body is complete and read on for a moment, as nginx does."""
    stream.sendall(head("413 Content Too Large"))
    stream.settimeout(0.5)
    with suppress(TimeoutError):
        for _piece in range(100_000):
            if not stream.recv(65536):
                break
    return False


def sampled(url: str, direction: Direction = Direction.DOWN, **fields: object) -> Sample:
    """Take one sample."""
    return opened().sample_speed(quick(direction, url, **fields))


def tried(script: Script, direction: Direction = Direction.DOWN, **fields: object) -> Sample:
    """Take one sample from a scripted server."""
    with scripted(script) as url:
        return sampled(url, direction, **fields)


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (head("403 Forbidden"), Cause.RATE_LIMITED),
        (head("429 Too Many Requests", "Retry-After: 60"), Cause.RATE_LIMITED),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Cause.RATE_LIMITED),
        (head("302 Found", "Location: http://login.example/"), Cause.CAPTIVE_PORTAL),
        (HTML, Cause.CAPTIVE_PORTAL),
        (head("503 Service Unavailable"), Cause.SERVER_BUSY),
        (head("500 Internal Server Error"), Cause.SERVER_REJECTED),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n\r\n", Cause.PROTOCOL_ERROR),
        (b"A" * 40_000, Cause.PROTOCOL_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", Cause.PROTOCOL_ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"A" * 9000, Cause.PROTOCOL_ERROR),
        (b"", Cause.SERVER_REJECTED),
    ],
    ids=[
        *("403", "429", "204", "redirect", "html", "503", "500"),
        *("ssh", "endless", "length", "large", "closes"),
    ],
)
def test_the_first_contact(direction: Direction, answer: bytes, cause: Cause) -> None:
    """What is wrong with a server shows before any payload is asked of it."""
    sample = tried(says(answer), direction)
    assert sample.missed is not None
    assert sample.missed.cause is cause
    assert derive(sample).status is Status.FAILED
    assert derive(sample).rates is None


def test_a_limit_says_when_to_come_back() -> None:
    """`Retry-After` is kept."""
    missed = tried(says(head("429 Slow Down", "Retry-After: 60"))).missed
    assert missed is not None
    assert (missed.http_status, missed.retry_after_s) == (429, 60)


@pytest.mark.parametrize(
    ("load", "direction", "cause"),
    [
        (says(HTML), Direction.DOWN, Cause.CAPTIVE_PORTAL),
        (says(head("429 Slow Down")), Direction.DOWN, Cause.RATE_LIMITED),
        (says(head("200 OK")), Direction.DOWN, Cause.PROTOCOL_ERROR),
        (says(b""), Direction.DOWN, Cause.ABORTED_EARLY),
        (refuses_upload, Direction.UP, Cause.SERVER_REJECTED),
        (gives(50, 0.5), Direction.DOWN, Cause.STALLED),
        (gives(50, 1.0, then="reset"), Direction.DOWN, Cause.ABORTED_EARLY),
        (gives(50, 1.0, then="close"), Direction.DOWN, Cause.ABORTED_EARLY),
    ],
    ids=["html", "429", "empty", "closes", "413", "stall", "reset", "short-body"],
)
def test_under_load(load: Script, direction: Direction, cause: Cause) -> None:
    """A server that answers pings and then fails is named all the same; partial data is none."""
    sample = tried(pings_then(load), direction, window_s=8.0)
    derived = derive(sample)
    assert derived.cause is cause or (sample.missed and sample.missed.cause is cause)
    assert derived.rates is None


def test_a_reset_after_three_seconds_keeps_what_was_measured() -> None:
    """More than two seconds behind the warm-up are a sample, which says that it was cut."""
    sample = tried(pings_then(gives(50, 3.0, then="reset")), window_s=8.0, warmup_s=0.3)
    derived = derive(sample)
    assert derived.rates is not None
    assert {Flag.CUT_SHORT, Flag.LOOPBACK} <= set(derived.flags)


def test_the_budget_ends_a_transfer() -> None:
    """No more than the budget and what was in flight; too short a window is no sample."""
    sample = tried(pings_then(gives(80, 9.0)), max_bytes=2_000_000, connections=1)
    assert sample.transfer is not None
    assert sample.transfer.client.payload_bytes[-1] < 4_000_000
    assert derive(sample).cause is Cause.BUDGET_REACHED


def test_nobody_listens() -> None:
    """A closed port."""
    missed = sampled("http://127.0.0.1:9/").missed
    assert missed is not None
    assert missed.cause is Cause.CONNECT_FAIL


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://[::1", "http://127.0.0.1:99999/", ""])
def test_an_impossible_url(url: str) -> None:
    """What is no URL is no server."""
    missed = sampled(url).missed
    assert missed is not None
    assert missed.cause is Cause.PROTOCOL_ERROR


def test_a_certificate_of_nobody(tmp_path: Path) -> None:
    """A self-signed certificate is refused; with its authority named it is not."""
    certificate, key = tmp_path / "a.crt", tmp_path / "a.key"
    new = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    subject = ("-subj", "/CN=do-toc-do.example", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(
        [*new, *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    with serving(tls_context(certificate, key)) as url:
        missed = sampled(url).missed
        assert missed is not None
        assert missed.cause is Cause.TLS_FAIL
        assert "certificate" in missed.detail
        good = sampled(url, ca=certificate)
        assert good.transfer is not None
        assert good.transfer.tls.startswith("TLSv1.")
        wrong_name = sampled(url.replace("127.0.0.1", "localhost"), ca=certificate)
        assert wrong_name.missed is not None
        assert wrong_name.missed.cause is Cause.TLS_FAIL


def test_tls_where_there_is_none() -> None:
    """A plain server behind an https: URL."""
    with serving() as url:
        missed = sampled(url.replace("http:", "https:")).missed
    assert missed is not None
    assert missed.cause is Cause.TLS_FAIL


def test_a_name_that_nobody_knows(letter: Callable[..., Authorisation]) -> None:
    """The resolver's answer is the cause."""

    def resolve(_name: str) -> tuple[()]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    network = opened(
        world=Surroundings(resolve=resolve),
        letter=letter(Method.SPEED_TEST),
        speed_servers=("do.example.vn",),
    )
    missed = network.sample_speed(quick(Direction.DOWN, "http://do.example.vn/")).missed
    assert missed is not None
    assert missed.cause is Cause.DNS_FAIL


def test_no_way_out() -> None:
    """A kernel without route says so, and the sentence is another than for a silent server."""
    error = CannotMeasure(Failure.UNREACHABLE, "192.0.2.1:80: Network is unreachable")
    error.__cause__ = OSError(101, "Network is unreachable")
    assert no_sample(error).cause is Cause.NO_NETWORK


@pytest.mark.parametrize(
    ("url", "cause"), [("", Cause.CONSENT_MISSING), ("ws://127.0.0.1:9", Cause.CONNECT_FAIL)]
)
def test_consent_is_for_public_services(url: str, cause: Cause) -> None:
    """M-Lab is asked nothing before somebody agreed; a server of one's own has no such terms."""
    server = SpeedServer(backend=SpeedBackend.NDT7, url=url)
    missed = opened().sample_speed(replace(quick(Direction.DOWN, url), server=server)).missed
    assert missed is not None
    assert missed.cause is cause


def test_scope_and_letter(letter: Callable[..., Authorisation]) -> None:
    """Without a letter, and outside the scope, nothing is sent."""
    order = quick(Direction.DOWN, "http://10.99.0.1/")
    first = opened().sample_speed(order).missed
    second = opened(letter=letter(Method.SPEED_TEST)).sample_speed(order).missed
    assert first is not None
    assert first.cause is Cause.NOT_AUTHORISED
    assert second is not None
    assert second.cause is Cause.OUT_OF_SCOPE


def test_nothing_measured_is_a_named_failure(probes: dict[str, Probe]) -> None:
    """When no sample has a value the whole measurement failed, and the causes are named."""
    with scripted(says(head("429 Slow Down"))) as url:
        server = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=url)
        internet = Internet(servers=(server,), samples=3, pause_s=0.0)
        with pytest.raises(CannotMeasure) as caught:
            probes["internet_quality"].measure(opened(internet))
    assert caught.value.failure is Failure.REFUSED
    assert caught.value.detail.startswith("RATE_LIMITED")


def test_a_service_that_limits_is_asked_once(probes: dict[str, Probe]) -> None:
    """After a 429 no further request goes to that backend in this run."""
    asked = []

    def script(stream: socket.socket, request: bytes) -> bool:
        asked.append(request)
        stream.sendall(head("429 Slow Down"))
        return False

    with scripted(script) as url:
        server = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=url)
        internet = Internet(servers=(server, server), samples=5, pause_s=0.0)
        with pytest.raises(CannotMeasure):
            probes["internet_quality"].measure(opened(internet))
    assert len(asked) == 1


def test_a_dead_server_is_asked_once(probes: dict[str, Probe]) -> None:
    """A server that cannot be used costs one attempt, not one for each sample."""
    server = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url="http://127.0.0.1:9/")
    network = opened(Internet(servers=(server,), samples=100, pause_s=60.0))
    with pytest.raises(CannotMeasure) as caught:
        probes["internet_quality"].measure(network)
    assert caught.value.failure is Failure.UNREACHABLE
    assert len(network.captures) == 1


def test_hostile_text_stays_data(probes: dict[str, Probe]) -> None:
    """What a server writes into its status line or a header comes out as text, shortened."""
    evil = head("302 <b>\x1b[31m", f"Location: {'<script>' * 500}")
    with scripted(says(evil)) as url:
        server = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=url)
        with pytest.raises(CannotMeasure) as caught:
            probes["internet_quality"].measure(opened(Internet(servers=(server,), pause_s=0.0)))
    assert len(caught.value.detail) <= 1000
    assert "\x1b" not in caught.value.detail
