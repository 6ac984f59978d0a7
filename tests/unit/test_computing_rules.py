"""A list of computing resources that nobody could ask or visit is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe_letter import letter_for

from auditor.computing_rules import refusals
from auditor.model import Centre, ComputingKind, ComputingResource, Method, Scope, Site, Target

GOOD = ComputingResource(name="a", kind=ComputingKind.SLURM, target="login")
HUB = ComputingResource(name="hub", kind=ComputingKind.JUPYTERHUB, url="https://hub.example.vn/")
TARGETS = (
    Target(name="login", url="ssh://user@10.0.0.1"),
    Target(name="pc", url="winrm://user@10.0.0.2"),
    Target(name="pc-ssh", url="ssh://user@10.0.0.3", platform="windows"),
)
SCOPE = Scope(
    services=("hub.example.vn",), authorisation=letter_for(Method.PLATFORM_ACCESS, Method.DISCOVERY)
)


def fields(*hpc: ComputingResource, scope: Scope = SCOPE) -> list[tuple[str | int, ...]]:
    """Return the places of all refusals."""
    centre = Centre(id="t", name="T")
    site = Site(schema="t", centre=centre, targets=TARGETS, scope=scope, hpc=hpc)
    return [tuple(field) for field, _problem, _remedy in refusals(site, Path("/nowhere"))]


def test_a_good_list() -> None:
    """A cluster, GPUs of the same and of a Windows machine, and a portal."""
    gpu = ComputingKind.LOCAL_GPU
    here = ComputingResource(name="b", kind=gpu, target="login")
    assert fields(GOOD, here, ComputingResource(name="c", kind=gpu, target="pc"), HUB) == []


@pytest.mark.parametrize(
    ("kind", "name", "target", "field"),
    [
        (ComputingKind.PBS, "a", "login", "name"),
        (ComputingKind.SLURM, "b", "login", "target"),
        (ComputingKind.LSF, "b", "nowhere", "target"),
        (ComputingKind.LSF, "b", "", "target"),
        (ComputingKind.LSF, "b", "pc", "kind"),
        (ComputingKind.PBS, "b", "pc-ssh", "kind"),
    ],
)
def test_a_bad_entry(kind: ComputingKind, name: str, target: str, field: str) -> None:
    """Each refusal names the entry and its field."""
    entry = ComputingResource(name=name, kind=kind, target=target)
    assert fields(GOOD, entry) == [("hpc", 1, field)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "https://elsewhere.example.vn/"}, "url"),
        ({"url": "https://hub.example.vn/?token=abc"}, "url"),
        ({"url": "https://hub.example.vn/"}, "url"),  # what the first entry has
        ({"target": "login"}, "target"),
        ({"on_site": True}, "on_site"),
        ({"token_from": "abc"}, "token_from"),
        ({"url": "http://hub.example.vn/", "token_from": "env:HUB"}, "token_from"),
        ({"ca_file": "no.pem"}, "ca_file"),
    ],
)
def test_a_bad_portal(changed: dict[str, Any], field: str) -> None:
    """It needs an address that the scope lists, and nothing of a machine."""
    entry = replace(HUB, **{"name": "b", "url": "https://hub.example.vn/b", **changed})
    assert fields(HUB, entry) == [("hpc", 1, field)]


def test_a_portal_needs_the_letter() -> None:
    """Without `platform_access` nothing may be visited, and the site file is refused."""
    assert fields(HUB, scope=replace(SCOPE, authorisation=None)) == [("hpc", 0, "url")]


@pytest.mark.parametrize("field", ["url", "token_from", "ca_file"])
def test_a_scheduler_has_no_address(field: str) -> None:
    """What only a portal has is refused on a machine."""
    given: dict[str, Any] = {field: "env:X"}
    assert fields(replace(GOOD, **given)) == [("hpc", 0, field)]
