"""Answers of VPN servers, damaged in every way: as themselves, or as nothing."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from auditor.lan.talk import Peer
from auditor.vpn import gateways, ike, openvpn

SESSION, SPI = b"sessions", b"ours-spi"
PEER = Peer("198.51.100.10", 443)
OPENVPN_ANSWER = bytes.fromhex("4070b7cabff591617a0100000000") + SESSION + bytes(4)
"""As OpenVPN 2.6.3 answered, with our session."""

IKE_ANSWER = (
    SPI
    + bytes.fromhex("d612725257151580" + "292022200000000000000024")
    + bytes.fromhex("000000080000000e")
)
"""As strongSwan 5.9.8 answered without a configuration: NO_PROPOSAL_CHOSEN."""


def test_the_recorded_answers_are_read() -> None:
    """Unharmed, each is itself; to another question it is nothing."""
    assert openvpn.is_answer(OPENVPN_ANSWER, SESSION)
    assert not openvpn.is_answer(OPENVPN_ANSWER, b"another!")
    assert ike.answered(IKE_ANSWER, SPI, 500) == "ike: NO_PROPOSAL_CHOSEN"
    assert ike.answered(bytes(4) + IKE_ANSWER, SPI, 4500) == "ike: NO_PROPOSAL_CHOSEN"
    assert not ike.answered(IKE_ANSWER, SPI, 4500)
    assert not ike.answered(IKE_ANSWER, b"another!", 500)


def test_our_own_words_are_no_answer() -> None:
    """A server that reflects proves nothing."""
    assert not openvpn.is_answer(openvpn.reset(SESSION), SESSION)
    request = ike.request(SPI, bytes(ike.RANDOM_BYTES), 500)
    assert struct.unpack("!I", request[24:28]) == (len(request),)
    assert not ike.answered(request, SPI, 500)
    as_response = request[:19] + b"\x20" + request[20:]
    assert not ike.answered(as_response, SPI, 500)  # without an SPI of its own


@given(st.integers(0, len(OPENVPN_ANSWER) - 1))
def test_a_shortened_answer_is_none(size: int) -> None:
    """What is cut off is not taken for whole."""
    assert not openvpn.is_answer(OPENVPN_ANSWER[:size], SESSION)
    assert not ike.answered(IKE_ANSWER[:size], SPI, 500)


@given(st.binary(max_size=600))
def test_noise_is_never_an_answer(noise: bytes) -> None:
    """No bytes are an answer by chance, and none is an error."""
    assert not openvpn.is_answer(noise, SESSION)
    assert not ike.answered(noise, SPI, 500)
    assert not ike.answered(bytes(4) + noise, SPI, 4500)
    assert not ike.answered(IKE_ANSWER + noise + b"!", SPI, 500)


def sstp_says(heard: bytes) -> str:
    """Hold the conversation of SSTP with a server that says this."""
    talk = gateways.sstp(PEER)
    next(talk)
    talk.send(b"tls")
    try:
        talk.send(heard)
    except StopIteration as ended:
        return str(ended.value.protocol)
    raise AssertionError(heard)


def test_only_an_endless_channel_is_sstp() -> None:
    """A status of 200 alone is any web server."""
    endless = b"HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\n\r\n"
    assert sstp_says(endless) == "sstp"
    assert sstp_says(endless.replace(b"200", b"503")) == "https"
    assert sstp_says(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n") == "https"
    assert sstp_says(b"HTTP/1.1 200 OK\r\n\r\nContent-Length: 18446744073709551615\r\n") == "https"
    assert sstp_says(b"SSH-2.0-x\r\n") == "tls"


@given(st.binary(max_size=300))
def test_noise_is_no_sstp(noise: bytes) -> None:
    """Whatever is said inside TLS, it is only TLS."""
    assert sstp_says(noise) == "tls"
