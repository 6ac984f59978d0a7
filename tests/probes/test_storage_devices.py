"""Disks of this machine."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured
from auditor.probing import HostFacts, Probe

# util-linux before 2.33 quotes every value (its release notes, "lsblk: … JSON … numbers and
# booleans"); written after that, not recorded
OLD = (
    b'{"blockdevices": [{"name": "sda", "type": "disk", "size": "240057409536", "rota": "0",'
    b' "rm": "0", "model": "KINGSTON SA400 ", "tran": "sata"},'
    b' {"name": "sr0", "type": "rom", "size": "1073741312", "rota": "1", "rm": "1",'
    b' "model": "DVD", "tran": "sata"}]}'
)


def test_agrees_with_sysfs(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """Each disk has the size that the kernel states in sectors."""
    result = probes["storage_devices"].measure(here)
    assert conforms(probes["storage_devices"], result)
    for row in result.rows:
        sectors = Path(f"/sys/block/{row['name']}/size").read_text()
        assert row["size_bytes"] == int(sectors) * 512


def test_sysfs_stands_in_for_lsblk(
    probes: Mapping[str, Probe], here: HostFacts, answering: Callable[..., HostFacts]
) -> None:
    """Without lsblk the same disks are seen, and the lost column is said."""
    with_lsblk = probes["storage_devices"].measure(here)
    sections = {
        "texts": here.collection.section("texts").stdout,
        "shapes": here.collection.section("shapes").stdout,
        "disks": (b"", 127, b"lsblk: not found"),
    }
    without = probes["storage_devices"].measure(answering(sections))

    def known(result: Measured) -> list[tuple[object, ...]]:
        return [(r["name"], r["size_bytes"], r["is_rotational"]) for r in result.rows]

    assert known(without) == known(with_lsblk)
    assert any("lsblk" in text.vi for text in without.limitations)


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """Compressed memory is no disk; a virtual disk says little about hardware."""
    result = probes["storage_devices"].measure(recorded("debian12-sandbox"))
    assert [row["name"] for row in result.rows] == ["vda"]
    assert len(result.limitations) == 1


def test_reads_the_old_spelling(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """Strings in place of numbers and booleans mean the same."""
    (row,) = probes["storage_devices"].measure(answering({"disks": OLD})).rows
    assert tuple(row.values()) == ("sda", 240057409536, False, False, "KINGSTON SA400", "sata")


@pytest.mark.parametrize(
    "device",
    [
        b"1",
        b"{}",
        b'{"name":"sda","type":"disk","size":true}',
        b'{"name":"sda","type":"disk","size":"12x"}',
        b'{"name":"sda","type":"disk","size":99999999999999999999}',
        b'{"name":"sda","type":"disk","rota":2}',
        b'{"name":"sda","type":"disk","rota":"yes"}',
        b'{"name":"sda","type":"disk","model":[]}',
    ],
)
def test_refuses_a_strange_device(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts], device: bytes
) -> None:
    """A value of the wrong kind is unparsable."""
    content = b'{"blockdevices":[' + device + b"]}"
    with pytest.raises(CannotMeasure) as caught:
        probes["storage_devices"].measure(answering({"disks": content}))
    assert caught.value.failure is Failure.UNPARSABLE
