"""`audit history`: the runs that were kept, whether their chain is whole, and what to remove."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from auditor.cli.options import (
    FOLDER,
    centre_option,
    format_option,
    language_option,
    put_json,
    store_option,
)
from auditor.cli.page import echo, put_lines
from auditor.cli.store import chosen, opened
from auditor.cli.taking_in import finished
from auditor.cli.words import day_of, moment_of, verdict_words
from auditor.errors import CannotPerform
from auditor.language import N_, _
from auditor.model import ExitCode
from auditor.moments import is_behind
from auditor.parts import whole_of
from auditor.store import altered, packs, reading
from auditor.store.centres import known
from auditor.store.chain import RUNS, Break, Fault
from auditor.store.packs import Pack, PackKind

SHORT = 16
"""Digits of a digest that tell a few packs of one run apart."""
BREAKS = {
    Break.MISSING: N_("run {position}: removed from the chain"),
    Break.NOT_LINKED: N_("run {position}: does not follow the run before it"),
    Break.CHANGED: N_("run {position}: changed after it was kept"),
    Break.FINDINGS_CHANGED: N_("run {position}: its verdicts were changed after it was kept"),
    Break.RECORD_CHANGED: N_("run {position}: record.json in its folder is not the one kept"),
    Break.PURGE_UNLOGGED: N_("run {position}: its verdicts are gone, and no purge says why"),
    Break.SAMPLE_CHANGED: N_("sample {position}: changed after it was kept"),
    Break.HEAD_UNKNOWN: N_("the digest that you noted is not in the chain; its runs: {position}"),
}
SAMPLE_BREAKS = {
    Break.MISSING: N_("sample {position}: removed from the chain"),
    Break.NOT_LINKED: N_("sample {position}: does not follow the sample before it"),
    Break.CHANGED: N_("sample {position}: its entry was changed after it was kept"),
    Break.PURGE_UNLOGGED: N_("sample {position}: it is gone, and no purge says why"),
}


@click.command(
    "history",
    help=_("List the runs that were kept, and verify their chain."),
    epilog=_(
        "Examples: `audit history`; `audit history --verify --head DIGEST` with a digest that you"
        " noted earlier; `audit history --add audit-runs/20261121T080000Z-centre`;"
        " `audit history --purge-before 2024-01-01`."
    ),
)
@store_option
@click.option("--verify", is_flag=True, help=_("look for runs that were removed or changed"))
@click.option("--head", default="", help=_("a chain digest noted earlier that must still be there"))
@click.option("--add", "added", type=FOLDER, multiple=True, help=_("take in a finished run"))
@click.option(
    "--purge-before", type=click.DateTime(["%Y-%m-%d"]),
    help=_("remove verdicts and samples from before this day (UTC); the chain and files stay"),
)  # fmt: skip
@click.option(
    "--newest", type=click.IntRange(min=1), default=20, show_default=True,
    help=_("how many runs to list"),
)  # fmt: skip
@centre_option
@format_option("text", "json")
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    store: str,
    verify: bool,
    head: str,
    added: tuple[Path, ...],
    purge_before: datetime | None,
    newest: int,
    centres: tuple[str, ...],
    form: str,
) -> int:
    """List the runs that were kept, and verify their chain."""
    with opened(store) as engine:
        if added:
            _add(engine, added)
        if purge_before is not None:
            _purge(engine, purge_before.replace(tzinfo=UTC))
        if verify or head:
            return _verify(engine, head.lower(), form)
        _list(engine, newest, chosen(centres, known(engine).names), form)
    return ExitCode.MET


def _add(engine: Engine, folders: tuple[Path, ...]) -> None:
    """Take in finished runs, all of which have to be whole."""
    from auditor.store import keeping  # noqa: PLC0415 - slow, and seldom needed

    for run in [finished(folder) for folder in folders]:
        keeping.keep_run(engine, run.record, run.folder, datetime.now(UTC))


def _purge(engine: Engine, before: datetime) -> None:
    from auditor.store import keeping  # noqa: PLC0415 - slow, and seldom needed

    runs, purged = keeping.purge(engine, before, datetime.now(UTC))
    echo(
        _("Removed: runs with their verdicts: {runs}; samples: {samples}. Files were not touched.",
          runs=runs, samples=purged),
        err=True,
    )  # fmt: skip


def _verify(engine: Engine, head: str, form: str) -> int:
    from auditor.store import files, samples  # noqa: PLC0415 - slow, and a list needs neither

    found = [*reading.verify(engine, head), *files.changed_files(engine)]
    last = reading.links(engine, newest=1)
    changed = packs.changed_packs(engine)
    digest, count = (last[-1].digest, last[-1].position) if last else ("", 0)
    sampled, sample_head = samples.head(engine)
    if form == "json":
        faults = [_fault_v1(fault) for fault in found]
        faults += [{"kind": "pack_changed", "file": pack.file} for pack in changed]
        put_json({"runs": count, "head": digest, "samples": sampled, "sample_head": sample_head,
                  "faults": faults})  # fmt: skip
    else:
        for fault in found:
            echo(_words(fault))
        for pack in changed:
            echo(_("{file}: no longer the pack that was made", file=pack.file))
        if not found:
            echo(_("Runs: {n}; the chain is whole. Its head: {digest}", n=count,
                         digest=digest or "-"))  # fmt: skip
        if not found and sampled:
            echo(_("Samples: {n}; the chain is whole. Its head: {digest}", n=sampled,
                         digest=sample_head))  # fmt: skip
    return ExitCode.PACK_INVALID if found or changed else ExitCode.MET


def _words(fault: Fault) -> str:
    words = BREAKS if fault.of == RUNS.table else {**BREAKS, **SAMPLE_BREAKS}
    return _(words[fault.kind], position=fault.position)


def _fault_v1(fault: Fault) -> dict[str, object]:
    return {"kind": fault.kind.value, fault.of: fault.position}


def _list(engine: Engine, newest: int, names: tuple[str, ...], form: str) -> None:
    links = reading.links(engine, newest=newest, centres=names)
    verdicts = reading.verdicts(engine, [link.position for link in links])
    sealed = packs.packs_of(engine, [link.run_id for link in links])
    counts = {position: _counted(by) for position, by in verdicts.items()}
    if form == "json":
        put_json(
            [
                {
                    **_link_v1(link),
                    "counts": counts[link.position],
                    "packs": [asdict(pack) for pack in sealed[link.run_id]],
                }
                for link in links
            ]
        )
        return
    if not links:
        echo(_("No run was kept yet. `audit run` keeps each one."))
    behind = _behind(links)
    for link in links:
        about = [link.folder, *map(_pack_words, sealed[link.run_id])]
        if link.position in behind:
            about.append(_("kept by a clock that was behind the one of the run before it"))
        first = f"{link.position:>5}  {_line(link, counts[link.position])}"
        put_lines((first, *(f"{'':>7}{told}" for told in about)))


def _line(link: reading.Link, counts: Counter[str]) -> str:
    parts = [f"{word} {counts[verdict]}" for verdict, word in verdict_words().items()]
    shown = ", ".join(parts)
    if link.purged_at:
        shown = _("purged {day}", day=day_of(link.purged_at))
    return f"{moment_of(link.started_at)}  {link.centre}: {shown}"


def _pack_words(pack: Pack) -> str:
    if pack.kind == PackKind.PUBLIC:
        return _("public copy {digest}: {file}", digest=pack.sha256[:SHORT], file=pack.file)
    return _("pack {digest}: {file}", digest=pack.sha256[:SHORT], file=pack.file)


def _counted(verdicts: Mapping[str, str]) -> Counter[str]:
    """Count the verdicts as the report does: a part counts inside its whole."""
    return Counter(word for name, word in verdicts.items() if whole_of(name, verdicts) is None)


def _behind(links: list[reading.Link]) -> set[int]:
    """Return the runs for which the clock must have been set back, or ahead before them."""
    try:
        times = [altered.moment(link.kept_at, "run.kept_at") for link in links]
    except CannotPerform:
        return set()  # the list shows what stands there, and every command tells
    pairs = zip(links[1:], times[1:], times, strict=False)
    return {link.position for link, at, before in pairs if is_behind(at, before)}


def _link_v1(link: reading.Link) -> dict[str, object]:
    names = ("position", "run_id", "started_at", "finished_at", "kept_at", "centre", "profile_id")
    return {name: getattr(link, name) for name in (*names, "digest", "folder", "purged_at")}
