"""High-performance computing that a centre names: clusters of others or its own, and own GPUs."""

from enum import StrEnum

from auditor.model.vocabulary import noun


class ComputingKind(StrEnum):
    """What answers for a resource: a scheduler, or the driver of the machine's own GPUs."""

    SLURM = "slurm"
    PBS = "pbs"
    LSF = "lsf"
    LOCAL_GPU = "local_gpu"


@noun
class ComputingResource:
    """One resource for high-performance computing, asked on one machine of `targets`.

    `target` is the machine on which the scheduler's own commands are asked (a login node), or
    which has the GPUs. No other machine is asked them: they make it ask the cluster's controller.
    `on_site` says that the cluster is the centre's own; `local_gpu` always is.
    """

    name: str
    kind: ComputingKind
    target: str
    on_site: bool = False

    @property
    def is_local(self) -> bool:
        """Whether it stands in the centre."""
        return self.on_site or self.kind is ComputingKind.LOCAL_GPU
