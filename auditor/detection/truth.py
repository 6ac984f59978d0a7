"""Findings as yes, no or not known: what several axes, and several products, say together.

True and False are proven; None is everything else, so that who sees less never says more.
"""

from collections.abc import Iterable

from auditor.detection.rows import cannot_be_seen, is_worth_a_row
from auditor.model import Row
from auditor.model.product_findings import ProductFinding
from auditor.model.products import Answer, Role, Topic

_HINT = "unverified_signal"
"""The question that a signal from memory raises: the product may be there, nothing proves it."""

_TRUTH = {Answer.YES: True, Answer.NO: False}


def of_roles(findings: Iterable[ProductFinding], *roles: Role) -> tuple[ProductFinding, ...]:
    """Return the products that are counted as any of some roles, in the catalogue's order."""
    wanted = frozenset(roles)
    return tuple(finding for finding in findings if not wanted.isdisjoint(finding.roles))


def answered(finding: ProductFinding, topic: Topic) -> bool | None:
    """Return one answer; what is unknown or does not apply is None."""
    return _TRUTH.get(finding.answer(topic))


def holds(finding: ProductFinding, *topics: Topic) -> bool | None:
    """Whether a product is there and "yes" on each topic; False once any of them is "no".

    A sign from memory keeps open what would be "no".
    """
    if _is_hinted(finding):
        return None
    if finding.answer(Topic.PRESENT) is Answer.NO:
        return False
    answers = [answered(finding, topic) for topic in (Topic.PRESENT, *topics)]
    if False in answers:
        return False
    return None if None in answers else True


def any_holds(findings: Iterable[ProductFinding], *topics: Topic) -> bool | None:
    """Whether some product is there and "yes" on each topic.

    False only if every product that the catalogue can see was proven otherwise, which takes all
    rights, and nothing hints at one that it cannot see. Those are named by `unseen`.
    """
    findings = tuple(findings)
    states = [holds(finding, *topics) for finding in seeable(findings)]
    if True in states:
        return True
    if not states or None in states or any(map(_is_hinted, findings)):
        return None
    return False


def seeable(findings: Iterable[ProductFinding]) -> tuple[ProductFinding, ...]:
    """Return the products that the catalogue has a checked signal for."""
    findings = tuple(findings)
    hidden = _hidden(findings)
    return tuple(finding for finding in findings if finding.product not in hidden)


def unseen(findings: Iterable[ProductFinding]) -> tuple[str, ...]:
    """Return the names of the products that the catalogue has no checked signal for."""
    findings = tuple(findings)
    hidden = _hidden(findings)
    return tuple(finding.name for finding in findings if finding.product in hidden)


def found(findings: Iterable[ProductFinding]) -> tuple[ProductFinding, ...]:
    """Return the products of which anything was seen, be it only a doubt."""
    return tuple(finding for finding in findings if is_worth_a_row(finding))


def reasons(findings: Iterable[ProductFinding], *topics: Topic) -> tuple[str, ...]:
    """Return why products are not "yes" on topics, as `product: axis: code`."""
    return tuple(
        f"{finding.product}: {topic}: {axis.reason or axis.answer}"
        for finding in findings
        for topic in (Topic.PRESENT, *topics)
        if (axis := finding.axes[topic]).answer is not Answer.YES
        and (topic is Topic.PRESENT or finding.answer(Topic.PRESENT) is not Answer.NO)
    )


def why_open(findings: Iterable[ProductFinding]) -> tuple[str, ...]:
    """Return the codes for which nothing can be called absent; empty when all was looked at."""
    return tuple(
        dict.fromkeys(
            axis.reason
            for finding in seeable(findings)
            if not is_worth_a_row(finding)
            and (axis := finding.axes[Topic.PRESENT]).answer is Answer.UNKNOWN
        )
    )


def with_rest(
    rows: Iterable[Row], columns: Iterable[str], column: str, *, whole: bool | None, why: Row
) -> tuple[Row, ...]:
    """Add a row without product if there is no other, or if they hide what is open.

    `whole` is what holds for the machine, and stands under `column`; `why` fills further columns.
    """
    rows = tuple(rows)
    open_rows = any(row[column] is None for row in rows)
    if rows and (whole is not None or open_rows):
        return rows
    return (*rows, {**dict.fromkeys(columns), **why, column: whole})


def _hidden(findings: tuple[ProductFinding, ...]) -> frozenset[str]:
    return frozenset(f.product for f in findings if f.roles and cannot_be_seen(f))


def _is_hinted(finding: ProductFinding) -> bool:
    return (
        bool(finding.questions)
        and finding.answer(Topic.PRESENT) is not Answer.YES
        and any(question.startswith(_HINT) for question in finding.questions)
    )
