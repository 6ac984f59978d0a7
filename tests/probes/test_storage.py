"""Storage of a machine of the box, and of machines made of a few rows."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from box_truth import machine, truth
from collected import facts_of, made, texts
from host_facts import facts, file, output, package, process, socket
from judged import Judged, judged

from auditor.detection.facts import Facts
from auditor.model import Measured, Row
from auditor.probing import Probe

Probes = Mapping[str, Probe]
SHARES = "[global]\n[printers]\n[print$]\n[du-lieu]\n[Kho ảnh]\n".encode()
ALL = "0.0.0.0"  # noqa: S104 - what a socket of the machine says
MDSTAT = b"""Personalities : [raid1]
md0 : active raid1 sda1[0] sdb1[1]
      1046528 blocks super 1.2 [2/2] [UU]

md1 : active raid1 sda2[0] sdb2[1](F)
      1046528 blocks super 1.2 [2/1] [U_]

md127 : inactive sdc1[0](S)
      1046528 blocks super 1.2

unused devices: <none>
"""


def rows(probes: Probes, seen: Judged) -> tuple[Row, ...]:
    """Measure a machine."""
    return probes["storage"].measure(seen).rows


def samba(*listeners: Row, running: bool = True, shares: bytes = SHARES) -> Judged:
    """Return a file server with its shares, its process and what it listens on."""
    return judged(samba_facts(*listeners, running=running, shares=shares), sections=said(shares))


def said(shares: bytes) -> dict[str, bytes]:
    """Return what testparm prints."""
    return {"status testparm -s": shares}


def samba_facts(*listeners: Row, running: bool = True, shares: bytes = SHARES) -> Facts:
    """Return its rows."""
    return facts(
        packages=(package("samba"),),
        files=(file("/usr/sbin/smbd"),),
        processes=(process("/usr/sbin/smbd", pid=45),) if running else (),
        sockets=listeners,
        status_outputs=(output("samba", shares.decode()),),
    )


def listener(address: str, pid: int | None = 45, port: int = 445) -> Row:
    """Return a socket that waits for others."""
    row = socket("", 0, local=address, local_port=port, state="LISTEN", pid=pid)
    return {**row, "remote_address": None, "remote_port": None, "is_listening": True}


def test_the_file_server_of_the_box(
    probes: Probes, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """Root sees its share running and reachable; another account leaves that open."""
    result = probes["storage"].measure(machine("nas-samba"))
    assert conforms(probes["storage"], result)
    assert "samba" in truth("nas-samba")["products"]
    (share,) = result.rows
    assert (share["kind"], share["name"], share["product"]) == ("smb_share", "du-lieu", "samba")
    assert (share["is_running"], share["is_reachable"]) == (True, True)
    (seen_less,) = probes["storage"].measure(machine("nas-samba", "kiemtra")).rows
    assert (seen_less["name"], seen_less["is_running"]) == ("du-lieu", None)
    assert seen_less["is_reachable"] is None


def test_a_backup_server_serves_nothing(probes: Probes) -> None:
    """A machine without shares, services or network mounts has no row."""
    assert probes["storage"].measure(machine("srv-backup")).rows == ()


@pytest.mark.parametrize(
    ("listeners", "running", "expected"),
    [
        ((listener(ALL),), True, True),
        ((listener("::"),), True, True),
        ((listener("10.0.0.5"), listener("127.0.0.1")), True, True),
        ((listener("127.0.0.1"), listener("::1"), listener("::ffff:127.0.0.1")), True, False),
        ((listener(ALL, pid=99),), True, False),  # another program's port
        ((), True, False),
        ((), False, False),
    ],
)
def test_reachable_is_a_listener_of_its_own(
    probes: Probes, listeners: tuple[Row, ...], *, running: bool, expected: bool
) -> None:
    """Its own process waits on an address that is not loopback."""
    found = rows(probes, samba(*listeners, running=running))
    assert [row["name"] for row in found] == ["Kho ảnh", "du-lieu"]
    assert {row["is_reachable"] for row in found} == {expected}
    assert {row["is_running"] for row in found} == {running}


def test_seeing_less_leaves_it_open(probes: Probes) -> None:
    """Without the owners of sockets nothing is said to be reachable, or not."""
    seen = samba_facts(listener(ALL, pid=None))
    for less in (
        replace(seen, is_root=False),
        replace(seen, complete=seen.complete - {"sockets"}, sockets=()),
    ):
        found = rows(probes, judged(less, sections=said(SHARES)))
        assert {row["is_reachable"] for row in found} == {None}


def test_a_server_without_shares_serves_nothing(probes: Probes) -> None:
    """The daemon runs and listens; where it does not say what it shares, that is open."""
    quiet = samba(listener(ALL), shares=b"[global]\n[printers]\n")
    (row,) = rows(probes, quiet)
    assert (row["kind"], row["is_running"], row["is_reachable"]) == ("service", True, False)
    (row,) = rows(probes, replace(quiet, collection=made({})))
    assert (row["kind"], row["is_running"], row["is_reachable"]) == ("service", True, None)


def nfs(exported: str, *, port: bool) -> Judged:
    """Return a kernel file server: its port belongs to no process."""
    key = "lines /var/lib/nfs/etab"
    seen = facts(
        packages=(package("nfs-kernel-server"),),
        sockets=(listener(ALL, pid=None, port=2049),) if port else (),
        status_outputs=(output("nfs-server", exported),),
    )
    return judged(seen, sections={f"status {key}": exported.encode()})


def test_nfs_is_served_by_the_kernel(probes: Probes) -> None:
    """Its exports are what the kernel was told; without its port nothing is proven."""
    exported = "/var/lib/nfs/etab:/srv/chung\n/var/lib/nfs/etab:/srv/kho\n"
    found = rows(probes, nfs(exported, port=True))
    assert [(row["kind"], row["path"]) for row in found] == [
        ("nfs_export", "/srv/chung"),
        ("nfs_export", "/srv/kho"),
    ]
    assert {row["is_reachable"] for row in found} == {True}
    assert {row["is_reachable"] for row in rows(probes, nfs(exported, port=False))} == {None}
    (nothing,) = rows(probes, nfs("", port=True))
    assert (nothing["kind"], nothing["is_reachable"]) == ("service", False)


def test_network_mounts_arrays_and_disks(
    probes: Probes, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """A mount that answered is reachable; arrays and disks tell their health, no more."""
    mounted = (
        b"/dev/md0 / ext4 rw 0 0\nnas:/chung /mnt/nas nfs4 rw 0 0\n"
        b"https://khach@dav.example/f /mnt/dav davfs rw 0 0\n"
    )
    said = {
        "texts": texts({"/proc/mounts": mounted, "/proc/mdstat": MDSTAT}),
        "space": b"4096 1000 500 /\n4096 2000 500 /mnt/nas\n",
        "smart /dev/sda": b'{"smart_status": {"passed": true}}',
        "smart /dev/sdb": b'{"smart_status": {"passed": false}}',
        "smart /dev/sdc": b"{}",
    }
    result = probes["storage"].measure(judged(facts(), sections=said))
    assert conforms(probes["storage"], result)
    mounts = {row["path"]: row for row in result.rows if row["kind"] == "mount"}
    assert mounts["/mnt/nas"]["is_reachable"] is True
    assert (mounts["/mnt/nas"]["total_bytes"], mounts["/mnt/nas"]["free_bytes"]) == (
        4096 * 2000,
        4096 * 500,
    )
    assert mounts["/mnt/dav"]["is_reachable"] is None
    assert mounts["/mnt/dav"]["name"] == "https://dav.example/f"
    health = {row["name"]: row["is_healthy"] for row in result.rows if row["kind"] != "mount"}
    assert health == {
        "md0": True,
        "md1": False,
        "md127": False,
        "/dev/sda": True,
        "/dev/sdb": False,
        "/dev/sdc": None,
    }
    assert {row["is_reachable"] for row in result.rows if row["kind"] != "mount"} == {None}


def test_a_storage_machine_does_not_vanish(probes: Probes) -> None:
    """Nothing seen on a machine with the role is one open row; on others it is none."""
    (row,) = rows(probes, judged(facts(), roles=("storage",)))
    assert (row["kind"], row["name"], row["is_reachable"]) == ("service", None, None)
    assert rows(probes, judged(facts())) == ()


def test_what_cannot_be_read_is_named(probes: Probes) -> None:
    """A machine whose mounts were not collected says so."""
    collection = made({"texts": (b"", 124, b"")})
    said = probes["storage"].measure(facts_of(collection)).limitations
    assert any("mounts" in text.en for text in said)
