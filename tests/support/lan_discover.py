"""Run one discovery inside the guard, in a process of its own; print its rows as JSON.

`python lan_discover.py '{"networks": [...], …}'`: fields of a scope, and `listen_s`.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from auditor import catalogue, guard
from auditor.columns import checked
from auditor.errors import CannotMeasure
from auditor.model import (
    Authorisation,
    Centre,
    ListedDevice,
    Measured,
    Method,
    Scope,
    Site,
)
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.net import GatedNetwork


def main(wanted: dict[str, Any]) -> int:
    """Measure and print."""
    listen_s = wanted.get("listen_s", 0.0)
    devices = tuple(ListedDevice(**device) for device in wanted.get("devices", ()))
    letter = Authorisation(
        number="1",
        issued_on=date(2026, 1, 1),
        issuing_body="Sở KH&CN",
        signer="A",
        signer_position="Giám đốc",
        operating_unit="B",
        performing_unit="C",
        independent=False,
        methods=(Method.DISCOVERY,),
        emergency_contact="D",
        tool_operator="E",
        expires_on=datetime.now(UTC).date() + timedelta(days=2),
        file="letter.pdf",
    )
    scope = Scope(
        networks=tuple(wanted["networks"]),
        exclusions=tuple(wanted.get("exclusions", ())),
        packets_per_second=wanted.get("packets_per_second", 1000),
        authorisation=letter,
    )
    site = Site(schema="t", centre=Centre(id="t", name="T"), scope=scope, devices=devices)
    kept: list[bytes] = []

    def keep(_request: str, content: bytes) -> str:
        kept.append(content)
        return sha256(content).hexdigest()

    context = Context(site, Path(), Gate(scope, "UTC"), keep)
    probe = catalogue.probes()["lan_hosts"]
    started, cpu = time.monotonic(), time.process_time()
    result: Measured | CannotMeasure
    try:
        with guard.probing(context.gate):
            result = checked(probe, probe.measure(GatedNetwork(context), listen_s=listen_s))
    except CannotMeasure as failure:
        result = failure
    out: dict[str, Any] = {
        "seconds": time.monotonic() - started,
        "cpu_s": time.process_time() - cpu,
        "evidence": [json.loads(content) for content in kept],
    }
    if isinstance(result, Measured):
        out["rows"] = [dict(row) for row in result.rows]
        out["limitations"] = [text.en for text in result.limitations]
    else:
        out["failure"], out["detail"] = result.failure, result.detail
    sys.stdout.write(json.dumps(out))
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
