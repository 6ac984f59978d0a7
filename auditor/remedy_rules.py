"""What types cannot say about remedies: every reason to refuse those of a profile or a site."""

from collections.abc import Iterator, Mapping
from string import Formatter

from auditor.errors import Problem
from auditor.language import _
from auditor.model import Profile, Remedy, Site, StepKind
from auditor.yamlfile import Document, FieldPath

IN_WORDS = ("name", "id", "reason")
IN_COMMANDS = ("id",)
"""What a profile's words may have filled in, and what its commands may."""


def problems_of(profile: Profile, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with the efforts and remedies of a profile."""
    for name, effort in profile.efforts.items():
        if effort.rank < 1:
            yield document.problem(
                ("efforts", name, "rank"),
                _("no size of work"),
                _("Write a whole number from 1 on."),
            )
    for kind, remedy in profile.remedies.items():
        path: FieldPath = ("remedies", kind.value)
        yield from _effort(profile, remedy.effort, document, (*path, "effort"))
        yield from _places(remedy, document, path)
        for name, effort_name in remedy.efforts.items():
            yield from _effort(profile, effort_name, document, (*path, "efforts", name))
            if name not in profile.document_kinds:
                yield document.problem(
                    (*path, "efforts", name),
                    _("unknown document kind {kind}", kind=name),
                    _("Name it in `document_kinds`."),
                )
    for group_index, group in enumerate(profile.groups):
        for index, indicator in enumerate(group.indicators):
            if indicator.effort:
                at = ("groups", group_index, "indicators", index, "effort")
                yield from _effort(profile, indicator.effort, document, at)


def _effort(profile: Profile, name: str, document: Document, path: FieldPath) -> Iterator[Problem]:
    if name not in profile.efforts:
        yield document.problem(
            path, _("unknown effort {name}", name=name), _("Name it in `efforts`.")
        )


def _places(remedy: Remedy, document: Document, path: FieldPath) -> Iterator[Problem]:
    texts: Mapping[str, tuple[str, tuple[str, ...]]] = {
        "do/vi": (remedy.do.vi, IN_WORDS),
        "do/en": (remedy.do.en, IN_WORDS),
        "command": (remedy.command, IN_COMMANDS),
    }
    for field, (text, allowed) in texts.items():
        if not _fits(text, allowed):
            words = ", ".join(f"{{{name}}}" for name in allowed)
            yield document.problem(
                (*path, *field.split("/")),
                _("a place in braces that nothing fills"),
                _("Use {words} only; write other braces twice.", words=words),
            )


def _fits(text: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether every place in a text is one of these, without conversion or format."""
    try:
        parts = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return False
    return all(name in allowed and not form and not conversion for name, form, conversion in parts)


def refusals(site: Site, profile: Profile) -> Iterator[tuple[FieldPath, str, str]]:
    """Yield what nobody can be responsible for: a misspelt word would leave the work to no one."""
    groups = (group.id for group in profile.groups)
    indicators = (indicator.id for indicator in profile.indicators)
    acts = (kind.value for kind in StepKind)
    targets = (target.name for target in site.targets)
    known = {*groups, *indicators, *acts, *targets, *profile.document_kinds}
    for index, person in enumerate(site.responsible):
        for place, subject in enumerate(person.subjects):
            if subject not in known:
                yield (
                    ("responsible", index, "subjects", place),
                    _("nothing has the name {name}", name=subject),
                    _("Use an indicator, a group, a kind of document, a target or an act."),
                )
