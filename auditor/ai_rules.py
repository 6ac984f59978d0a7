"""What types cannot say about declared uses of artificial intelligence."""

from collections.abc import Iterator
from pathlib import Path

from auditor import endpoint_rules
from auditor.language import _
from auditor.model import AiEndpoint, AiUse, Profile, Scope, Site
from auditor.named_files import trouble

Refusal = tuple[tuple[str | int, ...], str, str]


def refusals(site: Site, folder: Path, profile: Profile) -> Iterator[Refusal]:
    """Yield what is wrong with `ai_uses`; paths are from the site's root."""
    for index, use in enumerate(site.ai_uses):
        for path, problem, remedy in (
            *_use(use, folder, profile),
            *(_endpoint(use.endpoint, site.scope, folder) if use.endpoint else ()),
        ):
            yield ("ai_uses", index, *path), problem, remedy


def _use(use: AiUse, folder: Path, profile: Profile) -> Iterator[Refusal]:
    if not use.purpose.strip():
        yield ("purpose",), _("missing field"), _("Say what it is used for.")
    if use.users is not None and use.users < 0:
        yield (
            ("users",),
            _("{value} is out of range", value=use.users),
            _("Write how many people use it."),
        )
    remedy = _("Write a kind of document of the criteria, or the path of a file.")
    if (
        use.evidence
        and use.evidence not in profile.document_kinds
        and (bad := trouble(folder / use.evidence, remedy))
    ):
        yield ("evidence",), *bad


def _endpoint(endpoint: AiEndpoint, scope: Scope, folder: Path) -> Iterator[Refusal]:
    example = "https://ai.trung-tam.vn/v1"
    for path, problem, remedy in endpoint_rules.refusals(endpoint, scope, folder, example):
        yield ("endpoint", *path), problem, remedy
