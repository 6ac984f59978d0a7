"""Last successes of backups from what the tools write once: no password, no repository opened.

Traps (lab L5): borg's nonce and config and restic's locks move on every read, so they are not used.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from auditor.detection.answers import Call, was_heard
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import Facts, text
from auditor.detection.names import folder_of
from auditor.detection.rules.agents import modified
from auditor.detection.servers import is_loopback
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
        root, kind = _repository_part(text(row, "path")) if row.get("exists") is True else ("", "")
        if not root:
            continue
        if kind == "keys":
            with_keys.add(root)
        else:
            repositories.setdefault(root, []).append((index, row))
    for root in sorted(with_keys & repositories.keys()):
        yield from _newest(asked, repositories[root], Topic.FRESH, root)
        yield repository(asked, root, _file_evidence(asked, Topic.REPOSITORY, None, root), root)


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
                place=folder_of(path),
            )
        elif path.endswith("/location"):
            location = files[path].strip()
            evidence = asked.evidence(Topic.REPOSITORY, location)
            yield repository(asked, location, evidence, folder_of(path))


def duplicity_manifests(asked: Call) -> Iterator[Statement]:
    """Read the time inside the newest manifest's name; the file's own time proves nothing."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for pattern in asked.status.newest:
        for index, row in asked.view.files(pattern):
            path = text(row, "path")
            times = _MANIFEST_TIME.findall(path.rpartition("/")[2])
            found.setdefault(folder_of(path), []).extend((at, index, path) for at in times)
    for folder in sorted(folder for folder, times in found.items() if times):
        at, index, path = max(found[folder])
        yield Statement(
            topic=Topic.FRESH,
            evidence=_file_evidence(asked, Topic.FRESH, index, path),
            at=moment(at, "utc:%Y%m%dT%H%M%SZ", asked.now),
            lower_bound=True,
            place=folder,
        )


def rsnapshot_levels(asked: Call) -> Iterator[Statement]:
    """Take the mtime of `<first level>.0`, which rsnapshot sets itself when a run succeeded."""
    roots: dict[str, list[tuple[int, Row]]] = {}
    for pattern in asked.status.newest:
        for index, row in asked.view.files(pattern):
            roots.setdefault(folder_of(text(row, "path")), []).append((index, row))
    for root in sorted(roots):
        yield from _newest(asked, roots[root], Topic.FRESH, root)


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


def repository(asked: Call, location: str, evidence: Evidence, place: str) -> Statement:
    """Say whether a repository lies off this machine; a path is judged by what is mounted there."""
    is_off = is_off_host(location, asked.view.facts)
    answer, question = {
        None: (Answer.UNKNOWN, doubt(Doubt.NOT_COLLECTED, "mounts")),
        True: (Answer.YES, ""),
        False: (Answer.NO, doubt(Doubt.ON_SAME_HOST, location)),
    }[is_off]
    return Statement(
        topic=Topic.REPOSITORY,
        evidence=evidence,
        answer=answer,
        value=location,
        question=question,
        place=place,
    )


def is_off_host(location: str, facts: Facts) -> bool | None:
    """Whether a location is on another machine; None when the mounts do not tell."""
    location = location.removeprefix("file://")
    if not location.startswith(("/", "~")):
        return _is_other_host(location, facts)
    best = ""
    kind: str | None = None
    for row in facts.mounts:
        point = text(row, "mount")
        inside = location == point or location.startswith(point.rstrip("/") + "/")
        if point and inside and len(point) >= len(best):
            best = point
            kind = text(row, "type")
    return None if kind is None else kind.startswith(_REMOTE_TYPES)


def _is_other_host(location: str, facts: Facts) -> bool | None:
    """Judge `scheme://user@host:port/path` or `user@host:path`; this machine's own names are none.

    A name that only the name service ties to this machine passes for another one.
    """
    scheme, found, rest = location.partition("://")
    if found and scheme:
        named = rest.partition("/")[0].rpartition("@")[2]
        host = named.partition("]")[0].strip("[") if "[" in named else named.partition(":")[0]
    elif ":" in location:
        host = location.partition(":")[0].rpartition("@")[2]
    else:
        return None
    own = {facts.hostname.lower(), facts.hostname.partition(".")[0].lower()}
    own |= {text(row, "local_address") for row in facts.sockets}
    return not (is_loopback(host) or host.lower() in own)


def _repository_part(path: str) -> tuple[str, str]:
    folder = folder_of(path).rstrip("/")
    for kind in ("snapshots", "keys"):
        if folder.endswith(f"/{kind}"):
            return folder.removesuffix(f"/{kind}"), kind
    return "", ""


def _newest(
    asked: Call, found: list[tuple[int, Row]], topic: Topic, place: str = ""
) -> Iterator[Statement]:
    timed = [(at, i, row) for i, row in found if (at := modified(row, asked)) is not None]
    if not timed:
        return
    at, index, row = max(timed, key=lambda item: item[0])
    yield Statement(
        topic=topic,
        evidence=_file_evidence(asked, topic, index, text(row, "path")),
        at=datetime.fromtimestamp(at, UTC),
        lower_bound=True,
        place=place,
    )


def _file_evidence(asked: Call, topic: Topic, row: int | None, path: str) -> Evidence:
    return asked.evidence(topic, path, section="files", row=row, strength=Strength.ANCHORED)
