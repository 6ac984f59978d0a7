"""What the tool finds on the lab's machines, held against truth.yaml: `make lab-report`.

Every machine is read over SSH as root and as `kiemtra`, with the product's own collector. A fact is
right, open (the tool says "unknown" where truth.yaml knows) or wrong. Prints a table by product and
one line of totals; the exit code is 1 if a root fact is not right, an unprivileged one is better
than it may be, something is said to be present that is not, or a canary left a machine.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import box
from box_check import Truth, truth

from auditor import collection, products, scripts
from auditor.model import Target
from auditor.model.products import Topic
from auditor.recognition import MachineFacts
from auditor.sections import sockets, software
from auditor.site import default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from box import Running

    from auditor.model.product_findings import ProductFinding

ROOT, ORDINARY = "root", "kiemtra"
OPEN = "unknown"
SSH_PORT = 22


@dataclass
class Tally:
    """Counts over all machines. `present` counts (truth, found) by product, as root."""

    facts: int = 0
    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    present: dict[str, Counter[tuple[bool, str]]] = field(default_factory=dict)

    def note(self, what: str, found: object, right: object, *, may_be_open: bool = False) -> None:
        """Count one fact."""
        self.facts += 1
        if found == right or (may_be_open and found == OPEN):
            return
        line = f"{what}: found {found}, true is {right}"
        (self.open if found == OPEN else self.wrong).append(line)


def read(running: Running, name: str, account: str, script: bytes) -> bytes:
    """Read one machine over SSH."""
    return subprocess.run(
        ["ssh", "-F", str(running.ssh_config), "-oBatchMode=yes", "-l", account, name, "sh"],
        input=script,
        capture_output=True,
        check=True,
        timeout=120,
    ).stdout


def hold(name: str, account: str, raw: bytes, expected: Truth, tally: Tally) -> None:
    """Hold what a machine said against what is true of it."""
    seen = collection.whole(raw)
    facts = MachineFacts(seen, products.load(), Target(name=name, url="local:"), default().site)
    for found in facts.findings:
        _hold_product(f"{account}@{name} {found.product}", found, account, expected, tally)
    for canary in expected.canaries:
        tally.note(f"{account}@{name} canary {canary[:20]}", canary.encode() in raw, right=False)
    for what, said, right in _plain_facts(seen, expected):
        tally.note(f"{account}@{name} {what}", said, right)


def _hold_product(
    what: str, found: ProductFinding, account: str, expected: Truth, tally: Tally
) -> None:
    right = expected.products.get(found.product)
    present = str(found.answer(Topic.PRESENT))
    if account == ROOT:
        counts = tally.present.setdefault(found.product, Counter())
        counts[(right is not None and right["present"] == "yes", present)] += 1
    if right is None:
        if present == "yes":
            tally.wrong.append(f"{what}: found present, is not there")
        return
    own = expected.unprivileged.get(found.product, {}) if account == ORDINARY else {}
    for axis, answer in right.items():
        true = OPEN if axis in own.get("unknown", ()) else answer
        found_answer = str(found.answer(Topic(axis)))
        tally.note(f"{what} {axis}", found_answer, true, may_be_open=axis in own.get("may", ()))


def _plain_facts(
    seen: collection.Collection, expected: Truth
) -> Iterator[tuple[str, object, object]]:
    ports = {
        row["local_port"]
        for row in sockets.sockets(seen)
        if row["is_listening"] and row["protocol"] == "tcp" and row["local_port"] != SSH_PORT
    }
    yield "listening", ports, set(expected.listening)
    states = {str(row["name"]): row["state"] for row in software.packages(seen)}
    words = {"ii": "installed", "rc": "config-files"}
    for package, state in expected.packages.items():
        yield f"package {package}", states.get(package), words[state]


def main() -> int:
    """Read all machines, print the tables, say by the exit code whether all is right."""
    script = scripts.script(products.load(), "posix")
    tally = Tally()
    with box.box() as running, ThreadPoolExecutor(4) as pool:
        known = {name: facts for name, facts in truth().items() if name in running.hosts}
        asked = [
            (name, account, pool.submit(read, running, name, account, script))
            for name, facts in known.items()
            for account in facts.accounts
        ]
        for name, account, answer in asked:
            hold(name, account, answer.result(), known[name], tally)
    _print(tally)
    return 1 if tally.wrong or tally.open else 0


def _print(tally: Tally) -> None:
    lines = [f"{'product':22}{'there':>6}{'found':>6}{'false':>6}{'precision':>11}{'recall':>8}"]
    hits = there = claimed = 0
    for product, counts in sorted(tally.present.items()):
        true = sum(n for (is_there, _), n in counts.items() if is_there)
        good, bad = counts[(True, "yes")], counts[(False, "yes")]
        hits, there, claimed = hits + good, there + true, claimed + good + bad
        if true or bad:
            lines.append(
                f"{product:22}{true:6}{good:6}{bad:6}{_share(good, good + bad):>11}"
                f"{_share(good, true):>8}"
            )
    lines += [f"OPEN   {line}" for line in tally.open] + [f"WRONG  {line}" for line in tally.wrong]
    lines.append(
        f"total: {tally.facts} facts, {len(tally.wrong)} wrong, {len(tally.open)} open;"
        f" present: precision {_share(hits, claimed)}, recall {_share(hits, there)}"
    )
    sys.stdout.write("\n".join(lines) + "\n")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
