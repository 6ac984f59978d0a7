"""What types cannot say about the centre's high-performance computing."""

from collections.abc import Iterator
from pathlib import Path

from auditor import endpoint_rules
from auditor.language import _
from auditor.logins import WINDOWS
from auditor.model import ComputingKind, ComputingResource, Site, Target
from auditor.yamlfile import FieldPath

Refusal = tuple[FieldPath, str, str]


def refusals(site: Site, folder: Path) -> Iterator[Refusal]:
    """Yield every reason to refuse the list `hpc`: each names a machine or an address, once."""
    targets = {target.name: target for target in site.targets}
    names = [item.name for item in site.hpc]
    asked = [(item.kind, item.url if item.kind.is_portal else item.target) for item in site.hpc]
    for index, item in enumerate(site.hpc):
        path = ("hpc", index)
        if names.index(item.name) != index:
            yield (*path, "name"), _("{name} is there twice", name=item.name), _("Name each once.")
        found = _portal(item, site, folder) if item.kind.is_portal else _machine(item, targets)
        for field, problem, remedy in found:
            yield (*path, *field), problem, remedy
        if asked[index][1] and asked.index(asked[index]) != index:
            yield (*path, "url" if item.kind.is_portal else "target"), *_twice(item)


def _twice(item: ComputingResource) -> tuple[str, str]:
    if item.kind.is_portal:
        return _("another entry has this address"), _("Keep one entry for each portal.")
    return (
        _("another entry asks the same of {name}", name=item.target),
        _("Keep one entry for each scheduler and machine."),
    )


def _machine(item: ComputingResource, targets: dict[str, Target]) -> Iterator[Refusal]:
    """Refuse a scheduler, or GPUs, that no machine can be asked about."""
    for field in ("url", "token_from", "ca_file"):
        if getattr(item, field):
            yield (
                (field,),
                _("is for portals only"),
                _("Remove it, or write kind: jupyterhub, open_ondemand or gpu_cloud."),
            )
    target = targets.get(item.target)
    if target is None:
        yield (
            ("target",),
            _("unknown target {name}", name=item.target) if item.target else _("missing field"),
            _("Name the login node, or the machine with the GPUs, in `targets`."),
        )
    elif item.kind is not ComputingKind.LOCAL_GPU and (
        target.scheme == "winrm" or target.platform == WINDOWS
    ):
        yield (
            ("kind",),
            _("a scheduler is not asked on Windows"),
            _("Name a login node that runs Linux."),
        )


def _portal(item: ComputingResource, site: Site, folder: Path) -> Iterator[Refusal]:
    """Refuse an address that cannot be visited, and what only a machine can have."""
    yield from endpoint_rules.refusals(item, site.scope, folder, "https://hub.truong-doi-tac.vn/")
    if item.target:
        yield (
            ("target",),
            _("a portal is visited, no machine is asked"),
            _("Remove it; name the login node in an entry of its own."),
        )
    if item.on_site:
        yield (
            ("on_site",),
            _("a portal shows no machine on site"),
            _("Remove it; name the machine in an entry of its own (slurm, pbs, lsf, local_gpu)."),
        )
