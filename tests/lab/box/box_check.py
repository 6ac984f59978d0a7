"""Hold truth.yaml against running machines: every proof, every denial, every plain fact."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from box import Running

TRUTH = Path(__file__).resolve().parent / "truth.yaml"
SECONDS_APART = 5


@dataclass(frozen=True)
class Truth:
    """What truth.yaml says of one machine; the file itself explains the fields."""

    address: str
    role: str
    systems: list[str]
    accounts: list[str]
    products: dict[str, dict[str, str]]
    unprivileged: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    proof: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    listening: dict[int, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    storage: dict[str, str] = field(default_factory=dict)
    backups: dict[str, dict[str, str | int | bool]] = field(default_factory=dict)
    log_forwarding: dict[str, str | int] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    clock_offset_seconds: int = 0
    contained: list[str] = field(default_factory=list)
    look_alikes: list[str] = field(default_factory=list)


def truth() -> Mapping[str, Truth]:
    """Read truth.yaml: machine name to facts."""
    content = yaml.safe_load(TRUTH.read_text(encoding="utf-8"))
    return {name: Truth(**facts) for name, facts in content.items()}


def check(running: Running) -> int:
    """Print one line per machine and one per fact that is wrong; give the number of wrong facts."""
    wrong_facts = facts = 0
    for name, expected in truth().items():
        if name not in running.hosts:
            continue
        wrong = []
        for said, is_right in _facts(running, name, expected):
            facts += 1
            if not is_right:
                wrong.append(said)
        wrong_facts += len(wrong)
        verdict = f"{len(wrong)} wrong" if wrong else "as written"
        _say(f"{name:22}{expected.address:14}{verdict}", *(f"    {said}" for said in wrong))
    _say(f"{facts} facts, {wrong_facts} wrong")
    return wrong_facts


def _facts(running: Running, name: str, expected: Truth) -> Iterator[tuple[str, bool]]:
    yield "address", running.address(name) == expected.address
    yield f"hostname {name}", _inside(running, name, "hostname") == name
    for command in expected.proof:
        yield f"proof: {command}", _succeeds(running, name, command)
    for account in ("root", "kiemtra"):
        is_let_in = _by_ssh(running, name, account, "true")
        yield f"login {account}", is_let_in == (account in expected.accounts)
    for command in expected.denied:
        is_allowed = _succeeds(running, name, command), _by_ssh(running, name, "kiemtra", command)
        yield f"denied to kiemtra only: {command}", is_allowed == (True, False)
    yield f"listening {expected.listening}", _listening(running, name) == expected.listening
    for package, state in expected.packages.items():
        query = f"dpkg-query -W -f='${{db:Status-Abbrev}}' {package}"
        yield f"package {package} {state}", _inside(running, name, query).strip() == state
    for path, kind in expected.storage.items():
        mounted = f"grep -q ' {path} {kind} ' /proc/mounts"
        yield f"mount {path} {kind}", _succeeds(running, name, mounted)
    target = expected.log_forwarding
    if target:
        link = f"ss -Htn state established dst {target['target']}:{target['port']} | grep -q ."
        yield f"log forwarding {target}", _succeeds(running, name, link)
    for canary, place in expected.canaries.items():
        yield f"canary in {place}", _succeeds(running, name, _search(canary, place))
    offset = int(_inside(running, name, "date +%s")) - time.time()
    yield f"clock {offset:.0f} s", abs(offset - expected.clock_offset_seconds) < SECONDS_APART


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _search(canary: str, place: str) -> str:
    kind, _, where = place.partition(" ")
    match kind:
        case "file":
            return f"grep -q -- '{canary}' {where}"
        case "argument":
            return f"grep -q -- '{canary}' /proc/$(pgrep -x {where.removeprefix('of ')})/cmdline"
        case "environment":
            return f"grep -q -- '{canary}' /proc/$(pgrep -x {where.removeprefix('of ')})/environ"
    raise ValueError(place)


def _listening(running: Running, name: str) -> dict[int, str]:
    """Give TCP ports with the program that listens there, port 22 left out."""
    program = (
        "ss -Htlnp | while read -r _ _ _ address _ owner; do"
        " pid=${owner#*pid=}; echo ${address##*:} $(readlink /proc/${pid%%,*}/exe); done"
    )
    ports = {}
    for line in _inside(running, name, program).splitlines():
        port, _, executable = line.removesuffix(" (deleted)").partition(" ")
        ports[int(port)] = Path(executable).name.replace("python3.11", "python3")
    ports.pop(22, None)
    return ports


def _inside(running: Running, name: str, command: str) -> str:
    return running.run(name, "sh", "-c", command).stdout.decode(errors="replace").strip()


def _succeeds(running: Running, name: str, command: str) -> bool:
    return running.run(name, "sh", "-c", command).returncode == 0


def _by_ssh(running: Running, name: str, account: str, command: str) -> bool:
    # -n: nothing to read; BatchMode: never ask for a password
    done = subprocess.run(
        ["ssh", "-nF", str(running.ssh_config), "-oBatchMode=yes", f"{account}@{name}", command],
        capture_output=True,
        check=False,
        timeout=30,
    )
    return done.returncode == 0
