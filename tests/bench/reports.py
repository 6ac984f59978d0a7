"""How long the page and the PDF of a thousand machines take, and how much memory.

`python tests/bench/reports.py [HOSTS]` builds a record of that many machines from a recording,
renders each format in a process of its own and prints seconds and peak memory; it exits 1 where a
goal is missed (10 s, 500 MB). Collections of 100 KB stand behind the rows, made when they are asked
for, and are linked.
"""

import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from auditor import DEFAULT_PROFILE, catalogue, profile, record_reader, rollup
from auditor.canonical import sha256
from auditor.judge import Case
from auditor.language import Language
from auditor.model import AuditRecord, Capture, Finding, Measured, Observation, Row, Target

ROOT = Path(__file__).parent.parent.parent
RECORDING = ROOT / "profiles" / "recordings" / "machines-in-disorder.json"
FORMATS = ("html", "pdf")
MOST_S, MOST_MB = 10.0, 500
CONTENT = b"x" * 99 + b"\n"


def collected(host: str) -> bytes:
    """Return what stands for the collection of a machine."""
    return f"{host}\n".encode() + CONTENT * 1000


def copied(seen: Observation, host: str) -> Observation:
    """Return an observation of the recording as if it were of another machine."""
    content = collected(host)
    kept = Capture(request="collector", sha256=sha256(content), size_bytes=len(content))
    act = replace(seen.measurement, target=host)
    return replace(seen, measurement=act, captures=(kept,))


def names_of(hosts: int) -> list[str]:
    """Return the names of that many machines."""
    return [f"may-{number:04d}" for number in range(hosts)]


def machine(number: int, host: str) -> Row:
    """Return one known machine, every fifth not inspected."""
    inspected = number % 5 != 0
    return {
        "name": host,
        "addresses": (f"10.{number // 250}.{number % 250}.9",),
        "macs": (),
        "known_from": ("site",),
        "seen_by": ("network",),
        "failure": None if inspected else "timeout",
        "state": "inspected" if inspected else "failed",
        "is_counted": True,
        "is_inspected": inspected,
    }


def built(hosts: int) -> AuditRecord:
    """Return a record of that many machines, with the findings of the recording."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    read = record_reader.parse(RECORDING.read_bytes(), str(RECORDING))
    base = record_reader.from_v1(read, criteria)
    names = {target.name for target in base.targets}
    of_hosts = [o for o in base.observations if o.measurement.target in names]
    models = sorted({o.measurement.target for o in of_hosts} - {"site", "network", "run"})
    observations: list[Observation] = []
    rows = []
    for number, host in enumerate(names_of(hosts)):
        model = models[number % len(models)]
        rows.append(machine(number, host))
        observations += [copied(o, host) for o in of_hosts if o.measurement.target == model]
    for seen in base.observations:
        if seen.measurement.probe == "known_machines":
            observations.append(replace(seen, result=Measured(rows=tuple(rows))))
        elif seen.measurement.target not in models:
            observations.append(seen)
    found = rollup.judge(Case(criteria, base.targets, base.plan, base.observations))
    copies: dict[str, list[str]] = {}
    for seen in observations:
        copies.setdefault(seen.measurement.probe, []).append(seen.measurement.key)
    return replace(
        base,
        targets=tuple(Target(name=host, url="local:") for host in names_of(hosts)),
        plan=tuple(o.measurement for o in observations),
        observations=tuple(observations),
        findings=tuple(spread(finding, copies) for finding in found.findings),
        groups=found.groups,
    )


def spread(finding: Finding, copies: dict[str, list[str]]) -> Finding:
    """Let each check of a finding cite the same probe on all machines: judging is not timed."""
    checks = tuple(
        replace(
            check,
            observations=tuple(
                key
                for probe in dict.fromkeys(k.partition("@")[0] for k in check.observations)
                for key in copies.get(probe, ())
            ),
        )
        for check in finding.checks
    )
    return replace(finding, checks=checks)


def render(form: str, hosts: int) -> None:
    """Render one format and print seconds, peak memory above the record's own, and size."""
    record = built(hosts)
    hosts_by_digest = {sha256(collected(host)): host for host in names_of(hosts)}

    def evidence(digest: str) -> bytes | None:
        """Make a collection when it is asked for, as a run reads it from its folder."""
        return collected(hosts_by_digest[digest]) if digest in hosts_by_digest else None

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, cpu = time.perf_counter(), time.process_time()
    content = catalogue.render(form, record, Language("vi"), evidence, record_sha256="0" * 64)
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for file in sys.argv[4:]:
        Path(file).write_bytes(content)
    told = f"{took:.1f} {cpu:.1f} {before:.0f} {peak:.0f} {len(content) / 1e6:.1f}"
    sys.stdout.write(f"{told}\n")


def main() -> int:
    """Measure each format; return 1 where a goal is missed."""
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    missed = False
    for form in FORMATS:
        done = subprocess.run(
            [sys.executable, __file__, str(hosts), "render", form],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        took, cpu, before, peak, size = map(float, done.stdout.split())
        missed |= took > MOST_S or peak > MOST_MB
        told = f"{took} s ({cpu} s of CPU), {peak:.0f} MB ({before:.0f} before), file {size} MB"
        sys.stdout.write(f"{form}: {told}\n")
    return int(missed)


if __name__ == "__main__":
    if sys.argv[2:3] == ["render"]:
        render(sys.argv[3], int(sys.argv[1]))
    else:
        sys.exit(main())
