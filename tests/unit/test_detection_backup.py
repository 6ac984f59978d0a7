"""The six proofs of a backup, each from what the tools write themselves."""

from datetime import timedelta

import pytest
from host_facts import ALL_SECTIONS, NOW, facts, file, find, output, package

from auditor.detection.facts import Facts
from auditor.detection.rows import proof_row
from auditor.model import Row
from auditor.model.products import Answer, Topic

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def restic(age: timedelta, *, keys: bool = True, mount: str = "ext4") -> Facts:
    """Return a machine with restic, a cron line and a repository under /srv."""
    at = (NOW - age).isoformat()
    files = [
        file("/srv/repo/snapshots/aa", modified_at=at),
        file("/srv/repo/snapshots/bb", modified_at=(NOW - timedelta(days=90)).isoformat()),
        # locks move on every read and are no success
        file("/srv/repo/locks/cc", modified_at=NOW.isoformat()),
    ]
    if keys:
        files.append(file("/srv/repo/keys/dd", modified_at=at))
    return facts(
        packages=(package("restic"),),
        files=tuple(files),
        schedulers=(
            {"kind": "cron", "source": "/etc/cron.d/backup", "command": "restic backup /srv/data"},
        ),
        mounts=({"mount": "/", "type": "ext4"}, {"mount": "/srv", "type": mount}),
    )


@pytest.mark.parametrize(
    ("seen", "fresh", "off_host", "proven"),
    [
        (restic(timedelta(hours=2)), YES, NO, 3),
        (restic(timedelta(hours=2), mount="nfs4"), YES, YES, 4),
        (restic(timedelta(hours=26, seconds=1)), NO, NO, 2),
        (restic(timedelta(hours=2), keys=False), UNKNOWN, UNKNOWN, 2),
    ],
)
def test_restic_proofs(seen: Facts, fresh: Answer, off_host: Answer, proven: int) -> None:
    """Tool, schedule, last success, repository; check and restore need records."""
    finding = find("restic", seen)
    assert finding.answer(Topic.RUNNING) is Answer.NOT_APPLICABLE
    assert finding.answer(Topic.FRESH) is fresh
    assert finding.answer(Topic.REPOSITORY) is off_host
    assert finding.answer(Topic.INTEGRITY) is UNKNOWN
    assert finding.answer(Topic.RESTORE) is UNKNOWN
    assert proof_row(finding)["proven"] == proven


def test_borg_manifest_is_utc_without_a_mark() -> None:
    """25 hours ago in UTC is inside a daily limit; read as local time it would be 32."""
    at = (NOW - timedelta(hours=25)).astimezone(tz=None)
    utc = (NOW - timedelta(hours=32)).strftime("%Y-%m-%dT%H:%M:%S.%f")
    home = "/root/.config/borg/security/ab12"
    printed = f"{home}/manifest-timestamp:{utc}\n{home}/location:ssh://b@10.0.0.9/srv/b\n"
    seen = facts(packages=(package("borgbackup"),), status_outputs=(output("borg", printed),))
    finding = find("borg", seen)
    assert finding.last_success_at == at
    assert finding.answer(Topic.FRESH) is YES
    assert finding.answer(Topic.REPOSITORY) is YES


def test_duplicity_by_the_name_of_its_manifest() -> None:
    """The time stands in the name; the file's own time is not used."""
    name = (NOW - timedelta(hours=9)).strftime("duplicity-full.%Y%m%dT%H%M%SZ.manifest")
    seen = facts(
        packages=(package("duplicity"),),
        files=(file(f"/root/.cache/duplicity/x/{name}", modified_at="2001-01-01T00:00:00Z"),),
    )
    assert find("duplicity", seen).answer(Topic.FRESH) is YES


@pytest.mark.parametrize(
    ("schedulers", "complete", "expected"),
    [
        (({"command": "borgmatic create", "is_active": True},), ALL_SECTIONS, YES),
        (({"command": "borgmatic create", "is_active": False},), ALL_SECTIONS, NO),
        (({"command": "notborgmatic"},), ALL_SECTIONS, NO),
        ((), ALL_SECTIONS, NO),
        ((), ALL_SECTIONS - {"schedulers"}, UNKNOWN),
    ],
)
def test_schedule(schedulers: tuple[Row, ...], complete: frozenset[str], expected: Answer) -> None:
    """What is switched off or calls another program calls nothing; comments are no rows."""
    seen = facts(packages=(package("borgmatic"),), schedulers=schedulers, complete=complete)
    assert find("borgmatic", seen).answer(Topic.SCHEDULE) is expected


def test_a_backup_is_effective_when_scheduled_and_recent() -> None:
    """Scheduled and recent; scheduled and old; never used at all."""
    assert find("restic", restic(timedelta(hours=2))).answer(Topic.EFFECTIVE) is YES
    assert find("restic", restic(timedelta(days=12))).answer(Topic.EFFECTIVE) is NO
    unused = find("borg", facts(packages=(package("borgbackup"),)))
    assert (unused.answer(Topic.FRESH), unused.answer(Topic.EFFECTIVE)) == (NO, NO)
    unseen = find("borg", facts(packages=(package("borgbackup"),), is_root=False))
    assert unseen.answer(Topic.FRESH) is UNKNOWN
