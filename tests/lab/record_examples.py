"""Record the observations by which profiles are proved: one centre in order, and one that is not.

Each centre lives for a moment in a network namespace of its own, so what is recorded is what the
probes really saw: a fast wired port or a 10 Mbit/s one, a default route or none, a listener on the
telnet port, a time server that is right or five seconds off, disks with space or a full one.
Recording moves the kernel's "clock is synchronised" mark for a moment and puts it back; nothing
else of the machine changes. Needs root and the packages iproute2, chrony, faketime, ethtool.
`python tests/lab/record_examples.py` rewrites profiles/recordings/centre-*.json;
record_machines.py makes the others, of stored machines with what the lab can run.
"""

import contextlib
import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import recordings
import yaml
from centre_folder import paper

from auditor import DEFAULT_PROFILE, profile
from auditor.model import DeclaredKind, Profile
from auditor.site_rules import SCHEMA

ADJ_STATUS, STA_UNSYNC = 0x0010, 0x0040  # adjtimex(2)
LONG_AGO = timedelta(days=1500)
YESTERDAY = timedelta(days=1)
RECENT_RULES = {
    "security_regulation": (timedelta(days=40), timedelta(days=10)),
    "level_approval_decision": (timedelta(days=20), timedelta(days=20)),
}
"""Ages in the orderly and the other centre: there, the regulation came after the approval."""
SYSTEMS = {"cong-thong-tin": "Cổng thông tin điện tử"}


class Timex(ctypes.Structure):
    """The head of `struct timex`, adjtimex(2); the rest stays zero."""

    _fields_: ClassVar = [
        ("modes", ctypes.c_uint),
        ("values", ctypes.c_long * 4),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    ]


@dataclass(frozen=True)
class Situation:
    """What differs between the two centres. `declared` overrides the figure of each kind."""

    name: str
    in_order: bool
    figure: int
    clock: str
    declared: dict[str, object] = field(default_factory=dict)


SITUATIONS = (
    Situation(
        "centre-in-disorder",
        in_order=False,
        figure=0,
        clock="+5s",
        declared={"coworking_seats_planned": 50},
    ),
    Situation("centre-in-order", in_order=True, figure=1000, clock="+0s"),
)

DISORDER = """
import fcntl, socket, struct, time
tap = open("/dev/net/tun", "r+b", buffering=0)  # a tap device has a carrier while it is held
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", b"lan0", 0x1002))
listener = socket.create_server(("", 23))
time.sleep(600)
"""


def site_of(situation: Situation, folder: Path, criteria: Profile) -> Path:
    """Write the centre's site file and papers."""
    today = datetime.now(UTC).date()
    signer = {"by": "Nguyễn Văn Mẫu", "position": "Giám đốc", "on": today.isoformat()}
    age = YESTERDAY if situation.in_order else LONG_AGO
    documents: list[dict[str, object]] = []
    for kind, name in criteria.document_kinds.items():
        file = folder / f"{kind}.pdf"
        file.write_bytes(paper(name.vi))
        issued = today - RECENT_RULES.get(kind, (age, age))[not situation.in_order]
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        document: dict[str, object] = {
            "kind": kind,
            "file": file.name,
            "issued_on": issued.isoformat(),
            "information_systems": list(SYSTEMS),
            "confirmation": {**signer, "statement": "Bản ghi để thử hồ sơ.", "sha256": digest},
        }
        if not situation.in_order:
            document["valid_until"] = (today - YESTERDAY).isoformat()
        documents.append(document)
    figures: dict[DeclaredKind, object] = {
        DeclaredKind.NUMBER: situation.figure,
        DeclaredKind.TEXT: "mẫu",
        DeclaredKind.YES_NO: situation.in_order,
    }
    declared = {name: figures[value.kind] for name, value in criteria.declared_values.items()}
    machine = {"name": "may-do", "url": "local:", "roles": ["vantage", "storage"]}
    site = {
        "schema": SCHEMA,
        "centre": {"id": situation.name, "name": f"Bản ghi {situation.name}"},
        "information_systems": [{"id": i, "name": n, "level": 2} for i, n in SYSTEMS.items()],
        "targets": [{**machine, "information_systems": list(SYSTEMS)}],
        "scope": {"networks": ["10.77.0.0/24"]},
        "not_machines": [{"address": "10.77.0.1", "reason": "Bộ định tuyến mẫu"}],
        "time_servers": ["127.0.0.1"],
        "documents": documents,
        "declared": {**declared, **situation.declared},
        "declared_by": signer,
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def ip(*words: str) -> None:
    """Run one `ip` command."""
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def namespace(situation: Situation) -> Iterator[str]:
    """Make a network namespace with the situation's port, route and resolver."""
    name = f"rec-{os.getpid()}"
    resolv = Path("/etc/netns") / name / "resolv.conf"
    resolv.parent.mkdir(parents=True)
    resolv.write_text("nameserver 10.77.0.1\n" if situation.in_order else "# none\n")
    ip("netns", "add", name)
    try:
        ip("-n", name, "link", "set", "lo", "up")
        if situation.in_order:
            ip("-n", name, "link", "add", "lan0", "type", "veth", "peer", "name", "peer0")
            ip("-n", name, "link", "set", "peer0", "up")
        else:
            ip("-n", name, "tuntap", "add", "lan0", "mode", "tap")
        ip("-n", name, "address", "add", "10.77.0.2/24", "dev", "lan0")
        ip("-n", name, "link", "set", "lan0", "up")
        for n in (1,) if situation.in_order else (1, 3):  # who else is there
            ip("-n", name, *f"neigh add 10.77.0.{n} lladdr 00:16:3e:00:00:0{n} dev lan0".split())
        if situation.in_order:
            ip("-n", name, "route", "add", "default", "via", "10.77.0.1")
        yield name
    finally:
        ip("netns", "delete", name)
        resolv.unlink()
        resolv.parent.rmdir()


@contextlib.contextmanager
def program(*argv: str, **environment: str) -> Iterator[None]:
    """Run a program for a while."""
    running = subprocess.Popen(argv, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        time.sleep(2)
        yield
    finally:
        running.terminate()
        running.wait(10)


@contextlib.contextmanager
def time_server(space: str, folder: Path, shift: str) -> Iterator[None]:
    """Serve time that libfaketime shifts; the machine's own clock is left alone (-x)."""
    config = folder / "chrony.conf"
    config.write_text(
        "local stratum 5\nallow all\ncmdport 0\nbindcmdaddress /\n"
        f"bindaddress 127.0.0.1\npidfile {folder}/chronyd.pid\n"
    )
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    server = ("chronyd", "-d", "-x", "-U", "-u", "root", "-f", str(config))
    with program(*("ip", "netns", "exec", space, *server), LD_PRELOAD=str(library), FAKETIME=shift):
        yield


def is_unsynchronised() -> bool:
    """Ask the kernel; `modes` 0 changes nothing."""
    ctypes.CDLL(None).adjtimex(ctypes.byref(state := Timex()))
    return bool(state.status & STA_UNSYNC)


@contextlib.contextmanager
def disciplined_clock(situation: Situation, space: str, folder: Path) -> Iterator[None]:
    """Let chronyd keep the machine's clock, by the same clock, while the orderly centre is seen."""
    if not situation.in_order:
        yield
        return
    config = folder / "client.conf"
    lines = "server 127.0.0.1 iburst maxdelay 1\nrtcsync\nport 0\ncmdport 0\nbindcmdaddress /\n"
    config.write_text(f"{lines}pidfile {folder}/client.pid\n")
    client = ("chronyd", "-d", "-U", "-u", "root", "-f", str(config))
    try:
        with program("ip", "netns", "exec", space, *client):
            deadline = time.monotonic() + 60
            while is_unsynchronised() and time.monotonic() < deadline:
                time.sleep(0.5)
            yield
    finally:
        state = Timex(modes=ADJ_STATUS, status=STA_UNSYNC)
        ctypes.CDLL(None).adjtimex(ctypes.byref(state))


@contextlib.contextmanager
def disk(situation: Situation, folder: Path) -> Iterator[None]:
    """Mount a nearly full disk in the disorderly centre."""
    if situation.in_order:
        yield
        return
    image, mount = folder / "disk.img", folder / "disk"
    with image.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
    mount.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=True)
    try:
        with contextlib.suppress(OSError), (mount / "full").open("wb") as file:
            while file.write(b"\0" * 65536):
                pass
        yield
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def record(situation: Situation, criteria: Profile) -> None:
    """Run the audit in a situation."""
    with (
        tempfile.TemporaryDirectory() as name,
        namespace(situation) as space,
        time_server(space, Path(name), situation.clock),
        disciplined_clock(situation, space, Path(name)),
        disk(situation, Path(name)),
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        inside: tuple[str, ...] = ("ip", "netns", "exec", space)
        if not situation.in_order:
            stack.enter_context(program(*inside, sys.executable, "-c", DISORDER))
            slow = ("ethtool", "-s", "lan0", "speed", "10", "duplex", "half", "autoneg", "off")
            subprocess.run([*inside, *slow], check=True)
            # A container that sees no disk of its host.
            inside = (*inside, "sh", "-c", 'mount -t tmpfs none /sys/block && exec "$@"', "sh")
        site = site_of(situation, folder, criteria)
        recordings.record(situation.name, site, criteria, inside)


def main() -> None:
    """Record both centres."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    for situation in SITUATIONS:
        record(situation, criteria)


if __name__ == "__main__":
    main()
