"""What a site file may say about services on the Internet, and what checks conclude from rows."""

from pathlib import Path

import pytest

from auditor import DEFAULT_PROFILE, profile
from auditor.errors import BadInput
from auditor.expression import bind, evaluate
from auditor.libraries import from_document, load, of_site
from auditor.model import ApiEndpoint, Centre, OnlineServices, SharedPlatform, Site
from auditor.model.online import LibraryChange
from auditor.online_rules import refusals
from auditor.yamlfile import parse

URL = "https://a.example.vn/"


def wrong(online: OnlineServices, folder: Path) -> list[tuple[str | int, ...]]:
    """Return the fields that are refused."""
    site = Site(schema="test", centre=Centre(id="test", name="Trung tâm"), online=online)
    return [path for path, _problem, _remedy in refusals(site, folder)]


def test_a_good_site(tmp_path: Path) -> None:
    """Nothing is refused, and a change reaches the list."""
    (tmp_path / "ca.pem").write_text("x")
    change = LibraryChange(id="patentscope", url="https://b.example/", ca_file="ca.pem")
    online = OnlineServices(
        libraries=(change,),
        platforms=(SharedPlatform(name="a", url=URL),),
        api_endpoints=(ApiEndpoint(name="a", url=URL, token_from="env:A_TOKEN"),),  # noqa: S106 - a place
    )
    assert wrong(online, tmp_path) == []
    changed = {library.id: library for library in of_site(online)}
    assert changed["patentscope"].url == "https://b.example/"
    assert changed["espacenet"] in load().libraries


def endpoint(**fields: str) -> OnlineServices:
    """Declare one connection."""
    given = {"name": "a", "url": URL} | fields
    return OnlineServices(api_endpoints=(ApiEndpoint(**given),))


@pytest.mark.parametrize(
    ("online", "field"),
    [
        (OnlineServices(libraries=(LibraryChange(id="none"),)), "id"),
        (OnlineServices(libraries=(LibraryChange(id="espacenet", url="x"),)), "url"),
        (OnlineServices(platforms=(SharedPlatform(name="a", url="ftp://a.vn/"),)), "url"),
        (OnlineServices(platforms=(SharedPlatform(name="a", url="https://u:p@a.vn/"),)), "url"),
        (OnlineServices(platforms=(SharedPlatform(name="a", url=URL, ca_file="no"),)), "ca_file"),
        (OnlineServices(platforms=(SharedPlatform(name="a", url=URL),) * 2), "name"),
        (OnlineServices(api_endpoints=(ApiEndpoint(name="a", url=URL),) * 2), "name"),
        (endpoint(sync_log="no"), "sync_log"),
        (endpoint(token_from="abc"), "token_from"),  # noqa: S106 - refused
        (endpoint(url="http://a.vn", token_from="env:A"), "url"),  # noqa: S106 - a place
        (OnlineServices(attempts=0), "attempts"),
        (OnlineServices(pause_s=9999), "pause_s"),
    ],
)
def test_refused(online: OnlineServices, field: str, tmp_path: Path) -> None:
    """Each under its own field."""
    assert [path[-1] for path in wrong(online, tmp_path)] == [field]


def test_a_bad_list() -> None:
    """Repeated names and addresses that are none are refused."""
    entry = "{id: a, name: a, url: 'x', is_domestic: true, confidence: M}"
    text = f"schema: x\nlibraries:\n  - {entry}\n  - {entry}\n"
    with pytest.raises(BadInput) as caught:
        from_document(parse(text.encode(), "libraries.yaml"))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((True, False), 1),
        ((True, None), 1),
        ((False, False), 0),
        ((False, None), None),
        ((None,), None),
    ],
)
def test_what_is_concluded(answers: tuple[bool | None, ...], expected: int | None) -> None:
    """What is not known is not counted as absent."""
    checks = {
        (indicator.id, check.id): check
        for indicator in profile.load(DEFAULT_PROFILE).profile.indicators
        for check in indicator.checks
    }
    params = {"platforms_needed": 1, "items_needed": 1, "library_pairs_needed": 6}
    sites: list[dict[str, object]] = [{"is_reachable": answer} for answer in answers]
    value = checks["2.10", "platforms_reachable"].value
    assert evaluate(value, bound(sites=sites, params=params)) == expected
    ends = [{"is_capable": answer} for answer in answers]
    value = checks["2.6", "api_ready"].value
    assert evaluate(value, bound(endpoints=ends, params=params)) == expected
    groups = [(right, d) for right in ("patent", "design", "trademark") for d in (True, False)]
    sites = [
        {"right": right, "is_domestic": home, "is_reachable": True} for right, home in groups[1:]
    ]
    sites += [
        {"right": groups[0][0], "is_domestic": True, "is_reachable": answer} for answer in answers
    ]
    value = checks["2.7", "libraries_reachable"].value
    whole = None if expected is None else 5 + expected
    assert evaluate(value, bound(sites=sites, params=params)) == whole


def bound(**variables: object) -> dict[str, object]:
    """Bind variables as the judge does."""
    return {name: bind(value) for name, value in variables.items()}
