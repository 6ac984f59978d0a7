"""Conversations with services: whatever comes back is data, bounded and printable."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.lan.conversations import DATAGRAMS, STREAMS
from auditor.lan.ipp import attributes, ipp_said
from auditor.lan.remarks import Remark
from auditor.lan.talk import MOST_TEXT, Peer, Said, clean
from auditor.lan.web import web_said

PEER = Peer("192.0.2.7", 4321)
ALL = {**STREAMS, **DATAGRAMS}
STARTS = st.sampled_from(
    [
        b"",
        b"SSH-2.0-x\r\n",
        b"SSH-2.0-x\r\n\x00\x00\x00\x40\x04\x14" + bytes(80),
        b"220 x FTP\r\n",
        b"RFB 003.008\n",
        b"PJLINK 0\r",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n\x01\x01\0\0\0\0\0\x01\x01",
        b"RTSP/1.0 200 OK\r\n",
        b"\x00\x00\x00\x80\xfeSMB" + bytes(130),
        b"\x80\x00\x00\x18auti\x00\x00\x00\x01" + bytes(20),
        b"\x03\x00\x00\x13\x0e\xd0" + bytes(13),
        b"\x04\x01\x00\x30\x00\x00\x00\x00\x00\x00\x10",
        b"au\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\x23" + bytes(64),
        b"\x4a\x00\x00\x00\x0a10.11",
        b"S",
        b"\x20\x02\x00\x00",
    ]
)
HEARD = st.builds(bytes.__add__, STARTS, st.binary(max_size=200))


def held(name: str, answers: list[bytes]) -> Said:
    """Hold a conversation with these answers, then with silence."""
    talk = ALL[name](PEER)
    given_answers = iter(answers)
    try:
        ask = next(talk)
        for _turn in range(200):
            heard = next(given_answers, b"")
            if heard:
                ask.enough(heard)
            ask = talk.send(heard)
    except StopIteration as ended:
        said = ended.value
        assert isinstance(said, Said)
        return said
    pytest.fail(f"{name} never ends")


@pytest.mark.parametrize("name", sorted(ALL))
@settings(max_examples=60, deadline=None)
@given(st.lists(HEARD, max_size=8))
@example([b"220 "])
def test_any_answer_is_data(name: str, answers: list[bytes]) -> None:
    """No answer raises, no conversation goes on for ever, no text is long or unprintable."""
    said = held(name, answers)
    assert {type(word) for word in said.remarks} <= {Remark}
    for text in (said.protocol, said.product, said.version, said.title, *said.names):
        assert len(text) <= 4 * MOST_TEXT
        assert not [c for c in text if unicodedata.category(c).startswith("C")]


@pytest.mark.parametrize("name", sorted(ALL))
def test_silence_is_not_understood(name: str) -> None:
    """A port that accepts and never speaks gets no protocol."""
    assert not held(name, []).protocol


@given(st.binary(max_size=400))
def test_clean_text_is_one_short_line(heard: bytes) -> None:
    """Whatever bytes come, what is kept can be printed."""
    text = clean(heard)
    assert len(text) <= MOST_TEXT
    assert text == text.strip() == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("\x1b[31mđỏ\x1b[0m".encode(), "đỏ"),
        (b"\x1b]0;title\x07plain", "plain"),
        ("a\u202egnp.exe".encode(), "a gnp.exe"),
        (b"a\r\nb\tc\x00d", "a b c d"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("Quản trị".encode(), "Quản trị"),
    ],
)
def test_control_is_taken_out(heard: bytes, kept: str) -> None:
    """Escape sequences, direction marks and line ends do not reach a report."""
    assert clean(heard) == kept


def test_a_page_gives_its_title_as_text() -> None:
    """Markup inside a title stays text, and a form for a password without TLS is a remark."""
    page = (
        b"HTTP/1.1 200 OK\r\nServer: lighttpd/1.4.69\r\n\r\n<TITLE>&lt;script&gt;x</TITLE>"
        b"<input TYPE = 'password'>"
    )
    said = web_said(page, encrypted=False)
    assert (said.product, said.version, said.title) == ("lighttpd", "1.4.69", "<script>x")
    assert said.is_plain_admin is True
    assert web_said(page, encrypted=True).is_plain_admin is False


def test_a_redirect_is_told_and_not_followed() -> None:
    """The talk ends with the answer, wherever it points."""
    said = held("http", [b"HTTP/1.1 302 Found\r\nLocation: https://203.0.113.9/\r\n\r\n"])
    assert said.remarks == (Remark.REDIRECTS_TO_TLS,)


def test_tls_on_a_plain_port_is_left_to_the_next_talk() -> None:
    """An alert, or nginx's complaint, means: this speaks TLS."""
    nginx = b"HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port"
    assert held("http", [b"\x15\x03\x01\x00\x02\x02\x46"]) == held("http", [nginx]) == Said()


def test_another_protocol_answers_for_itself() -> None:
    """An SSH server on a web port is known by its banner."""
    assert held("http", [b"SSH-2.0-dropbear_2022.83\r\n"]).product == "dropbear"
    assert held("ftp", [b"220 mail.example ESMTP Postfix\r\n"]).protocol == "smtp"


def test_a_projector_is_only_asked() -> None:
    """Every command that is sent is a query; with a password nothing is sent."""
    talk = STREAMS["pjlink"](PEER)
    assert next(talk).send == b""
    sent = [talk.send(b"PJLINK 0\r").send, talk.send(b"%1INF1=Epson\r").send]
    assert [command.endswith(b" ?\r") for command in sent] == [True, True]
    locked = STREAMS["pjlink"](PEER)
    next(locked)
    with pytest.raises(StopIteration) as ended:
        locked.send(b"PJLINK 1 498e4a67\r")
    assert ended.value.value.remarks == ()


def test_a_telnet_greeting_gets_no_byte() -> None:
    """Options are not negotiated."""
    talk = STREAMS["telnet"](PEER)
    assert next(talk).send == b""
    with pytest.raises(StopIteration) as ended:
        talk.send(b"\xff\xfd\x18\xff\xfb\x01router login: ")
    assert (ended.value.value.protocol, ended.value.value.title) == ("telnet", "router login:")


def test_a_print_server_is_no_printer() -> None:
    """CUPS without the queue that was asked for serves queues and is no device."""
    body = b"\x01\x01\x04\x06\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8\x03"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n"
    assert ipp_said(head + body, encrypted=False).remarks == (Remark.PRINT_SERVER,)
    assert list(attributes(body)) == [("attributes-charset", b"utf-8")]
