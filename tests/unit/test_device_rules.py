"""A device list that nobody could find anything with is refused."""

import pytest

from auditor.device_rules import refusals
from auditor.model import Centre, InformationSystem, ListedDevice, Site

GOOD = ListedDevice(
    name="a", addresses=("10.0.0.1", "fd50::1"), macs=("00:1B:63:84:45:E6",), level_dossiers=("s",)
)


def fields(*devices: ListedDevice) -> list[tuple[str | int, ...]]:
    """Return the places of all refusals."""
    site = Site(
        schema="t",
        centre=Centre(id="t", name="T"),
        information_systems=(InformationSystem(id="s", name="S"),),
        devices=devices,
    )
    return [tuple(field) for field, _problem, _remedy in refusals(site)]


def test_a_good_list() -> None:
    """Addresses of both versions, a MAC in capitals, a dossier."""
    assert fields(GOOD, ListedDevice(name="b", macs=("00-1b-63-84-45-e7",))) == []


@pytest.mark.parametrize(
    ("device", "field"),
    [
        (ListedDevice(name="b"), "macs"),
        (ListedDevice(name="b", macs=("00:1b:63:84:45",)), "macs"),
        (ListedDevice(name="b", macs=("00:1b-63:84:45:e7",)), "macs"),
        (ListedDevice(name="b", addresses=("10.0.0.0/24",)), "addresses"),
        (ListedDevice(name="b", addresses=("10.0.0.2",), level_dossiers=("x",)), "level_dossiers"),
        (ListedDevice(name="b", macs=("00-1b-63-84-45-e6",)), "name"),
    ],
)
def test_a_bad_entry(device: ListedDevice, field: str) -> None:
    """Each refusal names the entry and its field."""
    (place,) = fields(GOOD, device)
    assert place[:3] == ("devices", 1, field)
