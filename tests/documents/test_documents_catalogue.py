"""The rules of form are checked before anything rests on them."""

from pathlib import Path

import pytest

from auditor import profile, yamlfile
from auditor.documents import catalogue
from auditor.errors import BadInput

SHIPPED = Path(__file__).parents[2] / "profiles" / catalogue.FILE


def test_every_kind_of_the_profiles_can_be_recognised() -> None:
    """Neither a kind without phrases nor phrases for a kind that no profile has."""
    shipped = (profile.load(name).profile for name in profile.names())
    wanted = {kind for criteria in shipped for kind in criteria.document_kinds}
    assert {kind.kind for kind in catalogue.load().kinds} == wanted


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("urn:audit:documents:v1", "urn:audit:documents:v9", "schema"),
        ("id: slogan, basis: form", "id: slogan, basis: law", "marks.slogan.basis"),
        ("id: slogan", "id: motto", "marks.motto"),
        ("id: draft,", "id: other,", "marks"),
        ("names: [Kế hoạch]", "names: ['-']", "types.plan"),
        ("kind: utility_list, types: [list]", "kind: utility_list, types: [lists]", "types"),
        ("title: [[tiện ích]], ", "", "kinds.utility_list"),
        ("names: [Kế hoạch]", "name: Kế hoạch", "types.plan.name"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place(
    before: str, after: str, place: str
) -> None:
    """Each refusal names file, line and field."""
    text = SHIPPED.read_text("utf-8")
    assert before in text
    with pytest.raises(BadInput) as refused:
        catalogue.from_document(
            yamlfile.parse(text.replace(before, after, 1).encode(), "documents.yaml")
        )
    assert any(place in (problem.field or "") for problem in refused.value.problems)
    assert all(problem.line for problem in refused.value.problems)
