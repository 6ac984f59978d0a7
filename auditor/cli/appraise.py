"""`audit appraise`: an appraiser's second look at a pack, signed."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from auditor import atomic, rerun, saying, site
from auditor.cli.appraise_words import reasons, results
from auditor.cli.options import (
    FILE,
    FOLDER,
    challenge_option,
    content_of,
    format_option,
    language_option,
    printable,
    put_json,
)
from auditor.cli.page import echo
from auditor.cli.signer import Signer, key_option
from auditor.cli.working import working
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import AuditRecord, ExitCode
from auditor.pack import appraising, challenge, keys, opinions, svr
from auditor.pack.challenge import LoadedChallenge
from auditor.pack.opinions import Opinions
from auditor.pack.sample import USUAL, Sample, draw
from auditor.pack.verifying import Verification, verify
from auditor.yamlfile import Document, build

SUFFIX = ".appraisal.json"
_FLAGS = ("by", "verdict", "agree", "contradict")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options ask for."""

    pack: Path
    challenge_file: Path | None
    sample: int
    list: bool
    trusted: Path | None
    rerun: bool
    site: Path | None
    evidence: Path | None
    verdicts: Path | None
    by: str
    verdict: tuple[tuple[str, str, str], ...]
    agree: tuple[tuple[str, str], ...]
    contradict: tuple[tuple[str, str], ...]
    signer: Signer
    out: Path | None
    form: str


@click.command(
    "appraise",
    help=_("Look at a random sample of a pack again, give verdicts, and sign both."),
    epilog=_(
        "Examples: `audit appraise run.auditpack --challenge thach-thuc.json --list` shows which"
        " measurements to look at; `audit appraise run.auditpack --challenge thach-thuc.json --key"
        " tham-dinh.pem --verdicts y-kien.yaml --rerun --site centre.yaml` measures them again and"
        " signs. The tool's verdicts stay beside yours. Exit code 12: the pack does not verify."
    ),
)
@click.argument("pack", metavar=_("PACK"), type=FILE)
@challenge_option
@click.option(
    "--sample", type=click.IntRange(1, 10_000), default=USUAL, show_default=True,
    help=_("how many measurements to draw"),
)  # fmt: skip
@click.option("--list", is_flag=True, help=_("show the sample and sign nothing"))
@click.option("--trusted", type=FILE, help=_("public keys that you trust, one after the other"))
@click.option("--rerun", is_flag=True, help=_("measure the sample again (needs --site)"))
@click.option("--site", type=FILE, help=_("site file by which to measure again"))
@click.option("--evidence", type=FOLDER, help=_("keep the raw output of measuring again here"))
@click.option("--verdicts", type=FILE, help=_("your opinions (YAML)"))
@click.option("--by", default="", help=_("your full name, where no file says it"))
@click.option(
    "--verdict", nargs=3, multiple=True, metavar=_("INDICATOR met|not_met REASON"),
    help=_("a verdict of yours"),
)  # fmt: skip
@click.option(
    "--agree", nargs=2, multiple=True, metavar=_("KEY HOW"), help=_("a look by hand agreed")
)
@click.option(
    "--contradict", nargs=2, multiple=True, metavar=_("KEY HOW"),
    help=_("a look by hand contradicted"),
)  # fmt: skip
@key_option(_("the appraiser's private key"), is_needed=False)
@click.option("--out", type=FILE, help=_("the signed appraisal (default: beside PACK)"))
@format_option("text", "json")
@language_option
def command(**options: Any) -> int:  # noqa: ANN401 - one for each field of a wish
    """Look at a random sample of a pack again, give verdicts, and sign both."""
    wish = _Wish(**options)
    asked = _asked(wish)
    known = keys.load_trusted(content_of(wish.trusted), str(wish.trusted)) if wish.trusted else None
    content = content_of(wish.pack)
    with working(_("Verifying")):
        found = verify(content, known, asked.challenge)
        carried = found.record.challenge if found.record else None
        if found.record is not None and carried is None:
            found = verify(content, known)
    if found.record is None or found.faults:
        for fault in found.faults:
            echo(printable(f"{fault.file}: {fault.problem}"), err=True)
        echo(_("{pack} does not verify: see `audit verify`.", pack=wish.pack), err=True)
        return ExitCode.PACK_INVALID
    if carried is None:
        echo(
            _(
                "Warning: the pack was measured under no challenge: whoever made the nonce could"
                " have chosen it to suit the pack."
            ),
            err=True,
        )
    sample = draw(found.record, found.sha256, asked.nonce, wish.sample)
    if wish.list:
        _show(sample, {}, wish.form)
        return ExitCode.MET
    return _sign(wish, asked, found, found.record, sample)


def _asked(wish: _Wish) -> LoadedChallenge:
    """Read the challenge; drawing wants the nonce itself."""
    if wish.challenge_file is None:
        raise click.UsageError(_("give the challenge with its nonce: --challenge FILE"))
    if wish.verdicts and any(getattr(wish, name) for name in _FLAGS):
        message = _("give opinions in --verdicts or in --by, --verdict, --agree and --contradict")
        raise click.UsageError(message)
    if wish.rerun and wish.site is None:
        raise click.UsageError(_("--rerun needs --site"))
    asked = challenge.load(wish.challenge_file)
    if not asked.nonce:
        remedy = _("Give the appraiser's own file of `audit challenge`, not the .pub one.")
        raise BadInput(Problem(str(wish.challenge_file), _("holds no nonce"), remedy))
    return asked


def _sign(
    wish: _Wish, asked: LoadedChallenge, found: Verification, record: AuditRecord, sample: Sample
) -> int:
    if not wish.signer:
        message = _("signing needs --key or --token; `--list` shows the sample without")
        raise click.UsageError(message)
    said = _opinions(wish, record, sample)
    key = wish.signer.key()
    if keys.fingerprint(key.public_key()) == found.signer:
        problem = _("signed the pack itself")
        remedy = _("Appraise with a key of your own, by `audit keygen`.")
        raise BadInput(Problem(wish.signer.name, problem, remedy))
    again = _measured_again(wish, record, sample) if wish.rerun else {}
    brought = appraising.Said(said, again, key, datetime.now(UTC))
    out = wish.out or wish.pack.with_name(wish.pack.name + SUFFIX)
    try:
        atomic.write(out, appraising.appraise(found, record, sample, asked, brought))
    except OSError as error:
        remedy = _("Choose another --out.")
        raise BadInput(Problem(str(out), saying.system(error), remedy)) from error
    _show(sample, again, wish.form)
    signer = keys.fingerprint(key.public_key())
    echo(_("Appraisal: {file}", file=out), err=wish.form == "json")
    echo(_("Signed by: {key}", key=signer), err=wish.form == "json")
    return ExitCode.MET


def _opinions(wish: _Wish, record: AuditRecord, sample: Sample) -> Opinions:
    """Read the appraiser's file, or make the same of the options. Raises `BadInput`."""
    if wish.verdicts:
        return opinions.load(wish.verdicts, record, sample)
    looks = [("agrees", *look) for look in wish.agree]
    looks += [("contradicts", *look) for look in wish.contradict]
    plain = {
        "schema": opinions.SCHEMA,
        "appraiser": {"name": wish.by},
        "sample": [{"key": key, "result": word, "how": how} for word, key, how in looks],
        "verdicts": [
            {"indicator": indicator, "verdict": verdict, "reason": reason}
            for indicator, verdict, reason in wish.verdict
        ],
    }
    document = Document(plain, {}, _("command line"))
    return opinions.checked(build(document, Opinions), document, record, sample)


def _measured_again(wish: _Wish, record: AuditRecord, sample: Sample) -> Mapping[str, svr.LookV1]:
    """Measure the sample through scope and gate, and say what came of each."""
    centre = site.load(wish.site or Path(), record.profile)
    with tempfile.TemporaryDirectory() as spare:
        folder = wish.evidence or Path(spare)
        folder.mkdir(parents=True, exist_ok=True)
        again = rerun.rerun(record, sample, centre, folder, lambda: datetime.now(UTC))
    return {
        key: {
            "result": outcome.result.value,
            "why": outcome.why.value,
            "detail": outcome.detail,
            "captures": [capture.sha256 for capture in seen.captures] if seen else [],
        }
        for key, (outcome, seen) in again.items()
    }


def _show(sample: Sample, again: Mapping[str, svr.LookV1], form: str) -> None:
    """List the sample: what to look at, on which it bears, and what a rerun said."""
    if form == "json":
        items = [
            {
                "key": item.key,
                "indicators": list(item.indicators),
                "probe": item.seen.measurement.probe,
                "target": item.seen.measurement.target,
                "params": dict(item.seen.measurement.params),
                "rerun": again.get(item.key),
            }
            for item in sample.drawn
        ]
        put_json({"seed": sample.seed, "population": sample.population, "items": items})
        return
    n, m = len(sample.drawn), sample.population
    echo(_("Sample of the measurements on which verdicts rest: {n} of {m}", n=n, m=m))
    for line in _lines(sample, again):
        echo(printable(line))


def _lines(sample: Sample, again: Mapping[str, svr.LookV1]) -> Iterator[str]:
    said, why = results(), reasons()
    for number, item in enumerate(sample.drawn, 1):
        yield f"{number:>3}. {item.key}"
        if item.indicators:
            bears = ", ".join(item.indicators)
            yield "     " + _("bears on: {indicators}", indicators=bears)
        if look := again.get(item.key):
            detail = f" [{look['detail']}]" if look["detail"] else ""
            yield f"     {said[look['result']]}: {why[look['why']]}{detail}"
