"""Last successes of backups from what the tools write once: no password, no repository opened.

Traps (lab L5): borg's nonce and config and restic's locks move on every read, so they are not used.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from auditor.detection.answers import Call, was_heard
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import text
from auditor.detection.names import folder_of
from auditor.detection.rules.agents import modified
from auditor.detection.statement import Statement
from auditor.detection.times import moment
from auditor.model import Row
from auditor.model.product_findings import Evidence
from auditor.model.products import Answer, Strength, Topic

_REMOTE_TYPES = ("nfs", "cifs", "smb3", "fuse.sshfs", "9p", "ceph", "fuse.glusterfs", "fuse.rclone")
_MANIFEST_TIME = re.compile(r"(\d{8}T\d{6}Z)")


def restic_repositories(asked: Call) -> Iterator[Statement]:
    """Find the newest snapshot file of each repository; a repository also has keys beside them."""
    repositories: dict[str, list[tuple[int, Row]]] = {}
    with_keys: set[str] = set()
    for index, row in enumerate(asked.view.facts.files):
        path = text(row, "path")
        root, kind = _repository_part(path)
        if row.get("exists") is not True or not root:
            continue
        if kind == "keys":
            with_keys.add(root)
        else:
            repositories.setdefault(root, []).append((index, row))
    for root in sorted(with_keys & repositories.keys()):
        yield from _newest(asked, repositories[root], Topic.FRESH)
        yield repository(asked, root, _file_evidence(asked, Topic.REPOSITORY, None, root))


def borg_manifests(asked: Call) -> Iterator[Statement]:
    """manifest-timestamp (UTC without a mark) and location of each repository this host knows."""
    files = asked.by_file
    if not files and was_heard(asked) and asked.view.facts.saw("status_outputs"):
        yield Statement(
            topic=Topic.FRESH,
            evidence=asked.evidence(Topic.FRESH, "no repository was ever used from here"),
            answer=Answer.NO,
            question=doubt(Doubt.NOT_SEEN, "manifest-timestamp"),
        )
    for path in sorted(files):
        if path.endswith("/manifest-timestamp"):
            value = files[path].strip()
            at = moment(f"{value}+00:00", "iso", asked.now)
            yield Statement(
                topic=Topic.FRESH,
                evidence=asked.evidence(Topic.FRESH, f"{path} {value}"),
                at=at,
                question="" if at else doubt(Doubt.NO_TIME, value),
            )
        elif path.endswith("/location"):
            place = files[path].strip()
            yield repository(asked, place, asked.evidence(Topic.REPOSITORY, place))


def duplicity_manifests(asked: Call) -> Iterator[Statement]:
    """Read the time inside the newest manifest's name; the file's own time proves nothing."""
    found: list[tuple[str, int, str]] = []
    for pattern in asked.status.newest:
        for index, row in asked.view.files(pattern):
            path = text(row, "path")
            found += [(at, index, path) for at in _MANIFEST_TIME.findall(path.rpartition("/")[2])]
    if not found:
        return
    at, index, path = max(found)
    yield Statement(
        topic=Topic.FRESH,
        evidence=_file_evidence(asked, Topic.FRESH, index, path),
        at=moment(at, "utc:%Y%m%dT%H%M%SZ", asked.now),
        lower_bound=True,
    )


def rsnapshot_levels(asked: Call) -> Iterator[Statement]:
    """Take the mtime of `<first level>.0`, which rsnapshot sets itself when a run succeeded."""
    found = [item for pattern in asked.status.newest for item in asked.view.files(pattern)]
    yield from _newest(asked, found, Topic.FRESH)


def integrity_by_mtime(asked: Call) -> Iterator[Statement]:
    """Take the newest file that borgmatic touches after a finished check."""
    found = [item for pattern in asked.status.newest for item in asked.view.files(pattern)]
    for statement in _newest(asked, found, Topic.INTEGRITY):
        yield Statement(
            topic=Topic.INTEGRITY,
            evidence=statement.evidence,
            answer=Answer.YES,
            value=statement.at.date().isoformat() if statement.at else "",
        )


def repository(asked: Call, place: str, evidence: Evidence) -> Statement:
    """Say whether a repository lies off this machine; a path is judged by what is mounted there."""
    answer = is_off_host(place, asked.view.facts.mounts)
    if answer is None and not asked.view.facts.mounts:
        return Statement(
            topic=Topic.REPOSITORY,
            evidence=evidence,
            value=place,
            question=doubt(Doubt.NOT_COLLECTED, "mounts"),
        )
    return Statement(
        topic=Topic.REPOSITORY,
        evidence=evidence,
        answer=Answer.YES if answer else Answer.NO,
        value=place,
        question="" if answer else doubt(Doubt.ON_SAME_HOST, place),
    )


def is_off_host(place: str, mounts: tuple[Row, ...]) -> bool | None:
    """Whether a location is on another machine; None when the mounts do not tell."""
    place = place.removeprefix("file://")
    if not place.startswith(("/", "~")):
        return True
    best = ""
    kind: str | None = None
    for row in mounts:
        point = text(row, "mount")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if point and inside and len(point) >= len(best):
            best = point
            kind = text(row, "type")
    return None if kind is None else kind.startswith(_REMOTE_TYPES)


def _repository_part(path: str) -> tuple[str, str]:
    folder = folder_of(path).rstrip("/")
    for kind in ("snapshots", "keys"):
        if folder.endswith(f"/{kind}"):
            return folder.removesuffix(f"/{kind}"), kind
    return "", ""


def _newest(asked: Call, found: list[tuple[int, Row]], topic: Topic) -> Iterator[Statement]:
    timed = [(at, i, row) for i, row in found if (at := modified(row, asked)) is not None]
    if not timed:
        return
    at, index, row = max(timed, key=lambda item: item[0])
    yield Statement(
        topic=topic,
        evidence=_file_evidence(asked, topic, index, text(row, "path")),
        at=datetime.fromtimestamp(at, UTC),
        lower_bound=True,
    )


def _file_evidence(asked: Call, topic: Topic, row: int | None, path: str) -> Evidence:
    return asked.evidence(topic, path, section="files", row=row, strength=Strength.ANCHORED)
