"""Agents that keep a state of their own, and addresses as they are written."""

from datetime import timedelta

import pytest
from host_facts import NOW, facts, file, find, group, output, package, process, socket

from auditor.detection.facts import Facts
from auditor.detection.servers import Server, is_loopback, parse_server
from auditor.model.products import Answer, Topic

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def wazuh(status: str, *, age: timedelta, file_age: timedelta, keys: int = 80) -> Facts:
    """Return a machine with a Wazuh agent."""
    state = "/var/ossec/var/run/wazuh-agentd.state"
    keepalive = (NOW - age).strftime("%Y-%m-%d %H:%M:%S")
    return facts(
        packages=(package("wazuh-agent"),),
        processes=(process("/var/ossec/bin/wazuh-agentd"),),
        files=(
            file(state, modified_at=(NOW - file_age).isoformat()),
            file("/var/ossec/etc/client.keys", size=keys),
        ),
        sockets=(socket("10.0.0.9", 1514),),
        status_outputs=(
            output(
                "wazuh-agent", f"{state}:status='{status}'\n{state}:last_keepalive='{keepalive}'"
            ),
            output("wazuh-agent", "/var/ossec/etc/ossec.conf:<address>10.0.0.9</address>", part=1),
        ),
    )


MOMENT = timedelta(seconds=10)


@pytest.mark.parametrize(
    ("seen", "managed", "fresh"),
    [
        (wazuh("connected", age=MOMENT, file_age=MOMENT), YES, YES),
        (wazuh("disconnected", age=MOMENT, file_age=MOMENT), NO, YES),
        (wazuh("pending", age=timedelta(hours=2), file_age=MOMENT), NO, NO),
        # the file says connected but is old: a conflict, not a link
        (wazuh("connected", age=MOMENT, file_age=timedelta(minutes=5)), NO, YES),
        (wazuh("connected", age=MOMENT, file_age=MOMENT, keys=0), NO, YES),
    ],
)
def test_wazuh_state(seen: Facts, managed: Answer, fresh: Answer) -> None:
    """Status, keys and a state file that is still being rewritten."""
    finding = find("wazuh-agent", seen)
    assert (finding.answer(Topic.MANAGED), finding.answer(Topic.FRESH)) == (managed, fresh)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),  # noqa: S104 - an address to recognise
        ("localhost", True),
        ("10.0.0.9", False),
        ("fd99::9", False),
        ("logs.example", False),
    ],
)
def test_loopback(host: str, *, expected: bool) -> None:
    """This machine by any of its names."""
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("tcp://10.0.0.9:514", Server("tcp", "10.0.0.9", 514)),
        ("10.0.0.9", Server("", "10.0.0.9", None)),
        ("logs.example:9997", Server("", "logs.example", 9997)),
        ("fd99::9", Server("", "fd99::9", None)),
        ("[fd99::9]:514", Server("", "fd99::9", 514)),
        ("short://fd99::9:10051", Server("short", "fd99::9", 10051)),
    ],
)
def test_servers(value: str, expected: Server) -> None:
    """Addresses of both families, with and without a port."""
    assert parse_server(value) == expected


@pytest.mark.parametrize(
    ("program", "mask", "present", "effective"),
    [
        ("/usr/sbin/clamonacc", "0x8030000", YES, YES),
        ("/usr/sbin/clamonacc", "0x8000021", YES, NO),
        ("/opt/x/guard", "0x8030000", UNKNOWN, UNKNOWN),
        ("/home/u/clamonacc", "0x8030000", UNKNOWN, UNKNOWN),
        ("/usr/sbin/fapolicyd", "0x8030000", UNKNOWN, UNKNOWN),
    ],
)
def test_any_on_access_scanner(program: str, mask: str, present: Answer, effective: Answer) -> None:
    """A known program in its place counts; a stranger, or a name elsewhere, is asked about."""
    seen = facts(processes=(process(program, pid=9),), fanotify=(group(mask, 9),))
    finding = find("fanotify-holder", seen)
    assert finding.answer(Topic.PRESENT) is present
    assert finding.answer(Topic.EFFECTIVE) is effective


def test_an_agent_that_reports_to_nobody_does_not_do_its_job() -> None:
    """Effective follows managed where the agent has no words of its own; samba needs no age."""
    packages = (package("rsyslog"), package("samba"))
    seen = facts(
        packages=packages, processes=(process("/usr/sbin/rsyslogd"), process("/usr/sbin/smbd"))
    )
    rsyslog, samba = find("rsyslog", seen), find("samba", seen)
    assert rsyslog.answer(Topic.EFFECTIVE) is NO
    assert rsyslog.answer(Topic.FRESH) is Answer.NOT_APPLICABLE
    assert samba.answer(Topic.FRESH) is Answer.NOT_APPLICABLE
    assert samba.answer(Topic.MANAGED) is Answer.NOT_APPLICABLE
