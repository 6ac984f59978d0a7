"""Does it report? Grades, servers, links and log forwarding."""

from dataclasses import replace

import pytest
from host_facts import (
    catalogue,
    facts,
    find,
    group,
    output,
    package,
    process,
    socket,
)

from auditor.detection.engine import detect
from auditor.detection.facts import Facts
from auditor.detection.rows import role_present, row
from auditor.model import Row
from auditor.model.products import Answer, Role, Topic

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ZABBIX = (package("zabbix-agent", "1:6.0.14"),)
ZABBIX_RUNS = (process("/usr/sbin/zabbix_agentd"),)
CONF = "/etc/zabbix/zabbix_agentd.conf:"
LOG = "/var/log/zabbix-agent/zabbix_agentd.log:  1:20261120:115900.000 active check configuration "
WORKS = LOG + "update from [10.0.0.9:10051] is working again\n"
FAILS = LOG + "update from [10.0.0.9:10051] started to fail\n"


def zabbix(conf: str, log: str = "", *sockets: Row) -> Facts:
    """Return a machine with a running Zabbix agent."""
    return facts(
        packages=ZABBIX,
        processes=ZABBIX_RUNS,
        sockets=sockets,
        status_outputs=(
            output("zabbix-agent", conf),
            output("zabbix-agent", log, part=1),
        ),
    )


ACTIVE = f"{CONF}Server=127.0.0.1\n{CONF}ServerActive=10.0.0.9\n"


@pytest.mark.parametrize(
    ("seen", "managed", "grade"),
    [
        (zabbix(ACTIVE, WORKS), YES, "R3"),
        (zabbix(ACTIVE, FAILS), NO, "R2"),
        (zabbix(ACTIVE, FAILS + WORKS), YES, "R3"),
        (zabbix(ACTIVE, WORKS + FAILS), NO, "R2"),
        (zabbix(ACTIVE), UNKNOWN, "R2"),
        (zabbix(ACTIVE, "", socket("10.0.0.9", 10051, state="TIME-WAIT", pid=None)), YES, "R3"),
        (zabbix(ACTIVE, "", socket("10.0.0.8", 10051, state="TIME-WAIT", pid=None)), UNKNOWN, "R2"),
        (
            zabbix(
                f"{CONF}Server=10.0.0.9\n",
                "",
                socket("10.0.0.9", 51000, local_port=10050, state="TIME-WAIT", pid=None),
            ),
            YES,
            "R3",
        ),
        # Debian's default: loopback for both
        (zabbix(f"{CONF}Server=127.0.0.1\n{CONF}ServerActive=127.0.0.1\n"), NO, "R1"),
        (zabbix(f"{CONF}ServerActive=127.0.0.1,10.0.0.9\n", WORKS), YES, "R3"),
    ],
)
def test_zabbix_is_managed_by_its_last_message_or_a_short_connection(
    seen: Facts, managed: Answer, grade: str
) -> None:
    """Short connections leave nothing established; the last of the two messages decides."""
    finding = find("zabbix-agent", seen)
    assert (finding.answer(Topic.MANAGED), finding.grade) == (managed, grade)


def test_grades_stop_where_the_proof_stops() -> None:
    """R0 without a process; no grade for what is not there or does not report."""
    assert find("zabbix-agent", facts(packages=ZABBIX)).grade == "R0"
    assert find("zabbix-agent", facts()).grade is None
    assert find("clamav", facts(packages=(package("clamav"),))).grade is None


def rsyslog(*lines: str, sockets: tuple[Row, ...] = ()) -> Facts:
    """Return a machine with a running rsyslog and some configuration lines."""
    return facts(
        packages=(package("rsyslog"),),
        processes=(process("/usr/sbin/rsyslogd"),),
        sockets=sockets,
        log_forwarding=tuple({"path": "/etc/rsyslog.conf", "line": line} for line in lines),
    )


LINK = (socket("10.0.0.9", 514),)


@pytest.mark.parametrize(
    ("seen", "managed", "server"),
    [
        (rsyslog("*.* @@10.0.0.9:514", sockets=LINK), YES, "10.0.0.9:514"),
        (rsyslog("*.* @@10.0.0.9:514"), NO, "10.0.0.9:514"),
        (rsyslog("*.* @10.0.0.9"), UNKNOWN, "10.0.0.9:514"),
        (rsyslog("#*.* @@10.0.0.9:514", sockets=LINK), NO, ""),
        (rsyslog("*.* /var/log/all"), NO, ""),
        (rsyslog('# action(type="omfwd" target="10.0.0.9" protocol="tcp")'), NO, ""),
        (rsyslog('*.* /var/log/x # action(type="omfwd" target="10.0.0.9")'), NO, ""),
        (rsyslog("*.* @@127.0.0.1:514"), NO, ""),
        (
            rsyslog(
                'action(type="omfwd"',
                '  target="10.0.0.9" port="514" protocol="tcp")',
                sockets=LINK,
            ),
            YES,
            "10.0.0.9:514",
        ),
        (rsyslog('action(type="omfwd" target="10.0.0.9" port="514")'), UNKNOWN, "10.0.0.9:514"),
        (rsyslog('action(type="omrelp" target="10.0.0.9" port="2514")'), NO, "10.0.0.9:2514"),
        # an address in a mail action is no forwarding
        (rsyslog('action(type="ommail" mailto="a@10.0.0.9")'), NO, ""),
        # somebody else's connection to the same server
        (
            rsyslog("*.* @@10.0.0.9:514", sockets=(socket("10.0.0.9", 514, pid=4),)),
            NO,
            "10.0.0.9:514",
        ),
    ],
)
def test_rsyslog_forwarding(seen: Facts, managed: Answer, server: str) -> None:
    """TCP needs a socket of its own; UDP proves nothing; a comment configures nothing."""
    finding = find("rsyslog", seen)
    assert (finding.answer(Topic.MANAGED), finding.server) == (managed, server)


def test_a_configuration_that_was_not_read_configures_nothing_and_denies_nothing() -> None:
    """No forwarding line seen, and the section did not run fully: open, not unmanaged."""
    seen = rsyslog()
    assert find("rsyslog", seen).answer(Topic.MANAGED) is NO
    unread = replace(seen, complete=seen.complete - {"log_forwarding"})
    assert find("rsyslog", unread).answer(Topic.MANAGED) is UNKNOWN


def test_syslog_ng_destinations() -> None:
    """A network destination is one; a file destination is none."""
    line = 'destination d_net { network("10.0.0.9" transport("tcp") port(601)); };'
    seen = facts(
        packages=(package("syslog-ng-core"),),
        processes=(process("/usr/sbin/syslog-ng"),),
        sockets=(socket("10.0.0.9", 601),),
        log_forwarding=({"path": "/etc/syslog-ng/syslog-ng.conf", "line": line},),
    )
    assert find("syslog-ng", seen).answer(Topic.MANAGED) is YES


@pytest.mark.parametrize(
    ("remote", "pid", "managed", "grade"),
    [
        ("10.0.0.9", 100, YES, "R3"),
        ("127.0.0.1", 100, NO, "R1"),
        ("::ffff:127.0.0.1", 100, NO, "R1"),
        ("10.0.0.9", 55, NO, "R1"),
    ],
)
def test_listening_is_not_monitored(remote: str, pid: int, managed: Answer, grade: str) -> None:
    """An exporter counts as scraped when somebody else holds a connection to its own port."""
    seen = facts(
        packages=(package("prometheus-node-exporter"),),
        processes=(process("/usr/bin/prometheus-node-exporter"),),
        sockets=(
            {**socket("", 0, local_port=9100, state="LISTEN"), "is_listening": True},
            socket(remote, 51000, local_port=9100, pid=pid),
        ),
    )
    finding = find("node-exporter", seen)
    assert (finding.answer(Topic.MANAGED), finding.grade) == (managed, grade)


def test_a_conflict_is_a_finding() -> None:
    """A live process and a product that says it is off: "no", and a question."""
    seen = facts(
        packages=(package("falcon-sensor"),),
        status_outputs=(output("crowdstrike-falcon", 'aid="\nrfm-state=true.\n'),),
        processes=(process("/opt/CrowdStrike/falcon-sensor", pid=3),),
        fanotify=({"pid": 3, "mask": "0x8030000"},),
    )
    finding = find("crowdstrike-falcon", seen)
    assert finding.answer(Topic.RUNNING) is YES
    assert finding.answer(Topic.EFFECTIVE) is NO


def test_summary_fields_do_not_count() -> None:
    """mdatp: real-time off is off, whatever "healthy" said."""
    seen = facts(
        status_outputs=(
            output("mdatp", '"101.24"\n'),
            output("mdatp", "false\n", part=1),
            output("mdatp", "true\n", part=2),
            output("mdatp", '"up_to_date"\n', part=3),
        ),
        processes=(process("/opt/microsoft/mdatp/sbin/wdavdaemon"),),
        sockets=(socket("20.0.0.1", 443),),
    )
    finding = find("mdatp", seen)
    found = {str(topic): finding.answer(topic) for topic in finding.axes}
    assert found == {
        "present": YES,
        "running": YES,
        "effective": NO,
        "managed": YES,
        "fresh": YES,
    }


@pytest.mark.parametrize(
    ("exit_code", "state", "effective"),
    [(None, "timeout", UNKNOWN), (126, "denied", UNKNOWN), (None, "missing", YES), (0, "ok", YES)],
)
def test_good_news_waits_for_every_source(
    exit_code: int | None, state: str, effective: Answer
) -> None:
    """Fanotify shows blocking, but the product's own answer timed out: open, not yes."""
    asked = {**output("mdatp", "", part=1, exit_code=exit_code), "state": state}
    seen = facts(
        processes=(process("/opt/microsoft/mdatp/sbin/wdavdaemon"),),
        fanotify=(group("0x8030000", 100),),
        status_outputs=(asked,),
    )
    assert find("mdatp", seen).answer(Topic.EFFECTIVE) is effective


def test_rows_carry_facts_and_codes() -> None:
    """One row per product, its evidence with section, row and source."""
    found = row(find("clamav", facts(packages=(package("clamav", "1.4.6"),))))
    assert found["present"] == "yes"
    assert found["version"] == "1.4.6"
    assert found["evidence"] == ("present: packages[0]: clamav 1.4.6 installed (B, L10)",)


def test_a_role_is_absent_only_when_every_product_is() -> None:
    """Coverage counts a machine as without monitoring only when it was fully looked at."""
    assert role_present(detect(catalogue(), facts()), Role.MONITORING) is NO
    assert role_present(detect(catalogue(), facts(is_root=False)), Role.MONITORING) is UNKNOWN
    assert role_present(detect(catalogue(), facts(packages=ZABBIX)), Role.MONITORING) is YES
