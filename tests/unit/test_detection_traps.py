"""Section 7 of the reference, trap by trap: names lie, files decide."""

import pytest
from host_facts import (
    ALL_SECTIONS,
    facts,
    file,
    find,
    output,
    package,
    process,
    product,
    service,
    socket,
)

from auditor.detection.doubts import Doubt
from auditor.detection.facts import Facts
from auditor.model.products import Answer, Role, Topic

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
CLAMD = process("/usr/sbin/clamd")
CLAMAV = package("clamav-daemon", "1.4.6+dfsg-1")


def asks(product_id: str, seen: Facts, code: Doubt) -> bool:
    """Whether a finding raises a question of a kind."""
    return any(question.startswith(code) for question in find(product_id, seen).questions)


@pytest.mark.parametrize(
    ("product_id", "seen", "present", "running"),
    [
        ("clamav", facts(packages=(CLAMAV,), processes=(CLAMD,)), YES, YES),
        ("clamav", facts(packages=(CLAMAV,)), YES, NO),
        ("clamav", facts(), NO, Answer.NOT_APPLICABLE),
        # helper processes do not do the work
        ("clamav", facts(packages=(CLAMAV,), processes=(process("/usr/bin/freshclam"),)), YES, NO),
        # comm is free text: prctl made a Python script `clamd`
        ("clamav", facts(processes=(process("/usr/bin/python3.11", name="clamd"),)), NO, None),
        (
            "clamav",
            facts(packages=(CLAMAV,), processes=(process("/usr/bin/python3.11", name="clamd"),)),
            YES,
            NO,
        ),
        # argv[0] is free text: sleep shown as wazuh-agentd
        (
            "wazuh-agent",
            facts(processes=(process("/usr/bin/sleep", argv=("/var/ossec/bin/wazuh-agentd",)),)),
            NO,
            None,
        ),
        # a program of the right name in the wrong place
        ("clamav", facts(processes=(process("/tmp/clamd"),)), UNKNOWN, UNKNOWN),  # noqa: S108
        ("clamav", facts(processes=(process("/usr/sbin/clamd"),)), UNKNOWN, UNKNOWN),
        # an interpreter runs the product's script
        (
            "fail2ban",
            facts(
                packages=(package("fail2ban"),),
                processes=(process("/usr/bin/python3.11", script="/usr/bin/fail2ban-server"),),
            ),
            YES,
            YES,
        ),
        (
            "fail2ban",
            facts(processes=(process("/usr/bin/python3.11", script="/home/u/fail2ban-server"),)),
            UNKNOWN,
            UNKNOWN,
        ),
        # alternatives
        (
            "slurm",
            facts(
                packages=(package("slurmctld"),), processes=(process("/usr/sbin/slurmctld-wlm"),)
            ),
            YES,
            YES,
        ),
        # fifteen bytes of a longer name, confirmed by the executable
        (
            "node-exporter",
            facts(
                packages=(package("prometheus-node-exporter"),),
                processes=(process("/usr/bin/prometheus-node-exporter", name="prometheus-node"),),
            ),
            YES,
            YES,
        ),
        # the same cut name, its executable not readable
        (
            "node-exporter",
            facts(processes=(process(None, name="prometheus-node"),)),
            UNKNOWN,
            UNKNOWN,
        ),
        # a deleted executable runs; whether it is still installed is another matter
        (
            "clamav",
            facts(packages=(CLAMAV,), processes=(process("/usr/sbin/clamd", is_deleted=True),)),
            YES,
            YES,
        ),
        (
            "clamav",
            facts(processes=(process("/usr/sbin/clamd (deleted)", is_deleted=True),)),
            UNKNOWN,
            YES,
        ),
        # inside a container it does not protect the host
        (
            "clamav",
            facts(packages=(CLAMAV,), processes=(process("/usr/sbin/clamd", is_contained=True),)),
            YES,
            NO,
        ),
        (
            "clamav",
            facts(packages=(CLAMAV,), processes=(process("/usr/sbin/clamd", is_contained=None),)),
            YES,
            UNKNOWN,
        ),
        # merged /usr on both sides
        ("clamav", facts(packages=(CLAMAV,), processes=(process("/sbin/clamd"),)), YES, YES),
        # installed by hand: a service starts it from a folder only root can write
        (
            "node-exporter",
            facts(
                services=(
                    {
                        **service("node_exporter", "/usr/local/bin/node_exporter"),
                        "main_pid": 100,
                    },
                ),
                processes=(process("/usr/local/bin/node_exporter"),),
            ),
            YES,
            YES,
        ),
        # a vendor folder anchors without a package
        (
            "kaspersky-kesl",
            facts(
                files=(file("/opt/kaspersky/kesl/bin/kesl-control"),),
                processes=(process("/opt/kaspersky/kesl/libexec/kesl-supervisor"),),
            ),
            YES,
            YES,
        ),
    ],
)
def test_the_file_decides_and_never_the_name(
    product_id: str, seen: Facts, present: Answer, running: Answer | None
) -> None:
    """Presence and running on machines made of one trap each."""
    finding = find(product_id, seen)
    assert finding.answer(Topic.PRESENT) is present
    assert finding.answer(Topic.RUNNING) is (running or Answer.NOT_APPLICABLE)


def test_a_removed_package_is_not_present_whatever_it_left() -> None:
    """State rc, its configuration, a dangling link and a generated unit of its init script."""
    seen = facts(
        packages=(package("rsyslog", state="config-files"),),
        services=(
            service("rsyslog", None, "not-found", "enabled"),
            service("rsyslog", "/etc/init.d/rsyslog", "dead"),
        ),
        files=(file("/etc/rsyslog.conf"),),
    )
    assert find("rsyslog", seen).answer(Topic.PRESENT) is NO
    assert asks("rsyslog", seen, Doubt.LEFT_BEHIND)


def test_a_dangling_link_without_package_is_nothing() -> None:
    """syslog-ng removed: only the link of its unit remained."""
    seen = facts(services=(service("syslog-ng", None, "not-found", "enabled"),))
    assert find("syslog-ng", seen).answer(Topic.PRESENT) is NO


def test_questions_name_what_to_look_at() -> None:
    """A spoofed name, a deleted program, an enabled unit without process, a container."""
    spoofed = facts(processes=(process("/usr/bin/python3.11", name="clamd"),))
    assert asks("clamav", spoofed, Doubt.NAME_IS_FREE_TEXT)
    deleted = facts(packages=(CLAMAV,), processes=(process("/usr/sbin/clamd", is_deleted=True),))
    assert asks("clamav", deleted, Doubt.RESTART_NEEDED)
    idle = facts(
        packages=(CLAMAV,), services=(service("clamav-daemon", "/usr/sbin/clamd", "dead"),)
    )
    assert asks("clamav", idle, Doubt.ENABLED_NOT_RUNNING)
    contained = facts(processes=(process("/usr/sbin/clamd", is_contained=True),))
    assert asks("clamav", contained, Doubt.IN_CONTAINER)
    assert find("clamav", contained).answer(Topic.PRESENT) is NO


@pytest.mark.parametrize("missing", ["processes", "services", "packages", "files", "sockets"])
def test_absence_needs_every_section(missing: str) -> None:
    """One section that did not run fully, and nothing is absent."""
    finding = find("clamav", facts(complete=ALL_SECTIONS - {missing}))
    assert finding.answer(Topic.PRESENT) is UNKNOWN
    assert finding.axes[Topic.PRESENT].reason == f"not_collected: {missing}"


def test_absence_needs_rights() -> None:
    """An ordinary account cannot say that something is not there."""
    present = find("clamav", facts(is_root=False)).axes[Topic.PRESENT]
    assert (present.answer, present.reason) == (UNKNOWN, "no_rights")


def test_a_product_without_checked_signals_is_never_absent() -> None:
    """What is known from memory only cannot be found, so it cannot be missing."""
    present = find("nxlog", facts()).axes[Topic.PRESENT]
    assert (present.answer, present.reason) == (UNKNOWN, "no_checked_signal")


def test_look_alikes() -> None:
    """Each sign of the list that suggests one thing and means another."""
    # Debian's loki is genetics software; nothing of the catalogue claims that package.
    loki = facts(packages=(package("loki"),))
    assert find("grafana-alloy", loki).answer(Topic.PRESENT) is not YES
    # a port names nobody
    listening = facts(sockets=({**socket("", 0, local_port=9100), "is_listening": True},))
    assert find("node-exporter", listening).answer(Topic.PRESENT) is NO
    # Veeam's NFS service on Windows
    veeam = facts(
        platform="windows",
        sockets=(
            {**socket("", 0, local_port=2049), "is_listening": True},
            {**socket("", 0, local_port=111), "is_listening": True},
        ),
    )
    assert find("veeam-vbr", veeam).answer(Topic.PRESENT) is NO
    # /var/ossec belongs to two products; the program says which
    wazuh = facts(
        files=(
            file("/var/ossec/etc/ossec.conf"),
            file("/var/ossec", kind="directory"),
            file("/var/ossec/bin/wazuh-agentd"),
        )
    )
    assert find("wazuh-agent", wazuh).answer(Topic.PRESENT) is YES
    assert find("ossec", wazuh).answer(Topic.PRESENT) is NO
    # one unit name, two products
    ipsec = facts(services=(service("ipsec", "/usr/sbin/ipsec"),))
    assert find("strongswan", ipsec).answer(Topic.PRESENT) is NO
    assert find("libreswan", ipsec).answer(Topic.PRESENT) is NO
    # Bkav makes e-invoice tools as well
    bkav = facts(platform="windows", packages=(package("Bkav eInvoice"), package("BkavCA Token")))
    assert find("bkav-pro", bkav).answer(Topic.PRESENT) is NO
    # System File Checker
    sfc = facts(
        platform="windows", processes=(process("C:\\Windows\\System32\\sfc.exe", name="sfc.exe"),)
    )
    assert find("cisco-secure-endpoint", sfc).answer(Topic.PRESENT) is not YES


def test_stock_windows_is_no_product_in_use() -> None:
    """OneDrive, LanmanServer, Spooler, TermService and Sense exist on every stock Windows."""
    seen = facts(
        platform="windows",
        processes=(process("C:\\Users\\a\\AppData\\Local\\Microsoft\\OneDrive\\OneDrive.exe"),),
        services=tuple(
            service(name, "C:\\Windows\\System32\\svchost.exe")
            for name in ("LanmanServer", "Spooler", "TermService", "Sense")
        ),
    )
    for product_id in ("onedrive", "windows-smb", "windows-print-server", "rdp-windows"):
        assert find(product_id, seen).answer(Topic.PRESENT) is not YES, product_id
        assert asks(product_id, seen, Doubt.STOCK), product_id
    assert find("mde-windows", seen).answer(Topic.PRESENT) is not YES


def test_management_agents_are_not_anti_malware() -> None:
    """klnagent, Trellix Agent, ESET Agent and Wazuh fill other roles."""
    for product_id in ("kaspersky-nagent", "trellix-agent", "eset-agent", "wazuh-agent"):
        assert not {Role.ANTI_MALWARE, Role.EDR} & set(product(product_id).roles), product_id
    assert {Role.BACKUP, Role.ANTI_MALWARE} <= set(product("acronis-agent").roles)


def test_a_success_exit_code_is_no_success() -> None:
    """Clamscan without a database exits 0."""
    seen = facts(packages=(CLAMAV,), status_outputs=(output("clamav", "ClamAV 1.4.6\n"),))
    finding = find("clamav", seen)
    assert finding.answer(Topic.FRESH) is NO
    assert finding.axes[Topic.FRESH].reason == "no_database"
