"""What is kept of a look at the network, and how conversations are held again without a network.

Bytes of conversations are kept as they passed, and understood anew when they are read. What SNMP
agents, certificates and this machine's own system told is kept as it was understood.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from auditor.canonical import dumps
from auditor.lan.conversations import DATAGRAMS, STREAMS
from auditor.lan.errands import Carrier, Errand, Outcome, State
from auditor.lan.remarks import Remark
from auditor.lan.survey import Survey
from auditor.lan.talk import NOTHING, Conversation, Peer, Said

SERVICES, SNMP, SURROUNDINGS, VENDORS = "services", "snmp", "surroundings", "vendors"
"""How evidence names the parts of a look."""

TALK = "talk"
"""A turn that opens a conversation, by the conversation's name."""

MOST_TURNS = 64
"""Turns of one conversation, and questions that silence answers at its end."""

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
"""How the moment of a look is kept."""


def in_order(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return outcomes in the order in which they are kept, whichever ended first."""
    return tuple(
        sorted(outcomes, key=lambda o: (o.errand.address, o.errand.carrier, o.errand.port))
    )


def written(survey: Survey) -> Iterable[tuple[str, bytes]]:
    """Yield what is kept of a look, by its name; what was discovered is kept before."""
    ports = [_outcome(outcome) for outcome in survey.outcomes]
    yield SERVICES, dumps({"at": f"{survey.at:{MOMENT}}", "ports": ports})
    if survey.agents:
        yield SNMP, dumps([asdict(told) for told in survey.agents])
    yield SURROUNDINGS, dumps(asdict(survey.surroundings))
    yield VENDORS, dumps({"makers": dict(survey.vendors), "table": survey.vendor_table})


def _outcome(outcome: Outcome) -> dict[str, object]:
    """Write one down; of a port that did not open, where it is and how it answered."""
    errand = outcome.errand
    return {
        "address": errand.address,
        "port": errand.port,
        "transport": errand.carrier.value,
        "state": outcome.state.value,
        "attempts": outcome.attempts,
        **({"ask": list(errand.ask)} if outcome.state is State.OPEN else {}),
        **({"spoken": list(outcome.spoken)} if outcome.spoken else {}),
        **({"tls": asdict(outcome.tls)} if outcome.tls else {}),
    }


def concluded(errand: Errand, state: State, said: Said, *, attempts: int) -> Said:
    """Say of an open port that nothing was understood or asked there.

    No attempt was counted where time ran out: then nothing is said.
    """
    if state is not State.OPEN or said.protocol or not attempts:
        return said
    word = Remark.NOT_UNDERSTOOD if errand.ask else Remark.NOT_ASKED
    return NOTHING.joined(Said(remarks=(*said.remarks, word)))


def understood(errand: Errand, spoken: Iterable[Mapping[str, str]]) -> Said:
    """Hold the conversations of a port again over the bytes that were heard."""
    known = STREAMS if errand.carrier is Carrier.TCP else DATAGRAMS
    said, name, heard = NOTHING, "", list[bytes]()
    for turn in (*spoken, {TALK: ""}):
        if TALK in turn:
            if name:
                said = said.joined(_held(known[name], errand, heard))
            name, heard = turn[TALK], []
        elif "heard" in turn:
            heard.append(bytes.fromhex(turn["heard"]))
    return said


def _held(conversation: Conversation, errand: Errand, heard: list[bytes]) -> Said:
    """Answer a conversation with what was heard, and then with silence, as it happened."""
    talk = conversation(Peer(errand.address, errand.port))
    try:
        next(talk)
        for answer in (*heard, *(b"" for _turn in range(MOST_TURNS))):
            talk.send(answer)
    except StopIteration as ended:
        said: Said = ended.value
        return said
    talk.close()
    return NOTHING
