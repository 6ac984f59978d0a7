"""What a machine is asked about high-performance computing, where the site file says so.

A scheduler's command makes the machine ask another one, the cluster's controller. So no catalogue
of products may hold such a command (`auditor.detection.wanted.SIDE_EFFECTS`), and only the machines
that the centre names under `hpc` are asked. Each command only reads; none submits a job.
"""

from types import MappingProxyType

from auditor.detection.wanted import Question
from auditor.logins import POSIX
from auditor.model import ComputingKind, Site, Target
from auditor.sections.computing import (
    LSF_HOSTS,
    LSF_MACHINES,
    NVIDIA_GPUS,
    PBS_NODES,
    PBS_NODES_IN_OPT,
    SLURM_NODES,
    SLURM_PARTITIONS,
)

_PATIENCE_S = 15
"""Longer than the 9 seconds for which Slurm's commands try a controller that refuses them."""

_NUMBER, _REST = "[0-9]+", "[^|]*"
_NODE = "^[A-Za-z0-9][^ =]*$"
_PBS_FACTS = "state|pcpus|np|gpus|queue|resources_available[.](ncpus|mem|ngpus|Qlist)"
_PBS = f"{_NODE}|^ +({_PBS_FACTS}) = .*$"


def _question(key: str, keep: str, command: str) -> Question:
    return Question(key=key, keep=keep, command=command, patience_s=_PATIENCE_S)


QUESTIONS = MappingProxyType(
    {
        ComputingKind.SLURM: (
            _question(
                SLURM_NODES, rf"^{_NUMBER}(\|{_REST}){{4}}$", "sinfo -h -e -o %D|%t|%c|%m|%G"
            ),
            _question(SLURM_PARTITIONS, rf"^{_REST}(\|{_REST}){{3}}$", "sinfo -h -o %R|%a|%D|%t"),
        ),
        ComputingKind.PBS: (
            _question(PBS_NODES, _PBS, "pbsnodes -a"),
            _question(PBS_NODES_IN_OPT, _PBS, "/opt/pbs/bin/pbsnodes -a"),
        ),
        ComputingKind.LSF: (
            _question(LSF_HOSTS, "^[^ ]+ +[A-Za-z_]+ .*$", "bhosts -w"),
            _question(LSF_MACHINES, "^[^ ]+ +[^ ]+ .*$", "lshosts -w"),
        ),
        ComputingKind.LOCAL_GPU: (
            _question(
                NVIDIA_GPUS,
                r"^[^,]+, ([0-9]+|\[[^]]*\])|^No devices were found",
                "nvidia-smi --query-gpu=name,memory.total --format=csv,noheader,nounits",
            ),
        ),
    }
)
"""By kind; arguments are fixed."""


def asked_of(site: Site, target: Target, collector: str) -> tuple[Question, ...]:
    """Return what a machine is asked besides: nothing, unless the site names it under `hpc`.

    `collector` is posix or windows; schedulers are asked on the former only.
    """
    kinds = dict.fromkeys(
        item.kind
        for item in site.hpc
        if item.target == target.name
        and (collector == POSIX or item.kind is ComputingKind.LOCAL_GPU)
    )
    return tuple(question for kind in kinds for question in QUESTIONS[kind])
