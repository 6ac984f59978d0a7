"""Libraries of industrial property and shared platforms."""

import csv
from collections.abc import Iterator

from auditor.errors import CannotMeasure
from auditor.internet.slots import time_slot
from auditor.model import Effect, Failure, Hides, Measured, Repeats, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, probe
from auditor.web.page import has_login_page, is_automation_blocked
from auditor.web.place import shown
from auditor.web.platforms import Platforms
from auditor.web.rows import COLUMNS, values
from auditor.web.tries import Tries, tried
from auditor.web.visit import Call, Trouble
from auditor.web.words import said

LIBRARY, PLATFORM = "ip_library", "shared_platform"


@probe(
    Column("purpose", str, "ip_library or shared_platform", hides=Hides.NOTHING),
    Column(
        "name", str, "Name of the library, or of the platform in the site file", hides=Hides.NOTHING
    ),
    Column("url", str, "Address that was visited", hides=Hides.URL),
    Column(
        "address_confidence",
        str,
        "How well a library's address is known: V, V2, M or U",
        hides=Hides.NOTHING,
    ),
    Column(
        "right",
        str,
        "patent, design or trademark; one row for each right of a library",
        hides=Hides.NOTHING,
    ),
    Column("is_domestic", bool, "Whether the library is a Vietnamese one"),
    Column("is_reachable", bool, "DNS, TCP, trusted TLS, HTTP below 500; null: not known"),
    Column("is_automation_blocked", bool, "Answered, but keeps programs out (403, 429, captcha)"),
    Column("has_login_page", bool, "One can log in there; null: none seen without scripts"),
    Column("attempts", int, "Visits until it answered, at most those of the site file"),
    Column("usage_count", int, "Lines of the exported usage, without the heading"),
    *COLUMNS,
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=900.0,
    repeats=Repeats(
        alike=("name",),
        at="checked_at",
        value="is_reachable",
        needed="min_uptime_samples",
        slots="min_time_slots",
    ),
)
def web_service(web: Platforms) -> Measured:
    """Whether digital libraries and shared platforms answer: one page each, no search, no crawling.

    Visits only what `scope.services` (or the scope's names and networks) lists, by the method
    `platform_access`; the others stand there as not tried. "Not reachable" takes three failed tries
    with a pause of `online.pause_s` (20 seconds unless the site file says otherwise), each while
    the line was seen to work; anything less is null.
    """
    wanted = web.site.online
    shipped, platforms = web.libraries, wanted.platforms
    calls = [
        *(Call(each.url, ca_file=each.ca_file, signs_only=True) for each in shipped),
        *(Call(each.url, ca_file=each.ca_file, signs_only=True) for each in platforms),
    ]
    found = tried(web.visit, calls, rounds=wanted.attempts, pause_s=wanted.pause_s, rest=web.rest)
    rows: list[Row] = []
    limitations: list[Text] = []
    for library, tries in zip(shipped, found[: len(shipped)], strict=True):
        base = {
            **_row(LIBRARY, library.name, tries),
            "address_confidence": library.confidence.value,
            "is_domestic": library.is_domestic,
        }
        rows += [{**base, "right": right.value} for right in library.rights] or [base]
    for platform, tries in zip(platforms, found[len(shipped) :], strict=True):
        row = _row(PLATFORM, platform.name, tries)
        if platform.usage_file:
            try:
                row = {**row, "usage_count": _lines(web.text_of(platform.usage_file))}
            except CannotMeasure as error:
                limitations.append(
                    Text(
                        vi=f"{platform.name}: không đếm được lượt dùng – {error.detail}",
                        en=f"{platform.name}: usage could not be counted – {error.detail}",
                    )
                )
        rows.append(row)
    limitations += _uptime(web, rows)
    names = [*(each.name for each in shipped), *(each.name for each in platforms)]
    limitations += _remarks(names, found)
    return Measured(rows=in_order(rows, "purpose", "name", "right"), limitations=tuple(limitations))


def _row(purpose: str, name: str, tries: Tries) -> Row:
    return {
        "purpose": purpose,
        "name": name,
        "url": shown(tries.call.url),
        "address_confidence": None,
        "right": None,
        "is_domestic": None,
        "is_reachable": tries.is_reachable,
        "is_automation_blocked": is_automation_blocked(tries.last),
        "has_login_page": has_login_page(tries.last),
        "attempts": tries.attempts,
        "usage_count": None,
        **values(tries.last),
    }


def _uptime(web: Platforms, rows: list[Row]) -> Iterator[Text]:
    """Say how often each platform answered, over the store's visits and this one."""
    visits, remarks = web.stored_visits()
    yield from remarks
    seen = [row for visit in visits if isinstance(visit.seen.result, Measured)
            for row in visit.seen.result.rows]  # fmt: skip
    for platform in web.site.online.platforms if visits else ():
        known = {
            str(row["checked_at"]): row["is_reachable"]
            for row in (*seen, *rows)
            if (row.get("name"), row.get("url")) == (platform.name, shown(platform.url))
            and row.get("is_reachable") is not None
        }
        slots = {time_slot(moment, web.site.timezone) for moment in known} - {""}
        up = sum(value is True for value in known.values())
        yield Text(
            vi=f"{platform.name}: trả lời {up}/{len(known)} lần thử có kết quả, trong {len(slots)}"
            " khung giờ.",
            en=f"{platform.name}: answered {up} of {len(known)} visits with a result, in"
            f" {len(slots)} time slots.",
        )


def _lines(text: str) -> int:
    try:
        filled = sum(any(cell.strip() for cell in line) for line in csv.reader(text.splitlines()))
    except csv.Error as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"CSV: {error}") from error
    return max(0, filled - 1)


def _remarks(names: list[str], found: tuple[Tries, ...]) -> Iterator[Text]:
    """Say what was not tried in one sentence, and each trouble and blocked page in its own."""
    untried = [
        name
        for name, tries in zip(names, found, strict=True)
        if tries.last.trouble in {Trouble.OUT_OF_SCOPE, Trouble.NOT_AUTHORISED}
    ]
    if untried:
        listed = "; ".join(untried)
        yield Text(
            vi=f"Chưa thử vì phạm vi hoặc văn bản cho phép không nêu: {listed}.",
            en=f"Not tried, since the scope or the letter does not list them: {listed}.",
        )
    for name, tries in zip(names, found, strict=True):
        if name not in untried and tries.last.trouble:
            yield said(name, tries.last.trouble)
        elif is_automation_blocked(tries.last):
            yield Text(
                vi=f"{name}: kết nối được, trang chặn truy vấn tự động.",
                en=f"{name}: reachable; the page keeps programs out.",
            )
        if tries.attempts and tries.is_reachable is None:
            yield Text(
                vi=f"{name}: chưa đủ căn cứ để nói không truy cập được (cần ba lần thử khi đường"
                " truyền của trung tâm hoạt động).",
                en=f"{name}: not enough to call it unreachable (three tries while the centre's line"
                " works).",
            )
