"""Sections that this machine does not show, as documentation and other machines print them."""

import os
from collections.abc import Callable

import pytest
from collected import here, made, texts

from auditor.collection import Collection
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.sections import files, protection, software, storage

# md(4) and the kernel's admin-guide/md.rst: quoted, not recorded
MDSTAT = b"""Personalities : [raid1] [raid6] [raid5] [raid4]
md_d0 : active raid5 sde1[0] sdf1[4] sdb1[5] sdd1[2] sdc1[1]
      1250241792 blocks super 1.2 level 5, 64k chunk, algorithm 2 [5/5] [UUUUU]
      bitmap: 0/10 pages [0KB], 16384KB chunk

md1 : active raid1 sdb2[1] sda2[0](F)
      136448 blocks [2/1] [_U]

unused devices: <none>
"""
# nft(8), "Base chains"; written after it
RULES = b"""table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		tcp dport 22 accept
	}

	chain helper {
		accept
	}

	chain output {
		type filter hook output priority filter; policy accept;
	}
}
"""
SHADOWLESS = (
    b"0\troot\tunknown\tlogin\tadmin\t\t\t\t\n1000\t-\tset\tlogin\tplain\t20000\t90\t\tnever\n"
)


def test_raid() -> None:
    """A missing member makes an array degraded; a kernel without the driver has no array."""
    rows = storage.raid(made({"texts": texts({"/proc/mdstat": MDSTAT})}))
    assert [(r["name"], r["level"], r["members"], r["is_degraded"]) for r in rows] == [
        ("md_d0", "raid5", "UUUUU", False),
        ("md1", "raid1", "_U", True),
    ]
    assert rows[1]["devices"] == ("sdb2", "sda2")
    gone = (b"", 2, b"grep: /proc/mdstat: No such file or directory\n")
    assert storage.raid(made({"texts": gone})) == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"smart_status": {"passed": true}}', True),
        (b'{"smart_status": {"passed": false}}', False),
        (b'{"smartctl": {}}', None),
        (b"Device is in STANDBY mode", None),
    ],
)
def test_health_of_disks(content: bytes, expected: bool | None) -> None:  # noqa: FBT001 - a case
    """What a disk does not say stays unknown."""
    (row,) = storage.smart(made({"smart /dev/sda": (content, 2, b"")}))
    assert (row["device"], row["is_healthy"]) == ("/dev/sda", expected)


def test_layers_of_block_devices() -> None:
    """Encryption and volumes name what they lie on."""
    content = (
        b'{"blockdevices": [{"name": "sda", "type": "disk", "size": 9, "children": ['
        b'{"name": "crypt", "type": "crypt", "fstype": "ext4", "mountpoint": "/"}]}]}'
    )
    rows = storage.block_devices(made({"disks": content}))
    assert [(r["name"], r["parent"], r["type"], r["mount"]) for r in rows] == [
        ("sda", None, "disk", None),
        ("crypt", "sda", "crypt", "/"),
    ]


def test_firewalls() -> None:
    """Base chains with their policy and rules; ufw as its file says; nobody's word is no filter."""
    settings = b"/etc/ufw/ufw.conf:ENABLED=yes\n"
    rows = protection.firewall(made({"firewall_rules": RULES, "settings": settings}))
    assert [(r["tool"], r["hook"], r["policy"], r["rules"]) for r in rows] == [
        ("nft", "input", "drop", 2),
        ("nft", "output", "accept", 0),
        ("ufw", "input", "drop", None),
    ]
    legacy = b"-P INPUT DROP\n-P FORWARD ACCEPT\n-A INPUT -i lo -j ACCEPT\n"
    missing = (b"", 127, b"nft: not found")
    both = made({"firewall_rules": missing, "firewall_legacy": legacy, "settings": b""})
    assert [(r["chain"], r["policy"], r["rules"]) for r in protection.firewall(both)] == [
        ("INPUT", "drop", 1),
        ("FORWARD", "accept", 0),
    ]


@pytest.mark.parametrize(
    ("printed", "failure"),
    [
        ((b"", 126, b"root only"), Failure.PERMISSION_DENIED),
        ((b"", 127, b"nft: not found"), Failure.TOOL_MISSING),
    ],
)
def test_an_unseen_firewall_is_not_absent(
    printed: tuple[bytes, int, bytes], failure: Failure
) -> None:
    """Without rights or tools nothing is known."""
    with pytest.raises(CannotMeasure) as caught:
        protection.firewall(made({"firewall_rules": printed, "settings": b""}))
    assert caught.value.failure is failure


def test_accounts_have_no_names() -> None:
    """Numbers, flags and ages; a name only where systems bring the account along."""
    root, person = protection.users(made({"users": SHADOWLESS}))
    assert (root["name"], root["password"], root["is_admin"]) == ("root", "unknown", True)
    assert (person["name"], person["password_changed_on"], person["password_max_days"]) == (
        None,
        "2024-10-04",
        90,
    )


def test_settings_are_read_by_file() -> None:
    """Password rules, the SSH server and automatic updates share one section."""
    settings = (
        b"/etc/login.defs:PASS_MAX_DAYS\t90\n/etc/ssh/sshd_config:PermitRootLogin no\n"
        b'/etc/apt/apt.conf.d/20auto-upgrades:APT::Periodic::Unattended-Upgrade "1";\n'
        b"/etc/pam.d/common-auth:auth required pam_faillock.so deny=5\n"
    )
    collection = made({"settings": settings, "files": b"absent /run/reboot-required\n"})
    policy = [(r["key"], r["value"]) for r in protection.password_policy(collection)]
    assert ("PASS_MAX_DAYS", "90") in policy
    assert ("pam_faillock.so", "auth required pam_faillock.so deny=5") in policy
    (ssh,) = protection.ssh_server(collection)
    assert (ssh["key"], ssh["value"]) == ("permitrootlogin", "no")
    (row,) = protection.updates(collection)
    assert (row["is_automatic"], row["needs_restart"], row["pending"]) == (True, False, None)


def test_log_receivers() -> None:
    """The file and the receiver, line by line."""
    said = b"/etc/rsyslog.conf:*.* @@10.0.0.1:514\n"
    assert protection.log_forwarding(made({"log_forwarding": said})) == (
        {"path": "/etc/rsyslog.conf", "line": "*.* @@10.0.0.1:514"},
    )


def test_masks_of_fanotify() -> None:
    """All marks of a process together; proc(5) and a line of Linux 6.1."""
    lines = (
        b"/proc/7/fdinfo/5:fanotify flags:0 event-flags:0\n"
        b"/proc/7/fdinfo/5:fanotify mnt_id:12 mflags:0 mask:8030000 ignored_mask:0\n"
        b"/proc/7/fdinfo/5:fanotify ino:4f969 sdev:800013 mflags:0 mask:3b ignored_mask:40000000 "
        b"fhandle-bytes:8 fhandle-type:1 f_handle:69f90400c275b5b4\n"
    )
    assert files.fanotify(made({"fanotify": lines})) == ({"pid": 7, "mask": "0x803003b"},)
    nobody = (b"", 1, b"no descriptor of this kind is visible\n")
    assert files.fanotify(made({"fanotify": nobody})) == ()
    with pytest.raises(CannotMeasure):
        files.fanotify(made({"fanotify": nobody}, uid=1000))


def test_names_with_blanks_and_quotes() -> None:
    """GNU quotes as C does, busybox with single quotes, others not at all."""
    assert files.link('"/a \\"b\\n" -> "/c\\303\\251"') == ('/a "b\n', "/cé")
    assert files.link("'/a' -> '/b'") == ("/a", "/b")
    assert files.link("/a -> /b") == ("/a", "/b")
    assert files.link('"/plain"') == ("/plain", None)


TABLES: list[Callable[[Collection], tuple[Row, ...]]] = [
    *(protection.users, protection.password_policy, protection.ssh_server),
    *(protection.log_forwarding, protection.updates, software.schedulers, software.unit_links),
    *(storage.block_devices, storage.raid, storage.smart, files.files, files.status_outputs),
]


@pytest.mark.root
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_this_machine(table: Callable[[Collection], tuple[Row, ...]]) -> None:
    """Each table can be read here; rows of one table have the same columns."""
    if os.geteuid() != 0:
        pytest.skip("needs root to see all of it")
    rows = table(here().collection)
    assert len({tuple(row) for row in rows}) <= 1
