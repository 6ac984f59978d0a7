"""The six proofs of a backup, each from what the tools write themselves."""

from datetime import timedelta

import pytest
from host_facts import ALL_SECTIONS, NOW, catalogue, facts, file, find, output, package

from auditor.detection import rows
from auditor.detection.facts import Facts
from auditor.model import Row
from auditor.model.product_findings import PROOFS
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
    assert rows.proven([finding.answer(topic) for topic in PROOFS]) == proven


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


@pytest.mark.parametrize(
    ("command", "makes", "sources"),
    [
        ("restic -q -r /b --password-file /p backup /etc", True, ("/etc",)),
        (
            "restic -r /b backup --one-file-system /srv /etc && restic forget",
            True,
            ("/etc", "/srv"),
        ),
        ("restic -r /b backup /etc <redacted>", True, ()),  # a redirection, or a path with a name
        ("restic -r /b backup --files-from /list", True, ()),
        ("restic -r /a backup /etc ; restic -r /b backup /srv", True, ()),
        ("BORG_PASSPHRASE borg create <redacted> /etc", True, ("/etc",)),
        ("borg create --stats <redacted> /srv /etc", True, ("/etc", "/srv")),
        ("borg prune <redacted>", False, ()),
        ("restic -r /backup forget --prune", False, ()),
        ("restic -r /backup check", False, ()),
        ("test -x /usr/bin/restic", False, ()),
        ("/usr/local/bin/restic-hang-ngay.sh", True, ()),
    ],
)
def test_which_lines_make_a_backup_of_what(
    command: str, sources: tuple[str, ...], *, makes: bool
) -> None:
    """Only a line that saves something is a schedule; what it names is read only where plain."""
    line = {"kind": "cron", "source": "/etc/cron.d/x", "schedule": "@daily", "command": command}
    name = "borg" if "borg" in command else "restic"
    packages = (package("restic"), package("borgbackup"))
    finding = find(name, facts(packages=packages, schedulers=(line,)))
    assert finding.answer(Topic.SCHEDULE) is (YES if makes else NO)
    assert finding.copies[0].sources == sources


def test_a_tool_is_as_fresh_as_its_worst_repository() -> None:
    """The newest snapshot of one repository does not speak for another."""
    old = (NOW - timedelta(days=30)).isoformat()
    files = (
        *restic(timedelta(hours=1)).files,
        file("/srv/old/snapshots/aa", modified_at=old),
        file("/srv/old/keys/bb", modified_at=old),
    )
    finding = find("restic", facts(packages=(package("restic"),), files=files))
    assert [copy.location for copy in finding.copies] == ["/srv/old", "/srv/repo"]
    assert finding.answer(Topic.FRESH) is NO
    assert finding.last_success_at == NOW - timedelta(hours=1)


def test_copies_stay_open_while_it_is_open_whether_the_tool_is_there() -> None:
    """A repository may be what another machine left here."""
    files = restic(timedelta(hours=1)).files
    seen = facts(files=files, status_outputs=(), is_root=False)
    (copy,) = find("restic", seen).copies
    assert (copy.fresh.answer, copy.age_h) == (UNKNOWN, None)


def test_products_that_drive_others_are_of_the_catalogue() -> None:
    """A wrong name would hide nothing and help nothing."""
    ids = {product.id for product in catalogue().products}
    drivers = {name for product in catalogue().products for name in product.driven_by}
    assert drivers
    assert drivers <= ids


def test_a_backup_is_effective_when_scheduled_and_recent() -> None:
    """Scheduled and recent; scheduled and old; never used at all."""
    assert find("restic", restic(timedelta(hours=2))).answer(Topic.EFFECTIVE) is YES
    assert find("restic", restic(timedelta(days=12))).answer(Topic.EFFECTIVE) is NO
    unused = find("borg", facts(packages=(package("borgbackup"),)))
    assert (unused.answer(Topic.FRESH), unused.answer(Topic.EFFECTIVE)) == (NO, NO)
    unseen = find("borg", facts(packages=(package("borgbackup"),), is_root=False))
    assert unseen.answer(Topic.FRESH) is UNKNOWN
