"""What types cannot say about a profile: every reason to refuse it, with its place and remedy."""

from collections.abc import Iterator, Mapping

from auditor import due, expression, remedy_rules
from auditor.catalogue import probes
from auditor.checks import DOCUMENT_PARAMETER, checks_of
from auditor.errors import Problem
from auditor.language import _
from auditor.model import Check, Group, Indicator, Per, Profile, Scalar, Source
from auditor.operators import OPERATORS
from auditor.parts import whole_of
from auditor.profile import SCHEMA
from auditor.yamlfile import Document, FieldPath

MOST_DAYS = 3660
"""The longest window of samples: ten years."""


def problems_of(profile: Profile, document: Document) -> Iterator[Problem]:
    """Yield what types cannot express."""
    if profile.schema != SCHEMA:
        yield document.problem(
            ("schema",), _("unknown schema"), _("Write `schema: {schema}`.", schema=SCHEMA)
        )
    yield from _parameter_problems(profile, document)
    seen: set[str] = set()
    parts = {indicator.part_of for indicator in profile.indicators}
    for group_index, group in enumerate(profile.groups):
        for index, indicator in enumerate(group.indicators):
            path = ("groups", group_index, "indicators", index)
            if indicator.id in seen:
                yield document.problem(
                    (*path, "id"), _("repeated indicator"), _("Give each indicator its own id.")
                )
            seen.add(indicator.id)
            yield from _indicator_problems(
                profile, indicator, document, path, whole=indicator.id in parts
            )
            yield from _part_problems(indicator, group, document, path)
            if indicator.id in parts and (of_its_own := _of_its_own(indicator)):
                yield document.problem(
                    (*path, of_its_own),
                    _("decided by its parts; what is written here would not count"),
                    _("Move it into a part."),
                )
            for check_index, check in enumerate(indicator.checks):
                at = (*path, "checks", check_index)
                yield from _check_problems(profile, indicator, check, document, at)
    yield from _window_problems(profile, document)
    for index, probe in enumerate(profile.inventory):
        yield from _probe_problems(probe, {}, document, ("inventory", index))
    yield from remedy_rules.problems_of(profile, document)


def _of_its_own(indicator: Indicator) -> str:
    """Return the field by which an indicator would be decided, had it no parts."""
    fields = {
        "checks": indicator.checks,
        "documents": indicator.documents,
        "requires": indicator.requires,
    }
    return next((name for name, value in fields.items() if value), "")


def _part_problems(
    indicator: Indicator, group: Group, document: Document, path: FieldPath
) -> Iterator[Problem]:
    """Yield a part of nothing: it would be counted nowhere."""
    wholes = [item.id for item in group.indicators if not item.part_of]
    if indicator.part_of and indicator.part_of not in wholes:
        yield document.problem(
            (*path, "part_of"),
            _("no indicator of this group that is no part itself"),
            _("Use one of: {words}.", words=", ".join(wholes)),
        )
    elif indicator.part_of and whole_of(indicator.id, [indicator.part_of]) is None:
        yield document.problem(
            (*path, "id"),
            _("a part is named after its whole, with letters added"),
            _("For example {name}.", name=f"{indicator.part_of}a"),
        )


def _window_problems(profile: Profile, document: Document) -> Iterator[Problem]:
    """Yield a window of samples that is no number of days."""
    name = profile.sample_window
    if not name:
        return
    if name not in profile.parameters:
        yield document.problem(
            ("sample_window",),
            _("unknown parameter {name}", name=name),
            _("Define it in `parameters`, with its source."),
        )
        return
    days = profile.parameters[name].default
    if isinstance(days, bool) or not isinstance(days, (int, float)) or not 0 < days <= MOST_DAYS:
        yield document.problem(
            ("parameters", name, "default"),
            _("not a number of days"),
            _("Give a number of days between 1 and {most}.", most=MOST_DAYS),
        )


def _parameter_problems(profile: Profile, document: Document) -> Iterator[Problem]:
    for name, parameter in profile.parameters.items():
        path = ("parameters", name)
        if parameter.source is Source.TOOL_DEFAULT:
            continue
        if not parameter.citation:
            yield document.problem(
                (*path, "citation"), _("missing field"), _("Cite the text that gives this number.")
            )
        if parameter.confidence is None or not parameter.confidence.citable:
            yield document.problem(
                (*path, "confidence"),
                _("a source must be read (V) or reported (V2) to be cited"),
                _("Read the text, or use `source: tool_default`."),
            )


def _indicator_problems(
    profile: Profile, indicator: Indicator, document: Document, path: FieldPath, *, whole: bool
) -> Iterator[Problem]:
    yield from _name_problems(profile, indicator, document, path)
    if any(need.kind not in profile.document_kinds for need in indicator.documents):
        return
    ids = [check.id for check in checks_of(profile, indicator)]
    for repeated in sorted({name for name in ids if ids.count(name) > 1}):
        yield document.problem(
            (*path, "checks"),
            _("repeated check {name}", name=repeated),
            _("Give each check and document kind its own id."),
        )
    for index, clause in enumerate(indicator.requires):
        for name in clause:
            if name not in ids:
                yield document.problem(
                    (*path, "requires", index),
                    _("unknown check {name}", name=name),
                    _("Use one of: {words}.", words=", ".join(ids)),
                )
        if not clause:
            yield document.problem(
                (*path, "requires", index), _("empty clause"), _("Name at least one check.")
            )
    if not indicator.requires and not whole:
        yield document.problem(
            (*path, "requires"),
            _("nothing decides this indicator"),
            _("List the checks or document kinds that decide it."),
        )


def _name_problems(
    profile: Profile, indicator: Indicator, document: Document, path: FieldPath
) -> Iterator[Problem]:
    """Yield names that the profile does not define, and sources that may not be cited."""
    for index, need in enumerate(indicator.documents):
        if need.kind not in profile.document_kinds:
            yield document.problem(
                (*path, "documents", index, "kind"),
                _("unknown document kind {kind}", kind=need.kind),
                _("Name it in `document_kinds`."),
            )
        yield from _due_problems(profile, need.due, document, (*path, "documents", index, "due"))
    for index, value in enumerate(indicator.declared):
        if value not in profile.declared_values:
            yield document.problem(
                (*path, "declared", index),
                _("unknown declared value {name}", name=value),
                _("Name it in `declared_values`."),
            )
    for index, reference in enumerate(indicator.references):
        if not reference.confidence.citable:
            yield document.problem(
                (*path, "references", index),
                _("a source must be read (V) or reported (V2) to be cited"),
                _("Remove it, or read the text."),
            )
    if indicator.documents and DOCUMENT_PARAMETER not in profile.parameters:
        yield document.problem(
            ("parameters",),
            _("missing parameter {name}", name=DOCUMENT_PARAMETER),
            _("Add it: how many confirmed documents of a kind are enough."),
        )


def _check_problems(
    profile: Profile, indicator: Indicator, check: Check, document: Document, path: FieldPath
) -> Iterator[Problem]:
    if len(check.expect) != 1:
        yield document.problem(
            (*path, "expect"),
            _("needs exactly one operator"),
            _("Write for example `expect: {at_least: my_parameter}`."),
        )
    for operator, name in check.expect.items():
        parameter = profile.parameters.get(name)
        if parameter is None:
            yield document.problem(
                (*path, "expect", operator),
                _("unknown parameter {name}", name=name),
                _("Define it in `parameters`, with its source."),
            )
        elif not OPERATORS[operator].accepts(parameter.default):
            yield document.problem(
                (*path, "expect", operator),
                _(
                    "{operator} cannot compare with {value!r}",
                    operator=operator,
                    value=parameter.default,
                ),
                _("Choose another operator, or correct the parameter."),
            )
    yield from _due_problems(profile, check.due, document, (*path, "due"))
    known = {"params"} | ({"system"} if indicator.per is Per.INFORMATION_SYSTEM else set())
    if not check.reads:
        yield document.problem((*path, "reads"), _("reads nothing"), _("Name a probe to read."))
    if check.sampled and check.sampled not in check.reads:
        yield document.problem(
            (*path, "sampled"), _("not among the reads"), _("Name one of `reads`.")
        )
    for alias, read in check.reads.items():
        at = (*path, "reads", alias)
        yield from _probe_problems(read.probe, read.params, document, (*at, "probe"))
        if read.where and (wrong := expression.problem(read.where, frozenset(known | {"row"}))):
            yield document.problem((*at, "where"), wrong, _("Correct the CEL expression."))
    if wrong := expression.problem(check.value, frozenset(known | set(check.reads))):
        yield document.problem((*path, "value"), wrong, _("Correct the CEL expression."))


def _due_problems(
    profile: Profile, name: str, document: Document, path: FieldPath
) -> Iterator[Problem]:
    """Yield a last day that is not there, or is no day."""
    if not name:
        return
    if name not in profile.parameters:
        yield document.problem(
            path,
            _("unknown parameter {name}", name=name),
            _("Define it in `parameters`, with its source."),
        )
    elif due.last_day(profile.parameters[name].default) is None:
        yield document.problem(
            path, _("not a day"), _('Write for example `default: "2026-12-31"`.')
        )


def _probe_problems(
    name: str, params: Mapping[str, Scalar], document: Document, path: FieldPath
) -> Iterator[Problem]:
    if name not in probes():
        yield document.problem(
            path, _("unknown probe {name}", name=name), _("See `audit probes` for the names.")
        )
        return
    allowed = set(probes()[name].params)
    for extra in sorted(set(params) - allowed):
        yield document.problem(
            path,
            _("probe {name} has no parameter {extra}", name=name, extra=extra),
            _("It takes: {words}.", words=", ".join(sorted(allowed)) or _("none")),
        )
