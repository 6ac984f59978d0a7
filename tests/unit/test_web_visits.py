"""Visits to real servers on loopback: each way of going wrong has its name, and leaks nothing."""

import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from speed_testing import answering, head_of, http, scripted
from web_house import FAR, GOOD, OTHER, SIX, TOKEN, UNKNOWN, House, Watching, house

from auditor.canonical import dumps
from auditor.transports.visiting_kept import evidence
from auditor.web.visit import Call, Trouble, Visit
from auditor.web.words import WORDS

PLACE = "env:LAB_TOKEN"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start the servers once."""
    with house(tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture
def watching(web: House) -> Watching:
    """Open a network beside them."""
    return Watching(web.folder)


def call(url: str, **fields: object) -> Call:
    """Call with the test authority trusted."""
    return replace(Call(url, ca_file="root.pem", timeout_s=5), **fields)  # type: ignore[arg-type]  # fields of Call


def test_a_good_server(web: House, watching: Watching) -> None:
    """All phases are timed, the certificate is read, the body comes back."""
    visit = watching.visit(call(web.url()))
    assert (visit.trouble, visit.status, visit.is_reachable) == (None, 200, True)
    assert "Thư viện" in visit.body.decode()
    hop = visit.hops[0]
    assert hop.tls is not None
    assert (hop.tls.version, hop.tls.issuer, hop.tls.days_left) == ("TLSv1.3", "Lab CA", 90)
    assert hop.tls.problem is None
    assert None not in (hop.dns_ms, hop.tcp_ms, hop.tls_ms, hop.first_byte_ms)
    assert (hop.address, hop.ip_version) == ("127.0.0.1", 4)
    assert "centre-audit" in web.log


@pytest.mark.parametrize(
    ("kind", "trouble", "version"),
    [
        ("expired", Trouble.TLS_EXPIRED, "TLSv1.3"),
        ("early", Trouble.TLS_NOT_YET_VALID, "TLSv1.3"),
        ("name", Trouble.TLS_NAME, "TLSv1.3"),
        ("old", Trouble.TLS_OLD, "TLSv1"),
    ],
)
def test_bad_tls(web: House, watching: Watching, kind: str, trouble: Trouble, version: str) -> None:
    """Named, its certificate read, and nothing asked over it."""
    before = web.log
    visit = watching.visit(call(web.url(kind, "/echo")))
    assert (visit.trouble, visit.status, visit.is_reachable) == (trouble, None, False)
    seen = visit.hops[0].tls
    assert seen is not None
    assert (seen.version, seen.problem, seen.issuer) == (version, trouble, "Lab CA")
    assert web.log == before


def test_unknown_authority(web: House, watching: Watching) -> None:
    """Without the site's own authority nothing vouches for the server."""
    visit = watching.visit(call(web.url(), ca_file=""))
    assert visit.trouble is Trouble.TLS_UNTRUSTED
    assert visit.hops[0].tls is not None


@pytest.mark.parametrize(
    ("path", "status", "is_reachable"), [("/403", 403, True), ("/429", 429, True)]
)
def test_blocked_pages_are_reachable(
    web: House, watching: Watching, path: str, *, status: int, is_reachable: bool
) -> None:
    """A refusal is an answer."""
    visit = watching.visit(call(web.url(path=path)))
    assert (visit.status, visit.is_reachable) == (status, is_reachable)


def test_server_errors(web: House, watching: Watching) -> None:
    """From 500 a server does not serve."""
    visit = watching.visit(call(web.url(path="/500")))
    assert (visit.trouble, visit.is_reachable) == (Trouble.SERVER_ERROR, False)


def test_redirects(web: House, watching: Watching) -> None:
    """Followed within the scope; not in circles; never out of it: not even resolved."""
    assert watching.visit(call(web.url(path="/inside"))).status == 200
    assert watching.visit(call(web.url(path="/loop"))).trouble is Trouble.REDIRECT_LOOP
    visit = watching.visit(call(web.url(path="/out")))
    assert visit.trouble is Trouble.REDIRECT_OUTSIDE
    assert FAR not in watching.asked
    assert watching.visit(call(web.url(path="/out"), follow=0)).status == 302


def test_names_and_addresses(web: House, watching: Watching) -> None:
    """What no resolver knows, what has only IPv6, what nobody listed."""
    visit = watching.visit(call(web.url(host=UNKNOWN)))
    assert (visit.trouble, len(visit.hops)) == (Trouble.DNS_UNKNOWN, 1)
    visit = watching.visit(call(web.url("six", host=SIX)))
    assert (visit.status, visit.hops[0].ip_version) == (200, 6)
    visit = watching.visit(call(web.url("six", host=SIX), ip_version=4))
    assert visit.trouble is Trouble.NO_ADDRESS
    visit = watching.visit(call(f"https://{FAR}/"))
    assert (visit.trouble, visit.hops) == (Trouble.OUT_OF_SCOPE, ())
    bare = Watching(web.folder, has_letter=False)
    visit = bare.visit(call(web.url()))
    assert (visit.trouble, visit.hops, bare.asked) == (Trouble.NOT_AUTHORISED, (), [])


def test_refused_and_reset(watching: Watching) -> None:
    """A closed port, and a connection that is cut before, inside and after the headers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    assert visited(watching, closed).trouble is Trouble.REFUSED

    def reset(connection: socket.socket, _number: int) -> None:
        head_of(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with scripted(reset) as port:
        assert visited(watching, port).trouble is Trouble.RESET
    with scripted(answering(b"")) as port:
        assert visited(watching, port).trouble is Trouble.RESET
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    with scripted(answering(cut)) as port:
        assert visited(watching, port).trouble is Trouble.RESET


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Trouble.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", Trouble.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", Trouble.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Trouble.NOT_HTTP),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 30, Trouble.NOT_HTTP),
        (
            b"HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: http://[\r\n\r\n",
            Trouble.REDIRECT_OUTSIDE,
        ),
        (
            b"HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: ftp://a.example/\r\n\r\n",
            Trouble.REDIRECT_OUTSIDE,
        ),
        (http("200 OK", b"a" * 5000), Trouble.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", None),
        (b"HTTP/1.0 200 OK\r\n\r\nabc", None),
        (b"HTTP/1.1 302 F\r\nContent-Length: 0\r\n\r\n", None),
    ],
)
def test_hostile_answers(watching: Watching, answer: bytes, trouble: Trouble | None) -> None:
    """Malformed, endless and large answers end in a name, the odd but lawful ones in an answer."""
    with scripted(answering(answer)) as port:
        visit = visited(watching, port, most_bytes=1000)
    assert visit.trouble is trouble
    if trouble is None and visit.status == 200:
        assert visit.body == b"abc"
    assert len(visit.body) <= 1000


def test_a_long_page_is_an_answer(watching: Watching) -> None:
    """Only what was cut off of it is not known."""
    with scripted(answering(http("200 OK", b"a" * 5000))) as port:
        visit = visited(watching, port, most_bytes=1000)
    assert visit.is_reachable


def test_slow(watching: Watching) -> None:
    """Neither silence nor a drip holds a visit longer than its time."""

    def drip(connection: socket.socket, _number: int) -> None:
        head_of(connection)
        for byte in http("200 OK", b"a" * 5000):
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    with scripted(drip) as port:
        began = time.monotonic()
        visit = visited(watching, port, timeout_s=0.6)
        assert time.monotonic() - began < 2
        assert visit.trouble is Trouble.SLOW
        visit = watching.visit(call(f"https://{GOOD}:{port}/", timeout_s=0.4))
        assert visit.trouble in {Trouble.SLOW, Trouble.RESET}


def test_hostile_tls(watching: Watching) -> None:
    """Garbage and endless records instead of a handshake."""

    def garbage(connection: socket.socket, _number: int) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    def endless(connection: socket.socket, _number: int) -> None:
        for _piece in range(100_000):
            connection.sendall(b"\x16\x03\x03\x40\x00" + b"\x02\x00\xff\xff" + b"a" * 16380)

    for script in (garbage, endless):
        with scripted(script) as port:
            visit = watching.visit(call(f"https://{GOOD}:{port}/", timeout_s=3))
        assert visit.trouble in {Trouble.TLS_FAILED, Trouble.RESET}


def test_the_token(web: House, watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goes to its own server inside TLS and nowhere else; shows up nowhere at all."""
    monkeypatch.setenv("LAB_TOKEN", TOKEN)
    own = call(web.url(path="/api"), token_from=PLACE)
    assert watching.visit(own).status == 200
    assert watching.visit(replace(own, token_from="")).status == 401
    echoed = watching.visit(replace(own, url=web.url(path="/echo")))
    assert echoed.body == b"got Bearer ***."
    away = watching.visit(replace(own, url=web.url(path="/elsewhere")))
    assert (away.status, away.body) == (200, b"got .")
    assert away.hops[1].url.startswith(f"https://{OTHER}")
    down = watching.visit(replace(own, url=web.url(path="/plain")))
    assert (down.trouble, len(down.hops)) == (Trouble.SECRET_UNPROTECTED, 1)
    plain = watching.visit(replace(own, url=web.url("plain", "/echo")))
    assert (plain.trouble, plain.hops) == (Trouble.SECRET_UNPROTECTED, ())
    for visit in (echoed, away, down, plain):
        assert TOKEN not in repr(visit)
        assert TOKEN.encode() not in dumps(evidence(visit))
    assert len(watching.kept) == 6
    assert not any(TOKEN in request or TOKEN.encode() in kept for request, kept in watching.kept)
    assert b"sid=" not in b"".join(kept for _request, kept in watching.kept)
    assert TOKEN not in web.log


def test_a_missing_token(web: House, watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent without it, and nothing with what would break a header."""
    wanted = call(web.url(path="/api"), token_from=PLACE)
    monkeypatch.delenv("LAB_TOKEN", raising=False)
    visit = watching.visit(wanted)
    assert (visit.trouble, visit.hops) == (Trouble.SECRET_MISSING, ())
    assert "LAB_TOKEN" in visit.detail
    monkeypatch.setenv("LAB_TOKEN", f"{TOKEN}\r\nX: y")
    visit = watching.visit(wanted)
    assert visit.trouble is Trouble.SECRET_MISSING
    assert TOKEN not in visit.detail


def test_no_such_authority_file(web: House, watching: Watching) -> None:
    """Said before anything is sent."""
    visit = watching.visit(call(web.url(), ca_file="none.pem"))
    assert (visit.trouble, visit.hops, watching.asked) == (Trouble.TLS_FAILED, (), [])


def visited(watching: Watching, port: int, **fields: object) -> Visit:
    """Visit a port without TLS."""
    return watching.visit(call(f"http://{GOOD}:{port}/", **fields))


def test_every_trouble_has_words() -> None:
    """In both languages, with what to do."""
    assert set(WORDS) == set(Trouble)
    assert all(" – " in words.vi and " – " in words.en for words in WORDS.values())
