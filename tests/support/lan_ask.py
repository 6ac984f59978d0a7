"""Ask the ports of some machines as the tool does, in a process of its own; print JSON.

`python lan_ask.py '{"addresses": [...], "network": "10.50.0.0/24", "packets_per_second": 3000}'`.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from auditor import guard, ports
from auditor.lan.errands import Errand, State
from auditor.model import Authorisation, Method, Scope
from auditor.scope import Gate
from auditor.transports.lan_sweep import Sweep


def main(wanted: dict[str, Any]) -> int:
    """Ask and print: one line for each open port, then what it cost."""
    letter = Authorisation(
        number="1",
        issued_on=date(2026, 1, 1),
        issuing_body="Sở KH&CN",
        signer="A",
        signer_position="Giám đốc",
        operating_unit="B",
        performing_unit="C",
        independent=False,
        methods=(Method.SERVICE_PROBES,),
        emergency_contact="D",
        tool_operator="E",
        expires_on=datetime.now(UTC).date() + timedelta(days=2),
        file="letter.pdf",
    )
    scope = Scope(
        networks=(wanted["network"],),
        packets_per_second=wanted["packets_per_second"],
        authorisation=letter,
    )
    gate = Gate(scope, "UTC")
    errands = [
        Errand(address, port.port, ask=port.ask, also=port.also)
        for port in ports.load().tcp
        for address in wanted["addresses"]
    ]
    started = time.monotonic()
    with guard.probing(gate):
        outcomes = list(Sweep(gate, Method.SERVICE_PROBES, started + 300).run(errands))
    rows = [
        (o.errand.address, o.errand.port, o.said.protocol)
        for o in outcomes
        if o.state is State.OPEN
    ]
    sys.stdout.write(json.dumps({"seconds": time.monotonic() - started, "open": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
