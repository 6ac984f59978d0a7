"""What types cannot say about the centre's high-performance computing."""

from collections.abc import Iterator

from auditor.language import _
from auditor.logins import WINDOWS
from auditor.model import ComputingKind, Site
from auditor.yamlfile import FieldPath

Refusal = tuple[FieldPath, str, str]


def refusals(site: Site) -> Iterator[Refusal]:
    """Yield every reason to refuse the list `hpc`: each entry must name a machine, once."""
    targets = {target.name: target for target in site.targets}
    names = [item.name for item in site.hpc]
    asked = [(item.target, item.kind) for item in site.hpc]
    for index, item in enumerate(site.hpc):
        path = ("hpc", index)
        if names.index(item.name) != index:
            yield (*path, "name"), _("{name} is there twice", name=item.name), _("Name each once.")
        if asked.index((item.target, item.kind)) != index:
            yield (
                (*path, "target"),
                _("another entry asks the same of {name}", name=item.target),
                _("Keep one entry for each scheduler and machine."),
            )
        target = targets.get(item.target)
        if target is None:
            yield (
                (*path, "target"),
                _("unknown target {name}", name=item.target),
                _("Name the login node, or the machine with the GPUs, in `targets`."),
            )
        elif item.kind is not ComputingKind.LOCAL_GPU and (
            target.scheme == "winrm" or target.platform == WINDOWS
        ):
            yield (
                (*path, "kind"),
                _("a scheduler is not asked on Windows"),
                _("Name a login node that runs Linux."),
            )
