"""Monitoring agents on the machines of the box."""

from collections.abc import Callable, Mapping

import pytest
from host_facts import facts, output, package, process, socket
from judged import judged, stored, told

from auditor.model import Measured
from auditor.probing import Probe

LOG = "/var/log/zabbix/zabbix_agentd.log:1:20261120:115900.000 active check configuration update "


@pytest.mark.parametrize(
    ("name", "product", "active", "grade", "server"),
    [
        ("srv-zabbix-ok", "zabbix-agent", True, "R3", "10.99.0.10:10050, 10.99.0.10:10051"),
        ("srv-zabbix-lost", "zabbix-agent", False, "R2", "10.99.0.199:10050, 10.99.0.199:10051"),
        ("trap-deleted", "zabbix-agent", False, None, None),
        ("ws-plain", None, False, None, None),
        ("srv-rsyslog-remote", None, False, None, None),
    ],
)
def test_what_root_sees(  # noqa: PLR0913, PLR0917 - one name per column
    probes: Mapping[str, Probe],
    conforms: Callable[[Probe, Measured], bool],
    name: str,
    product: str | None,
    active: bool,  # noqa: FBT001 - expected value
    grade: str | None,
    server: str | None,
) -> None:
    """One row for the agent of each machine; a machine without one says so in a row."""
    result = probes["monitoring_agent"].measure(told(stored("root", name)))
    assert conforms(probes["monitoring_agent"], result)
    (row,) = result.rows
    assert (row["product"], row["is_active"]) == (product, active)
    assert (row["grade"], row["server"]) == (grade, server)
    assert result.limitations == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("srv-zabbix-ok", [("zabbix-agent", None)]),
        ("srv-zabbix-lost", [("zabbix-agent", False), (None, None)]),
        ("ws-plain", [(None, None)]),
    ],
)
def test_what_an_ordinary_account_leaves_open(
    probes: Mapping[str, Probe], name: str, expected: list[tuple[str | None, bool | None]]
) -> None:
    """A dead agent can be proven; that there is no other cannot, and a row says so."""
    result = probes["monitoring_agent"].measure(told(stored("kiemtra", name)))
    assert [(row["product"], row["is_active"]) for row in result.rows] == expected
    assert len(result.limitations) == 1


def test_installed_and_listening_is_not_monitored(probes: Mapping[str, Probe]) -> None:
    """Only a working agent with a server of another machine is active, at most R3."""
    agent = "/usr/sbin/zabbix_agentd"
    conf = "/etc/zabbix/zabbix_agentd.conf:ServerActive="
    for address, word, expected in (
        ("10.0.0.9", "is working again", True),
        ("10.0.0.9", "started to fail", False),
        ("127.0.0.1", "is working again", False),
    ):
        host = judged(
            facts(
                packages=(package("zabbix-agent"),),
                processes=(process(agent),),
                sockets=(socket("10.0.0.9", 10051, state="TIME-WAIT", pid=None),),
                status_outputs=(
                    output("zabbix-agent", conf + address),
                    output("zabbix-agent", LOG + word, part=1),
                ),
            )
        )
        (row,) = probes["monitoring_agent"].measure(host).rows
        assert row["is_active"] is expected, (address, word)
        assert row["grade"] != "R4"
