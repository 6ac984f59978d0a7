"""Libraries and platforms on real servers: reachable, not reachable, and not known."""

import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import builders
import pytest
from speed_testing import answering, http, scripted
from web_house import GOOD, OTHER, UNKNOWN, House, Watching, house

from auditor.libraries import load
from auditor.model import Measured, OnlineServices, Row, SharedPlatform
from auditor.model.online import LibraryChange
from auditor.pack.stored import StoredNetwork
from auditor.probing import Probe
from auditor.web.tries import Tries
from auditor.web.visit import Call, Hop, Trouble, Visit

Conforms = Callable[[Probe, Measured], bool]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start the servers once."""
    with house(tmp_path_factory.mktemp("web")) as made:
        yield made


def measured(
    web: House,
    probes: Mapping[str, Probe],
    *platforms: SharedPlatform,
    watching: Watching | None = None,
    **fields: object,
) -> Measured:
    """Measure platforms, quickly."""
    online = OnlineServices(platforms=platforms, pause_s=0, **fields)  # type: ignore[arg-type]  # fields of it
    watched = watching or Watching(web.folder)
    network = watched.network(online=online)
    seen = probes["web_service"].measure(network)
    if not any(each.usage_file for each in platforms):  # of which only the digest is kept
        item = builders.seen("web_service", "network")
        again = StoredNetwork(network.site, watched.kept, item, builders.a_profile())
        assert probes["web_service"].measure(again) == seen
    return seen


def platform_rows(seen: Measured) -> dict[object, Row]:
    """Return the platforms' rows by name."""
    return {row["name"]: row for row in seen.rows if row["purpose"] == "shared_platform"}


def platform(name: str, url: str, **fields: str) -> SharedPlatform:
    """Declare a platform that the test authority vouches for."""
    return SharedPlatform(name=name, url=url, ca_file="root.pem", **fields)


def test_pages_of_all_kinds(web: House, probes: Mapping[str, Probe], conforms: Conforms) -> None:
    """Each with what it is, in words of both languages, and no try more than is needed."""
    (web.folder / "usage.csv").write_text("ngày,người\n2026-11-01,Nguyễn Văn Kín\n2026-11-02,B\n")
    kinds = ("/login", "/403", "/429", "/captcha", "/500", "/out", "/loop")
    seen = measured(
        web,
        probes,
        *(platform(path, web.url(path=path)) for path in kinds),
        platform("expired", web.url("expired")),
        platform("mine", web.url(), usage_file="usage.csv"),
        SharedPlatform(name="untrusted", url=web.url()),
        platform("far", "https://far.example/"),
    )
    assert conforms(probes["web_service"], seen)
    rows = platform_rows(seen)
    reachable = {name: row["is_reachable"] for name, row in rows.items()}
    assert reachable == {
        "/login": True,
        "/403": True,
        "/429": True,
        "/captcha": True,
        "mine": True,
        "/500": False,
        "expired": False,
        "/out": None,
        "/loop": None,
        "untrusted": None,
        "far": None,
    }
    blocked = {name for name, row in rows.items() if row["is_automation_blocked"]}
    assert blocked == {"/403", "/429", "/captcha"}
    assert (rows["/login"]["has_login_page"], rows["mine"]["has_login_page"]) == (True, None)
    assert (rows["mine"]["usage_count"], rows["/login"]["usage_count"]) == (2, None)
    assert (rows["mine"]["cert_days_left"], rows["mine"]["tls_version"]) == (90, "1.3")
    attempts = {name: row["attempts"] for name, row in rows.items()}
    assert (attempts["/500"], attempts["mine"], attempts["far"]) == (3, 1, 0)
    assert rows["far"]["trouble"] == "out_of_scope"
    said = "\n".join(text.vi for text in seen.limitations)
    assert "trang chặn truy vấn tự động" in said
    assert "Nguyễn Văn Kín" not in repr(seen)


def test_libraries(web: House, probes: Mapping[str, Probe]) -> None:
    """One row for each right; what the scope does not list is not tried and not called down."""
    change = LibraryChange(id="wipo-publish-vn", url=web.url(), ca_file="root.pem")
    watching = Watching(web.folder)
    seen = measured(web, probes, libraries=(change,), watching=watching)
    rows = [row for row in seen.rows if row["purpose"] == "ip_library"]
    there = {row["right"]: row["is_domestic"] for row in rows if row["is_reachable"]}
    assert there == {"patent": True, "design": True, "trademark": True}
    others = [row for row in rows if row["attempts"] == 0]
    assert len(others) == len(rows) - 3
    assert {row["is_reachable"] for row in others} == {None}
    assert {row["trouble"] for row in others} == {"out_of_scope"}
    assert watching.asked == [GOOD]
    assert {row["address_confidence"] for row in rows} == {"V", "V2", "M", "U"}


def test_without_a_letter(web: House, probes: Mapping[str, Probe]) -> None:
    """Nothing is asked, nothing is concluded."""
    watching = Watching(web.folder, has_letter=False)
    seen = measured(web, probes, platform("mine", web.url()), watching=watching)
    assert {row["is_reachable"] for row in seen.rows} == {None}
    assert {row["trouble"] for row in seen.rows} == {"not_authorised"}
    assert watching.asked == []


def test_when_nothing_is_concluded(web: House, probes: Mapping[str, Probe]) -> None:
    """Too few tries, or a line that was never seen to work, leave it open."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    down = platform("down", f"https://{GOOD}:{closed}/")
    up = platform("up", web.url())
    unknown = platform("unknown", f"https://{UNKNOWN}/")
    rows = platform_rows(measured(web, probes, down, up, unknown))
    assert (rows["down"]["is_reachable"], rows["down"]["attempts"]) == (False, 3)
    assert rows["unknown"]["is_reachable"] is None  # no sign that the Internet line works
    rows = platform_rows(measured(web, probes, down, up, attempts=2))
    assert rows["down"]["is_reachable"] is None
    rows = platform_rows(measured(web, probes, down))
    assert rows["down"]["is_reachable"] is None


def test_a_line_that_goes_down(web: House, probes: Mapping[str, Probe]) -> None:
    """Later rounds count only while what answered before answers again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    down = platform("down", f"http://{GOOD}:{closed}/")
    watching = Watching(web.folder)
    with scripted(answering(http("200 OK"))) as port:
        up = SharedPlatform(name="up", url=f"http://{OTHER}:{port}/")

        class Cut(Watching):
            """The resolver stops after the first round."""

            def resolve(self, name: str) -> tuple[object, ...]:  # type: ignore[override]  # addresses
                if len(self.asked) >= 2:
                    raise socket.gaierror(socket.EAI_AGAIN, "no answer")
                return super().resolve(name)

        rows = platform_rows(measured(web, probes, down, up, watching=Cut(web.folder)))
        assert rows["down"]["is_reachable"] is None
        rows = platform_rows(measured(web, probes, down, up, watching=watching))
        assert rows["down"]["is_reachable"] is False


@pytest.mark.parametrize(
    ("trouble", "is_reachable"),
    [
        (Trouble.DNS_FAILED, None),
        (Trouble.TLS_UNTRUSTED, None),
        (Trouble.DNS_UNKNOWN, False),
        (Trouble.RESET, False),
    ],
)
def test_what_three_proven_tries_prove(
    trouble: Trouble,
    is_reachable: bool | None,  # noqa: FBT001 - what is expected
) -> None:
    """A resolver that says nothing, or an authority that is not known here, tells of this side."""
    call = Call("https://a.example/")
    visits = [Visit(call, "", (Hop(call.url),), trouble=trouble)] * 3
    assert Tries(call, visits, proven=3).is_reachable is is_reachable


def test_comes_and_goes(web: House, probes: Mapping[str, Probe]) -> None:
    """One answer among failures is an answer."""
    with scripted(answering(b"", b"", http("200 OK"))) as port:
        seen = measured(web, probes, SharedPlatform(name="shy", url=f"http://{GOOD}:{port}/"))
    row = platform_rows(seen)["shy"]
    assert (row["is_reachable"], row["attempts"]) == (True, 3)


def test_a_bad_export(web: House, probes: Mapping[str, Probe], tmp_path: Path) -> None:
    """What cannot be counted is not known."""
    del tmp_path
    seen = measured(web, probes, platform("mine", web.url(), usage_file="none.csv"))
    assert platform_rows(seen)["mine"]["usage_count"] is None
    assert any("none.csv" in text.vi for text in seen.limitations)


def test_the_shipped_list_covers_every_group() -> None:
    """At home and abroad, each right."""
    groups = {(each.is_domestic, right) for each in load().libraries for right in each.rights}
    assert len(groups) == 6
