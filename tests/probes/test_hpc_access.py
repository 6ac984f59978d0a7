"""High-performance computing: what schedulers answered, and damaged answers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from collected import Printed, made
from hypothesis import given
from hypothesis import strategies as st

from auditor import catalogue, products
from auditor.collection import Collection
from auditor.errors import CannotMeasure
from auditor.model import (
    ComputingKind,
    ComputingResource,
    Failure,
    ListedDevice,
    Measured,
    Row,
    Target,
)
from auditor.probing import Probe
from auditor.recognition import MachineFacts
from auditor.sections.computing import (
    LSF_HOSTS,
    LSF_MACHINES,
    NVIDIA_GPUS,
    PBS_NODES,
    PBS_NODES_IN_OPT,
    SLURM_NODES,
    SLURM_PARTITIONS,
)
from auditor.sections.computing_pbs import pbs_nodes
from auditor.site import default

FOLDER = Path(__file__).parents[1] / "captures" / "computing"
LOGIN = Target(name="dang-nhap", url="local:")
ADDRESSES = b"""\
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.79.0.1/24 scope global eth0
"""


def resource(kind: ComputingKind, *, on_site: bool = False) -> ComputingResource:
    """Return an entry of `hpc` for the login node."""
    return ComputingResource(name="Cụm tính toán", kind=kind, target=LOGIN.name, on_site=on_site)


def asked(
    collection: Collection, *hpc: ComputingResource, devices: tuple[ListedDevice, ...] = ()
) -> MachineFacts:
    """Return what the probe is given of the login node."""
    site = replace(default().site, targets=(LOGIN,), hpc=hpc, devices=devices)
    return MachineFacts(collection, products.load(), LOGIN, site)


def row_of(
    answers: Mapping[str, Printed],
    kind: ComputingKind,
    *,
    on_site: bool = False,
    devices: tuple[ListedDevice, ...] = (),
) -> Row:
    """Measure one resource whose questions were answered so."""
    sections: dict[str, Printed] = {f"status {key}": said for key, said in answers.items()}
    collection = made({"addresses": ADDRESSES, "texts": b"", **sections})
    measured = catalogue.probes()["hpc_access"].measure(
        asked(collection, resource(kind, on_site=on_site), devices=devices)
    )
    assert isinstance(measured, Measured)
    (row,) = measured.rows
    return row


def captured(name: str) -> bytes:
    """Return a file of the captures."""
    return (FOLDER / f"{name}.txt").read_bytes()


def of_slurm(name: str) -> dict[str, Printed]:
    """Return both answers of a captured cluster."""
    return {
        SLURM_NODES: captured(f"slurm-{name}-nodes"),
        SLURM_PARTITIONS: captured(f"slurm-{name}-partitions"),
    }


def figures(row: Row) -> tuple[object, ...]:
    """Return what tells how much there is."""
    return tuple(row[name] for name in ("nodes_total", "nodes_up", "cpus", "memory_mib", "gpus"))


GOOD: dict[ComputingKind, dict[str, Printed]] = {
    ComputingKind.SLURM: of_slurm("up"),
    ComputingKind.PBS: {PBS_NODES: captured("pbs-nodes")},
    ComputingKind.LSF: {
        LSF_HOSTS: captured("lsf-hosts"),
        LSF_MACHINES: captured("lsf-machines"),
    },
    ComputingKind.LOCAL_GPU: {NVIDIA_GPUS: captured("nvidia-gpus")},
}


def test_slurm_as_it_answered() -> None:
    """A node in two partitions is counted once; a closed partition and dead nodes give nothing."""
    row = row_of(of_slurm("up"), ComputingKind.SLURM)
    assert (row["is_reachable"], row["is_local"], row["is_listed"]) == (True, False, None)
    assert (row["scheduler"], row["partitions"]) == ("Slurm", ("chung", "gpu"))
    assert figures(row) == (4, 1, 4 + 3 * 64, 1000 + 3 * 256000, 12)
    assert figures(row_of(of_slurm("drained"), ComputingKind.SLURM))[:2] == (4, 0)
    assert figures(row_of(of_slurm("no-nodes"), ComputingKind.SLURM)) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("state", "is_up"),
    [("idle", 1), ("mix-", 1), ("idle*", 0), ("idle~", 0), ("alloc#", 0), ("drng", 0), ("unk", 0)],
)
def test_a_mark_takes_a_state_back(state: str, is_up: int) -> None:
    """`*` does not answer, `~` is switched off; only `-` (planned) still works."""
    nodes, parts = f"1|{state}|2|3|gpu:2,gpu:t4:1(S:0,1),shard:9\n", f"p|up|1|{state}\n"
    answers = {SLURM_NODES: nodes.encode(), SLURM_PARTITIONS: parts.encode()}
    assert figures(row_of(answers, ComputingKind.SLURM)) == (1, is_up, 2, 3, 3)


def test_work_needs_an_open_partition() -> None:
    """An idle node in closed partitions takes no work."""
    answers: dict[str, Printed] = {
        SLURM_NODES: b"9|idle|1|1|(null)\n",
        SLURM_PARTITIONS: b"a|drain|9|idle\nb|up|0|n/a\n",
    }
    assert figures(row_of(answers, ComputingKind.SLURM))[:2] == (9, 0)


def test_schedulers_after_their_documentation() -> None:
    """PBS, LSF and nvidia-smi; none of them was seen on a real system."""
    row = row_of(GOOD[ComputingKind.PBS], ComputingKind.PBS)
    mib = (263842692 // 1024) + 2 * (527685384 // 1024)
    assert figures(row) == (3, 2, 112, mib, 8)
    assert row["partitions"] == ("gpu", "long", "workq")
    in_opt: dict[str, Printed] = {
        PBS_NODES: (b"", 127, b"pbsnodes: not found"),
        PBS_NODES_IN_OPT: captured("pbs-nodes"),
    }
    assert figures(row_of(in_opt, ComputingKind.PBS)) == figures(row)
    assert figures(row_of(GOOD[ComputingKind.LSF], ComputingKind.LSF)) == (
        *(4, 2, 24, 15667 * 2 + 31993),
        None,
    )
    row = row_of(GOOD[ComputingKind.LOCAL_GPU], ComputingKind.LOCAL_GPU)
    assert (row["gpus"], row["gpu_memory_mib"], row["nodes_up"]) == (2, 81072, 1)
    assert (row["is_local"], row["scheduler"]) == (True, None)
    told = {NVIDIA_GPUS: b"NVIDIA GB10, [N/A]\n"}
    assert row_of(told, ComputingKind.LOCAL_GPU)["gpu_memory_mib"] is None
    none = {NVIDIA_GPUS: b"No devices were found\n"}
    row = row_of(none, ComputingKind.LOCAL_GPU)
    assert (row["is_reachable"], row["gpus"], row["nodes_up"]) == (True, 0, 0)


REFUSED = captured("slurm-refused-nodes")


@pytest.mark.parametrize(
    ("kind", "answers", "is_reachable", "trouble"),
    [
        (ComputingKind.SLURM, {SLURM_NODES: (b"", 1, REFUSED)}, False, Failure.UNREACHABLE),
        (
            ComputingKind.SLURM,
            {SLURM_NODES: (b"", 1, captured("slurm-no-munge-nodes"))},
            None,
            Failure.AUTH_FAILED,
        ),
        (ComputingKind.SLURM, {SLURM_NODES: (b"", 124, b"")}, None, Failure.TIMEOUT),
        (ComputingKind.SLURM, {SLURM_NODES: (b"", 127, b"")}, None, Failure.TOOL_MISSING),
        (ComputingKind.SLURM, {}, None, Failure.TOOL_MISSING),
        (
            ComputingKind.PBS,
            {PBS_NODES: (b"", 1, b"pbsnodes: cannot connect to server may, error=111")},
            False,
            Failure.UNREACHABLE,
        ),
        (
            ComputingKind.PBS,
            {PBS_NODES: (b"", 1, b"pbsnodes: cannot connect to server may, error=15010")},
            None,
            Failure.COMMAND_FAILED,
        ),
        (ComputingKind.LSF, {LSF_HOSTS: (b"", 255, b"LIM is down")}, None, Failure.COMMAND_FAILED),
        (ComputingKind.LOCAL_GPU, {NVIDIA_GPUS: (b"", 9, b"")}, False, Failure.UNREACHABLE),
        (ComputingKind.LOCAL_GPU, {NVIDIA_GPUS: (b"", 12, b"")}, None, Failure.COMMAND_FAILED),
    ],
)
def test_trouble_is_named(
    kind: ComputingKind,
    answers: dict[str, Printed],
    is_reachable: bool | None,  # noqa: FBT001 - what is expected
    trouble: Failure,
) -> None:
    """Only what says that nobody answered is a "no"; everything else stays open."""
    row = row_of(answers, kind)
    assert (row["is_reachable"], row["trouble"], row["nodes_up"]) == (is_reachable, trouble, None)


def test_an_answer_that_was_cut() -> None:
    """PBS: nodes that were read are there, totals are not known. Slurm: nothing is concluded."""
    block = b"n%04d\n     state = free\n     resources_available.ncpus = 4\n"
    text = b"".join(block % number for number in range(2000))[:65536]
    row = row_of({PBS_NODES: text}, ComputingKind.PBS)
    assert (row["nodes_total"], row["cpus"]) == (None, None)
    assert isinstance(row["nodes_up"], int)
    assert row["nodes_up"] > 100
    long = {**of_slurm("up"), SLURM_NODES: (b"1|idle|4|1000|(null)\n" * 4000)[:65536]}
    row = row_of(long, ComputingKind.SLURM)
    assert (row["is_reachable"], row["trouble"]) == (None, Failure.UNPARSABLE)


@given(
    st.sampled_from(sorted(GOOD)),
    st.integers(0, 400),
    st.binary(max_size=12),
    st.integers(0, 400),
)
def test_damage_is_rows_or_a_named_trouble(
    kind: ComputingKind, at: int, noise: bytes, left: int
) -> None:
    """Cut and garbled answers never break the probe, nor make a machine listed."""
    answers: dict[str, Printed] = {
        key: said[:at] + noise + said[at : at + left]
        for key, said in GOOD[kind].items()
        if isinstance(said, bytes)
    }
    row = row_of(answers, kind)
    assert (row["trouble"] is None) == (row["is_reachable"] is True)
    assert row["trouble"] in {None, Failure.UNPARSABLE}
    assert row["is_reachable"] is None or isinstance(row["nodes_up"], int)


def test_numbers_without_end_are_refused() -> None:
    """What no cluster has is no figure."""
    answers: dict[str, Printed] = {
        **of_slurm("up"),
        SLURM_NODES: b"1|idle|99999999999999999999|1|(null)\n",
    }
    assert row_of(answers, ComputingKind.SLURM)["trouble"] == Failure.UNPARSABLE


def test_local_machines_are_looked_for_in_the_list(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool]
) -> None:
    """By MAC, or by address where no MAC contradicts; without a list nobody knows."""

    def is_listed(*devices: ListedDevice) -> object:
        row = row_of(of_slurm("up"), ComputingKind.SLURM, on_site=True, devices=devices)
        assert row["is_local"] is True
        return row["is_listed"]

    assert is_listed() is None
    assert is_listed(ListedDevice(name="cụm", macs=("52-54-00-00-00-01",))) is True
    assert is_listed(ListedDevice(name="cụm", addresses=("10.79.0.1",))) is True
    other = ListedDevice(name="dang-nhap", addresses=("10.79.0.1",), macs=("52:54:00:00:00:02",))
    assert is_listed(other) is False
    found = asked(made({}), resource(ComputingKind.LOCAL_GPU), resource(ComputingKind.SLURM))
    measured = probes["hpc_access"].measure(found)
    assert conforms(probes["hpc_access"], measured)
    assert any("audit collector" in text.en for text in measured.limitations)


def test_nothing_was_collected(probes: Mapping[str, Probe]) -> None:
    """A machine without readable interfaces is neither listed nor unlisted."""
    collection = made({"addresses": (b"", 127, b"ip: not found")})
    facts = asked(
        collection,
        resource(ComputingKind.LOCAL_GPU),
        devices=(ListedDevice(name="x", addresses=("10.0.0.1",)),),
    )
    (row,) = probes["hpc_access"].measure(facts).rows
    assert row["is_listed"] is None
    with pytest.raises(CannotMeasure):
        collection.text("addresses")


@pytest.mark.parametrize(("told", "gpus"), [("", None), ("     gpus = 0\n", 0)])
def test_pbs_that_says_nothing_of_gpus(told: str, gpus: int | None) -> None:
    """Silence is not none."""
    text = f"n1\n     state = free\n     np = 4\n{told}n2\n     state = free\n"
    assert pbs_nodes(text, is_cut=False).gpus == gpus
