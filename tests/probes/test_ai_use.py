"""Services of artificial intelligence by what an nginx answers in their place."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import web_house
from ai_server import ai_server
from hypothesis import given
from hypothesis import strategies as st

from auditor import guard
from auditor.authority import NO_LETTER
from auditor.errors import CannotMeasure
from auditor.model import AiEndpoint, AiEndpointKind, AiUse, Failure, Measured, Row
from auditor.probing import Probe
from auditor.web.ai import call_of, judged
from auditor.web.declared import DeclaredTrouble, said
from auditor.web.visit import Hop, Trouble, Visit

pytestmark = pytest.mark.package

OPENAI, OLLAMA, HEALTH = AiEndpointKind.OPENAI_MODELS, AiEndpointKind.OLLAMA, AiEndpointKind.HEALTH
REFERENCE = "env:AI_TOKEN"


@dataclass
class Services:
    """Where they are: `plain` and `secure` are bases of addresses."""

    folder: Path
    plain: str
    secure: str


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Start nginx with all answers, also by TLS of a test authority."""
    folder = tmp_path_factory.mktemp("ai")
    issuer = web_house.Issuer(folder)
    certificate = issuer.certificate("ai", web_house.GOOD, -1, 90)
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    with ai_server(folder, ports, certificate, web_house.TOKEN):
        yield Services(
            folder, f"http://127.0.0.1:{ports[0]}", f"https://{web_house.GOOD}:{ports[1]}"
        )


Ask = Callable[..., Measured]


@pytest.fixture
def watching(services: Services) -> web_house.Watching:
    """Watch what is asked and kept."""
    return web_house.Watching(services.folder)


@pytest.fixture
def ask(watching: web_house.Watching, probes: Mapping[str, Probe]) -> Ask:
    """Measure uses with these endpoints."""

    def measured(*endpoints: AiEndpoint | None) -> Measured:
        uses = tuple(
            AiUse(purpose=f"việc {number}", endpoint=endpoint)
            for number, endpoint in enumerate(endpoints)
        )
        network = watching.network(ai_uses=uses)
        with guard.probing(network._context.gate):  # noqa: SLF001 - the run's own gate
            return probes["ai_use"].measure(network)

    return measured


def told(row: Row) -> tuple[object, ...]:
    """Return what a row says of its endpoint."""
    names = ("declared_ai_endpoint_reachable", "answered_as", "models_count", "trouble")
    return tuple(row[name] for name in names)


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        (OPENAI, "/v1", (True, "openai_models", 2, None)),
        (OPENAI, "/v1/models", (True, "openai_models", 2, None)),
        (OLLAMA, "", (True, "ollama", 1, None)),
        (HEALTH, "/health", (True, "health", None, None)),
        (OLLAMA, "/empty", (False, "ollama", 0, "no_models")),
        (OPENAI, "/page", (False, "html", None, "not_as_declared")),
        (OLLAMA, "/page", (False, "html", None, "not_as_declared")),
        (HEALTH, "/page", (False, "html", None, "not_as_declared")),
        (OPENAI, "/error", (False, "json", None, "not_as_declared")),
        (OPENAI, "/numbers", (False, "json", None, "not_as_declared")),
        (OPENAI, "/nothing", (False, "html", None, "not_as_declared")),
        (OPENAI, "/broken", (False, None, None, "server_error")),
        (OPENAI, "/secret", (None, None, None, "denied")),
    ],
)
def test_an_answer_is_judged_by_its_form(
    ask: Ask,
    services: Services,
    kind: AiEndpointKind,
    path: str,
    expected: tuple[object, ...],
) -> None:
    """Only what is declared counts; a page of HTML is another answer."""
    (row,) = ask(AiEndpoint(url=services.plain + path, kind=kind)).rows
    assert told(row) == expected


def test_a_token_opens_and_is_kept_nowhere(
    ask: Ask,
    services: Services,
    watching: web_house.Watching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over TLS of the centre's own authority; without the secret nothing is sent."""
    endpoint = AiEndpoint(
        url=f"{services.secure}/secret", kind=OPENAI, token_from=REFERENCE, ca_file="root.pem"
    )
    monkeypatch.delenv("AI_TOKEN", raising=False)
    (missing,) = ask(endpoint).rows
    assert told(missing) == (None, None, None, "secret_missing")
    monkeypatch.setenv("AI_TOKEN", web_house.TOKEN)
    (row,) = ask(endpoint).rows
    assert told(row) == (True, "openai_models", 1, None)
    assert web_house.TOKEN.encode() not in b"".join(content for _name, content in watching.kept)


def test_what_cannot_be_asked_is_not_known(
    ask: Ask, services: Services, watching: web_house.Watching
) -> None:
    """Outside the scope, without a letter, without an endpoint; nobody there is a no."""
    gone = AiEndpoint(url="http://127.0.0.1:9/v1", kind=OPENAI)
    far = AiEndpoint(url="http://out.example/v1", kind=OPENAI)
    rows = ask(None, far, gone, AiEndpoint(url=services.plain + "/v1", kind=OPENAI)).rows
    assert [told(row)[0] for row in rows] == [None, None, False, True]
    assert [row["trouble"] for row in rows] == [None, "out_of_scope", "refused", None]
    assert [row["has_endpoint"] for row in rows] == [False, True, True, True]
    watching.has_letter = False
    with pytest.raises(CannotMeasure) as refused:
        ask(far)
    assert refused.value.failure is Failure.NOT_AUTHORISED
    assert NO_LETTER in refused.value.detail


def test_each_trouble_has_a_sentence_with_a_remedy() -> None:
    """In both languages, no two alike, with the purpose as data before it."""
    troubles = [*Trouble, *DeclaredTrouble]
    told = [said("việc", trouble.value) for trouble in troubles]
    assert len({text.vi for text in told}) == len({text.en for text in told}) == len(troubles)
    assert all(text.vi.startswith("việc: ") and " – " in text.vi for text in told)
    assert all(" – " in text.en for text in told)


def test_rows_have_the_declared_columns(
    watching: web_house.Watching,
    services: Services,
    probes: Mapping[str, Probe],
    conforms: Callable[[Probe, Measured], bool],
) -> None:
    """What the centre says stands beside what was seen; a health page is said to be no proof."""
    use = AiUse(
        purpose="tóm tắt văn bản",
        process="văn thư",
        users=12,
        since=date(2026, 3, 1),
        evidence="ai_usage_report",
        endpoint=AiEndpoint(url=f"{services.plain}/health", kind=HEALTH),
    )
    network = watching.network(ai_uses=(use,))
    with guard.probing(network._context.gate):  # noqa: SLF001 - the run's own gate
        measured = probes["ai_use"].measure(network)
    assert conforms(probes["ai_use"], measured)
    (row,) = measured.rows
    assert (row["users"], row["since"], row["process"]) == (12, "2026-03-01", "văn thư")
    assert "not shown" in measured.limitations[0].en


@given(
    st.sampled_from(AiEndpointKind),
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["data", "models", "id", "name"]), inner)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
        st.just(b"[" * 100_000),
    ),
)
def test_no_answer_is_an_error(kind: AiEndpointKind, body: bytes) -> None:
    """Whatever a server says, it is judged; only a list with a model is reachable with a count."""
    call = call_of(AiEndpoint(url="http://127.0.0.1/v1", kind=kind))
    found = judged(Visit(call, "", (Hop(call.url, status=200),), body), kind)
    assert found.is_reachable in {True, False}
    if found.is_reachable and kind is not HEALTH:
        assert found.models_count
