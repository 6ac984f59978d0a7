"""What the tool finds of the box of services, held against truth.yaml: part of `make lab-report`.

One `audit run` looks at all of them from outside. Prints each value beside the true one and a line
of totals; the exit code is 1 if a value is wrong, a row is missing, or one is there that is not in
the truth.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import service_box
import service_site
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TRUTH = Path(__file__).resolve().with_name("truth.yaml")
ABSENT, UNEXPECTED = "(no row)", "(not in truth.yaml)"
FAILURES: Mapping[str, Mapping[str, str]] = {
    "web_service": {
        "Không có tên": "dns_unknown",
        "DNS không đáp": "dns_failed",
        "Từ chối": "refused",
        "Bị ngắt": "reset",
        "Chứng thư tên khác": "tls_name",
        "Chứng thư hết hạn": "tls_expired",
        "TLS 1.0": "tls_old",
        "Cổng có lượt dùng": "tls_untrusted",
        "Chậm": "slow",
        "Vòng quanh": "redirect_loop",
        "Dẫn ra ngoài": "redirect_outside",
        "Lỗi 500": "server_error",
    },
    "hpc_portals": {
        "Hub không có tên": "dns_unknown",
        "Hub DNS không đáp": "dns_failed",
        "Hub từ chối": "refused",
        "Hub chứng thư tên khác": "tls_name",
        "Hub chứng thư hết hạn": "tls_expired",
        "Hub chặn 403": "denied",
        "Hub chậm": "slow",
        "Hub vòng quanh": "redirect_loop",
        "Trang không phải hub": "not_as_declared",
        "Đám mây đáp bất kỳ ai": "access_not_shown",
    },
}
"""Rows that fail, by probe: each has a word and a sentence of its own."""


@dataclass(frozen=True)
class Fact:
    """One value of one row: what is true, and what was measured."""

    probe: str
    row: str
    column: str
    expected: object
    measured: object

    @property
    def is_right(self) -> bool:
        """Whether the tool says what is true; `True` is not 1."""
        return json.dumps(self.measured) == json.dumps(self.expected)


def truth() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Read truth.yaml: probe, row, column, value."""
    content: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(TRUTH.read_text("utf-8"))
    return content


def rows_of(record: Mapping[str, Any], probe: str) -> dict[str, list[dict[str, object]]]:
    """Return the rows of a probe by their names, those of all targets together."""
    found: dict[str, list[dict[str, object]]] = {}
    for observation in record["observations"]:
        if observation["measurement"]["probe"] == probe and observation["measured"]:
            for row in observation["measured"]["rows"]:
                found.setdefault(row.get("name") or row["purpose"], []).append(row)
    return found


def facts(record: Mapping[str, Any]) -> Iterator[Fact]:
    """Hold a record against the truth, value by value."""
    for probe, wanted in truth().items():
        found = rows_of(record, probe)
        for name, values in wanted.items():
            for column, expected in values.items():
                if name not in found:
                    yield Fact(probe, name, column, expected, ABSENT)
                for said in _distinct(found.get(name, ()), column):
                    yield Fact(probe, name, column, expected, said)
        for name, rows in found.items():
            if name not in wanted and not _is_untried_library(rows):
                yield Fact(probe, name, "name", UNEXPECTED, name)


def _distinct(rows: Iterable[Mapping[str, object]], column: str) -> list[object]:
    """Return the values that rows of one name have in a column, each once."""
    found = {json.dumps(row.get(column, ABSENT)): row.get(column, ABSENT) for row in rows}
    return list(found.values())


def _is_untried_library(rows: list[dict[str, object]]) -> bool:
    """Shipped libraries that the site file leaves where they are: the scope does not list them."""
    return all(
        (row.get("purpose"), row.get("trouble"), row.get("attempts"), row.get("is_reachable"))
        == ("ip_library", "out_of_scope", 0, None)
        for row in rows
    )


def table(held: list[Fact]) -> str:
    """Return the facts as lines, and the totals."""
    lines = [f"{'probe':14}{'row':36}{'column':32}{'expected':38}{'measured':38}"]
    lines += [
        f"{fact.probe:14}{fact.row[:34]:36}{fact.column:32}{_said(fact.expected):38}"
        f"{_said(fact.measured):38}{'right' if fact.is_right else 'WRONG'}"
        for fact in held
    ]
    wrong = sum(not fact.is_right for fact in held)
    rows = len({(fact.probe, fact.row) for fact in held})
    lines.append(f"total: {rows} services, {len(held)} facts, {wrong} wrong")
    return "\n".join(lines) + "\n"


def _said(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Run the audit, print the table, say by the exit code whether all is right."""
    if lack := service_box.missing():
        sys.stderr.write(f"{lack}\n")
        return 1
    with service_box.running() as box, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = service_site.write(folder, box)
        words = ("run", "--quiet", "--no-store", "--site", site, "--out", "run")
        done = box.audit(*words, cwd=folder, env=service_site.SECRETS)
        sys.stderr.buffer.write(done.stderr)
        held = list(facts(json.loads((folder / "run" / "record.json").read_bytes())))
    sys.stdout.write(table(held))
    return 1 if any(not fact.is_right for fact in held) else 0


if __name__ == "__main__":
    sys.exit(main())
