"""Measure a shaped line for the recordings: two servers, three days, enough samples to conclude.

The samples are real: `audit measure internet` against `audit serve-speed` in a namespace behind a
token bucket. Only the days are not: the gate's wall clock is two days, one day and no day late.
Needs root and iproute2.
"""

import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from record_examples import program

from auditor import DEFAULT_PROFILE, catalogue, profile, site
from auditor.scope import Gate, Surroundings, utc_now
from auditor.transports import Context
from auditor.transports.net import GatedNetwork

ADDRESS = "198.51.100.2"
SERVERS = ("198.51.100.8", "198.51.100.9")
PORT = 8989
DAYS = (-2, -1, 0)
CLEAR_A_DAY = 10
MOST_ROUNDS = 60
AUDIT = Path(sys.executable).with_name("audit")


def section(servers: int) -> dict[str, object]:
    """Return the `internet` section of the site file: what is kept, and nothing new in a run."""
    return {
        "series": "do-internet",
        "samples": 0,
        "warmup_s": 0.5,
        "window_s": 2.5,
        "pause_s": 0.0,
        "servers": [
            {
                "backend": "http-multi",
                "url": f"http://{address}:{PORT}/",
                "country": "VN",
                "allowed_by": "Bản ghi để thử hồ sơ",
            }
            for address in SERVERS[:servers]
        ],
    }


def ip(*words: str) -> None:
    """Run one `ip` command."""
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def line(space: str, mbps: int) -> Iterator[None]:
    """Join a namespace with servers behind a line of so many Mbit/s, both ways."""
    far = f"{space}-net"
    ip("netns", "add", far)
    try:
        ip("-n", space, "link", "add", "wan0", "type", "veth", "peer", "name", "far0", "netns", far)
        ip("-n", space, "address", "add", f"{ADDRESS}/24", "dev", "wan0")
        ip("-n", space, "link", "set", "wan0", "up")
        for address in SERVERS:
            ip("-n", far, "address", "add", f"{address}/24", "dev", "far0")
        ip("-n", far, "link", "set", "far0", "up")
        for name, port in ((space, "wan0"), (far, "far0")):
            bucket = ("rate", f"{mbps}mbit", "burst", "160000", "latency", "50ms")
            subprocess.run(
                ["tc", "-n", name, "qdisc", "add", "dev", port, "root", "tbf", *bucket], check=True
            )
        with contextlib.ExitStack() as stack:
            for address in SERVERS:
                serve = (str(AUDIT), "serve-speed", "--bind", address, "--port", str(PORT))
                stack.enter_context(program("ip", "netns", "exec", far, *serve))
            yield
    finally:
        ip("netns", "delete", far)


def fill(space: str, site: Path) -> None:
    """Take the samples of three days into the series of a site."""
    for days in DAYS:
        again = (sys.executable, __file__, str(site), str(days))
        subprocess.run(["ip", "netns", "exec", space, *again], check=True)


class Impatient(GatedNetwork):
    """Listens to the idle line for a moment only."""

    quiet_s = 0.3


def sample(file: Path, days: int) -> None:
    """Measure with a wall clock that is so many days off, until each server gave enough."""
    chosen = profile.load(DEFAULT_PROFILE).profile
    centre = site.load(file, chosen)
    wanted = centre.site.internet
    assert wanted is not None
    asked = replace(centre.site, internet=replace(wanted, samples=1))
    clock = Surroundings(now=lambda: utc_now() + timedelta(days=days))
    gate = Gate(asked.scope, asked.timezone, clock)
    for _round in range(MOST_ROUNDS):
        network = Impatient(Context(asked, centre.folder, gate, lambda _request, _content: ""))
        rows = catalogue.probes()["internet_quality"].measure(network).rows
        today = clock.now().date().isoformat()
        clear: Counter[object] = Counter()
        for row in rows:
            begun = str(row["started_at"]).startswith(today)
            clear[row["series"]] += begun and not row["is_capped"] and row["direction"] == "down"
        most = sorted(clear.values(), reverse=True)[: len(wanted.servers)]
        if min(most) >= CLEAR_A_DAY:
            return


if __name__ == "__main__":
    sample(Path(sys.argv[1]), int(sys.argv[2]))
