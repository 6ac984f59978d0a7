"""Record what the probes of services, devices, topology and zones see in two small networks.

An office and a server room behind a router, in namespaces; each is looked at from both sides, so
that zones can be judged. In the orderly one the server room is shut out of the office, and there is
equipment to be seen; in the other one Telnet stands open and the gateway of the plan is dead.
Equipment is played by stand-ins that answer as the protocols say; their answers are no captures of
real devices. Needs root, iproute2 and nftables.
`python tests/lab/record_network.py` rewrites profiles/recordings/network-*.json.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import centre_papers
import record_lan
import yaml
from centre_folder import paper
from record_examples import SYSTEMS
from recordings import FOLDER

from auditor.site_rules import SCHEMA

PROBES = frozenset(
    {"declarations", "declared_values", "information_systems", "zone_reachability"}
    | {"documents", "document_content", "document_agreement"}
    | {"lan_devices", "lan_hosts", "lan_services", "lan_topology"}
)
OFFICE, SERVERS = "10.78.0.0/24", "10.78.1.0/24"
PROJECTOR = "10.78.1.12"
WITNESS = "10.78.0.2:8000"
"""A service of the office that the router does not have, so that silence there means something."""

ANSWER = {
    "10.78.1.11:80": ["", "HTTP/1.1 200 OK\r\n\r\n<title>OpenWrt - LuCI</title>"],
    f"{PROJECTOR}:4352": ["PJLINK 1 498e4a67\r", ""],
    "10.78.1.13:5025": ["", ""],
    "10.78.1.14:554": ["", "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS\r\n\r\n"],
}
"""By place: what is said at once, and what is answered."""

TELNET = "\xff\xfd\x18\xff\xfb\x01login: "
STAND_IN = """
import json, socket, sys, threading, time
def serve(listener, first, answer):
    while True:
        caller, _ = listener.accept()
        caller.sendall(first.encode("latin-1"))
        caller.settimeout(3)
        try:
            if answer and caller.recv(4096):
                caller.sendall(answer.encode("latin-1"))
            else:
                time.sleep(0.5)
        except OSError:
            pass
        caller.close()
for place, words in json.loads(sys.argv[1]).items():
    host, _, port = place.rpartition(":")
    listener = socket.create_server((host, int(port)))
    threading.Thread(target=serve, args=(listener, *words), daemon=True).start()
time.sleep(600)
"""


def site_of(folder: Path, *, in_order: bool, other: str = "") -> Path:
    """Write the site file."""
    today = datetime.now(UTC).date()
    (folder / "letter.pdf").write_bytes(paper("Văn bản cho phép rà soát"))
    plan: dict[str, object] = {
        "segments": [
            {
                "name": "Văn phòng",
                "network": OFFICE,
                "gateway": "10.78.0.1" if in_order else "10.78.0.254",
                "dhcp_pool_size": 200 if in_order else 5,
            },
            {"name": "Phòng máy chủ", "network": SERVERS},
        ],
        "zones": [
            {"name": "máy chủ", "networks": [SERVERS]},
            {"name": "văn phòng", "networks": [OFFICE], "witnesses": [WITNESS]},
        ],
        "passages": [{"from_zone": "văn phòng", "to_zone": "máy chủ", "ports": _ways(in_order)}],
        "other_runs": [other] if other else [],
    }
    site = {
        "schema": SCHEMA,
        "centre": {"id": "mang-mau", "name": "Bản ghi mạng mẫu"},
        "information_systems": [{"id": i, "name": n, "level": 2} for i, n in SYSTEMS.items()],
        "scope": _scope(today),
        "devices": [{"name": "may-chieu", "addresses": [PROJECTOR], "asset_number": "TS-01"}],
        "network": plan,
        "documents": list(_papers(folder, in_order=in_order)),
        "declared": {"coworking_seats": 100},
        "declared_by": {"by": "Nguyễn Văn Mẫu", "position": "Giám đốc", "on": today.isoformat()},
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def _papers(folder: Path, *, in_order: bool) -> Iterator[dict[str, object]]:
    """Write a device list of the centre and a dossier of its systems.

    The disorderly ones name a machine that is not there, and forget one.
    """
    own = ("10.78.0.1", "10.78.0.2")
    there = ("10.78.1.11", PROJECTOR, "10.78.1.13", "10.78.1.14") if in_order else ("10.78.1.13",)
    devices = [(f"Thiết bị {number}", a) for number, a in enumerate((*own, *there), 1)]
    plan = (("Vùng", "Mạng"), ("Văn phòng", OFFICE), ("Phòng máy chủ", SERVERS))
    for kind, systems in (("device_list", []), ("level_dossier", list(SYSTEMS))):
        table = (("Tên thiết bị", "Địa chỉ IP"), *devices)
        centre_papers.write(folder / f"{kind}.docx", ("DANH MỤC THIẾT BỊ",), table, plan)
        yield {"kind": kind, "file": f"{kind}.docx", "information_systems": systems}


def _ways(in_order: bool) -> list[int]:  # noqa: FBT001 - one of two situations
    return [80, 554, 4352, 5025] if in_order else [443]


def _scope(today: date) -> dict[str, object]:
    letter = {
        **record_lan.LETTER,
        "methods": ["discovery", "service_probes"],
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=1)).isoformat(),
        "file": "letter.pdf",
    }
    return {
        "networks": ["10.78.0.0/29", "10.78.1.8/29"],
        "packets_per_second": 1000,
        "authorisation": letter,
    }


@contextlib.contextmanager
def network(*, in_order: bool) -> Iterator[dict[str, str]]:
    """Make office, router and server room; give the namespaces' names."""
    spaces = {name: f"rn{os.getpid()}{name}" for name in ("office", "router", "servers")}
    ip, commands = record_lan.ip, []
    with contextlib.ExitStack() as stack:
        for name in spaces.values():
            ip("netns", "add", name)
            stack.callback(ip, "netns", "delete", name)
            ip("-n", name, "link", "set", "lo", "up")
        for room, gateway in (("office", "10.78.0.1"), ("servers", "10.78.1.1")):
            inside, router = spaces[room], spaces["router"]
            ip("-n", inside, "link", "add", "eth0", "type", "veth", "peer", room, "netns", router)
            ip("-n", router, "address", "add", f"{gateway}/24", "dev", room)
            ip("-n", router, "link", "set", room, "up")
            ip("-n", inside, "link", "set", "eth0", "up")
        hosts = ("10.78.1.11", PROJECTOR, "10.78.1.13", "10.78.1.14") if in_order else ()
        commands = [("office", "10.78.0.2"), *(("servers", a) for a in hosts or ("10.78.1.9",))]
        for room, address in commands:
            ip("-n", spaces[room], "address", "add", f"{address}/24", "dev", "eth0")
        route = "default" if in_order else SERVERS
        ip("-n", spaces["office"], "route", "add", route, "via", "10.78.0.1")
        ip("-n", spaces["servers"], "route", "add", OFFICE, "via", "10.78.1.1")
        enter = ("ip", "netns", "exec")
        forward = ("sysctl", "-qw", "net.ipv4.ip_forward=1")
        subprocess.run([*enter, spaces["router"], *forward], check=True)
        if in_order:
            shut = f"add table ip f\nadd chain ip f i {{ type filter hook input priority 0; }}\n\
add rule ip f i ip saddr {SERVERS} tcp flags & (syn | ack) == syn drop\n"
            subprocess.run(
                [*enter, spaces["office"], "nft", "-f", "-"], input=shut, text=True, check=True
            )
        yield spaces


@contextlib.contextmanager
def standing_in(space: str, answers: dict[str, list[str]]) -> Iterator[None]:
    """Play services in a namespace for a while."""
    command = ("ip", "netns", "exec", space, sys.executable, "-c", STAND_IN, json.dumps(answers))
    with subprocess.Popen(command) as running:
        try:
            time.sleep(1)
            yield
        finally:
            running.terminate()


def seen_from(space: str, site: Path, run: Path) -> Path:
    """Run the audit in a namespace; return its record."""
    audit = Path(sys.executable).with_name("audit")
    command = ("ip", "netns", "exec", space, str(audit), "run", "--quiet")
    done = subprocess.run([*command, "--site", str(site), "--out", str(run)], check=False)
    sys.stderr.write(f"{space}: exit {done.returncode}\n")
    return run / "record.json"


def record(*, in_order: bool) -> bytes:
    """Look from the server room, then from the office; return what checks read of the second."""
    with (
        tempfile.TemporaryDirectory() as name,
        network(in_order=in_order) as spaces,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        if in_order:
            stack.enter_context(standing_in(spaces["servers"], ANSWER))
            stack.enter_context(standing_in(spaces["office"], {WITNESS: ["", ""]}))
        else:
            stack.enter_context(standing_in(spaces["servers"], {"10.78.1.9:23": [TELNET, ""]}))
            stack.enter_context(standing_in(spaces["office"], {"10.78.0.2:23": [TELNET, ""]}))
        there = seen_from(spaces["servers"], site_of(folder, in_order=in_order), folder / "there")
        site = site_of(folder, in_order=in_order, other=str(there.relative_to(folder)))
        written = json.loads(seen_from(spaces["office"], site, folder / "here").read_bytes())
    kept = [item for item in written["observations"] if item["measurement"]["probe"] in PROBES]
    plan = [act for act in written["plan"] if act["probe"] in PROBES]
    slim = {**written, "plan": plan, "observations": kept, "findings": [], "groups": []}
    return (json.dumps(slim, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def main() -> None:
    """Record both networks."""
    for name, in_order in (("network-in-order", True), ("network-in-disorder", False)):
        (FOLDER / f"{name}.json").write_bytes(record(in_order=in_order))


if __name__ == "__main__":
    main()
