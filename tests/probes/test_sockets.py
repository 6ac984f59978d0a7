"""Sockets of this machine."""

import socket
from collections.abc import Callable, Mapping

from auditor.model import Measured
from auditor.probing import Host, Probe


def test_sees_real_sockets(
    probes: Mapping[str, Probe], here: Host, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """A listening, a connected and a datagram socket of this process, each with its program."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagram,
    ):
        datagram.bind(("::1", 0))
        result = probes["sockets"].measure(here)
        port = server.getsockname()[1]
        mine = client.getsockname()[1]
        udp = datagram.getsockname()[1]
    assert conforms(probes["sockets"], result)
    by_port = {(r["protocol"], r["local_port"], r["remote_port"]): r for r in result.rows}
    listening, connected = by_port["tcp", port, None], by_port["tcp", mine, port]
    assert (listening["state"], listening["is_listening"]) == ("listen", True)
    assert (connected["state"], connected["is_listening"]) == ("established", False)
    waiting = by_port["udp", udp, None]
    assert (waiting["family"], waiting["state"], waiting["is_listening"]) == ("ipv6", None, True)
    assert listening["process"] == connected["process"] == waiting["process"] is not None


def test_reads_the_recording(probes: Mapping[str, Probe], recorded: Callable[[str], Host]) -> None:
    """A socket whose owner could not be told stands without a program."""
    (row,) = probes["sockets"].measure(recorded("debian12-sandbox")).rows
    assert (row["local_port"], row["is_listening"], row["process"]) == (2024, True, None)


def test_an_ordinary_user_knows_fewer_programs(
    probes: Mapping[str, Probe], answering: Callable[..., Host]
) -> None:
    """Without rights the report says that programs are missing."""
    reading = {"system sockets": b'{"is_elevated":false,"rows":[]}'}
    assert len(probes["sockets"].measure(answering(reading)).limitations) == 1
