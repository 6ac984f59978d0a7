"""High-performance computing: what schedulers' own commands, and a driver of GPUs, print.

Slurm was read from the real program; OpenPBS, LSF and nvidia-smi after public examples, not tested
on a real system.
"""

import re

from auditor.collection import Collection, Section
from auditor.errors import CannotMeasure
from auditor.model import ComputingKind, Failure
from auditor.parsing import reading, unparsable, whole
from auditor.sections.computing_lsf import lsf_hosts
from auditor.sections.computing_pbs import pbs_nodes
from auditor.sections.computing_units import Capacity

SLURM_NODES, SLURM_PARTITIONS = "hpc slurm nodes", "hpc slurm partitions"
PBS_NODES, PBS_NODES_IN_OPT = "hpc pbs nodes", "hpc pbs nodes in /opt"
LSF_HOSTS, LSF_MACHINES = "hpc lsf hosts", "hpc lsf machines"
NVIDIA_GPUS = "hpc nvidia gpus"
"""Keys of the questions; the answer to each is the section of that name after `status `."""

MOST_BYTES = 65536
"""What the collector lets through of one answer; one that is as long was cut."""

_UNREACHABLE = re.compile(
    r"Unable to contact slurm controller|cannot connect to server \S+, error=1(10|11|13)\b"
)
"""Slurm 22.05 and OpenPBS: the connection was refused, timed out or found no way."""

_COMPLAINTS = (
    (_UNREACHABLE, Failure.UNREACHABLE),
    (re.compile(r"Protocol authentication error"), Failure.AUTH_FAILED),
    (re.compile(r"Access/permission denied|Unauthorized Request"), Failure.PERMISSION_DENIED),
)
"""What else they say: Slurm 22.05 without munge; of an account Slurm and OpenPBS, not seen here."""

_READY = frozenset({"idle", "mix", "alloc", "comp"})
"""States of nodes that work or wait for work; a mark behind it, such as `*`, takes that back."""

_PLANNED = "-"
_GPU = re.compile(r"gpu(?::[^:]+)??(?::([0-9]{1,6}))?")
_NO_DRIVER = 9
"""nvidia-smi(1): the driver is not loaded."""


def slurm(collection: Collection) -> Capacity:
    """Read two `sinfo`: all nodes, each once, and the nodes of each partition. Raises."""
    total = ready = cpus = memory = gpus = 0
    with reading("sinfo"):
        for line in _lines(collection, SLURM_NODES, may_be_empty=True):
            count, state, each_cpus, each_mib, gres = line.split("|")
            number = whole(count)
            total += number
            ready += number * _is_ready(state)
            cpus += number * whole(each_cpus)
            memory += number * whole(each_mib)
            gpus += number * _gpus(gres)
        partitions: dict[str, int] = {}
        placed = 0
        for line in _lines(collection, SLURM_PARTITIONS):
            name, opened, count, state = line.split("|")
            placed += whole(count)
            if opened == "up":
                usable = whole(count) * _is_ready(state)
                partitions[name] = partitions.get(name, 0) + usable
        if placed and not total:
            unparsable("sinfo: partitions have nodes, and no node was listed")
    return Capacity(
        partitions=tuple(sorted(partitions)),
        nodes_total=total,
        nodes_up=min(ready, sum(partitions.values())),
        cpus=cpus,
        memory_mib=memory,
        gpus=gpus,
    )


def pbs(collection: Collection) -> Capacity:
    """Read `pbsnodes -a`, wherever it is installed. Raises."""
    try:
        text = _answer(collection, PBS_NODES)
    except CannotMeasure as failure:
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        text = _answer(collection, PBS_NODES_IN_OPT)
    with reading("pbsnodes"):
        return pbs_nodes(
            text, is_cut=any(_is_cut(collection, key) for key in (PBS_NODES, PBS_NODES_IN_OPT))
        )


def lsf(collection: Collection) -> Capacity:
    """Read `bhosts -w` and `lshosts -w`. Raises."""
    with reading("bhosts"):
        return lsf_hosts(_lines(collection, LSF_HOSTS), _lines(collection, LSF_MACHINES))


def nvidia(collection: Collection) -> Capacity:
    """Read the GPUs that nvidia-smi lists; no GPU is an answer too. Raises."""
    section = _section(collection, NVIDIA_GPUS)
    if section.state == "failed" and section.exit_code == _NO_DRIVER:
        raise CannotMeasure(Failure.UNREACHABLE, "nvidia-smi: the driver is not loaded")
    text = _answer(collection, NVIDIA_GPUS)
    gpus, memory, is_told = 0, 0, True
    with reading("nvidia-smi"):
        for line in text.splitlines():
            if line == "No devices were found":
                continue
            _name, comma, mib = line.rpartition(", ")
            if not comma:
                unparsable("nvidia-smi: a line without a comma")
            gpus += 1
            is_told = is_told and not mib.startswith("[")
            memory += whole(mib) if is_told else 0
    if not text:
        unparsable("nvidia-smi: nothing that could be read")
    return Capacity(
        nodes_total=1,
        nodes_up=int(gpus > 0),
        gpus=gpus,
        gpu_memory_mib=memory if is_told else None,
    )


def _is_ready(state: str) -> bool:
    if not re.fullmatch(r"[a-z/]{1,20}[-*~#!%$@^+]*", state):
        unparsable(f"sinfo: state {state[:40]!r}")
    return state.removesuffix(_PLANNED) in _READY


def _gpus(gres: str) -> int:
    """Count `gpu:2`, `gpu:a100:4(S:0-1)` among other things that a node has."""
    listed = re.sub(r"\([^)]*\)", "", gres).split(",")
    found = (_GPU.fullmatch(item) for item in listed)
    return sum(int(match[1] or 1) for match in found if match)


def _section(collection: Collection, key: str) -> Section:
    return collection.section(f"status {key}")


def _answer(collection: Collection, key: str) -> str:
    """Return what was printed. Raises; a scheduler that does not answer is `unreachable`."""
    section = _section(collection, key)
    if section.state == "failed":
        complaint = section.stderr.decode(errors="replace")
        for words, failure in _COMPLAINTS:
            if words.search(complaint):
                raise CannotMeasure(failure, f"{key}: {section.complaint}")
    return collection.text(f"status {key}").strip("\n")


def _lines(collection: Collection, key: str, *, may_be_empty: bool = False) -> list[str]:
    text = _answer(collection, key)
    if _is_cut(collection, key):
        unparsable(f"{key}: too long")
    if not text and not may_be_empty:
        unparsable(f"{key}: nothing that could be read")
    return text.split("\n") if text else []


def _is_cut(collection: Collection, key: str) -> bool:
    """Whether an answer filled all that the collector lets through; a line's end may be gone."""
    section = collection.sections.get(f"status {key}")
    return section is not None and len(section.stdout) >= MOST_BYTES - 2


_ASKED = {
    ComputingKind.SLURM: SLURM_NODES,
    ComputingKind.PBS: PBS_NODES,
    ComputingKind.LSF: LSF_HOSTS,
    ComputingKind.LOCAL_GPU: NVIDIA_GPUS,
}


def was_asked(collection: Collection, kind: ComputingKind) -> bool:
    """Whether the collector was told to ask about a resource of this kind."""
    return f"status {_ASKED[kind]}" in collection.sections
