"""What is kept of a look at the network becomes that look again, and nothing else."""

from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.discovery import keeping as discovery
from auditor.discovery.sightings import Discovered, How, Sighting
from auditor.lan.conversations import STREAMS
from auditor.lan.errands import Carrier, Errand, Outcome, State, Tls
from auditor.lan.keeping import TALK, concluded, in_order, understood, written
from auditor.lan.remarks import Remark
from auditor.lan.survey import Agent, Neighbour, Segment, Surroundings, Survey, Wifi
from auditor.lan.talk import NOTHING, Peer
from auditor.model import Centre, Row, Site
from auditor.pack.look import discovered, surveyed

SITE = Site(schema="urn:audit:site:v1", centre=Centre(id="thu", name="Thử"))
GREETING = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
SEEN = Discovered(
    sightings=(
        Sighting(ip_address("10.0.0.7"), How.ARP, 1764000000.123456, "00:16:3e:00:00:07"),
        Sighting(ip_address("fe80::7"), How.MDNS, 1764000001.5, None, ("máy in",), ("mdns:_ipp",)),
    ),
    has_raw=True,
    on_link=("10.0.0.0/24",),
    veiled=("10.0.9.0/24",),
    without_table=True,
    sent={"ArpWire": 3},
)


def an_outcome(*turns: dict[str, str], ask: tuple[str, ...] = ("ssh",)) -> Outcome:
    """Return an open port with what was understood there, as a sweep gives it."""
    errand = Errand("10.0.0.7", 22, ask=ask)
    said = concluded(errand, State.OPEN, understood(errand, turns), attempts=1)
    return Outcome(errand, State.OPEN, said, None, turns, 1)


def test_a_look_is_the_same_after_it_was_kept() -> None:
    """Everything that a probe can ask of it: services, certificates, agents, own connections."""
    assert discovered(discovery.written(SEEN)) == SEEN
    talked = an_outcome({TALK: "ssh"}, {"heard": GREETING.hex()})
    assert talked.said.protocol == "ssh"
    quiet = an_outcome({TALK: "ssh"}, {"heard": ""})
    tls = Tls("TLSv1.3", "máy", ends_at="2027-01-01T00:00:00Z", days_left=30)
    survey = Survey(
        hosts=read_hosts(),
        outcomes=in_order(
            [
                Outcome(Errand("10.0.0.7", 161, Carrier.UDP), State.SILENT, attempts=3),
                Outcome(Errand("10.0.0.7", 443), State.NOT_ASKED),
                Outcome(Errand("10.0.0.7", 9100), State.OPEN, attempts=0),
                Outcome(talked.errand, State.OPEN, talked.said, tls, talked.spoken, 2),
            ]
        ),
        agents=(
            Agent(
                "10.0.0.7",
                macs=(("00:16:3e:00:00:08", 3),),
                neighbours=(Neighbour("1", "sw", "c", "2"),),
            ),
        ),
        surroundings=Surroundings(
            (Segment("eth0", "10.0.0.0/24", "10.0.0.2"),), None, (Wifi("x", ""),)
        ),
        at=datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC),
        has_raw=True,
        asked=SEEN.on_link,
        vendors={"00:16:3e:00:00:07": "Xensource"},
        vendor_table="bảng 1",
    )
    assert surveyed(SEEN, dict(written(survey)), SITE) == survey
    assert quiet.said.remarks == (Remark.NOT_UNDERSTOOD,)
    assert an_outcome(ask=()).said.remarks == (Remark.NOT_ASKED,)


def read_hosts() -> tuple[Row, ...]:
    """Return the machines of the sightings, by what reads them."""
    bare = Survey((), (), (), Surroundings(), datetime(2026, 1, 1, tzinfo=UTC), has_raw=True)
    return surveyed(SEEN, dict(written(bare)), SITE).hosts


def test_other_bytes_are_understood_otherwise() -> None:
    """What is heard decides, not what somebody wrote down of it."""
    mine = an_outcome({TALK: "ssh"}, {"heard": GREETING.hex()}).said
    other = an_outcome({TALK: "ssh"}, {"heard": GREETING.replace(b"9.2", b"9.3").hex()}).said
    assert mine.version != other.version


def test_what_was_not_kept_is_not_made_up() -> None:
    """A look without one of its parts is none."""
    with pytest.raises(KeyError):
        surveyed(SEEN, {}, SITE)


@given(st.sampled_from(sorted(STREAMS)), st.lists(st.binary(max_size=60), max_size=4))
def test_a_conversation_says_the_same_again(name: str, heard: list[bytes]) -> None:
    """Held over the same bytes, and then silence, as it was when they came."""
    talk, said = STREAMS[name](Peer("10.0.0.7", 22)), NOTHING
    turns: list[dict[str, str]] = [{TALK: name}]
    try:
        next(talk)
        for answer in (*heard, *[b""] * 64):
            turns.append({"heard": answer.hex()})
            talk.send(answer)
    except StopIteration as ended:
        said = ended.value
    assert understood(Errand("10.0.0.7", 22), turns) == NOTHING.joined(said)
