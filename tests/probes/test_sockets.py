"""Sockets of this machine."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from collected import here as collected_here

from auditor.model import Measured
from auditor.probing import HostFacts, Probe


def test_sees_real_sockets(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool]
) -> None:
    """A listening, a connected and a datagram socket of this process, each with its program."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagram,
    ):
        datagram.bind(("::1", 0))
        result = probes["sockets"].measure(collected_here())
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


def test_names_the_process_and_its_file(probes: Mapping[str, Probe]) -> None:
    """The owner is this very process, by number and file."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        rows = probes["sockets"].measure(collected_here()).rows
        port = server.getsockname()[1]
    (row,) = (row for row in rows if row["local_port"] == port and row["is_listening"])
    assert row["pid"] == os.getpid()
    assert row["executable"] == str(Path(sys.executable).resolve())


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """A socket whose owner could not be told stands without a program."""
    rows = probes["sockets"].measure(recorded("debian12-sandbox")).rows
    (row,) = (row for row in rows if row["local_port"] == 2024 and row["is_listening"])
    assert (row["process"], row["pid"]) == (None, None)


def test_reads_addresses_as_the_kernel_writes_them(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """Little-endian words; an IPv4 address in IPv6 dress; a datagram socket with a peer."""
    lines = {
        "/proc/net/tcp": b"head\n 0: 0100007F:0050 00000000:0000 0A 0:0 00:0 0 0 0 11 1\n",
        "/proc/net/tcp6": b"head\n 0: 0000000000000000FFFF00000A00000A:0016 "
        b"0000000000000000FFFF00000B00000A:C001 01 0:0 00:0 0 0 0 12 1\n",
        "/proc/net/udp": b"head\n 0: 0A00000A:1000 0B00000A:0202 01 0:0 00:0 0 0 0 13 1\n",
        "/proc/net/udp6": b"head\n",
        "processes": b"/proc/1/stat:1 (init) S 0 1 1 0 0 4194560 1 1 1 1 1 1 1 1 20 0 1 0 5 1 1\n",
        "counters": b"/proc/stat:btime 1795290000\n",
        "descriptors": b"",
        "executables": b"",
        "argv": b"",
    }
    rows = probes["sockets"].measure(answering(lines, uid=1000))
    assert [
        (r["local_address"], r["local_port"], r["remote_address"], r["is_listening"])
        for r in rows.rows
    ] == [
        ("127.0.0.1", 80, None, True),
        ("::ffff:10.0.0.10", 22, "::ffff:10.0.0.11", False),
        ("10.0.0.10", 4096, "10.0.0.11", False),
    ]
    assert len(rows.limitations) == 1  # no rights: programs are missing


def test_reads_macos_as_documented(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """lsof(8) with -F; nobody has seen this on a real macOS."""
    rows = probes["sockets"].measure(recorded("darwin-by-hand")).rows
    assert [(r["local_port"], r["remote_port"], r["is_listening"]) for r in rows] == [
        (22, None, True),
        (50000, 443, False),
    ]
