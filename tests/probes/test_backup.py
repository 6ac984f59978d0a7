"""Backups on machines of the box, and on machines made of a few rows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from box_truth import machine, truth
from host_facts import ALL_SECTIONS, NOW, facts, file, output, package
from judged import judged

from auditor.detection.facts import Facts
from auditor.model import Measured, Row
from auditor.probing import Probe

Probes = Mapping[str, Probe]
ROOT_FS = {"mount": "/", "type": "ext4"}
NAS = {"mount": "/mnt/nas", "type": "nfs4"}


def rows(probes: Probes, seen: Facts, *roles: str) -> tuple[Row, ...]:
    """Measure a machine of a few rows."""
    return probes["backup"].measure(judged(seen, roles=roles)).rows


def cron(command: str, source: str = "/etc/cron.d/sao-luu") -> Row:
    """Return an active line of cron."""
    return {"kind": "cron", "source": source, "schedule": "5 1 * * *", "command": command}


def repository(root: str, age: timedelta) -> tuple[Row, Row]:
    """Return what the collector sees of a restic repository with one snapshot."""
    at = (NOW - age).isoformat()
    return file(f"{root}/snapshots/aa", modified_at=at), file(f"{root}/keys/bb", modified_at=at)


def with_restic(*repositories: tuple[Row, Row], lines: tuple[str, ...] = ()) -> Facts:
    """Return a machine with restic, its repositories and its cron lines."""
    return facts(
        packages=(package("restic"),),
        files=tuple(item for pair in repositories for item in pair),
        schedulers=tuple(map(cron, lines)),
        mounts=(ROOT_FS, NAS),
    )


@pytest.mark.parametrize("name", ["srv-backup", "srv-backup-old"])
def test_the_box_is_what_its_truth_says(
    probes: Probes, conforms: Callable[[Probe, Measured], bool], name: str
) -> None:
    """Tool, place, source, age by the machine's clock, schedule: every fact of truth.yaml."""
    result = probes["backup"].measure(machine(name))
    assert conforms(probes["backup"], result)
    expected = truth(name)["backups"]
    assert [row["product"] for row in result.rows] == sorted(expected)
    for row in result.rows:
        true = expected[row["product"]]
        age = row["newest_age_h"]
        assert row["location"] == true.get("repository")
        assert (None if age is None else round(float(str(age)) / 24)) == true.get("age_days")
        assert row["is_scheduled"] is true["is_scheduled"]
        assert row["is_off_host"] is true.get("is_off_host")
        if "source" in true:
            assert (row["sources"], row["copies"]) == ((true["source"],), true["copies"])
        assert row["restore"] == "unknown"


@pytest.mark.parametrize("name", ["srv-backup", "srv-backup-old"])
def test_an_ordinary_account_never_looks_better(probes: Probes, name: str) -> None:
    """It leaves ages open and says which right it lacked."""
    result = probes["backup"].measure(machine(name, "kiemtra"))
    whole = {row["product"]: row for row in probes["backup"].measure(machine(name)).rows}
    for row in result.rows:
        assert (row["newest_age_h"], row["fresh"]) == (None, "unknown")
        for column in ("is_scheduled", "is_off_host", "has_copy_off_host", "copies"):
            assert row[column] in {None, whole[row["product"]][column]}
        assert float(str(row["proven"])) <= float(str(whole[row["product"]]["proven"]))
    assert any("quyền quản trị" in text.vi for text in result.limitations)


def test_a_fresh_repository_does_not_hide_an_old_one(probes: Probes) -> None:
    """Two places of one tool are two rows, each with its own age."""
    fresh, old = repository("/srv/a", timedelta(hours=2)), repository("/srv/b", timedelta(days=90))
    found = rows(probes, with_restic(fresh, old))
    assert [(r["location"], r["newest_age_h"], r["fresh"]) for r in found] == [
        ("/srv/a", 2.0, "yes"),
        ("/srv/b", 2160.0, "no"),
    ]


def test_a_tool_that_was_never_used_does_not_vanish(probes: Probes) -> None:
    """Its age is not known, so that no fresh copy of another tool speaks for it."""
    seen = with_restic(repository("/srv/a", timedelta(hours=2)))
    seen = replace(seen, packages=(*seen.packages, package("borgbackup")))
    found = {row["product"]: row for row in rows(probes, seen)}
    assert found["restic"]["newest_age_h"] == 2.0
    assert (found["borg"]["newest_age_h"], found["borg"]["fresh"]) == (None, "no")


def test_a_job_whose_target_is_not_seen_has_a_row(probes: Probes) -> None:
    """The line writes to object storage; the old local repository is not its place."""
    seen = with_restic(
        repository("/srv/a", timedelta(hours=2)),
        lines=("restic -r /srv/a backup /etc", "restic -r <redacted> backup /srv/data"),
    )
    away, here = rows(probes, seen)
    assert (here["location"], here["sources"], here["newest_age_h"]) == ("/srv/a", ("/etc",), 2.0)
    assert (away["location"], away["sources"]) == (None, ("/srv/data",))
    assert (away["newest_age_h"], away["is_scheduled"], away["is_off_host"]) == (None, True, None)


def test_two_jobs_of_one_repository_prove_neither(probes: Probes) -> None:
    """The newest snapshot may be that of the job that still works."""
    lines = ("restic -r /srv/a backup /etc", "restic -r /srv/a backup /srv/data")
    (row,) = rows(probes, with_restic(repository("/srv/a", timedelta(hours=2)), lines=lines))
    assert (row["fresh"], row["newest_age_h"], row["is_scheduled"]) == ("unknown", None, True)
    assert "fresh: several_jobs" in row["reasons"]  # type: ignore[operator]  # a tuple of words
    same = ("restic -r /srv/a backup /etc", "restic -r /srv/a forget --prune")
    (row,) = rows(probes, with_restic(repository("/srv/a", timedelta(hours=2)), lines=same))
    assert (row["fresh"], row["newest_age_h"]) == ("yes", 2.0)


@pytest.mark.parametrize(
    ("second", "copies", "off_host"),
    [
        ("/etc /srv/data", 2, True),
        ("/srv/data", 1, False),
        ("<redacted>", None, None),
    ],
)
def test_copies_are_counted_where_the_sources_are_known(
    probes: Probes, second: str, copies: int | None, *, off_host: bool | None
) -> None:
    """The second place counts for the first one's source only if it is told to hold it."""
    seen = with_restic(
        repository("/srv/a", timedelta(hours=2)),
        repository("/mnt/nas/b", timedelta(hours=3)),
        lines=("restic -r /srv/a backup /etc", f"restic -r /mnt/nas/b backup {second}"),
    )
    found = {row["location"]: row for row in rows(probes, seen)}
    assert found["/srv/a"]["copies"] == copies
    assert found["/srv/a"]["has_copy_off_host"] is off_host
    assert found["/mnt/nas/b"]["has_copy_off_host"] is True


def test_what_only_drives_a_tool_has_no_copies_of_its_own(probes: Probes) -> None:
    """Borgmatic's timer is borg's schedule, its check marks are borg's integrity."""
    home = "/root/.config/borg/security/ab12"
    utc = (NOW - timedelta(hours=7, minutes=30)).strftime("%Y-%m-%dT%H:%M:%S.%f")
    printed = f"{home}/manifest-timestamp:{utc}\n{home}/location:ssh://b@10.0.0.9/srv/b\n"
    checked = file("/root/.borgmatic/checks/ab12/repository", modified_at=NOW.isoformat())
    timer = {"kind": "timer", "source": "borgmatic.timer", "command": "borgmatic.service"}
    seen = facts(
        packages=(package("borgbackup"), package("borgmatic")),
        status_outputs=(output("borg", printed),),
        files=(checked,),
        schedulers=({**timer, "is_active": True},),
        mounts=(ROOT_FS,),
    )
    (row,) = rows(probes, seen)
    assert (row["product"], row["location"]) == ("borg", "ssh://10.0.0.9/srv/b")
    proofs = ("present", "schedule", "fresh", "repository", "integrity")
    assert [row[name] for name in proofs] == ["yes"] * 5
    assert (row["proven"], row["restore"], row["newest_age_h"]) == (5, "unknown", 0.5)


def test_the_machine_has_the_only_clock(probes: Probes) -> None:
    """On a machine 268 days behind, a time of the real clock lies ahead and proves nothing."""
    seen = with_restic(repository("/srv/a", timedelta(hours=2)))
    behind = replace(seen, now=NOW - timedelta(days=268))
    (row,) = rows(probes, behind)
    assert (row["fresh"], row["newest_age_h"]) == ("unknown", None)


def test_a_storage_machine_without_a_tool_does_not_vanish(probes: Probes) -> None:
    """It may be backed up from outside; other machines without a tool have no row."""
    (row,) = rows(probes, facts(), "storage")
    assert (row["product"], row["present"], row["newest_age_h"]) == (None, "no", None)
    (row,) = rows(probes, facts(is_root=False), "storage")
    assert row["present"] == "unknown"
    assert rows(probes, facts()) == ()


def test_snapshots_and_sync_are_no_backup(probes: Probes) -> None:
    """They are named, and not counted."""
    names = ("timeshift", "rclone", "autopostgresqlbackup")
    seen = facts(packages=tuple(map(package, names)))
    result = probes["backup"].measure(judged(seen))
    assert result.rows == ()
    said = " ".join(text.en for text in result.limitations)
    assert all(name in said.lower() for name in names)


@pytest.mark.parametrize(
    ("age", "expected"), [(timedelta(hours=2), None), (timedelta(days=3), False)]
)
def test_not_scheduled_needs_more_than_an_unnamed_line(
    probes: Probes, age: timedelta, *, expected: bool | None
) -> None:
    """A recent success without a line may come from a script of another name."""
    (row,) = rows(probes, with_restic(repository("/srv/a", age)))
    assert (row["schedule"], row["is_scheduled"]) == ("no", expected)
    blind = replace(with_restic(repository("/srv/a", age)), complete=ALL_SECTIONS - {"schedulers"})
    (row,) = rows(probes, blind)
    assert (row["schedule"], row["is_scheduled"]) == ("unknown", None)
