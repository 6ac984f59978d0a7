"""Documents beside what machines show."""

from collections.abc import Iterator

from auditor.documents.agreement import NO_NETWORK, About, compared, in_both, of, overlap
from auditor.internet.vocabulary import Direction
from auditor.model import Hides, Measured, Observation, Row, Subject, Target, Text
from auditor.model.vocabulary import NO_TEXT
from auditor.parsing import in_order
from auditor.probing import Column, RunSoFar, probe

GRACE_H = 24
"""How much older than the rule's interval the newest copy may be: a day, the tool's own limit."""

LEAST_SHARE, ALIKE, LEAST_SAMPLES, LEAST_SLOTS = 0.8, 0.9, 30, 3
"""When a line contradicts its contract: the tool's own limits, as the profile has them too."""

_COLUMNS = (
    Column("file", str, "The document", hides=Hides.FILE),
    Column("is_confirmed", bool, "A named person confirmed exactly this file"),
    Column(
        "information_systems",
        tuple,
        "Systems that it is for; none: the whole centre",
        hides=Hides.NOTHING,
    ),
    Column("about", str, "What is compared: backup, device, network, speed", hides=Hides.NOTHING),
    Column("subject", str, "Machine, device or network; null: the Internet line", hides=Hides.HOST),
    Column("document_says_h", int, "Shortest interval of a backup rule, in hours"),
    Column("machine_shows_h", float, "Age of the newest proven copy, in hours; null: not known"),
    Column("document_says_mbps", float, "Contracted download speed"),
    Column("machine_shows_mbps", float, "Best mean of a series of measurements; null: none"),
    Column("is_listed", bool, "A table of the document, or of one of its kind, has it"),
    Column("is_seen", bool, "Seen on the network; null: nobody could have seen it"),
    Column(
        "is_contradicted",
        bool,
        "Copy older than the rule and a day; line slower on two servers; null: not known",
    ),
    Column(
        "sentence_vi",
        str,
        "Both sides in one sentence, with the words of the document",
        hides=Hides.TEXT,
    ),
    Column("sentence_en", str, "The same in English", hides=Hides.TEXT),
)


@probe(*_COLUMNS, subject=Subject.RUN)
def document_agreement(run: RunSoFar) -> Measured:
    """Backup rules, contracts, device lists and IP plans beside what the run has measured.

    A machine is held against the rules of its information systems and against those for the whole
    centre; what is not proven concludes nothing. Devices and networks come from tables of declared
    documents; a document of some systems is asked only for what lies in networks that it names.
    """
    papers = [row for row in _rows(run.seen, "document_content") if row["is_declared"] is True]
    lists = [row for row in papers if row["listed_devices"] or row["listed_networks"]]
    hosts = list(_rows(run.seen, "lan_hosts"))
    found = [*_backups(run, papers), *_devices(run, lists, hosts), *_speeds(run, papers)]
    empty: Row = dict.fromkeys(column.name for column in _COLUMNS)
    return Measured(
        rows=in_order([{**empty, **row} for row in found], "file", "about", "subject"),
        limitations=(NO_NETWORK,) if lists and not hosts else (),
    )


def _backups(run: RunSoFar, papers: list[Row]) -> Iterator[Row]:
    for rule in papers:
        for target in run.targets if rule["backup_every_h"] else ():
            if _is_meant(rule, target):
                for age in _newest(run.seen, target):
                    yield _backup(rule, target, age)


def _devices(run: RunSoFar, lists: list[Row], hosts: list[Row]) -> Iterator[Row]:
    # of the rows of lan_topology only own segments have both; bridges within a laptop are no matter
    own = [row for row in _rows(run.seen, "lan_topology") if row["interface"] and row["network"]]
    scope = run.site.scope
    segments = [
        row for row in own if any(overlap(str(row["network"]), part) for part in scope.networks)
    ]
    for paper in lists if hosts else ():
        siblings = [other for other in lists if other["kind"] == paper["kind"]]
        yield from compared(paper, siblings, hosts, segments, scope)


def _speeds(run: RunSoFar, papers: list[Row]) -> Iterator[Row]:
    series = [
        row
        for row in _rows(run.seen, "internet_quality")
        if row["direction"] == Direction.DOWN and row["is_usable"] is True
    ]
    for paper in papers:
        said = paper["contract_down_mbps"]
        if isinstance(said, float) and series:
            yield _speed(paper, said, series)


def _speed(paper: Row, said: float, series: list[Row]) -> Row:
    means = [_number(row, "series_mean_mbps") for row in series]
    least = said * LEAST_SHARE
    slow = [row for row in series if _is_slow(row, least)]
    agree = any(
        one["server_ip"] != other["server_ip"]
        and one["metric_class"] == other["metric_class"]
        and ALIKE <= _number(one, "series_mean_mbps") / _number(other, "series_mean_mbps") <= 1
        for one in slow
        for other in slow
        if _number(other, "series_mean_mbps")
    )
    fast = any(_number(row, "series_p90_mbps") >= least for row in series)
    page, quote = _quoted(paper, "speed_down_mbps")
    return {
        **of(paper, About.SPEED),
        "document_says_mbps": said,
        "machine_shows_mbps": max(means),
        "is_contradicted": False if max(means) >= least else (agree and not fast) or None,
        **in_both(
            Text(
                vi=f"{paper['file']}{page.vi}: “{quote}”; tốc độ tải xuống trung bình cao nhất đo"
                f" được: {max(means):.0f} Mbit/s",
                en=f"{paper['file']}{page.en}: “{quote}”; best mean download speed measured:"
                f" {max(means):.0f} Mbit/s",
            )
        ),
    }


def _is_slow(row: Row, least: float) -> bool:
    return (
        row["is_capacity"] is True
        and _number(row, "series_clear_n") >= LEAST_SAMPLES
        and _number(row, "series_clear_slots") >= LEAST_SLOTS
        and _number(row, "series_p90_mbps") < least
    )


def _number(row: Row, column: str) -> float:
    value = row[column]
    return float(value) if isinstance(value, int | float) else 0.0


def _rows(seen: tuple[Observation, ...], probe_id: str, target: str = "") -> Iterator[Row]:
    for item in seen:
        act = item.measurement
        is_asked = act.probe == probe_id and (not target or act.target == target)
        if is_asked and isinstance(item.result, Measured):
            yield from item.result.rows


def _newest(seen: tuple[Observation, ...], target: Target) -> Iterator[float | None]:
    """Yield the age of the newest copy of a machine that has backup rows; none if unproven."""
    rows = list(_rows(seen, "backup", target.name))
    ages = [age for row in rows if isinstance(age := row["newest_age_h"], float | int)]
    if rows:
        yield float(min(ages)) if ages else None


def _is_meant(rule: Row, target: Target) -> bool:
    systems = rule["information_systems"]
    return isinstance(systems, tuple) and (
        not systems or bool(set(systems) & set(target.information_systems))
    )


def _quoted(paper: Row, name: str) -> tuple[Text, str]:
    """Return page and words of what was read, from the excerpts of `document_content`."""
    excerpts = paper["excerpts"]
    words = [str(text).split("; ", 2) for text in excerpts] if isinstance(excerpts, tuple) else []
    for field, page, quote in words:
        if field == name:
            return Text(vi=f" trang {page}", en=f" page {page}"), quote
    return NO_TEXT, ""


def _backup(rule: Row, target: Target, age: float | None) -> Row:
    every = rule["backup_every_h"]
    assert isinstance(every, int)  # noqa: S101 - the column's type
    page, quote = _quoted(rule, "backup_every_h")
    shown = Text(vi="chưa rõ", en="not known")
    if age is not None:
        shown = Text(vi=f"{age:.0f} giờ", en=f"{age:.0f} h")
    return {
        **of(rule, About.BACKUP),
        "subject": target.name,
        "document_says_h": every,
        "machine_shows_h": age,
        "is_contradicted": None if age is None else age > every + GRACE_H,
        **in_both(
            Text(
                vi=f"{rule['file']}{page.vi}: “{quote}”; bản sao mới nhất trên {target.name}:"
                f" {shown.vi}",
                en=f"{rule['file']}{page.en}: “{quote}”; newest copy on {target.name}: {shown.en}",
            )
        ),
    }
