"""The files of the centre that lives through a year, and the platform that it visits.

Whatever changes in the year is a field here or a file beside: papers, exports of machines, ledger.
"""

import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sampling_site import Page
from waivers_made import a_ledger, a_waiver
from web_house import Issuer

from auditor.canonical import dumps

CAPTURES = Path(__file__).parents[1] / "captures" / "box"
NAME, CENTRE = "Trung tâm mẫu", "trung-tam-mau"
PLAN, LEASE, RULES = "ke-hoach.txt", "hop-dong.txt", "quy-che.txt"
VALUES = {
    "1": "machines.filter(m, m.is_protected == true).size()",
    "2": "measures.filter(m, m.measure == 'system_logging' && m.is_met == true).size()",
    "3": "papers.filter(p, p.kind == 'plan' && p.is_confirmed == true).size()",
    "4": "papers.filter(p, p.kind == 'lease' && p.is_expired == false).size()",
    "5": "values.filter(v, v.id == 'seats').map(v, v.number).sum()",
    "6": "sites.filter(s, s.purpose == 'shared_platform' && s.is_reachable == true).size()",
    "7": "samples.filter(s, s.mbps_whole >= 95.0).size()",
    "8": "papers.filter(p, p.kind == 'rules' && p.is_confirmed == true).size()",
    "9": "values.filter(v, v.id == 'rooms').map(v, v.number).sum()",
}
READS = {
    "1": {"machines": {"probe": "anti_malware", "roles": ["server"]}},
    "2": {"measures": {"probe": "hardening", "roles": ["storage"]}},
    **{name: {"papers": {"probe": "documents"}} for name in "348"},
    **{name: {"values": {"probe": "declared_values"}} for name in "59"},
    "6": {"sites": {"probe": "web_service"}},
    "7": {"samples": {"probe": "internet_quality"}},
}


def both(words: str) -> dict[str, str]:
    """Return the same words in both languages."""
    return {"vi": words, "en": words}


def criteria(seats: int, asked: str) -> dict[str, Any]:
    """Return criteria that ask for so many seats, and the indicators that are named."""

    def indicator(name: str) -> dict[str, Any]:
        least = {"5": "seats", "7": "samples", "9": "seats"}.get(name, "one")
        check = {
            "id": "check", "title": both(f"Câu {name}"), "basis": "measured", "reads": READS[name],
            "value": VALUES[name], "expect": {"at_least": least},
        }  # fmt: skip
        return {"id": name, "name": both(f"Chỉ số {name}"), "checks": [check],
                "requires": [["check"]]}  # fmt: skip

    def parameter(default: float) -> dict[str, Any]:
        return {"default": default, "meaning": both("Số"), "source": "tool_default"}

    return {
        "schema": "urn:audit:profile:v1", "id": "year", "version": "1",
        **{name: both("Thử") for name in ("title", "decision", "issuer")},
        "sample_window": "days",
        "parameters": {
            "seats": parameter(seats), "one": parameter(1), "samples": parameter(3),
            "days": parameter(1), "min_uptime_samples": parameter(1),
            "min_time_slots": parameter(1), "min_speed_samples": parameter(1),
        },
        "document_kinds": {kind: both(kind) for kind in ("plan", "lease", "rules")},
        "declared_values": {name: {"name": both(name), "kind": "number"}
                            for name in ("seats", "rooms")},
        "groups": [{"id": "all", "name": both("Nhóm"), "indicators": [*map(indicator, asked)]}],
    }  # fmt: skip


@dataclass
class Files:
    """What stands in the centre's files now."""

    folder: Path
    platform: str
    hook: Path
    seats: int = 20
    wanted: int = 10
    asked: str = "12345678"
    confirmed: str = ""
    lease_until: date = date(2031, 1, 1)
    words: list[dict[str, Any]] = field(default_factory=list)
    waived_until: tuple[date, date] | None = None

    @property
    def site(self) -> Path:
        """The site file."""
        return self.folder / "centre.yaml"

    def paper(self, name: str, text: str) -> str:
        """Write a paper and return its digest."""
        (self.folder / name).write_text(text, "utf-8")
        return sha256(text.encode()).hexdigest()

    def machine(self, target: str, capture: str | None) -> None:
        """Carry a machine's facts here, as it said them; None: nobody brought them."""
        place = self.folder / f"{target}.txt"
        place.unlink(missing_ok=True)
        if capture is not None:
            shutil.copyfile(CAPTURES / f"root-{capture}.txt", place)

    def attest(self, file: str, digest: str, on: date, until: date) -> None:
        """Let a person confirm a paper until a day."""
        self.words.append({
            "subject": "rules", "file": file, "sha256": digest, "statement": "Đúng bản gốc",
            "by": "Lò Thị Mẫu", "position": "Giám đốc", "on": on.isoformat(),
            "until": until.isoformat(),
        })  # fmt: skip

    def write(self) -> None:
        """Write site file, criteria and ledger."""
        lines = criteria(self.wanted, self.asked)
        if self.waived_until:
            recorded, until = self.waived_until
            ledger = a_ledger([a_waiver("1", recorded_on=recorded, until=until)])
            (self.folder / "waivers.json").write_bytes(ledger.content)
        for file, data in ((self.folder / "criteria.yaml", lines), (self.site, self._data())):
            file.write_bytes(dumps(data, indent=1))  # JSON is YAML

    def _data(self) -> dict[str, Any]:
        word = {"by": "Lò Thị Mẫu", "position": "Giám đốc", "on": "2030-12-01",
                "statement": "Đúng bản gốc", "sha256": self.confirmed}  # fmt: skip
        facts = {"may-chu": "server", "may-nhat-ky": "storage"}
        return {
            "schema": "urn:audit:site:v1",
            "centre": {"id": CENTRE, "name": NAME},
            "targets": [{"name": name, "url": f"facts:{name}.txt", "platform": "posix",
                         "roles": [role]} for name, role in facts.items()],
            "documents": [
                {"kind": "plan", "file": PLAN, "confirmation": word},
                {"kind": "lease", "file": LEASE, "valid_until": self.lease_until.isoformat()},
                {"kind": "rules", "file": RULES},
            ],
            "attestations": self.words,
            "declared": {"seats": self.seats, "rooms": 3},
            "declared_by": {"by": "Lò Thị Mẫu", "position": "Giám đốc", "on": "2030-12-01"},
            "online": {"pause_s": 0, "attempts": 1, "platforms": [
                {"name": "Nền tảng mẫu", "url": self.platform, "ca_file": "ca/root.pem"}]},
            "internet": {"samples": 0, "series": "mau", "servers": [
                {"backend": "http-multi", "url": "http://127.0.0.1/", "allowed_by": "Nhà mạng"}]},
            **({"waivers": "waivers.json"} if self.waived_until else {}),
            "schedule": {"profile": "criteria.yaml", "jobs": [
                {"id": "quy", "kind": "technical", "months": [1, 4, 7, 10], "days": ["mon"],
                 "from_day": 1, "at": ["09:00"], "late_minutes": 240},
                {"id": "nam", "kind": "full", "months": [1], "days": ["mon"], "from_day": 8,
                 "at": ["09:00"]}]},
            "alerts": {
                "channels": [{"name": "hook", "kind": "webhook", "url_from": f"file:{self.hook}",
                              "key_file": "khoa.pem", "ca_file": "root.pem"}],
                "quiet": {"start": "21:00", "end": "06:30"},
            },
        }  # fmt: skip


class Platform:
    """A web service on loopback with a certificate, that can be down."""

    def __init__(self, folder: Path) -> None:
        """Find a port; nothing answers there yet."""
        folder.mkdir()
        self._issuer, self._folder, self._port = Issuer(folder), folder, 0
        self._running = ExitStack()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"https://localhost:{self._port}/"

    def certify(self, last: date) -> None:
        """Begin to answer with a certificate until a day."""
        ends = datetime.combine(last, time(23, 0), ZoneInfo("Asia/Ho_Chi_Minh"))
        self._issuer.certificate("platform", "localhost", -1, ends)
        self.stop()
        self.start()

    def start(self) -> None:
        """Answer."""
        server = ThreadingHTTPServer(("127.0.0.1", self._port), Page)
        self._port = server.server_address[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "platform.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self._running.callback(server.server_close)
        self._running.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self._running.close()


@contextmanager
def platform(folder: Path, last: date) -> Iterator[Platform]:
    """Run a platform whose certificate ends on a day."""
    made = Platform(folder)
    made.certify(last)
    try:
        yield made
    finally:
        made.stop()
