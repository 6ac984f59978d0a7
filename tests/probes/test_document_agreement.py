"""A backup rule beside the newest copy that machines show."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from builders import seen

from auditor.model import Centre, Measured, Observation, Row, Scope, Site, Target
from auditor.probing import Probe
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.run import SeenSoFar

RULE: Row = {
    "file": "quy-dinh.docx",
    "is_declared": True,
    "is_confirmed": True,
    "information_systems": ("web",),
    "backup_every_h": 24,
    "listed_devices": (),
    "listed_networks": (),
    "contract_down_mbps": None,
    "excerpts": ("title; 1; Quy định", "backup_every_h; 3; Sao lưu hằng ngày; giữ 3 bản."),
}


@pytest.fixture
def compared(
    probes: Mapping[str, Probe], conforms: Callable[[Probe, Measured], bool]
) -> Callable[..., tuple[Row, ...]]:
    """Derive the rows from what was seen on one machine of the system `web`."""

    def derived(*observations: Observation) -> tuple[Row, ...]:
        scope = Scope(networks=("10.0.0.0/24",), exclusions=("10.0.0.64/26",))
        site = Site(schema="test", centre=Centre(id="a", name="Trung tâm"), scope=scope)
        machine = Target(name="may-chu", url="local:", information_systems=("web",))
        context = Context(
            site, Path(), Gate(Scope(), "UTC"), lambda _name, _bytes: "", (machine,), observations
        )
        result = probes["document_agreement"].measure(SeenSoFar(context))
        assert conforms(probes["document_agreement"], result)
        return result.rows

    return derived


@pytest.mark.parametrize(
    ("ages", "expected"),
    [((12 * 24.0, 300.0), True), ((47.0,), False), ((300.0, 20.0), False), ((None,), None)],
)
def test_a_daily_rule_and_the_newest_copy(
    compared: Callable[..., tuple[Row, ...]],
    ages: tuple[float | None, ...],
    expected: bool | None,  # noqa: FBT001 - a case
) -> None:
    """Twelve days contradict "daily"; one fresh copy is enough; unknown concludes nothing."""
    copies = seen("backup", "may-chu", *({"newest_age_h": age} for age in ages))
    (row,) = compared(copies, seen("document_content", "site", RULE))
    assert row["is_contradicted"] is expected
    assert row["machine_shows_h"] == min((a for a in ages if a is not None), default=None)
    assert "trang 3: “Sao lưu hằng ngày; giữ 3 bản.”" in str(row["sentence_vi"])
    assert "page 3: “Sao lưu hằng ngày; giữ 3 bản.”; newest copy" in str(row["sentence_en"])


@pytest.mark.parametrize(
    "change",
    [{"information_systems": ("mail",)}, {"is_declared": False}, {"backup_every_h": None}],
)
def test_other_rules_are_not_held_against_it(
    compared: Callable[..., tuple[Row, ...]], change: Row
) -> None:
    """Those of another system, of a file that nobody named, or without an interval."""
    copies = seen("backup", "may-chu", {"newest_age_h": 300.0})
    assert compared(copies, seen("document_content", "site", {**RULE, **change})) == ()


LIST: Row = {
    **RULE,
    "kind": "device_list",
    "backup_every_h": None,
    "information_systems": (),
    "listed_devices": (
        "2; 10.0.0.5; 00:1b:63:84:45:e6; Máy chủ; web",
        "2; 10.0.0.6; ; Máy in",
        "2; 10.0.0.70; ; Camera",
        "2; 10.0.0.20-10.0.0.40; ; Máy trạm",
        "2; ; ; Máy không địa chỉ",
    ),
    "listed_networks": ("3; 10.0.0.0/24; Văn phòng 10.0.0.0/24", "3; 10.9.0.0/24; Khác"),
}


def host(address: str, mac: str | None = None) -> Row:
    """Return a live machine."""
    return {
        "address": address,
        "mac": mac,
        "is_alive": True,
        "methods": ("arp",),
        "names": ("<b>máy</b>",),
    }


def test_a_device_list_and_the_machines_seen(compared: Callable[..., tuple[Row, ...]]) -> None:
    """Seen as listed, by MAC or in a range; not seen; not to be known; seen and not listed."""
    hosts = (
        host("10.0.0.50", "00:1b:63:84:45:e6"),
        host("10.0.0.21"),
        host("10.0.0.5", "00:00:00:00:00:09"),  # took over the server's address
    )
    rows = compared(seen("lan_hosts", "mang", *hosts), seen("document_content", "site", LIST))
    assert {(row["subject"], row["is_listed"], row["is_seen"]) for row in rows} == {
        ("Máy chủ; web", True, True),
        ("Máy in", True, False),
        ("Camera", True, None),
        ("Máy trạm", True, True),
        ("Máy không địa chỉ", True, None),
        ("10.0.0.5", False, True),
        ("10.0.0.0/24", True, True),
        ("10.9.0.0/24", True, None),
    }
    told = next(str(row["sentence_vi"]) for row in rows if row["subject"] == "Máy chủ; web")
    assert "quy-dinh.docx trang 2: “Máy chủ; web, 10.0.0.5, 00:1b:63:84:45:e6”" in told
    assert "10.0.0.50" in told


def test_what_a_list_is_not_held_against(compared: Callable[..., tuple[Row, ...]]) -> None:
    """One list continues another; a system's list is not the centre's; no search, no rows."""
    search = seen("lan_hosts", "mang", host("10.0.0.8"))
    alone = {**LIST, "listed_devices": ("1; 10.0.0.9; ; A",), "listed_networks": ()}
    other = {**alone, "file": "khac.docx", "listed_devices": ("1; 10.0.0.8; ; B",)}
    unlisted = [
        [
            row
            for row in compared(search, seen("document_content", "site", *rows))
            if not row["is_listed"]
        ]
        for rows in ((alone,), (alone, other), ({**alone, "information_systems": ("web",)},))
    ]
    assert [len(rows) for rows in unlisted] == [1, 0, 0]
    assert compared(seen("document_content", "site", LIST)) == ()


def test_a_segment_that_no_plan_names(compared: Callable[..., tuple[Row, ...]]) -> None:
    """An own segment within the scope; what a machine bridges for itself is no matter."""
    plan = {**LIST, "listed_devices": (), "listed_networks": ("1; 10.0.0.128/25; Máy chủ",)}
    own = ("10.0.0.0/26", "172.17.0.0/16")
    seen_here = ({"interface": "eth0", "network": network} for network in own)
    rows = compared(
        seen("lan_hosts", "mang", host("10.0.0.1")),
        seen("lan_topology", "mang", *seen_here, {"interface": "1", "network": None}),
        seen("document_content", "site", plan),
    )
    assert [(row["subject"], row["is_listed"], row["is_seen"]) for row in rows] == [
        ("10.0.0.0/26", False, True),
        ("10.0.0.128/25", True, False),
    ]


@pytest.mark.parametrize(
    ("speeds", "expected"),
    [((250.0,), False), ((100.0,), None), ((100.0, 98.0), True), ((100.0, 60.0), None)],
)
def test_a_contract_and_the_line(
    compared: Callable[..., tuple[Row, ...]],
    speeds: tuple[float, ...],
    expected: bool | None,  # noqa: FBT001 - a case
) -> None:
    """Fast enough once is enough; slow only where two servers agree."""
    contract = {
        **RULE,
        "backup_every_h": None,
        "contract_down_mbps": 300.0,
        "excerpts": ("speed_down_mbps; 2; Tốc độ tải xuống: 300 Mbps",),
    }
    line: list[Row] = [
        {
            "direction": "down",
            "is_usable": True,
            "is_capacity": True,
            "server_ip": f"10.0.0.{number}",
            "metric_class": "tcp",
            "series_clear_n": 30,
            "series_clear_slots": 3,
            "series_mean_mbps": speed,
            "series_p90_mbps": speed,
        }
        for number, speed in enumerate(speeds)
    ]
    (row,) = compared(
        seen("internet_quality", "mang", *line), seen("document_content", "site", contract)
    )
    assert row["is_contradicted"] is expected
    assert (row["document_says_mbps"], row["machine_shows_mbps"]) == (300.0, max(speeds))
    assert "trang 2: “Tốc độ tải xuống: 300 Mbps”" in str(row["sentence_vi"])
    assert "page 2: “Tốc độ tải xuống: 300 Mbps”; best mean" in str(row["sentence_en"])
