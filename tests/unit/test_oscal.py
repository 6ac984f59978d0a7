"""What no validator of OSCAL looks for: every damage is found, and what is whole is left alone."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from auditor.oscal import NAMESPACE, faults

Documents = dict[str, Any]

PARTY, TOOL, TARGET = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
SEEN, RISK, FOUND, ITEM = (f"00000000-0000-4000-8000-00000000000{n}" for n in (4, 5, 6, 7))
FILE, ACT = (f"00000000-0000-4000-8000-00000000000{n}" for n in (8, 9))


def metadata() -> dict[str, Any]:
    """Return a head with a role and a party."""
    return {
        "roles": [{"id": "author"}],
        "parties": [{"uuid": PARTY}],
        "responsible-parties": [{"role-id": "author", "party-uuids": [PARTY]}],
    }


def observation() -> dict[str, Any]:
    """Return what was concluded about an indicator."""
    return {
        "uuid": SEEN,
        "props": [{"name": "verdict", "ns": NAMESPACE, "value": "not_met"}],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": TOOL}]}],
        "subjects": [{"type": "inventory-item", "subject-uuid": TARGET}],
        "relevant-evidence": [{"href": f"#{FILE}"}],
    }


def result() -> dict[str, Any]:
    """Return a result with one finding."""
    return {
        "uuid": "00000000-0000-4000-8000-000000000010",
        "start": "2026-11-21T01:00:00Z",
        "end": "2026-11-21T09:00:00+07:00",
        "observations": [observation()],
        "risks": [{"uuid": RISK, "related-observations": [{"observation-uuid": SEEN}]}],
        "findings": [
            {
                "uuid": FOUND,
                "target": {"target-id": "objective-1", "status": {"state": "not-satisfied"}},
                "related-observations": [{"observation-uuid": SEEN}],
                "related-risks": [{"risk-uuid": RISK}],
            }
        ],
    }


def whole() -> Documents:
    """Return a plan and results that belong together and hold together."""
    plan = {
        "uuid": "00000000-0000-4000-8000-000000000011",
        "metadata": metadata(),
        "import-ssp": {"href": f"#{FILE}"},
        "local-definitions": {
            "inventory-items": [{"uuid": TARGET}],
            "objectives-and-methods": [{"parts": [{"id": "objective-1"}]}],
            "activities": [{"uuid": ACT}],
        },
        "assessment-assets": {"components": [{"uuid": TOOL}]},
        "tasks": [{"uuid": ITEM, "associated-activities": [{"activity-uuid": ACT}]}],
        "back-matter": {"resources": [{"uuid": FILE}]},
    }
    results = {
        "uuid": "00000000-0000-4000-8000-000000000012",
        "metadata": metadata(),
        "import-ap": {"href": "ap.json"},
        "results": [result()],
    }
    return {"ap.json": {"assessment-plan": plan}, "ar.json": {"assessment-results": results}}


def plan_of(documents: Documents) -> Any:  # noqa: ANN401 - JSON
    """Return the plan's content."""
    return documents["ap.json"]["assessment-plan"]


def results_of(documents: Documents) -> Any:  # noqa: ANN401 - JSON
    """Return the results' content."""
    return documents["ar.json"]["assessment-results"]


def contents(documents: Documents) -> list[Any]:
    """Return the content of both."""
    return [plan_of(documents), results_of(documents)]


def first(documents: Documents) -> Any:  # noqa: ANN401 - JSON
    """Return the first result."""
    return results_of(documents)["results"][0]


STRANGER = "99999999-0000-4000-8000-000000000000"
DAMAGES: dict[str, tuple[Callable[[Documents], object], str]] = {
    "finding without its observation": (
        lambda d: first(d)["observations"].clear(), "observation-uuid",
    ),
    "observation-uuid to nothing": (
        lambda d: first(d)["findings"][0]["related-observations"].append(
            {"observation-uuid": STRANGER}
        ),
        "không dẫn tới đâu",
    ),
    "observation-uuid to a risk": (
        lambda d: first(d)["risks"][0]["related-observations"][0].update(
            {"observation-uuid": RISK}
        ),
        "đối tượng loại khác",
    ),
    "risk-uuid to nothing": (
        lambda d: first(d)["findings"][0]["related-risks"][0].update({"risk-uuid": STRANGER}),
        "risk-uuid",
    ),
    "subject that nobody lists": (
        lambda d: plan_of(d)["local-definitions"]["inventory-items"].clear(), "subject-uuid",
    ),
    "tool that nobody lists": (
        lambda d: plan_of(d)["assessment-assets"]["components"].clear(), "actor-uuid",
    ),
    "activity that nobody lists": (
        lambda d: plan_of(d)["local-definitions"]["activities"].clear(), "activity-uuid",
    ),
    "party that nobody lists": (
        lambda d: [content["metadata"]["parties"].clear() for content in contents(d)],
        "party-uuids",
    ),
    "role that nobody lists": (lambda d: results_of(d)["metadata"]["roles"].clear(), "role-id"),
    "file that nobody lists": (lambda d: plan_of(d)["back-matter"]["resources"].clear(), "href"),
    "objective that nobody states": (
        lambda d: plan_of(d)["local-definitions"]["objectives-and-methods"].clear(), "target-id",
    ),
    "plan that is not there": (lambda d: d.pop("ap.json"), "import-ap"),
    "plan of another name": (
        lambda d: results_of(d)["import-ap"].update({"href": "other.json"}), "other.json",
    ),
    "results in place of the plan": (
        lambda d: d.update({"ap.json": {"catalog": {}}}), "import-ap",
    ),
    "an identity twice": (
        lambda d: first(d)["risks"].append({"uuid": SEEN.upper()}), "xuất hiện 2 lần",
    ),
    "a role twice": (
        lambda d: results_of(d)["metadata"]["roles"].append({"id": "author"}), "xuất hiện 2 lần",
    ),
    "end before start": (
        lambda d: first(d).update({"end": "2026-11-21T07:59:59+07:00"}),
        "kết thúc trước khi bắt đầu",
    ),
    "end without a zone": (
        lambda d: first(d).update({"end": "2026-11-22T01:00:00"}), "thiếu múi giờ",
    ),
    "end without a start": (lambda d: first(d).pop("start"), "không có lúc bắt đầu"),
    "task that ends before it starts": (
        lambda d: plan_of(d)["tasks"][0].update(
            {"timing": {"within-date-range": {"start": "2026-11-22T00:00:00Z",
                                              "end": "2026-11-21T00:00:00Z"}}}
        ),
        "kết thúc trước khi bắt đầu",
    ),
    "satisfied against the verdict": (
        lambda d: first(d)["findings"][0]["target"]["status"].update({"state": "satisfied"}),
        "not_met",
    ),
    "satisfied where nothing was concluded": (
        lambda d: first(d)["observations"][0]["props"][0].update({"value": "undetermined"}),
        "undetermined",
    ),
}  # fmt: skip


def test_what_is_whole_has_no_fault() -> None:
    """No false alarm, whatever the letters of an identity look like."""
    documents = whole()
    assert faults(documents) == ()
    first(documents)["findings"][0]["related-observations"][0]["observation-uuid"] = SEEN.upper()
    assert faults(documents) == ()


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_found(damage: str) -> None:
    """One damage, and at least one fault that names it."""
    documents = copy.deepcopy(whole())
    spoil, told = DAMAGES[damage]
    spoil(documents)
    found = [str(fault) for fault in faults(documents)]
    assert any(told in line for line in found), found


def test_documents_that_import_each_other_are_no_endless_walk() -> None:
    """A document that is its own plan has been looked at once."""
    both = {"assessment-plan": {}, "assessment-results": {"import-ap": {"href": "a.json"}}}
    assert faults({"a.json": both}) == ()


ODD: list[dict[str, Any]] = [
    {},
    {"assessment-results": []},
    {"assessment-results": {"results": {}, "import-ap": "ap.json"}},
    {"findings": [{"target": [], "related-observations": [None]}], "observations": ["a"]},
    {"uuid": 7, "id": ["a"], "party-uuids": "x", "start": {}},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_is_no_oscal_is_no_traceback(odd: dict[str, Any]) -> None:
    """Documents of any other shape are looked through, and nothing in them is believed."""
    assert all(fault.file == "odd.json" for fault in faults({"odd.json": odd}))
