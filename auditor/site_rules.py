"""What types cannot say about a site: every reason to refuse it, with its place and remedy."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor import (
    ai_rules,
    alert_rules,
    computing_rules,
    device_rules,
    internet_rules,
    measures,
    network_rules,
    online_rules,
    paper_rules,
    remedy_rules,
    remote_rules,
    schedule_rules,
    store_rules,
    target_rules,
)
from auditor.canonical import sha256
from auditor.catalogue import SCHEMES
from auditor.errors import Problem
from auditor.language import _
from auditor.model import (
    DeclaredKind,
    Document,
    InformationSystem,
    Profile,
    Scalar,
    Site,
    Subject,
)
from auditor.model.measures import ALL_MEASURES
from auditor.named_files import refusal, trouble
from auditor.scope_rules import refusals
from auditor.targets import RESERVED
from auditor.yamlfile import Document as YamlDocument
from auditor.yamlfile import FieldPath

SCHEMA = "urn:audit:site:v1"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def problems_of(
    site: Site, folder: Path, profile: Profile, document: YamlDocument
) -> Iterator[Problem]:
    """Yield every reason to refuse a site."""
    for path, problem, remedy in (
        *_identity(site),
        *_targets(site),
        *target_rules.refusals(site, folder),
        *target_rules.not_machines(site),
        *internet_rules.refusals(site, folder),
        *network_rules.refusals(site.network, folder),
        *online_rules.refusals(site, folder),
        *remote_rules.refusals(site, folder),
        *ai_rules.refusals(site, folder, profile),
        *_scope(site, folder),
        *device_rules.refusals(site),
        *store_rules.refusals(site.data, folder),
        *computing_rules.refusals(site, folder),
        *_declared(site, profile),
        *_declarations(site, folder, profile),
        *paper_rules.refusals(site, folder, profile),
        *remedy_rules.refusals(site, profile),
        *alert_rules.refusals(site, folder),
        *schedule_rules.refusals(site.schedule),
    ):
        yield document.problem(path, problem, remedy)
    named = site.documents_folder
    remedy = _("Name the folder that holds the centre's documents.")
    if named and (bad := trouble(folder / named, remedy, is_folder=True)):
        yield document.problem(("documents_folder",), *bad)
    systems = {system.id for system in site.information_systems}
    for index, paper in enumerate(site.documents):
        for path, problem, remedy in _document(paper, folder, profile, systems):
            yield document.problem(("documents", index, *path), problem, remedy)


Refusal = tuple[FieldPath, str, str]


def _identity(site: Site) -> Iterator[Refusal]:
    if site.schema != SCHEMA:
        yield (
            ("schema",),
            _("unknown schema"),
            _("Write `schema: {schema}`.", schema=SCHEMA),
        )
    if not _SLUG.fullmatch(site.centre.id):
        yield (
            ("centre", "id"),
            _("not usable as a file name"),
            _("Use lower-case a-z, digits and hyphens, such as `trung-tam-mau`."),
        )
    try:
        ZoneInfo(site.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            ("timezone",),
            _("unknown time zone"),
            _("Use a name such as Asia/Ho_Chi_Minh."),
        )
    ids = [system.id for system in site.information_systems]
    for index, system in enumerate(site.information_systems):
        if ids.index(system.id) != index:
            yield (
                ("information_systems", index, "id"),
                _("repeated information system"),
                _("Give each its own id."),
            )
        if system.level is not None and system.level not in range(1, 6):
            yield (
                ("information_systems", index, "level"),
                _("a level is 1 to 5"),
                _("Write the level of the approval decision, or leave it out."),
            )
        for path, problem, remedy in _plan(system):
            yield ("information_systems", index, *path), problem, remedy


def _plan(system: InformationSystem) -> Iterator[Refusal]:
    known = [measure.id for measure in measures.load().measures]
    chosen = system.plan_measures
    for number, name in enumerate(chosen):
        if name != ALL_MEASURES and name not in known:
            yield (
                ("plan_measures", number),
                _("unknown measure {name}", name=name),
                _("Use one of: {words}.", words=", ".join(known)),
            )
    if ALL_MEASURES in chosen and len(chosen) > 1:
        yield (
            ("plan_measures",),
            _("`all` stands with other measures"),
            _("Write `[all]` alone, or name each measure of the approved plan."),
        )
    if ALL_MEASURES in chosen and system.level is None:
        yield (
            ("plan_measures",),
            _("`all` without a level"),
            _("Write the system's `level`: it says which measures are meant."),
        )


def _targets(site: Site) -> Iterator[Refusal]:
    names = [target.name for target in site.targets]
    reserved = {target.name for target in RESERVED}
    systems = {system.id for system in site.information_systems}
    hosts = sorted(scheme for scheme, subject in SCHEMES.items() if subject is Subject.HOST)
    for index, target in enumerate(site.targets):
        path = ("targets", index)
        if names.index(target.name) != index or target.name in reserved:
            yield (
                (*path, "name"),
                _("repeated or reserved name"),
                _("Give each target its own name, other than `site`, `network` and `run`."),
            )
        if target.scheme not in hosts:
            yield (
                (*path, "url"),
                _("unknown scheme {scheme}", scheme=target.scheme),
                _("Use one of: {words}.", words=", ".join(f"{scheme}:" for scheme in hosts)),
            )
        if urlsplit(target.url).password:
            yield (
                (*path, "url"),
                _("holds a password"),
                _("Remove it and change that password: a site file is no place for secrets."),
            )
        for system in target.information_systems:
            if system not in systems:
                yield (
                    (*path, "information_systems"),
                    _("unknown information system {name}", name=system),
                    _("Name it in `information_systems`."),
                )


def _scope(site: Site, folder: Path) -> Iterator[Refusal]:
    yield from refusals(site.scope)
    letter = site.scope.authorisation
    if letter is None:
        return
    path = ("scope", "authorisation", "file")
    file = folder / letter.file
    if bad := trouble(file, _("Put the signed letter there.")):
        yield path, *bad
        return
    try:
        is_another = letter.sha256 and letter.sha256 != sha256(file.read_bytes())
    except OSError as error:
        yield path, *refusal(file, error)
        return
    if is_another:
        yield (
            ("scope", "authorisation", "sha256"),
            _("the letter's file has another digest"),
            _("Use the letter that was signed, or record the new one."),
        )


def _declared(site: Site, profile: Profile) -> Iterator[Refusal]:
    for name, value in site.declared.items():
        known = profile.declared_values.get(name)
        if known is None:
            yield (
                ("declared", name),
                _("unknown declared value {name}", name=name),
                _("Use one of: {words}.", words=", ".join(profile.declared_values)),
            )
        elif not _fits(value, known.kind):
            yield (
                ("declared", name),
                _("expected {kind}", kind=_kind(known.kind)),
                _("Write a number, true or false without quotes; text in quotes."),
            )
    if site.declared and site.declared_by is None:
        yield (
            ("declared_by",),
            _("missing field"),
            _("Say who answers for the declared values: by, position, on."),
        )


def _kind(kind: DeclaredKind) -> str:
    words = {
        DeclaredKind.NUMBER: _("a number"),
        DeclaredKind.TEXT: _("a text"),
        DeclaredKind.YES_NO: _("true or false"),
    }
    return words[kind]


def _fits(value: Scalar, kind: DeclaredKind) -> bool:
    if isinstance(value, bool):
        return kind is DeclaredKind.YES_NO
    if isinstance(value, str):
        return kind is DeclaredKind.TEXT
    return kind is DeclaredKind.NUMBER


def _declarations(site: Site, folder: Path, profile: Profile) -> Iterator[Refusal]:
    allowed = paper_rules.optional_subjects(profile)
    for index, declaration in enumerate(site.declarations):
        path = ("declarations", index)
        if declaration.subject not in allowed:
            yield (
                (*path, "subject"),
                _("{subject} cannot be declared not applicable", subject=declaration.subject),
                _("Only items marked “nếu có” can: {words}.", words=", ".join(sorted(allowed))),
            )
        if bad := trouble(folder / declaration.file, _("Put the signed statement there.")):
            yield (*path, "file"), *bad


def _document(
    paper: Document, folder: Path, profile: Profile, systems: set[str]
) -> Iterator[Refusal]:
    if paper.kind not in profile.document_kinds:
        yield (
            ("kind",),
            _("unknown document kind {kind}", kind=paper.kind),
            _("Use one of: {words}.", words=", ".join(profile.document_kinds)),
        )
    for system in paper.information_systems:
        if system not in systems:
            yield (
                ("information_systems",),
                _("unknown information system {name}", name=system),
                _("Name it in `information_systems`."),
            )
    if not paper.exists:
        if paper.file or paper.confirmation is None:
            yield (
                ("exists",),
                _("a stated absence has no file and needs a confirmation"),
                _("Remove `file` and say who states it: confirmation by, position, on, statement."),
            )
        return
    file = folder / paper.file
    if bad := trouble(file, _("Put the document there, or correct it.")):
        yield ("file",), *bad
    elif paper.confirmation and not paper.confirmation.sha256:
        yield _unbound(file)


def _unbound(file: Path) -> Refusal:
    """Refuse a confirmation without a digest; say the digest to write."""
    try:
        digest = sha256(file.read_bytes())
    except OSError as error:
        return ("file",), *refusal(file, error)
    told = _("A confirmation is bound to the file's bytes; write sha256: {digest}", digest=digest)
    return ("confirmation", "sha256"), _("missing field"), told
