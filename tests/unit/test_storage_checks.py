"""The checks of indicator 2.3 on what `storage` and `backup` say: each of the three answers."""

import pytest
from builders import a_case, seen, unseen

from auditor import DEFAULT_PROFILE
from auditor.judge import Asked, check_finding
from auditor.model import Row, Value, Verdict
from auditor.profile import load

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
PROFILE = load(DEFAULT_PROFILE).profile
INDICATOR = next(item for item in PROFILE.indicators if item.id == "2.3")


def verdict(check_id: str, probe: str, *machines: tuple[Row, ...] | None) -> Verdict:
    """Judge one check; each machine has rows, or (None) could not be measured."""
    check = next(item for item in INDICATOR.checks if item.id == check_id)
    case = a_case(
        PROFILE,
        *(
            unseen(probe, f"may-{n}") if rows is None else seen(probe, f"may-{n}", *rows)
            for n, rows in enumerate(machines)
        ),
    )
    return check_finding(case, INDICATOR, check, Asked()).verdict


def backups(**columns: tuple[Value, ...]) -> tuple[Row, ...]:
    """Return rows with some columns, one row for each place."""
    return tuple(
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    )


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ((2.0, 160.0), MET),
        ((2.0, 169.0), NOT_MET),
        ((2.0, None), OPEN),  # fresh here, never proven there
        ((None,), OPEN),
        ((169.0, None), NOT_MET),  # too old whatever the other is
        ((), OPEN),
    ],
)
def test_one_fresh_source_does_not_speak_for_another(
    ages: tuple[float | None, ...], expected: Verdict
) -> None:
    """The worst decides; what is not known is not taken as fresh."""
    assert verdict("backup_age", "backup", backups(newest_age_h=ages)) is expected


def test_a_machine_that_was_not_measured_leaves_it_open() -> None:
    """It could be the worst; an age that is too old is too old anyway."""
    fresh, old = backups(newest_age_h=(2.0,)), backups(newest_age_h=(200.0,))
    assert verdict("backup_age", "backup", fresh, None) is OPEN
    assert verdict("backup_age", "backup", old, None) is NOT_MET
    assert verdict("backup_age", "backup", fresh, ()) is MET


@pytest.mark.parametrize(
    ("copies", "expected"),
    [((3, 4), MET), ((3, 2), NOT_MET), ((3, None), OPEN), ((2, None), NOT_MET), ((None,), OPEN)],
)
def test_copies(copies: tuple[int | None, ...], expected: Verdict) -> None:
    """The source with the fewest decides."""
    assert verdict("backup_copies", "backup", backups(copies=copies)) is expected


@pytest.mark.parametrize(
    ("check", "column"),
    [("backup_scheduled", "is_scheduled"), ("backup_off_host", "has_copy_off_host")],
)
@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((True, True), MET),
        ((True, False), NOT_MET),
        ((True, None), OPEN),
        ((False, None), NOT_MET),
    ],
)
def test_flags(check: str, column: str, flags: tuple[bool | None, ...], expected: Verdict) -> None:
    """Every place has to show it; one that is open leaves it open."""
    assert verdict(check, "backup", backups(**{column: flags})) is expected


@pytest.mark.parametrize(
    ("kinds", "flags", "expected"),
    [
        (("smb_share",), (True,), MET),
        (("smb_share", "service"), (True, None), MET),
        (("smb_share",), (False,), NOT_MET),
        (("smb_share", "service"), (False, None), OPEN),
        (("raid", "disk"), (None, None), OPEN),
        ((), (), OPEN),
    ],
)
def test_storage_services(
    kinds: tuple[str, ...], flags: tuple[bool | None, ...], expected: Verdict
) -> None:
    """One that works is enough; none is a failure only where all are known."""
    rows = backups(kind=kinds, is_reachable=flags)
    assert verdict("storage_services", "storage", rows) is expected
