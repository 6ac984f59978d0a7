"""Who is asked about high-performance computing: a real Slurm, and machines that are not named."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import slurm
from collected import made

from auditor import computing, products, scripts
from auditor.collecting import Wanted, script
from auditor.collection import Collection, parse
from auditor.detection.wanted import SIDE_EFFECTS
from auditor.model import (
    ComputingKind,
    ComputingResource,
    Failure,
    ListedDevice,
    Measured,
    Target,
)
from auditor.probing import Probe
from auditor.recognition import MachineFacts
from auditor.sections.computing import SLURM_NODES
from auditor.site import default

LOGIN = Target(name="dang-nhap", url="local:")


def resource(kind: ComputingKind, *, on_site: bool = False) -> ComputingResource:
    """Return an entry of `hpc` for the login node."""
    return ComputingResource(name="Cụm tính toán", kind=kind, target=LOGIN.name, on_site=on_site)


def asked(
    collection: Collection, *hpc: ComputingResource, devices: tuple[ListedDevice, ...] = ()
) -> MachineFacts:
    """Return what the probe is given of the login node."""
    site = replace(default().site, targets=(LOGIN,), hpc=hpc, devices=devices)
    return MachineFacts(collection, products.load(), LOGIN, site)


def test_a_machine_that_is_not_named_is_not_asked(probes: Mapping[str, Probe]) -> None:
    """It gets the same script as ever, without any of the commands, and has no row."""
    shipped = products.load()
    site = replace(default().site, hpc=(resource(ComputingKind.SLURM),))
    other = Target(name="may-khac", url="local:")
    plain = scripts.script(shipped, "posix")
    assert scripts.script(shipped, "posix", site, other) == plain
    named = scripts.script(shipped, "posix", site, LOGIN)
    commands = {item.command for each in computing.QUESTIONS.values() for item in each}
    for word in {command.split()[0].encode() for command in commands}:
        assert word not in plain
    assert b"sinfo" in named
    assert b"pbsnodes" not in named
    assert b"sinfo" not in scripts.script(shipped, "windows", site, LOGIN)
    facts = MachineFacts(made({}), shipped, other, site)
    assert probes["hpc_access"].measure(facts).rows == ()


def test_a_catalogue_may_not_ask_a_controller() -> None:
    """Products of a site cannot bring these commands to every machine."""
    schedulers = [kind for kind in computing.QUESTIONS if kind is not ComputingKind.LOCAL_GPU]
    for kind in schedulers:
        assert all(SIDE_EFFECTS.search(item.command) for item in computing.QUESTIONS[kind])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[slurm.Cluster]:
    """Start a real Slurm in namespaces."""
    if not slurm.is_possible():
        pytest.skip("needs root and the Debian packages slurm-wlm, munge, iproute2, util-linux")
    with slurm.cluster_in(tmp_path_factory.mktemp("slurm")) as running:
        yield running


def collected(cluster: slurm.Cluster, asking: bytes) -> Collection:
    """Run the collector on the cluster's machine."""
    done = subprocess.run(
        (*cluster.inside, "sh", "-s"), input=asking, capture_output=True, check=True, timeout=60
    )
    return parse(done.stdout)


def test_a_real_slurm(cluster: slurm.Cluster, probes: Mapping[str, Probe]) -> None:
    """The collector asks it on its own machine; the machine is found in the list."""
    questions = computing.QUESTIONS[ComputingKind.SLURM]
    collection = collected(cluster, script("posix", Wanted(questions=questions)))
    devices = (ListedDevice(name="cụm", addresses=(slurm.ADDRESS,)),)
    facts = asked(collection, resource(ComputingKind.SLURM, on_site=True), devices=devices)
    (row,) = probes["hpc_access"].measure(facts).rows
    assert (row["trouble"], row["is_reachable"], row["is_listed"]) == (None, True, True)
    assert (row["nodes_total"], row["nodes_up"], row["gpus"]) == (4, 1, 12)
    assert row["partitions"] == ("chung", "gpu")
    assert collection.sections[f"status {SLURM_NODES}"].stderr == b""


def test_who_asks_is_seen(cluster: slurm.Cluster) -> None:
    """With a `sinfo` that leaves a mark, only the machine that the site names leaves one."""
    mark, spy = cluster.folder / "asked", cluster.folder / "spy"
    spy.write_text(f"#!/bin/sh\ntouch {mark}\n")
    spy.chmod(0o755)
    site = replace(default().site, hpc=(resource(ComputingKind.SLURM),))
    mounted = f"mount --bind {spy} /usr/bin/sinfo && exec sh -s"
    for name, is_asked in (("may-khac", False), (LOGIN.name, True)):
        target = Target(name=name, url="local:")
        subprocess.run(
            (*cluster.inside, "unshare", "--mount", "sh", "-c", mounted),
            input=scripts.script(products.load(), "posix", site, target),
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert mark.exists() is is_asked


@pytest.fixture(scope="module")
def ended(
    tmp_path_factory: pytest.TempPathFactory, cluster: slurm.Cluster, probes: Mapping[str, Probe]
) -> Mapping[str, Measured]:
    """Ask a login node whose Slurm is broken, each time in another way; by what was broken."""
    nodes = computing.QUESTIONS[ComputingKind.SLURM][0]
    fake = cluster.folder / "fake"
    over = f"printf '#!/bin/sh\\n%s\\n' \"$does\" > {fake} && chmod 755 {fake}"
    over += f" && mount --bind {fake} /usr/bin/sinfo"
    found = {}
    with slurm.machine(tmp_path_factory.mktemp("broken")) as without:
        for broken, machine, question, before in (
            ("no client program", cluster, computing.QUESTIONS[ComputingKind.PBS][0], ":"),
            (
                "a wrapper of what may not be run",
                cluster,
                nodes,
                f"does='exec /etc/slurm/slurm.conf'; {over}",
            ),
            ("nonsense", cluster, replace(nodes, keep="."), f"does='echo 4,viel,nichts'; {over}"),
            ("no munge", cluster, nodes, f"mount --bind /dev/null {cluster.folder}/munge.socket"),
            ("no configuration", cluster, nodes, "mount -t tmpfs none /etc/slurm"),
            ("no time", without, replace(nodes, patience_s=1), ":"),
            ("no controller", without, nodes, ":"),
        ):
            done = subprocess.run(
                (*machine.inside, "unshare", "--mount", "sh", "-c", f"{before} && exec sh -s"),
                input=script("posix", Wanted(questions=(question,))),
                capture_output=True,
                check=True,
                timeout=60,
            )
            kind = ComputingKind.SLURM if "slurm" in question.key else ComputingKind.PBS
            facts = asked(parse(done.stdout), resource(kind))
            found[broken] = probes["hpc_access"].measure(facts)
    return found


BROKEN = {
    "no client program": Failure.TOOL_MISSING,
    "a wrapper of what may not be run": Failure.PERMISSION_DENIED,
    "nonsense": Failure.UNPARSABLE,
    "no munge": Failure.AUTH_FAILED,
    "no time": Failure.TIMEOUT,
    "no controller": Failure.UNREACHABLE,
    "no configuration": Failure.COMMAND_FAILED,
}


def test_each_failure_has_its_word_and_its_sentence(ended: Mapping[str, Measured]) -> None:
    """Seven real ways to fail: no two alike, each with a remedy, and only one of them is a "no"."""
    assert {name: measured.rows[0]["trouble"] for name, measured in ended.items()} == BROKEN
    sentences = set()
    for name, measured in ended.items():
        (row,) = measured.rows
        assert row["is_reachable"] is (False if name == "no controller" else None)
        (sentence,) = (t.vi for t in measured.limitations if t.vi.startswith("Cụm tính toán: "))
        happened, _dash, remedy = sentence.partition(" – ")
        assert happened
        assert remedy
        sentences.add(sentence)
    assert len(sentences) == len(BROKEN)
