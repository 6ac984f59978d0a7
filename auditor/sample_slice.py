"""Samples of a store as a run takes them in: a part of the chain, checked wherever it is read.

Pure. The same bytes are evidence of the run, so whoever has the pack chooses the same samples
again without the store. Nothing of a chain that was touched is used.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from auditor.canonical import dumps, sha256
from auditor.model import Profile, StoredVisit, Text
from auditor.moments import moment
from auditor.observation_reader import observation_from_v1
from auditor.sampled import SampleLink
from auditor.store.chain import SAMPLED, SAMPLES, digest

REQUEST = "stored samples"
SCHEMA = "urn:audit:stored-samples:v1"


class Absence(StrEnum):
    """Why a run took no samples in."""

    REFUSED = "refused"
    NO_STORE = "no_store"
    UNUSABLE = "unusable"
    NO_WINDOW = "no_window"


ABSENCES = {
    Absence.REFUSED: Text(
        vi="Không dùng mẫu đo đã lưu, theo lựa chọn của người chạy (--no-samples hoặc --no-store).",
        en="Stored samples were not used, as the operator chose (--no-samples or --no-store).",
    ),
    Absence.NO_STORE: Text(
        vi="Chưa có kho mẫu đo (audit sample); chỉ xét các mẫu của lượt chạy này.",
        en="There is no store of samples yet (audit sample); only this run's own ones count.",
    ),
    Absence.UNUSABLE: Text(
        vi="Kho mẫu đo không dùng được; chỉ xét các mẫu của lượt chạy này.",
        en="The store of samples could not be used; only this run's own ones count.",
    ),
    Absence.NO_WINDOW: Text(
        vi="Bộ tiêu chí không nêu mẫu đo của bao nhiêu ngày được tính; không dùng mẫu đã lưu.",
        en="The criteria name no number of days for samples; stored ones were not used.",
    ),
}


def window_days(profile: Profile) -> float | None:
    """Return how many days back samples count; None where the criteria do not say."""
    found = profile.parameters.get(profile.sample_window)
    return float(found.default) if found and isinstance(found.default, (int, float)) else None


def written(links: Iterable[SampleLink], centre: str, key: str, absence: str = "") -> bytes:
    """Write a part of the chain; only samples of this centre and measurement with their contents.

    The other links stay, without contents, so that the chain can be followed.
    """
    entries = [
        {
            **{name: link.columns()[name] for name in SAMPLED},
            "digest": link.digest,
            "is_purged": link.purged_at is not None,
            "observation": link.observation if (link.centre, link.key) == (centre, key) else None,
        }
        for link in links
    ]
    return dumps({"schema": SCHEMA, "absence": absence, "links": entries})


Chosen = tuple[tuple[StoredVisit, ...], tuple[Text, ...]]
"""What counts, and what is to be said about it and about the rest."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the chain for one measurement, and what may count of it.

    `versions` are those of the probe that may, `read` returns evidence by digest.
    """

    content: bytes
    centre: str
    key: str
    versions: range
    window_days: float | None
    read: Callable[[str], bytes | None]

    def chosen(self, at: datetime) -> Chosen:
        """Choose the samples that count for a measurement that began at a moment."""
        try:
            read = json.loads(self.content)
            links, absence = [dict(link) for link in read["links"]], str(read["absence"])
            if absence:
                return (), (ABSENCES[Absence(absence)],)
            return self._chosen(links, at)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return (), (_DAMAGED,)

    def _chosen(self, links: list[dict[str, Any]], at: datetime) -> Chosen:
        if self.window_days is None:
            return (), (ABSENCES[Absence.NO_WINDOW],)
        if (broken := _broken(links)) is not None:
            return (), (_said(_BROKEN, n=broken),)
        since = moment(at - timedelta(days=self.window_days))
        mine = [link for link in links if self._is_mine(link) and link["started_at"] >= since]
        timely = _timely(links, moment(at))
        purged = [link for link in mine if link["is_purged"]]
        doubtful = [link for link in mine if link["position"] not in timely]
        other = [link for link in mine if link["probe_version"] not in self.versions]
        out = {link["position"] for link in (*purged, *doubtful, *other)}
        visits = []
        for link in mine:
            if link["position"] not in out:
                visit = self._visit(link)
                if visit is None:
                    return (), (_said(_ALTERED, n=link["position"]),)
                visits.append(visit)
        return tuple(visits), tuple(_remarks(visits, purged, doubtful, other))

    def _is_mine(self, link: Mapping[str, Any]) -> bool:
        return (link["centre"], link["key"]) == (self.centre, self.key)

    def _visit(self, link: Mapping[str, Any]) -> StoredVisit | None:
        """Read one visit and its evidence; None where either is not what was kept."""
        text = str(link["observation"])
        if sha256(text.encode()) != link["observation_sha256"]:
            return None
        seen = observation_from_v1(json.loads(text))
        told = (seen.measurement.key, seen.probe_version, seen.vantage, moment(seen.started_at))
        if told != tuple(link[name] for name in ("key", "probe_version", "vantage", "started_at")):
            return None
        evidence = []
        for capture in seen.captures:
            content = self.read(capture.sha256)
            if content is None:
                return None
            evidence.append((capture.request, content))
        return StoredVisit(position=int(link["position"]), seen=seen, evidence=tuple(evidence))


def _broken(links: list[dict[str, Any]]) -> int | None:
    """Return the position at which a part of the chain does not hold, if there is one."""
    for before, link in zip([None, *links], links, strict=False):
        follows = before is None or (
            link["position"] == before["position"] + 1 and link["previous"] == before["digest"]
        )
        if not follows or digest(link, SAMPLES) != link["digest"]:
            return int(link["position"])
    return None


def _timely(links: list[dict[str, Any]], at: str) -> set[int]:
    """Return the positions whose times can be: not after they were kept, nor after the run began.

    Where the clock went back between two links nobody knows which of them is wrong: neither counts.
    """
    good: set[int] = set()
    latest = ""
    for link in links:
        if link["started_at"] <= link["kept_at"] <= at and link["kept_at"] >= latest:
            good.add(link["position"])
        latest = max(latest, link["kept_at"])
    earliest = at
    for link in reversed(links):
        if link["kept_at"] > earliest:
            good.discard(link["position"])
        earliest = min(earliest, link["kept_at"])
    return good


_DAMAGED = Text(
    vi="Không đọc được phần kho mẫu đo đã lấy; không dùng mẫu nào của kho.",
    en="What was taken from the store of samples cannot be read; none of it was used.",
)
_BROKEN = Text(
    vi="Chuỗi mẫu đo trong kho bị đứt ở mẫu {n}: có mẫu bị sửa, bớt, thêm hoặc đảo; không dùng mẫu"
    " nào của kho.",
    en="The store's chain of samples is broken at sample {n}: something was changed, removed, added"
    " or moved; no sample of the store was used.",
)
_ALTERED = Text(
    vi="Mẫu {n} trong kho hoặc bằng chứng thô của nó bị sửa hoặc không có trên máy này; không dùng"
    " mẫu nào của kho.",
    en="Sample {n} of the store or its raw evidence was changed or is not on this machine; no"
    " sample of the store was used.",
)
_TAKEN = Text(
    vi="Đã lấy {n} lượt đo từ kho (từ {first} đến {last}, {machines} máy đo).",
    en="Visits taken from the store: {n} (from {first} to {last}, measuring machines: {machines}).",
)
_NONE = Text(
    vi="Kho chưa có mẫu đo nào trong thời gian được tính.",
    en="The store has no sample of the time that counts.",
)
_PURGED = Text(
    vi="{n} lượt đo trong kho đã bị xóa theo tuổi.",
    en="Visits of the store that were purged by age: {n}.",
)
_DOUBTFUL = Text(
    vi="{n} lượt đo trong kho có giờ không thể đúng (đồng hồ chạy lùi hoặc ở tương lai);"
    " không dùng.",
    en="Visits of the store with times that cannot be (the clock went back, or the future): {n};"
    " not used.",
)
_OTHER = Text(
    vi="{n} lượt đo trong kho đo theo cách cũ (phiên bản phép đo khác); không dùng.",
    en="Visits of the store made in another way (another version of the probe): {n}; not used.",
)


def _remarks(visits: list[StoredVisit], *left_out: list[dict[str, Any]]) -> Iterator[Text]:
    if visits:
        days = sorted(moment(visit.seen.started_at)[:10] for visit in visits)
        machines = len({visit.seen.vantage for visit in visits})
        yield _said(_TAKEN, n=len(visits), first=days[0], last=days[-1], machines=machines)
    elif not any(left_out):
        yield _NONE
    for text, links in zip((_PURGED, _DOUBTFUL, _OTHER), left_out, strict=True):
        if links:
            yield _said(text, n=len(links))


def _said(text: Text, **values: object) -> Text:
    return Text(vi=text.vi.format(**values), en=text.en.format(**values))
