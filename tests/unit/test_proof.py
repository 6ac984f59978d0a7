"""Checks of the shipped criteria can fail, and a check that cannot is found."""

from dataclasses import replace

import pytest

from auditor import DEFAULT_PROFILE, profile, proof
from auditor.model import Check, Empty, Operator, Partial, Profile, Read, Verdict


@pytest.fixture(scope="module")
def criteria() -> Profile:
    """Return the shipped criteria."""
    return profile.load(DEFAULT_PROFILE).profile


@pytest.fixture(scope="module")
def recordings(criteria: Profile) -> tuple[proof.Recording, ...]:
    """Return the shipped recordings."""
    return proof.shipped(criteria)


def with_check(
    criteria: Profile, recordings: tuple[proof.Recording, ...], check: Check
) -> proof.Proof:
    """Prove one check, put into indicator 1.1 of the shipped criteria in place of all others."""
    group = criteria.groups[0]
    first = replace(group.indicators[0], checks=(check,), documents=(), requires=((check.id,),))
    alone = replace(criteria, groups=(replace(group, indicators=(first,)),))
    judged = tuple(replace(item, case=replace(item.case, profile=alone)) for item in recordings)
    (found,) = proof.prove(alone, judged)
    return found


def a_check(criteria: Profile, value: str, read: Read) -> Check:
    """Return a check with this value and read."""
    base = criteria.indicators[0].checks[0]
    return replace(
        base, id="x", value=value, reads={"rows": read}, expect={Operator.AT_LEAST: "items_needed"}
    )


def test_every_check_of_the_shipped_criteria_is_proved(
    criteria: Profile, recordings: tuple[proof.Recording, ...]
) -> None:
    """No check is vacuous, and none gets better when evidence is lost."""
    proofs = proof.prove(criteria, recordings)
    assert [f"{p.indicator}/{p.check}" for p in proofs if not p.is_proved] == []
    assert sum(p.is_proved for p in proofs) > 150


def test_nothing_excuses_a_check_from_its_proof(criteria: Profile) -> None:
    """Without a recording that holds its probe, a check stays unproved."""
    built = with_check(criteria, (), a_check(criteria, "rows.size()", Read(probe="backup")))
    assert not built.is_proved


@pytest.mark.parametrize("value", ["rows.size() + 1", "1", "rows.all(r, true) ? 1 : 0"])
def test_a_check_that_cannot_fail_is_found(
    criteria: Profile, recordings: tuple[proof.Recording, ...], value: str
) -> None:
    """Whatever is observed, it is met: an error of the profile."""
    found = with_check(criteria, recordings, a_check(criteria, value, Read(probe="documents")))
    assert not found.is_proved
    assert not found.improved_by


def test_a_check_that_cannot_succeed_is_found(
    criteria: Profile, recordings: tuple[proof.Recording, ...]
) -> None:
    """Whatever is observed, it is not met."""
    check = a_check(criteria, "0", Read(probe="documents"))
    assert not with_check(criteria, recordings, check).is_proved


def test_a_false_claim_about_partial_evidence_is_found(
    criteria: Profile, recordings: tuple[proof.Recording, ...]
) -> None:
    """Counting what is absent, and claiming that more evidence can only raise it, is a lie."""
    read = Read(probe="sockets", partial=Partial.RAISES, where="row.local_port == 23.0")
    check = replace(
        a_check(criteria, "23.0 in rows.map(r, r.local_port) ? 0 : 1", read),
        reads={"rows": replace(read, empty=Empty.COUNTS)},
    )
    found = with_check(criteria, recordings, check)
    assert found.improved_by == ("centre-in-disorder: sockets@may-do",)
    assert not found.is_proved


def test_a_cloud_that_answers_anybody_proves_no_access(
    criteria: Profile, recordings: tuple[proof.Recording, ...]
) -> None:
    """2.8: a health page is no access point; an address that the centre's token opens is one."""
    (indicator,) = (each for each in criteria.indicators if each.id == "2.8")
    (check,) = (each for each in indicator.checks if each.id == "access_point")
    portals = tuple(each for each in recordings if each.name.startswith(("cloud-", "portals-")))
    assert with_check(criteria, portals, check).verdicts == {
        "cloud-for-anybody": (Verdict.UNDETERMINED,),
        "cloud-in-order": (Verdict.MET,),
        "portals-in-disorder": (Verdict.NOT_MET,),
        "portals-in-order": (Verdict.MET,),
    }
