"""Portals to high-performance computing by what an nginx answers in their place.

JupyterHub's answers are those of a real one (tests/captures/portals); Open OnDemand's are written
after its public configuration.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import portal_pages
import pytest
import web_house
from ai_server import ai_server
from hypothesis import given
from hypothesis import strategies as st

from auditor import guard
from auditor.authority import NO_LETTER
from auditor.errors import CannotMeasure
from auditor.model import ComputingKind, ComputingResource, Failure, Measured, Row
from auditor.probing import Probe
from auditor.web.portals import call_of, judged
from auditor.web.visit import Hop, Visit

pytestmark = pytest.mark.package

HUB, OOD, CLOUD = ComputingKind.JUPYTERHUB, ComputingKind.OPEN_ONDEMAND, ComputingKind.GPU_CLOUD
Ask = Callable[..., Measured]


@dataclass
class Portals:
    """Where they are: `plain` and `secure` are bases of addresses."""

    folder: Path
    plain: str
    secure: str


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portals]:
    """Start nginx with all answers, also by TLS of a test authority."""
    folder = tmp_path_factory.mktemp("portals")
    certificate = web_house.Issuer(folder).certificate("hub", web_house.GOOD, -1, 90)
    ports = web_house.free_ports(2, "127.0.0.1")
    pages = portal_pages.PAGES
    with ai_server(folder, ports, certificate, web_house.TOKEN, pages=pages):
        yield Portals(
            folder, f"http://127.0.0.1:{ports[0]}", f"https://{web_house.GOOD}:{ports[1]}"
        )


@pytest.fixture
def watching(portals: Portals) -> web_house.Watching:
    """Watch what is asked and kept."""
    return web_house.Watching(portals.folder)


@pytest.fixture
def ask(watching: web_house.Watching, probes: Mapping[str, Probe]) -> Ask:
    """Measure these entries of `hpc`."""

    def measured(*hpc: ComputingResource) -> Measured:
        network = watching.network(hpc=hpc)
        with guard.probing(network._context.gate):  # noqa: SLF001 - the run's own gate
            return probes["hpc_portals"].measure(network)

    return measured


def portal(kind: ComputingKind, url: str, **fields: str) -> ComputingResource:
    """Return an entry of `hpc`."""
    return ComputingResource(name="cổng", kind=kind, url=url, **fields)  # type: ignore[arg-type]  # all are text


def told(row: Row) -> tuple[object, ...]:
    """Return what a row says of the answer."""
    return tuple(row[name] for name in ("is_reachable", "answered_as", "version", "trouble"))


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        (HUB, "", (True, "jupyterhub", "6.1.1", None)),
        (HUB, "/", (True, "jupyterhub", "6.1.1", None)),
        (HUB, "/hub/api", (True, "jupyterhub", "6.1.1", None)),
        (HUB, "/closed", (None, None, None, "denied")),
        (HUB, "/old", (False, "json", None, "not_as_declared")),
        (HUB, "/words", (False, "json", None, "not_as_declared")),
        (HUB, "/broken", (False, None, None, "server_error")),
        (HUB, "/page", (False, "html", None, "not_as_declared")),
        (HUB, "/nowhere", (False, "html", None, "not_as_declared")),
        (OOD, "", (True, "open_ondemand", None, None)),
        (OOD, "/pun/sys/dashboard", (True, "open_ondemand", None, None)),
        (CLOUD, "/health", (True, "gpu_cloud", None, "access_not_shown")),
        (CLOUD, "/health.json", (True, "gpu_cloud", None, "access_not_shown")),
        (CLOUD, "/secret", (None, None, None, "denied")),
        (CLOUD, "/page", (False, "html", None, "not_as_declared")),
        (CLOUD, "/nowhere", (False, "html", None, "not_as_declared")),
    ],
)
def test_an_answer_is_judged_by_its_form(
    ask: Ask, portals: Portals, kind: ComputingKind, path: str, expected: tuple[object, ...]
) -> None:
    """Only what is declared counts; a page of HTML is no hub and no health check."""
    measured = ask(portal(kind, portals.plain + path))
    (row,) = measured.rows
    assert told(row) == expected
    if kind is not CLOUD:
        assert row["is_access_point"] is row["is_reachable"]
    said = [text.vi for text in measured.limitations if text.vi.startswith("cổng: ")]
    assert bool(said) is (row["trouble"] is not None)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/pun/sys/dashboard", (True, "open_ondemand", None)),  # a login of its own: 401
        ("/pun/sys/away", (True, "open_ondemand", None)),  # a login elsewhere, out of the scope
        ("/pun/sys/shut", (None, None, "denied")),
        ("/pun/sys/gone", (False, "html", "not_as_declared")),
        ("/pun/sys/broken", (False, None, "server_error")),
        ("/portal", (False, "html", "not_as_declared")),
        ("https://out.example/", (None, None, "redirect_outside")),
    ],
)
def test_open_ondemand_is_known_by_where_its_root_leads(
    ask: Ask,
    watching: web_house.Watching,
    tmp_path: Path,
    target: str,
    expected: tuple[object, ...],
) -> None:
    """The address in the site file proves nothing: the portal itself must name its apps."""
    (port,) = web_house.free_ports(1, "127.0.0.1")
    with ai_server(tmp_path, [port], pages=portal_pages.root(target)):
        (row,) = ask(portal(OOD, f"http://127.0.0.1:{port}/pun/sys/dashboard")).rows
    assert (row["is_reachable"], row["answered_as"], row["trouble"]) == expected
    assert row["url"] == f"http://127.0.0.1:{port}/"
    assert web_house.FAR not in watching.asked


def test_the_hubs_real_root_is_no_open_ondemand() -> None:
    """As captured: it leads to /hub/."""
    status, _body = portal_pages.captured("jupyterhub-root.txt")
    call = call_of(portal(OOD, "http://127.0.0.1/"))
    hops = (Hop(call.url, status=status), Hop("http://127.0.0.1/hub/login", status=200))
    assert judged(Visit(call, "", hops, b"<!DOCTYPE HTML>"), OOD).is_reachable is False


def test_a_token_opens_and_is_kept_nowhere(
    ask: Ask,
    portals: Portals,
    watching: web_house.Watching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over TLS of the centre's own authority; without that authority it is not trusted."""
    url = f"{portals.secure}/secret"
    (untrusted,) = ask(portal(CLOUD, url)).rows
    assert told(untrusted) == (False, None, None, "tls_untrusted")
    reference = {"token_from": "env:GPU_TOKEN", "ca_file": "root.pem"}
    monkeypatch.delenv("GPU_TOKEN", raising=False)
    (missing,) = ask(portal(CLOUD, url, **reference)).rows
    assert told(missing) == (None, None, None, "secret_missing")
    monkeypatch.setenv("GPU_TOKEN", web_house.TOKEN)
    (row,) = ask(portal(CLOUD, url, **reference)).rows
    assert told(row) == (True, "gpu_cloud", None, None)
    assert (row["status"], row["cert_days_left"], row["is_access_point"]) == (204, 90, True)
    assert web_house.TOKEN.encode() not in b"".join(content for _name, content in watching.kept)


def test_what_answers_anybody_is_no_access_of_the_centre(
    ask: Ask, portals: Portals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the token or without: a health page that a stranger gets too proves nothing."""
    monkeypatch.setenv("GPU_TOKEN", web_house.TOKEN)
    for more in ({}, {"token_from": "env:GPU_TOKEN"}):
        entry = portal(CLOUD, f"{portals.secure}/health", ca_file="root.pem", **more)
        measured = ask(entry)
        (row,) = measured.rows
        assert told(row) == (True, "gpu_cloud", None, "access_not_shown")
        assert row["is_access_point"] is None
        assert "token_from" in measured.limitations[-1].vi


def test_what_cannot_be_asked_is_not_known(ask: Ask, watching: web_house.Watching) -> None:
    """Outside the scope, or without a letter; nobody there is a no, and a cluster is no portal."""
    gone, unknown = "http://127.0.0.1:9/", f"https://{web_house.UNKNOWN}/"
    far = portal(HUB, "http://out.example/")
    cluster = ComputingResource(name="cụm", kind=ComputingKind.SLURM, target="login")
    entries = (far, portal(OOD, gone), portal(CLOUD, unknown), cluster)
    rows = {row["kind"]: told(row) for row in ask(*entries).rows}
    assert rows == {
        "jupyterhub": (None, None, None, "out_of_scope"),
        "open_ondemand": (False, None, None, "refused"),
        "gpu_cloud": (False, None, None, "dns_unknown"),
    }
    assert ask(cluster) == Measured(rows=())
    watching.has_letter = False
    with pytest.raises(CannotMeasure) as refused:
        ask(far)
    assert refused.value.failure is Failure.NOT_AUTHORISED
    assert NO_LETTER in refused.value.detail


def test_rows_have_the_declared_columns(
    ask: Ask,
    portals: Portals,
    probes: Mapping[str, Probe],
    conforms: Callable[[Probe, Measured], bool],
) -> None:
    """What stands behind a portal, and whether there are GPUs, is said to be unknown."""
    measured = ask(portal(CLOUD, f"{portals.plain}/health"), portal(HUB, portals.plain))
    assert conforms(probes["hpc_portals"], measured)
    behind, cloud, asked = (text.en for text in measured.limitations)
    assert "opens only to the centre's token" in asked
    assert "does not tell what nodes or GPUs" in behind
    assert "that there are GPUs is not shown" in cloud


@given(
    st.sampled_from((HUB, OOD, CLOUD)),
    st.one_of(
        st.binary(max_size=200),
        st.dictionaries(
            st.sampled_from(["version", "x"]),
            st.none() | st.integers() | st.text(max_size=12) | st.lists(st.text(), max_size=2),
        ).map(lambda value: json.dumps(value).encode()),
        st.just(b"[" * 100_000),
    ),
)
def test_no_answer_is_an_error(kind: ComputingKind, body: bytes) -> None:
    """Whatever a server says, it is judged; a version is a number or it is no hub."""
    call = call_of(portal(kind, "http://127.0.0.1/"))
    found = judged(Visit(call, "", (Hop(call.url, status=200),), body), kind)
    assert found.is_reachable in {True, False}
    assert (found.version is not None) is (kind is HUB and found.is_reachable)
    if found.version is not None:
        assert found.version[0].isdigit()
        assert "<" not in found.version
