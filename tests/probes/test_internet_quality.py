"""Measuring a line: real servers on loopback, evidence, series, and what was not measured."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speedlab import opened, quick, serving

from auditor import speed_records
from auditor.columns import checked
from auditor.errors import CannotMeasure
from auditor.internet.flags import Flag
from auditor.internet.sample import derive
from auditor.internet.series import FIRST, record_of
from auditor.internet.vocabulary import CountedAt, Direction
from auditor.model import (
    Authorisation,
    Effect,
    Failure,
    Internet,
    Method,
    SpeedBackend,
    SpeedServer,
    Subject,
)
from auditor.probing import Probe
from auditor.scope import Surroundings, utc_now
from auditor.transports.speed import kept

pytestmark = pytest.mark.serial

NGINX = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{tls_port} ssl; limit_rate 5m;
    ssl_certificate {folder}/a.crt; ssl_certificate_key {folder}/a.key;
    client_max_body_size 0; default_type application/octet-stream; root {folder};
    location = /speed/empty.php {{ proxy_pass http://127.0.0.1:{port}/; }}
  }}
  server {{ listen 127.0.0.1:{port}; client_max_body_size 0; return 200; }}
}}
"""


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def authority(folder: Path) -> None:
    """Make an authority and a certificate for 127.0.0.1 that it signed."""
    openssl = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
    new = ("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Thu")
    openssl([*new, "-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.crt"])
    openssl([*new, "-keyout", "a.key", "-out", "a.csr"])
    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1\n")
    sign = ("openssl", "x509", "-req", "-in", "a.csr", "-CA", "ca.crt", "-CAkey", "ca.key")
    openssl([*sign, "-days", "2", "-CAcreateserial", "-extfile", "ext", "-out", "a.crt"])


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """Run nginx with a file to give and a backend that swallows uploads, under a test CA."""
    if shutil.which("nginx") is None:
        pytest.skip("needs the Debian package nginx-light")
    authority(tmp_path)
    (tmp_path / "speed").mkdir()
    with (tmp_path / "speed" / "garbage.php").open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    tls_port, port = free_port(), free_port()
    config = NGINX.format(folder=tmp_path, tls_port=tls_port, port=port)
    (tmp_path / "nginx.conf").write_text(config)
    with subprocess.Popen(["nginx", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]) as server:
        try:
            for _attempt in range(100):
                with socket.socket() as trial:
                    if trial.connect_ex(("127.0.0.1", tls_port)) == 0:
                        break
                time.sleep(0.05)
            yield f"https://127.0.0.1:{tls_port}/speed/"
        finally:
            server.terminate()


@pytest.mark.package
@pytest.mark.parametrize("direction", list(Direction))
def test_any_http_server_will_do(nginx: str, tmp_path: Path, direction: Direction) -> None:
    """Against nginx over TLS: uploads count by acknowledgements, downloads where they arrive."""
    sample = opened(folder=tmp_path).sample_speed(quick(direction, nginx, ca="ca.crt"))
    assert sample.transfer is not None, sample.missed
    assert sample.transfer.tls.startswith("TLSv1.")
    derived = derive(sample)
    assert derived.rates is not None
    assert derived.rates.mbps_whole > 10
    expected = CountedAt.RECEIVER if direction is Direction.DOWN else CountedAt.ACKED
    assert sample.transfer.counted_at is expected
    assert Flag.UPLOAD_CLIENT_COUNT not in derived.flags
    if direction is Direction.UP:
        assert sample.transfer.counts.payload_bytes[-1] <= sample.transfer.client.payload_bytes[-1]


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("direction", list(Direction))
def test_our_own_server_counts_where_bytes_arrive(direction: Direction, bind: str) -> None:
    """Both directions over IPv4 and IPv6, with round trips before and during the load."""
    version = 6 if ":" in bind else 4
    with serving(bind=bind) as url:
        sample = opened().sample_speed(quick(direction, url, ip_version=version))
    assert sample.transfer is not None, sample.missed
    transfer, derived = sample.transfer, derive(sample)
    assert transfer.counted_at is CountedAt.RECEIVER
    assert transfer.server_ip == bind
    assert derived.rates is not None
    assert derived.rates.mbps_steady is not None
    assert derived.idle is not None and derived.idle.n > 50  # noqa: PT018 - datagrams
    assert derived.loaded is not None
    assert derived.loaded.n > 3
    assert derived.loss_ratio == 0.0
    assert Flag.LOOPBACK in derived.flags
    assert len(transfer.client.t_ms) >= 20, "ten counts a second"
    assert transfer.counts.payload_bytes[-1] <= transfer.client.payload_bytes[-1]


def internet(url: str, **fields: object) -> Internet:
    """Ask for one pair of short samples."""
    server = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url=url, country="VN")
    given_fields = {"warmup_s": 0.2, "window_s": 2.6, "pause_s": 0.0, **fields}
    return Internet(servers=(server,), **given_fields)  # type: ignore[arg-type] # fields of mixed types


def test_the_probe_gives_one_row_for_each_direction(probes: Mapping[str, Probe]) -> None:
    """Rows hold what they declare, and what was seen is evidence."""
    probe = probes["internet_quality"]
    assert (probe.effect, probe.subject, probe.asked_by) == (
        Effect.ACTIVE,
        Subject.NETWORK,
        "internet",
    )
    with serving() as url:
        network = opened(internet(url))
        measured = probe.measure(network)
    assert [row["direction"] for row in measured.rows] == ["down", "up"]
    for row in measured.rows:
        assert row["metric_class"] == "capacity_domestic"
        assert row["is_usable"] is False, "a server on this machine proves nothing"
        assert row["is_capped"] is True
        assert row["series_n"] == 0
        assert row["time_slot"]
    assert len(network.captures) == 2
    said = " ".join(text.vi for text in measured.limitations)
    assert "Chỉ tham khảo" in said
    assert "ngay trên máy này" in said
    assert checked(probe, measured).rows
    assert set(measured.rows[0]) == {column.name for column in probe.columns}


def test_the_data_budget_holds(probes: Mapping[str, Probe]) -> None:
    """When the budget is used up the run says so and goes no further."""
    with serving() as url:
        wanted = internet(url, samples=4, max_bytes=20_000_000)
        network = opened(wanted)
        with pytest.raises(CannotMeasure) as caught:
            probes["internet_quality"].measure(network)
    assert caught.value.failure is Failure.COMMAND_FAILED
    assert len(network.captures) < 8


def test_samples_of_several_runs_count_together(
    probes: Mapping[str, Probe], tmp_path: Path
) -> None:
    """The series keeps every sample; a run that takes none reads them all."""
    with serving() as url:
        wanted = internet(url, series="do")
        probes["internet_quality"].measure(opened(wanted, tmp_path))
        probes["internet_quality"].measure(opened(wanted, tmp_path))
    rest = internet(url, series="do", samples=0)
    rows = probes["internet_quality"].measure(opened(rest, tmp_path)).rows
    assert len(rows) == 4
    assert rows[0]["started_at"] < rows[-1]["started_at"]  # type: ignore[operator] # both texts


@pytest.fixture(scope="module")
def four_samples(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a real series of two pairs."""
    folder = tmp_path_factory.mktemp("series")
    with serving() as url:
        network = opened(internet(url, series="do"), folder)
        for _pair in range(2):
            for direction in Direction:
                network.sample_speed(quick(direction, url))
    return (folder / "do" / kept.FILE).read_bytes()


@pytest.mark.parametrize(
    "damage", ["value", "raw", "hash", "lost", "added", "rubbish", "reordered"]
)
def test_a_series_that_was_touched_is_not_used(
    four_samples: bytes, tmp_path: Path, damage: str
) -> None:
    """Whatever is changed, removed, added or moved does not count, and the remark says so."""
    file = tmp_path / "do" / kept.FILE
    file.parent.mkdir()
    file.write_bytes(four_samples)
    lines = file.read_text("utf-8").splitlines()
    first = json.loads(lines[1])
    if damage == "value":
        first["derived"]["rates"]["mbps_whole"] = 999.0
    elif damage == "raw":
        first["sample"]["transfer"]["counts"]["payload_bytes"][-1] += 10**9
    elif damage == "hash":
        first["record_sha256"] = "0" * 64
    elif damage == "lost":
        del lines[2]
    elif damage == "added":
        lines.append(lines[0])
    elif damage == "rubbish":
        lines.insert(2, '{"sample": {"order": [' + "[" * 5000)
    elif damage == "reordered":
        lines[2], lines[3] = lines[3], lines[2]
    if damage in {"value", "raw", "hash"}:
        lines[1] = json.dumps(first)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    samples, remarks = opened(
        internet("http://127.0.0.1:9/", series="do"), tmp_path
    ).earlier_samples()
    changed = damage in {"value", "raw"}
    assert len(samples) == (3 if changed else 0)
    assert remarks
    assert all(text.vi and text.en for text in remarks)


@given(content=st.binary(max_size=400))
@settings(max_examples=50)
def test_any_bytes_as_a_series(content: bytes) -> None:
    """A file that is no series gives no sample and no traceback."""
    samples, _remarks = speed_records.samples(content)
    assert samples == ()


@pytest.fixture(scope="module")
def record() -> dict[str, object]:
    """Make one real record."""
    with serving() as url:
        sample = opened().sample_speed(quick(Direction.DOWN, url))
    return record_of(sample, FIRST)


@given(place=st.integers(0, 19), grown=st.integers(1, 10**10))
@settings(max_examples=25, deadline=None)
def test_figures_follow_from_counts(record: dict[str, object], place: int, grown: int) -> None:
    """A verifier with the raw counts finds any count that was raised (goal G12)."""
    whole = speed_records.samples((json.dumps(record) + "\n").encode())
    assert (len(whole[0]), whole[1]) == (1, ())
    changed = json.loads(json.dumps(record))
    counts = changed["sample"]["transfer"]["counts"]["payload_bytes"]
    counts[place:] = [value + grown for value in counts[place:]]
    samples, remarks = speed_records.samples((json.dumps(changed) + "\n").encode())
    assert (samples, len(remarks)) == ((), 1)


def test_a_name_leads_only_to_listed_servers(letter: Callable[..., Authorisation]) -> None:
    """A listed public name that a hostile resolver points into a tenant's network is refused."""
    with serving() as url:
        port = url.rpartition(":")[2]
        asked: list[str] = []

        def resolve(name: str) -> tuple[object, ...]:
            asked.append(name)
            return (ip_address("10.20.0.5"),)

        network = opened(
            world=Surroundings(now=utc_now, resolve=resolve),  # type: ignore[arg-type] # addresses
            letter=letter(Method.SPEED_TEST),
            speed_servers=("do.example.vn",),
        )
        sample = network.sample_speed(quick(Direction.DOWN, f"http://do.example.vn:{port}"))
    assert asked == ["do.example.vn"]
    assert sample.missed is not None
    assert sample.missed.cause == "OUT_OF_SCOPE"
