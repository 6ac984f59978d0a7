"""Frames by the letter of their RFCs, and frames of nobody."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from auditor.discovery import frames
from auditor.discovery.frames import Heard

OURS, THEIRS = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
V4, V6 = IPv4Address("10.50.0.2"), IPv6Address("fe80::2")
REPLY = bytes.fromhex(
    "020000000001 020000000002 0806 0001 0800 06 04 0002020000000002 0a320009 020000000001 0a320002"
)


def test_an_arp_request() -> None:
    """RFC 826: Ethernet broadcast, operation 1, the unknown hardware address zero."""
    assert frames.arp_request(OURS, V4, IPv4Address("10.50.0.9")) == bytes.fromhex(
        "ffffffffffff 020000000001 0806 0001 0800 06 04 0001"
        "020000000001 0a320002 000000000000 0a320009"
    )


def test_a_solicitation_goes_to_few() -> None:
    """RFC 4861, 4.3 and RFC 4291, 2.7.1: the solicited-node group, hop limit 255, a checksum."""
    frame = frames.neighbour_solicitation(OURS, V6, IPv6Address("fd50::ab:cdef"))
    assert frame[:6] == bytes.fromhex("3333ffabcdef")
    assert frame[21] == 255
    assert IPv6Address(frame[38:54]) == IPv6Address("ff02::1:ffab:cdef")
    assert IPv6Address(frame[62:78]) == IPv6Address("fd50::ab:cdef")
    pseudo = frame[22:54] + bytes((0, 0, 0, 32, 0, 0, 0, 58))
    assert frames.internet_checksum(pseudo + frame[54:]) == 0


def test_the_checksum_of_rfc_1071() -> None:
    """Its own example, section 3: the sum is ddf2."""
    assert frames.internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2 ^ 0xFFFF


def test_answers_and_what_is_overheard() -> None:
    """An answer is a reply to this machine; a question of somebody else only names them."""
    nine = IPv4Address("10.50.0.9")
    assert frames.neighbour(REPLY, OURS) == Heard(nine, "02:00:00:00:00:02", is_answer=True)
    gratuitous = b"\xff" * 6 + REPLY[6:]
    assert frames.neighbour(gratuitous, OURS) == Heard(nine, "02:00:00:00:00:02", is_answer=False)
    question = frames.arp_request(THEIRS, nine, V4)
    assert frames.neighbour(question, OURS) == Heard(nine, "02:00:00:00:00:02", is_answer=False)


def test_nobody_is_no_neighbour() -> None:
    """Probes of address 0.0.0.0 and hardware addresses of groups or of nobody."""
    assert frames.neighbour(frames.arp_request(THEIRS, IPv4Address(0), V4), OURS) is None
    for mac in (bytes(6), b"\xff" * 6, bytes.fromhex("01005e000001")):
        assert frames.neighbour(REPLY[:22] + mac + REPLY[28:], OURS) is None


@given(st.binary(max_size=120))
def test_garbage_is_nothing(frame: bytes) -> None:
    """No frame raises, whatever follows its type."""
    for kind in (b"\x08\x06", b"\x08\x00", b"\x86\xdd"):
        for whole in (frame, OURS + THEIRS + kind + frame):
            heard = frames.neighbour(whole, OURS)
            assert heard is None or not heard.address.is_multicast
            datagram = frames.datagram(whole)
            assert datagram is None or len(datagram.payload) <= len(frame)
