"""Announcements of real programs, and of nobody in particular."""

from ipaddress import ip_address
from pathlib import Path

import dns.message
import dns.rrset
import pcap
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.discovery import announcements, frames
from auditor.discovery.frames import Datagram
from auditor.discovery.sightings import How, Sighting

RECORDED = Path(__file__).parent.parent / "captures/lan-announcements/announcements.pcap"
PRINTER = ip_address("10.50.0.7")
OUTSIDE = "203.0.113.5"


def recorded() -> list[Sighting]:
    """Read every announcement of the recording."""
    return [
        sighting
        for captured in pcap.frames(RECORDED)
        if (datagram := frames.datagram(captured.frame)) is not None
        for sighting in announcements.read(datagram, captured.at)
    ]


def test_avahi_names_itself_and_its_services() -> None:
    """The name belongs to the sender's address, the service types to its announcements."""
    mine = [s for s in recorded() if s.address == PRINTER and s.how is How.MDNS]
    assert {name for s in mine for name in s.names} == {"may-in-tang-2.local"}
    told = {word for s in mine for word in s.told}
    assert {"mdns:_ipp._tcp", "mdns:_workstation._tcp", "mdns:ty=Sample LaserJet 4"} <= told
    assert len({s.mac for s in mine if s.mac}) == 1


def test_dhcp_names_client_and_server() -> None:
    """The client's name goes with the address that it asks for and its own MAC."""
    dhcp = [s for s in recorded() if s.how is How.DHCP]
    named = {(str(s.address), name) for s in dhcp for name in s.names}
    assert named == {("10.50.0.44", "may-ke-toan")}
    assert {str(s.address) for s in dhcp if "dhcp:server" in s.told} == {"10.50.0.7"}
    client = {s.mac for s in dhcp if str(s.address) == "10.50.0.44"}
    assert len(client) == 1
    assert client.isdisjoint({s.mac for s in dhcp if s.address == PRINTER})


def test_ssdp_is_heard_and_never_followed() -> None:
    """UPnP Device Architecture 1.1, 1.2.2; the URL in it is not even kept."""
    notify = (
        b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\n"
        b"LOCATION: http://203.0.113.5/x.xml\r\nSERVER: Linux UPnP/1.0 Sample/1\r\n\r\n"
    )
    (seen,) = announcements.read(Datagram("02:00:00:00:00:01", PRINTER, 1900, notify), 0)
    assert seen.told == ("ssdp:NT: upnp:rootdevice", "ssdp:SERVER: Linux UPnP/1.0 Sample/1")
    assert OUTSIDE not in repr(seen)


def test_a_record_about_somebody_else_is_no_name() -> None:
    """It suggests an address to be judged and asked, without MAC and without name."""
    answer = dns.message.make_response(dns.message.make_query("a.local.", "A", id=0))
    answer.answer = [dns.rrset.from_text("a.local.", 120, "IN", "A", OUTSIDE)]
    heard = Datagram("02:00:00:00:00:01", PRINTER, 5353, answer.to_wire())
    sender, other = announcements.read(heard, 0)
    assert (sender.address, sender.names) == (PRINTER, ())
    assert (str(other.address), other.mac, other.names) == (OUTSIDE, None, ())


@given(st.sampled_from([67, 68, 1900, 5353]), st.binary(max_size=600))
def test_garbage_is_no_error(port: int, payload: bytes) -> None:
    """Whatever is sent to a group is data."""
    for seen in announcements.read(Datagram("02:00:00:00:00:01", PRINTER, port, payload), 0):
        assert seen.mac is None or len(seen.mac) == 17


@given(st.data())
def test_a_damaged_recording_is_no_error(data: st.DataObject) -> None:
    """One byte wrong anywhere, and a cut."""
    frame = data.draw(st.sampled_from([c.frame for c in pcap.frames(RECORDED)]))
    place = data.draw(st.integers(0, len(frame) - 1))
    damaged = frame[:place] + data.draw(st.binary(min_size=1, max_size=1)) + frame[place + 1 :]
    for whole in (damaged, damaged[:place]):
        datagram = frames.datagram(whole)
        if datagram is not None:
            for seen in announcements.read(datagram, 0):
                assert not seen.address.is_multicast


@pytest.mark.parametrize("port", [53, 80, 9100])
def test_other_ports_say_nothing(port: int) -> None:
    """Only what is announced to everybody is read."""
    assert announcements.read(Datagram("02:00:00:00:00:01", PRINTER, port, b"x"), 0) == []
