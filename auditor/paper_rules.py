"""Reasons to refuse what a site says of signatures and of people's words."""

import re
from collections.abc import Iterator
from pathlib import Path

from auditor import anchors
from auditor.checks import checks_of
from auditor.language import _
from auditor.model import Attestation, Profile, Site, Statement
from auditor.named_files import refusal, trouble
from auditor.yamlfile import FieldPath

_DIGEST = re.compile(r"[0-9a-f]{64}")

Refusal = tuple[FieldPath, str, str]


def optional_subjects(profile: Profile) -> set[str]:
    """Return what may be declared not applicable: indicators and checks marked “nếu có”."""
    return {item.id for item in profile.indicators if item.optional} | {
        f"{item.id}/{check.id}"
        for item in profile.indicators
        for check in checks_of(profile, item)
        if check.optional
    }


def subjects_of(kind: str, profile: Profile) -> list[str]:
    """Return what a word on a document of this kind may be about, the kind itself first."""
    reading = [
        item.id for item in profile.indicators if any(n.kind == kind for n in item.documents)
    ]
    return [kind, *reading, *(f"{item}/{kind}" for item in reading)]


def refusals(site: Site, folder: Path, profile: Profile) -> Iterator[Refusal]:
    """Yield what is wrong with the trust folder and with each attestation."""
    if site.trust_folder:
        yield from _trust(folder / site.trust_folder)
    for index, word in enumerate(site.attestations):
        for name, problem, remedy in _attestation(word, site, profile):
            yield ("attestations", index, name), problem, remedy


def _trust(folder: Path) -> Iterator[Refusal]:
    path = ("trust_folder",)
    if bad := trouble(folder, _("Name a folder of certificates."), is_folder=True):
        yield path, *bad
        return
    try:
        found, others = anchors.files(folder), list(anchors.unreadable(folder))
    except OSError as error:
        yield path, *refusal(folder, error)
        return
    if not found:
        yield (
            path,
            _("no certificate in {folder}", folder=folder),
            _("Put PEM or DER files there: .pem, .crt, .cer, .der."),
        )
    for name in others:
        yield path, _("{file} is no certificate", file=name), _("Use PEM or DER.")


def _attestation(word: Attestation, site: Site, profile: Profile) -> Iterator[tuple[str, str, str]]:
    for name in ("statement", "by", "position"):
        if not getattr(word, name).strip():
            yield name, _("empty"), _("A word counts under a name, a position and a statement.")
    if not _DIGEST.fullmatch(word.sha256):
        yield "sha256", _("no SHA-256"), _("Write 64 lower-case hexadecimal digits.")
    if word.until < word.on:
        yield "until", _("ends before it begins"), _("Write a last day after `on`.")
    if word.states is Statement.NOT_APPLICABLE:
        allowed = optional_subjects(profile)
        if word.subject not in allowed:
            yield (
                "subject",
                _("{subject} cannot be declared not applicable", subject=word.subject),
                _("Only items marked “nếu có” can: {words}.", words=", ".join(sorted(allowed))),
            )
        return
    kinds = {paper.kind for paper in site.documents if paper.file == word.file}
    fitting = [subject for kind in sorted(kinds) for subject in subjects_of(kind, profile)]
    if kinds and word.subject not in fitting:
        yield (
            "subject",
            _("{subject} does not rest on this document", subject=word.subject),
            _("Use one of: {words}.", words=", ".join(fitting)),
        )
