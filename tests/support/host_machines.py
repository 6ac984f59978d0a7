"""Machines drawn at random from real traces, whole and as an ordinary account sees them."""

from dataclasses import replace
from datetime import timedelta

from host_facts import (
    ALL_SECTIONS,
    NOW,
    catalogue,
    facts,
    file,
    output,
    package,
    process,
    service,
    socket,
)
from hypothesis import strategies as st

from auditor.detection.facts import Facts
from auditor.model import Row

WATCHED = (
    "clamav",
    "zabbix-agent",
    "rsyslog",
    "node-exporter",
    "wazuh-agent",
    "mdatp",
    "crowdstrike-falcon",
    "fail2ban",
    "restic",
    "borg",
    "wireguard",
    "auditd",
    "fanotify-holder",
    "nxlog",
)
SMALL = replace(catalogue(), products=tuple(p for p in catalogue().products if p.id in WATCHED))

PROGRAMS = [
    "/usr/sbin/clamd",
    "/usr/sbin/clamonacc",
    "/usr/sbin/zabbix_agentd",
    "/usr/sbin/rsyslogd",
    "/usr/bin/prometheus-node-exporter",
    "/var/ossec/bin/wazuh-agentd",
    "/opt/microsoft/mdatp/sbin/wdavdaemon",
    "/opt/CrowdStrike/falcon-sensor",
    "/usr/sbin/auditd",
    "/usr/bin/python3.11",
    "/home/u/clamd",
    "/usr/bin/wireguard-go",
]
PACKAGES = [
    "clamav-daemon",
    "zabbix-agent",
    "rsyslog",
    "prometheus-node-exporter",
    "wazuh-agent",
    "falcon-sensor",
    "fail2ban",
    "restic",
    "borgbackup",
    "auditd",
]
CONF = "/etc/zabbix/zabbix_agentd.conf:ServerActive="
LOG = "/var/log/zabbix/zabbix_agentd.log:1:20261120:115900.000 active check configuration update "
STATE = "/var/ossec/var/run/wazuh-agentd.state:"
OUTPUTS: list[tuple[str, int, list[str]]] = [
    ("clamav", 0, ["ClamAV 1.4.6/1/Fri Nov 20 08:00:00 2026", "ClamAV 1.4.6"]),
    ("zabbix-agent", 0, [CONF + "10.0.0.9", CONF + "127.0.0.1"]),
    ("zabbix-agent", 1, [LOG + "is working again", LOG + "started to fail"]),
    (
        "wazuh-agent",
        0,
        [
            f"{STATE}status='connected'\n{STATE}last_keepalive='2026-11-20 11:59:50'",
            f"{STATE}status='pending'\n{STATE}last_keepalive='2026-11-19 11:59:50'",
        ],
    ),
    ("wazuh-agent", 1, ["/var/ossec/etc/ossec.conf:<address>10.0.0.9</address>"]),
    ("mdatp", 0, ["101.1"]),
    ("mdatp", 1, ["true", "false"]),
    ("mdatp", 2, ["true", "false"]),
    ("mdatp", 3, ["up_to_date", "out_of_date"]),
    ("crowdstrike-falcon", 0, ['aid="\nrfm-state=false', "aid is not set\nrfm-state=true"]),
    ("fail2ban", 0, ["Server replied: pong"]),
    ("fail2ban", 1, ["Number of jail:\t1", "Number of jail:\t0"]),
    ("auditd", 0, ["enabled 1\npid 0", "enabled 1\npid 9"]),
    ("auditd", 1, ["No rules", "-w /etc"]),
    ("wireguard", 0, ["wg0\tk\t1763614800", "wg0\tk\t0"]),
]


@st.composite
def machines(draw: st.DrawFn) -> Facts:
    """Draw a machine, seen whole by root."""
    programs = draw(st.lists(st.sampled_from(PROGRAMS), max_size=5))
    running = tuple(
        process(
            program,
            pid=100 + number,
            name=draw(st.sampled_from(["", "clamd", "auditd"])),
            is_contained=draw(st.sampled_from([False, False, True])),
            is_deleted=draw(st.sampled_from([False, False, True])),
        )
        for number, program in enumerate(programs)
    )
    pids = [row["pid"] for row in running] or [1]
    packages = tuple(
        package(name, state=draw(st.sampled_from(["installed", "config-files"])))
        for name in draw(st.lists(st.sampled_from(PACKAGES), unique=True, max_size=5))
    )
    answered = [
        output(product_id, draw(st.sampled_from(texts)), part=part)
        for product_id, part, texts in OUTPUTS
        if draw(st.booleans())
    ]
    sockets = tuple(
        {
            **socket(
                draw(st.sampled_from(["10.0.0.9", "127.0.0.1"])),
                draw(st.sampled_from([10051, 514, 1514, 443])),
                local_port=draw(st.sampled_from([9100, 40000])),
            ),
            "pid": draw(st.sampled_from(pids)),
        }
        for _ in range(draw(st.integers(0, 3)))
    )
    lines = draw(st.lists(st.sampled_from(["*.* @@10.0.0.9", "*.* @10.0.0.9", "# x"]), max_size=2))
    ages = draw(st.lists(st.integers(1, 60), max_size=3))
    snapshots = tuple(
        file(f"/srv/r/snapshots/{n}", modified_at=(NOW - timedelta(hours=age)).isoformat())
        for n, age in enumerate(ages)
    )
    return facts(
        processes=running,
        packages=packages,
        services=tuple(
            service(name, path, draw(st.sampled_from(["running", "dead", "not-found"])))
            for name, path in draw(
                st.lists(
                    st.sampled_from(
                        [
                            ("clamav-daemon", "/usr/sbin/clamd"),
                            ("auditd", "/sbin/auditd"),
                            ("rsyslog", "/etc/init.d/rsyslog"),
                        ]
                    ),
                    max_size=2,
                )
            )
        ),
        status_outputs=tuple(answered),
        sockets=sockets,
        log_forwarding=tuple({"path": "/etc/rsyslog.conf", "line": line} for line in lines),
        files=(
            *snapshots,
            file("/srv/r/keys/k"),
            *(
                file(path, size=draw(st.integers(0, 1)))
                for path in ("/var/ossec/etc/client.keys", "/opt/CrowdStrike/falconctl")
                if draw(st.booleans())
            ),
        ),
        fanotify=tuple(
            {"pid": draw(st.sampled_from(pids)), "mask": draw(st.sampled_from(["0x8030000", "1"]))}
            for _ in range(draw(st.integers(0, 2)))
        ),
        mounts=({"mount": "/", "type": draw(st.sampled_from(["ext4", "nfs4"]))},),
    )


@st.composite
def seen_by_less(draw: st.DrawFn, whole: Facts) -> Facts:
    """Draw what an ordinary account might see of the same machine."""

    def less(row: Row) -> Row | None:
        match draw(st.sampled_from(["same", "blind", "gone"])):
            case "gone":
                return None
            case "blind":
                hidden = {"executable", "script", "is_contained", "pid_owner"}
                return {k: (None if k in hidden else v) for k, v in row.items()}
        return row

    def ownerless(row: Row) -> Row:
        return {**row, "pid": None} if draw(st.booleans()) else row

    def refused(row: Row) -> Row | None:
        match draw(st.sampled_from(["same", "denied", "gone", "timeout"])):
            case "denied":
                return {**row, "stdout": "", "stderr": "Permission denied", "exit_code": 1}
            case "timeout":
                return {**row, "stdout": "", "exit_code": None}
            case "gone":
                return None
        return row

    complete = frozenset(s for s in ALL_SECTIONS if draw(st.integers(0, 3)))
    outputs = tuple(r for row in whole.status_outputs if (r := refused(row)) is not None)
    public = {"clamav", "zabbix-agent", "mdatp"}
    # A command that any account may run and that is missing from a complete section is missing.
    lost = {str(row["command"]) for row in whole.status_outputs} - {
        str(row["command"]) for row in outputs
    }
    if any(
        status.key in lost and not status.needs_root
        for product in SMALL.products
        if product.id in public
        for status in product.status
    ):
        complete -= {"status_outputs"}
    lines = whole.log_forwarding if "log_forwarding" in complete else ()
    return replace(
        whole,
        is_root=False,
        complete=complete,
        processes=tuple(r for row in whole.processes if (r := less(row)) is not None),
        sockets=tuple(ownerless(row) for row in whole.sockets),
        files=tuple(row for row in whole.files if draw(st.booleans())),
        status_outputs=outputs,
        log_forwarding=lines,
        fanotify=(),
    )
