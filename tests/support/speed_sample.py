"""One sample as the tool takes it, in a process of its own in the client's namespace."""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "lab" / "uplink"))

import uplink_servers  # noqa: E402 - the paths above
from speed_testing import authorised  # noqa: E402
from speedlab import opened  # noqa: E402
from uplink_line import Line  # noqa: E402

from auditor.internet.rows import rows_of  # noqa: E402
from auditor.internet.transfer import Order  # noqa: E402
from auditor.internet.vocabulary import Direction  # noqa: E402
from auditor.model import SpeedBackend, SpeedServer  # noqa: E402

OWN = f"http://203.0.113.1:{uplink_servers.OWN}/"


def sampled(
    line: Line, backend: SpeedBackend, url: str, direction: Direction, **fields: object
) -> dict[str, Any]:
    """Take one sample and give its row; `fields` are those of an `Order`.

    With `cpu_pct`, what the process used while payload flowed, and `wait_pct`, how much of that
    time it waited for a processor; per cent of one core, means.

    Raises `RuntimeError` with the traceback where the process fails.
    """
    wish = {"backend": backend, "url": url, "direction": direction, "fields": fields}
    wish["ca_file"] = str(uplink_servers.line_authority(line).root)
    ran = line.run(sys.executable, __file__, json.dumps(wish), seconds=90)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    row: dict[str, Any] = json.loads(ran.stdout)
    return row


def main(wish: dict[str, Any]) -> dict[str, Any]:
    """Be that process."""
    server = SpeedServer(
        backend=SpeedBackend(wish["backend"]), url=wish["url"], ca_file=wish["ca_file"]
    )
    ordered = Order(direction=Direction(wish["direction"]), server=server, **wish["fields"])
    scope = authorised("203.0.113.1")
    network = opened(letter=scope.authorisation, speed_servers=scope.speed_servers)
    sample = network.sample_speed(ordered)
    (row,) = rows_of((sample,), "Asia/Ho_Chi_Minh")
    seen = sample.instrument
    used, waited = (seen.cpu_process_pct, seen.cpu_wait_pct) if seen else ((), ())
    means = {"cpu_pct": statistics.fmean(used or [0]), "wait_pct": statistics.fmean(waited or [0])}
    return {**row, **means}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
