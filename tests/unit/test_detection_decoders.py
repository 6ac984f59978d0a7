"""Bit fields, sentinels and times, against the tables of the reference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from host_facts import NOW, facts, file, find, group, output, package, process, socket

from auditor.detection.doubts import TEXTS, Doubt
from auditor.detection.names import same_comm
from auditor.detection.rules.backups import is_off_host
from auditor.detection.rules.linux_scanners import is_blocking
from auditor.detection.rules.windows_security import decode
from auditor.detection.times import count, moment
from auditor.model.products import Answer, Topic

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
STATES = {0x0: "off", 0x1: "on", 0x2: "snoozed", 0x3: "expired"}
OWNERS = {0x0: "third party", 0x1: "Microsoft"}
SIGNATURES = {0x0: "up to date", 0x1: "out of date"}


@pytest.mark.parametrize(
    ("value", "state", "owner", "signature"),
    [
        (397568, "on", "Microsoft", "up to date"),
        (397584, "on", "Microsoft", "out of date"),
        (393472, "off", "Microsoft", "up to date"),
        (266240, "on", "third party", "up to date"),
        (266256, "on", "third party", "out of date"),
        (262144, "off", "third party", "up to date"),
        (401664, "snoozed", "Microsoft", "up to date"),
        (344064, None, "third party", "up to date"),
    ],
)
def test_product_state_samples(
    value: int, state: str | None, owner: str | None, signature: str | None
) -> None:
    """The samples of the reference; 344064 has a state nibble outside the table."""
    decoded = decode(value)
    assert (decoded.state, decoded.owner, decoded.signature) == (state, owner, signature)


def test_product_state_whole_table() -> None:
    """Every nibble of every group under every provider byte: known ones named, others unknown."""
    for provider in (0x00, 0x04, 0x05, 0x06, 0x07, 0xFF):
        for state in range(16):
            for owner in range(16):
                for signature in range(16):
                    value = provider << 16 | state << 12 | owner << 8 | signature << 4
                    decoded = decode(value)
                    assert decoded.state == STATES.get(state)
                    assert decoded.owner == OWNERS.get(owner)
                    assert decoded.signature == SIGNATURES.get(signature)


@pytest.mark.parametrize(
    ("mask", "blocking"),
    [
        ("0x8000021", False),
        ("8000021", False),
        ("0x8030000", True),
        (0x8030000, True),
        (0x10000, True),
        (0x20000, True),
        (0x1, False),
        (0, False),
        ("zz", None),
        (None, None),
        (True, None),
    ],
)
def test_fanotify_masks(mask: object, blocking: bool | None) -> None:  # noqa: FBT001 - a table
    """Only the two permission bits stop an access."""
    assert is_blocking(mask) is blocking


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("2026-11-20T05:00:00Z", "iso", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("2026-11-20 12:00:00", "iso", NOW),
        ("2026-11-20T12:00:00.1234567+07:00", "iso", NOW + timedelta(microseconds=123456)),
        ("1763614800", "epoch", datetime(2025, 11, 20, 5, tzinfo=UTC)),
        ("1763614800000", "epoch_ms", datetime(2025, 11, 20, 5, tzinfo=UTC)),
        ("133000000000000000", "filetime", datetime(2022, 6, 18, 4, 26, 40, tzinfo=UTC)),
        ("20261120", "utc:%Y%m%d", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20-120000", "local:%Y-%m-%d-%H%M%S", NOW),
        ("0", "epoch", None),
        ("4294967295", "epoch", None),
        ("65535", "epoch", None),
        ("1970-01-01 00:00:00", "iso", None),
        ("N/A", "iso", None),
        ("undefined", "epoch", None),
        ("", "iso", None),
        ("99999999999999999999", "epoch", None),
        ("32 Nov", "local:%d %b", None),
        ("0", "filetime", None),
    ],
)
def test_times_and_sentinels(value: str, form: str, expected: datetime | None) -> None:
    """A sentinel is no time; a time without an offset is the host's."""
    assert moment(value, form, NOW) == expected


@pytest.mark.parametrize("value", ["4294967295", "65535", "0", "N/A", "-1", "1.5", ""])
def test_sentinel_numbers(value: str) -> None:
    """Numbers that mean "never"."""
    assert count(value) is None


def defender(**fields: object) -> dict[str, Answer]:
    """Judge Defender on a machine where everything is on, but for some fields."""
    shown = {
        "AMRunningMode": "Normal",
        "AMProductVersion": "4.18.24090.11",
        "AMServiceEnabled": True,
        "RealTimeProtectionEnabled": True,
        "OnAccessProtectionEnabled": True,
        "BehaviorMonitorEnabled": True,
        "IoavProtectionEnabled": True,
        "AntivirusSignatureAge": 0,
    } | fields
    printed = "".join(f"{name} : {value}\r\n" for name, value in shown.items())
    seen = facts(platform="windows", status_outputs=(output("defender-windows", printed),))
    found = find("defender-windows", seen)
    return {str(topic): found.answer(topic) for topic in found.axes}


@pytest.mark.parametrize(
    ("fields", "running", "effective", "fresh"),
    [
        ({}, YES, YES, YES),
        ({"AntivirusSignatureAge": 6}, YES, YES, YES),
        ({"AntivirusSignatureAge": 7}, YES, YES, NO),
        ({"AntivirusSignatureAge": 65535}, YES, YES, UNKNOWN),
        ({"AntivirusSignatureAge": 4294967295}, YES, YES, UNKNOWN),
        ({"RealTimeProtectionEnabled": False}, YES, NO, YES),
        ({"OnAccessProtectionEnabled": False}, YES, NO, YES),
        ({"BehaviorMonitorEnabled": False}, YES, NO, YES),
        ({"IoavProtectionEnabled": False}, YES, NO, YES),
        ({"IoavProtectionEnabled": ""}, YES, UNKNOWN, YES),
        ({"AMRunningMode": "Passive Mode"}, YES, NO, YES),
        ({"AMRunningMode": "EDR Block Mode"}, YES, NO, YES),
        ({"AMServiceEnabled": False}, NO, NO, YES),
    ],
)
def test_defender_fields(
    fields: dict[str, object], running: Answer, effective: Answer, fresh: Answer
) -> None:
    """The conditions of Defender for Cloud: all four protections and less than seven days."""
    axes = defender(**fields)
    assert axes["present"] is YES
    assert (axes["running"], axes["effective"], axes["fresh"]) == (running, effective, fresh)


def registered(*rows: str) -> dict[str, Answer]:
    """Judge Security Center on a machine with some registrations."""
    seen = facts(platform="windows", status_outputs=(output("wsc-antivirus", "\r\n".join(rows)),))
    found = find("wsc-antivirus", seen)
    return {str(topic): found.answer(topic) for topic in found.axes}


def test_security_center() -> None:
    """Defender stays registered as off beside another product; a stale row counts for nothing."""
    off = "product=Windows Defender;state=393472;exe=C:\\d.exe;exists=True"
    bkav = "product=Bkav Pro;state=266240;exe=C:\\b.exe;exists=True"
    assert registered(off, bkav)["effective"] is YES
    assert registered(off, bkav)["fresh"] is YES
    assert registered(off)["effective"] is NO
    assert registered(bkav.replace("266240", "266256"))["fresh"] is NO
    assert registered(bkav.replace("266240", "344064"))["effective"] is UNKNOWN
    stale = registered(bkav.replace("True", "False"))
    assert stale["effective"] is UNKNOWN
    assert stale["present"] is UNKNOWN


@pytest.mark.parametrize(("mask", "effective"), [("0x8030000", YES), ("0x8000021", NO), (None, NO)])
def test_clamav_on_access(mask: str | None, effective: Answer) -> None:
    """With clamd alone nothing is stopped; clamonacc must hold a permission mask."""
    held = () if mask is None else (group(mask, 7),)
    seen = facts(
        packages=(package("clamav-daemon"),),
        processes=(process("/usr/sbin/clamd"), process("/usr/sbin/clamonacc", pid=7)),
        fanotify=held,
    )
    assert find("clamav", seen).answer(Topic.EFFECTIVE) is effective


def test_an_unknown_holder_is_a_question_and_a_known_one_is_not() -> None:
    """Fapolicyd and catalogue products explain themselves; a stranger is asked about."""
    for program, asked in (("/usr/sbin/fapolicyd", False), ("/opt/x/guard", True)):
        seen = facts(
            processes=(process(program, pid=9),), fanotify=({"pid": 9, "mask": "0x8030000"},)
        )
        questions = find("fanotify-holder", seen).questions
        assert any(q.startswith("unknown_scanner") for q in questions) is asked


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (timedelta(hours=1), YES),
        (timedelta(days=7), YES),
        (timedelta(days=7, seconds=1), NO),
        (timedelta(days=268), NO),
        (-timedelta(days=1), UNKNOWN),
    ],
)
def test_clamav_database_age(age: timedelta, fresh: Answer) -> None:
    """The third field of the version string, in the host's own time."""
    built = (NOW - age).strftime("%a %b %d %H:%M:%S %Y")
    printed = f"ClamAV 1.4.6/27463/{built}\n"
    seen = facts(packages=(package("clamav"),), status_outputs=(output("clamav", printed),))
    finding = find("clamav", seen)
    assert finding.answer(Topic.FRESH) is fresh
    assert finding.version == "1.4.6"
    assert finding.last_success_at == NOW - age


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ssh://backup@10.0.0.9/srv/b", True),
        ("backup:/srv/b", True),
        ("ssh://backup@127.0.0.1:22/srv/b", False),
        ("ssh://[::1]/srv/b", False),
        ("backup@localhost:/srv/b", False),
        ("backup@may-chu:/srv/b", False),
        ("ssh://10.0.0.5/srv/b", False),
        ("srv/b", None),
        ("/srv/backup", False),
        ("file:///srv/backup", False),
        ("/mnt/nas/repo", True),
        ("/mnt/nastier", False),
    ],
)
def test_a_repository_is_off_the_host_by_what_is_mounted(
    place: str, *, expected: bool | None
) -> None:
    """The deepest mount that holds a path decides; this machine's own names are no other."""
    mounts = (
        {"mount": "/", "type": "ext4"},
        {"mount": "/mnt/nas", "type": "nfs4"},
    )
    seen = replace(
        facts(mounts=mounts, sockets=(socket("10.0.0.9", 22),)), hostname="may-chu.lai-chau.vn"
    )
    assert is_off_host(place, seen) is expected
    assert is_off_host("/srv", facts()) is None


def test_the_host_clock_needs_an_offset() -> None:
    """An age on a naive clock would be a guess."""
    with pytest.raises(ValueError, match="offset"):
        facts(now=datetime(2026, 11, 20))  # noqa: DTZ001 - what is refused
    elsewhere = timezone(timedelta(hours=-5))
    assert moment("2026-11-20 12:00:00", "iso", NOW.astimezone(elsewhere)) == datetime(
        2026, 11, 20, 12, tzinfo=elsewhere
    )


def test_wsc_is_not_asked_of_a_file() -> None:
    """A file named like a scanner is no registration."""
    seen = facts(platform="windows", files=(file("C:\\b.exe"),))
    assert find("wsc-antivirus", seen).answer(Topic.EFFECTIVE) is UNKNOWN


def test_comm_is_cut_to_fifteen_bytes_on_linux_only() -> None:
    """A longer name may only match its first fifteen bytes, and only where the kernel cuts."""
    assert same_comm("prometheus-node-exporter", "prometheus-node", "linux")
    assert not same_comm("prometheus-node-exporter", "prometheus-nod", "linux")
    assert not same_comm("prometheus-node-exporter", "prometheus-node", "darwin")


def test_every_doubt_has_words_in_both_languages() -> None:
    """Rows carry codes; people read sentences."""
    assert set(TEXTS) == set(Doubt)
    assert all(text.vi and text.en for text in TEXTS.values())
