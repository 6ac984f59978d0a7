"""`audit verify`: whether a pack is what its signer sealed, and its verdicts follow."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli import compared_words, signing
from auditor.cli.appraised import as_json, told
from auditor.cli.options import (
    FILE,
    FOLDER,
    challenge_option,
    content_of,
    format_option,
    language_option,
    out_option,
    put_json,
)
from auditor.cli.page import put_lines
from auditor.cli.words import second_of, verdict_words
from auditor.cli.working import working
from auditor.language import _
from auditor.model import ExitCode
from auditor.moments import moment
from auditor.pack import challenge, keys, secret, source
from auditor.pack.appraising import check
from auditor.pack.attaching import FOLDER as SIGNED
from auditor.pack.beside import with_previous
from auditor.pack.container import Fault, reopen
from auditor.pack.opening import with_disclosure, with_full
from auditor.pack.signature import Signature, Trust
from auditor.pack.source import Source
from auditor.pack.verifying import Depth, Verification, verify
from auditor.runfolder import EVIDENCE

if TYPE_CHECKING:  # loaded only where documents were signed, and evidence is read again
    from auditor.cli.pack_papers import Papers
    from auditor.pack.rereading import Reread

_MOST_SHOWN = 30


@click.command(
    "verify",
    help=_("Verify an evidence pack, offline."),
    epilog=_(
        "Example: audit verify run.auditpack --trusted audit-key.pub.pem. Every byte, the signature"
        " and every verdict are checked; nothing is measured. Exit code 0: all is right, 12: at"
        " least one fault. tools/verify_pack.py does the same without this program, except judging."
    ),
)
@click.argument("pack", metavar=_("PACK"), type=FILE)
@click.option("--trusted", type=FILE, help=_("public keys that you trust, one after the other"))
@challenge_option
@click.option("--appraisal", type=FILE, help=_("a signed appraisal of this pack, to be checked"))
@click.option(
    "--trusted-ca", type=FILE, help=_("authorities that may vouch for the signer's certificate")
)
@signing.authority_option
@click.option("--full", type=FILE, help=_("the full pack that a public copy is of"))
@click.option("--secret", "secret_file", type=FILE, help=_("secret of the public copy"))
@click.option(
    "--previous",
    type=FILE,
    help=_("the pack of the run before, to derive again what changed since"),
)
@click.option(
    "--disclosure", type=FILE, help=_("hidden fields that were disclosed, by `audit disclose`")
)
@click.option(
    "--document-ca",
    "trust_folder",
    type=FOLDER,
    help=_("certificates of authorities that you trust, for signed documents"),
)
@click.option("--no-evidence", is_flag=True, help=_("do not read the raw outputs again"))
@click.option("--no-reports", is_flag=True, help=_("do not make the reports again"))
@format_option("text", "json")
@out_option
@language_option
def command(  # noqa: PLR0913 - one parameter per option
    pack: Path,
    *,
    trusted: Path | None,
    trusted_ca: Path | None,
    tsa_ca: Path | None,
    challenge_file: Path | None,
    appraisal: Path | None,
    full: Path | None,
    secret_file: Path | None,
    previous: Path | None,
    disclosure: Path | None,
    trust_folder: Path | None,
    no_evidence: bool,
    no_reports: bool,
    form: str,
    out: Path | None,
) -> int:
    """Verify an evidence pack, offline."""
    if (full is None) is not (secret_file is None):
        raise click.UsageError(_("--full and --secret belong together"))
    known = keys.load_trusted(content_of(trusted), str(trusted)) if trusted else None
    asked = challenge.load(challenge_file).challenge if challenge_file else None
    trust = Trust(
        authorities=signing.certificates_of(trusted_ca), stampers=signing.certificates_of(tsa_ca)
    )
    depth = Depth(evidence=not no_evidence, reports=not no_reports)
    content = source.of(pack)
    with working(_("Verifying")):
        found = verify(content, known, asked, trust, depth)
        if full and secret_file and found.is_intact:
            kept = secret.load(content_of(secret_file), str(secret_file))
            found = with_full(found, content, source.of(full), kept, with_evidence=not no_evidence)
        if disclosure and found.is_intact:
            found = with_disclosure(found, content, content_of(disclosure), str(disclosure))
        if previous and found.is_intact:
            before = source.of(previous)
            found = with_previous(found, before, str(previous), with_evidence=not no_evidence)
        papers = _papers(content, found, trust_folder)
    if papers is not None:
        found = replace(found, faults=(*found.faults, *papers.faults))
    checked = check(content_of(appraisal), found, known) if appraisal else None
    if checked is not None:
        found = replace(found, faults=(*found.faults, *checked.faults))
    if form == "json":
        put_json({**_as_json(found), **({"appraisal": as_json(checked)} if checked else {})}, out)
    else:
        more = (*(papers.lines() if papers else ()), *(told(checked) if checked else ()))
        put_lines((*_page(pack, found), *more), out)
    return ExitCode.MET if found.is_intact else ExitCode.PACK_INVALID


def _papers(content: Source, found: Verification, trust_folder: Path | None) -> "Papers | None":
    """Verify the signed documents of an undamaged pack; without any, nothing more is loaded."""
    if not found.is_intact or not any(name.startswith(f"{SIGNED}/") for name in found.files):
        return None
    from auditor.cli.pack_papers import examined  # noqa: PLC0415 - loads readers of documents

    return examined(reopen(content, found.sha256), trust_folder)


def _as_json(found: Verification) -> dict[str, object]:
    record, again, signature = found.record, found.reread, found.signature
    stamp = signature.stamp
    return {
        "schema": "urn:audit:verification:v1",
        "is_intact": found.is_intact,
        "sha256": found.sha256,
        "size": found.size,
        "files": list(found.files),
        "signer": found.signer or None,
        "is_signer_trusted": found.is_known,
        "certificate_of": signature.named or None,
        "is_certificate_trusted": signature.is_certified,
        "stamped_at": moment(stamp.at) if stamp else None,
        "stamped_by": stamp.authority if stamp else None,
        "is_stamp_trusted": stamp.is_trusted if stamp else None,
        "reports_made_again": found.is_rendered,
        "run_id": record.run_id if record else None,
        "challenge": record.challenge.nonce_sha256 if record and record.challenge else None,
        "clock_offset_s": record.clock_offset_s if record else None,
        **compared_words.as_json(found),
        "is_public_copy": bool(record and record.public_copy),
        "findings_judged_again": found.followed,
        "observations_read_again": again.read if again else 0,
        "observations_without_output": again.silent if again else 0,
        "observations_not_read_again": dict(sorted(again.unread.items())) if again else None,
        "verdicts": {item.indicator: item.verdict.value for item in record.findings}
        if record
        else {},
        "faults": [{"file": fault.file, "problem": fault.problem} for fault in found.faults],
        "notes": list(found.notes),
    }


def _page(pack: Path, found: Verification) -> Iterator[str]:
    if found.is_intact and found.record and found.record.public_copy:
        yield _("{pack}: intact public copy. Every byte and the signature hold.", pack=pack)
    elif found.is_intact:
        yield _("{pack}: intact. Every byte, the signature and every verdict hold.", pack=pack)
    else:
        yield _("{pack}: NOT to be relied on; faults: {n}.", pack=pack, n=len(found.faults))
    yield ""
    yield from (f"  ✗ {_told(fault)}" for fault in found.faults[:_MOST_SHOWN])
    if len(found.faults) > _MOST_SHOWN:
        more = _("and {n} more", n=len(found.faults) - _MOST_SHOWN)
        yield f"  … {more}"
    yield from (f"  ! {note}" for note in found.notes[:_MOST_SHOWN])
    if len(found.notes) > _MOST_SHOWN:
        more = _("and {n} more", n=len(found.notes) - _MOST_SHOWN)
        yield f"  … {more}"
    yield from _facts(found)


def _told(fault: Fault) -> str:
    place = fault.file or _("container")
    return f"{place}: {fault.problem}"


def _facts(found: Verification) -> Iterator[str]:
    evidence = sum(name.startswith(f"{EVIDENCE}/") for name in found.files)
    yield _("SHA-256 of the pack: {digest}", digest=found.sha256)
    yield _("Files: {n}, of which raw evidence: {m}", n=len(found.files), m=evidence)
    if found.signer:
        yield _("Key in the pack: {key}", key=found.signer)
        yield {
            True: _("The signer is in your file of trusted keys."),
            False: _("The signer is not in your file of trusted keys."),
            None: _(
                "The signer is not known: compare the fingerprint with the one that the centre gave"
                " you by another way, or use --trusted."
            ),
        }[found.is_known]
    yield from _who_and_when(found.signature)
    if found.record is None:
        return
    record, offset = found.record, found.record.clock_offset_s
    start, end = (second_of(moment(at)) for at in (record.started_at, record.finished_at))
    yield _("Centre: {name}", name=record.centre)
    yield _("Run: {id}, made by version {version}", id=record.run_id, version=record.tool_version)
    yield _("Criteria: {id} {version}", id=record.profile.id, version=record.profile.version)
    yield _("Measured: {start} to {end}", start=start, end=end)
    if asked := record.challenge:
        day = second_of(moment(asked.issued_at))
        yield _("Under the challenge of {issuer}, {day}", issuer=asked.issuer, day=day)
    yield (
        _("Time by the machine's clock; its offset was not measured.")
        if offset is None
        else _("Time by the machine's clock; measured offset {s} s.", s=offset)
    )
    if found.is_intact:
        counts = Counter(finding.verdict for finding in record.findings)
        told = ", ".join(f"{word} {counts[verdict]}" for verdict, word in verdict_words().items())
        n, copy = len(record.findings), record.public_copy
        if copy:
            yield _("Public copy; fields hidden: {n}", n=copy.hidden)
            yield _("Full pack: SHA-256 of its index {digest}", digest=copy.of_index_sha256)
            yield _(
                "Sealed verdicts, on parts too: {n} ({told}). Judged again from what is shown: {m};"
                " resting on hidden values, to be judged again in the full pack only: {k}.",
                n=n, told=told, m=found.followed, k=n - found.followed,
            )  # fmt: skip
        else:
            yield _("Verdicts judged again, on parts too: {n}, all as sealed ({told})",
                    n=n, told=told)  # fmt: skip
            yield from _reread(found.reread)
        yield (
            _("Reports made again from the record: byte for byte the same.")
            if found.is_rendered
            else _("Not checked: whether the reports say what the record says.")
        )
        yield from compared_words.told(found)
        yield _("No pack can show whether the machines told the truth.")


def _who_and_when(signature: Signature) -> Iterator[str]:
    if signature.named:
        told = {
            True: _("it leads to an authority that you trust"),
            False: _("it does not lead to an authority that you trust"),
            None: _("not checked: name its authority with --trusted-ca"),
        }[signature.is_certified]
        yield _("Certificate of: {name} ({told})", name=signature.named, told=told)
    if stamp := signature.stamp:
        told = {
            True: _("an authority that you trust"),
            False: _("no authority that you trust"),
            None: _("not checked: name the authority with --tsa-ca"),
        }[stamp.is_trusted]
        at = second_of(moment(stamp.at))
        yield _("Signed no later than {at}, says the time-stamp of {name} ({told})",
                at=at, name=stamp.authority, told=told)  # fmt: skip


def _reread(again: "Reread | None") -> Iterator[str]:
    if again is None:
        yield _("The raw outputs were not read again (--no-evidence).")
        return
    total = again.unread.total()
    yield _("Measurements whose raw output was read again: {n} of {m}, none contradicts",
            n=again.read, m=again.read + total + again.silent)  # fmt: skip
    if again.unread:
        told = ", ".join(f"{probe} {n}" for probe, n in sorted(again.unread.items()))
        yield _("Observations that could not be read again: {n} ({told})", n=total, told=told)
    if again.silent:
        yield _("Failed when measured, and left nothing to read: {n}", n=again.silent)
