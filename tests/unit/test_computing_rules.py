"""A list of computing resources that nobody could ask is refused."""

import pytest

from auditor.computing_rules import refusals
from auditor.model import Centre, ComputingKind, ComputingResource, Site, Target

GOOD = ComputingResource(name="a", kind=ComputingKind.SLURM, target="login")
TARGETS = (
    Target(name="login", url="ssh://user@10.0.0.1"),
    Target(name="pc", url="winrm://user@10.0.0.2"),
    Target(name="pc-ssh", url="ssh://user@10.0.0.3", platform="windows"),
)


def fields(*hpc: ComputingResource) -> list[tuple[str | int, ...]]:
    """Return the places of all refusals."""
    site = Site(schema="t", centre=Centre(id="t", name="T"), targets=TARGETS, hpc=hpc)
    return [tuple(field) for field, _problem, _remedy in refusals(site)]


def test_a_good_list() -> None:
    """A cluster, and GPUs of the same and of a Windows machine."""
    gpu = ComputingKind.LOCAL_GPU
    here = ComputingResource(name="b", kind=gpu, target="login")
    assert fields(GOOD, here, ComputingResource(name="c", kind=gpu, target="pc")) == []


@pytest.mark.parametrize(
    ("kind", "name", "target", "field"),
    [
        (ComputingKind.PBS, "a", "login", "name"),
        (ComputingKind.SLURM, "b", "login", "target"),
        (ComputingKind.LSF, "b", "nowhere", "target"),
        (ComputingKind.LSF, "b", "pc", "kind"),
        (ComputingKind.PBS, "b", "pc-ssh", "kind"),
    ],
)
def test_a_bad_entry(kind: ComputingKind, name: str, target: str, field: str) -> None:
    """Each refusal names the entry and its field."""
    entry = ComputingResource(name=name, kind=kind, target=target)
    assert fields(GOOD, entry) == [("hpc", 1, field)]
