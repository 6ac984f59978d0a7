"""High-performance computing that a centre names: clusters, own GPUs, and portals on the web."""

from enum import StrEnum

from auditor.model.vocabulary import noun


class ComputingKind(StrEnum):
    """What answers for a resource: a scheduler, the driver of own GPUs, or a portal on the web."""

    SLURM = "slurm"
    PBS = "pbs"
    LSF = "lsf"
    LOCAL_GPU = "local_gpu"
    JUPYTERHUB = "jupyterhub"
    OPEN_ONDEMAND = "open_ondemand"
    GPU_CLOUD = "gpu_cloud"

    @property
    def is_portal(self) -> bool:
        """Whether it is visited at a web address and no machine of `targets` is asked."""
        return self in {self.JUPYTERHUB, self.OPEN_ONDEMAND, self.GPU_CLOUD}


@noun
class ComputingResource:
    """One resource for computing: asked on a machine of `targets`, or visited at a web address.

    `target` is the machine on which the scheduler's own commands are asked (a login node), or
    which has the GPUs. No other machine is asked them: they make it ask the cluster's controller.
    `on_site` says that the cluster is the centre's own; `local_gpu` always is.
    `jupyterhub`, `open_ondemand` and `gpu_cloud` have a `url` instead of a target: where the hub
    begins, the portal's address, an address that opens to the centre's token. `token_from` is
    "env:NAME" or "keyring:SERVICE/USER"; `ca_file` holds an authority that signed the portal's
    certificate.
    """

    name: str
    kind: ComputingKind
    target: str = ""
    on_site: bool = False
    url: str = ""
    token_from: str = ""
    ca_file: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it stands in the centre."""
        return self.on_site or self.kind is ComputingKind.LOCAL_GPU
