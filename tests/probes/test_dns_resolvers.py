"""Resolvers of this machine."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured
from auditor.probing import HostFacts, Probe

# systemd-resolved.service(8), "/etc/resolv.conf": quoted, not recorded
STUB = b"""# This is /run/systemd/resolve/stub-resolv.conf managed by man:systemd-resolved(8).
nameserver 127.0.0.53
options edns0 trust-ad
search .
"""
MISSING = (b"", 2, b"No such file or directory")
BEHIND_STUB = "/run/systemd/resolve/resolv.conf"
BEHIND = b"nameserver 192.168.1.1\nnameserver fe80::1%eth0\nnameserver 192.168.1.1\n"


def test_reads_this_machine(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """Each nameserver line of the real file is a row."""
    result = probes["dns_resolvers"].measure(here)
    assert conforms(probes["dns_resolvers"], result)
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    servers = {line.split()[1] for line in lines if line.startswith("nameserver")}
    assert servers <= {row["server"] for row in result.rows}


def test_looks_behind_the_stub(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """The servers that systemd-resolved really asks are listed with their file."""
    upstream = "/run/systemd/resolve/resolv.conf"
    result = probes["dns_resolvers"].measure(
        answering({"/etc/resolv.conf": STUB, upstream: BEHIND})
    )
    assert [tuple(row.values()) for row in result.rows] == [
        ("127.0.0.53", "/etc/resolv.conf"),
        ("192.168.1.1", upstream),
        ("fe80::1%eth0", upstream),
    ]
    assert result.limitations == ()


def test_a_stub_alone_is_said(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """If what is behind the stub cannot be read, the row stands with a limitation."""
    result = probes["dns_resolvers"].measure(
        answering({"/etc/resolv.conf": STUB, BEHIND_STUB: MISSING})
    )
    assert [row["server"] for row in result.rows] == ["127.0.0.53"]
    assert "systemd-resolved" in result.limitations[0].vi


@pytest.mark.parametrize("content", [b"nameserver\n", b"nameserver example.vn\n", b"\xff\n"])
def test_refuses_what_is_no_server(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts], content: bytes
) -> None:
    """A line that names no address is unparsable."""
    with pytest.raises(CannotMeasure) as caught:
        probes["dns_resolvers"].measure(answering({"/etc/resolv.conf": content}))
    assert caught.value.failure is Failure.UNPARSABLE
