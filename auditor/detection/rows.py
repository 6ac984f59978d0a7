"""Findings as rows of an observation: codes and facts, no sentences, so that any language can."""

from collections.abc import Iterable, Sequence

from auditor.model import Row
from auditor.model.product_findings import ProductFinding
from auditor.model.products import Answer, Role, Topic

AXES = (Topic.PRESENT, Topic.RUNNING, Topic.EFFECTIVE, Topic.MANAGED, Topic.FRESH)


def row(finding: ProductFinding) -> Row:
    """Return one product as a row; columns are named like the finding's parts."""
    at = finding.last_success_at
    return {
        "product": finding.product,
        "name": finding.name,
        "roles": tuple(str(role) for role in finding.roles),
        "version": finding.version or None,
        **{str(axis): str(finding.answer(axis)) for axis in AXES},
        "grade": str(finding.grade) if finding.grade else None,
        "server": finding.server or None,
        "last_success_at": at.isoformat() if at else None,
        "supplied_by": finding.supplied_by or None,
        "reasons": tuple(
            f"{axis}: {found.reason}" for axis, found in finding.axes.items() if found.reason
        ),
        "evidence": tuple(str(item) for item in finding.evidence),
        "questions": finding.questions,
    }


def proven(answers: Sequence[Answer]) -> int:
    """Count how many proofs of a backup hold before the first that does not."""
    return next((n for n, a in enumerate(answers) if a is not Answer.YES), len(answers))


def is_worth_a_row(finding: ProductFinding) -> bool:
    """Whether anything was seen of a product: absence without a question needs no row each."""
    if finding.questions:
        return True
    return finding.answer(Topic.PRESENT) is not Answer.NO and bool(finding.evidence)


def role_present(findings: Iterable[ProductFinding], role: Role) -> Answer:
    """Say whether a machine has any product of a role; "no" only when each was found absent.

    Products without a checked signal cannot be found absent; `unseen_of_role` names them.
    """
    answers = {
        finding.answer(Topic.PRESENT)
        for finding in findings
        if role in finding.roles and not cannot_be_seen(finding)
    }
    if Answer.YES in answers:
        return Answer.YES
    return Answer.NO if answers == {Answer.NO} else Answer.UNKNOWN


def unseen_of_role(findings: Iterable[ProductFinding], role: Role) -> tuple[ProductFinding, ...]:
    """Return the products of a role that the catalogue has no checked signal for."""
    return tuple(f for f in findings if role in f.roles and cannot_be_seen(f))


def cannot_be_seen(finding: ProductFinding) -> bool:
    """Whether the catalogue has no checked signal for a product."""
    present = finding.axes[Topic.PRESENT]
    return present.answer is Answer.UNKNOWN and present.reason.startswith("no_checked_signal")
