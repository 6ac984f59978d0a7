"""How a recording is made of a run: `profiles/recordings/NAME.json` holds what checks read."""

import json
import subprocess
import sys
from pathlib import Path

from auditor.checks import checks_of
from auditor.model import Profile

FOLDER = Path(__file__).parents[2] / "profiles" / "recordings"


def record(
    name: str,
    site: Path,
    criteria: Profile,
    inside: tuple[str, ...] = (),
    only: frozenset[str] = frozenset(),
) -> None:
    """Run the audit of a centre, if wanted inside another command, and keep its recording.

    `only` names the probes that it is about; without it, all that checks read.
    """
    audit = Path(sys.executable).with_name("audit")
    folder = site.parent / "run"
    words = ("--profile", criteria.id, "--site", str(site), "--out", str(folder), "--quiet")
    done = subprocess.run([*inside, str(audit), "run", *words], check=False)
    sys.stderr.write(f"{name}: exit {done.returncode}\n")
    written = json.loads((folder / "record.json").read_bytes())
    (FOLDER / f"{name}.json").write_bytes(pruned(written, criteria, only))


def pruned(
    written: dict[str, list[dict[str, object]]],
    criteria: Profile,
    only: frozenset[str] = frozenset(),
) -> bytes:
    """Leave out what no check reads, and the verdicts: a recording is what was seen."""
    read = only or {
        each.probe
        for indicator in criteria.indicators
        for check in checks_of(criteria, indicator)
        for each in check.reads.values()
    } | {"information_systems", "declarations"}

    def is_read(act: dict[str, object]) -> bool:
        return act["probe"] in read

    kept = [item for item in written["observations"] if is_read(item["measurement"])]  # type: ignore[arg-type]  # plain JSON
    plan = [act for act in written["plan"] if is_read(act)]
    slim = {**written, "plan": plan, "observations": kept, "findings": [], "groups": []}
    return (json.dumps(slim, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
