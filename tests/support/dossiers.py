"""A run in which everything that identifies stands everywhere that text can stand."""

import base64
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from auditor import __version__, atomic, catalogue, profile, runfolder, yamlfile
from auditor.canonical import sha256
from auditor.judge import Case
from auditor.language import Language
from auditor.model import (
    AuditRecord,
    Capture,
    Failure,
    Hides,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Row,
    Target,
    Text,
    Value,
)
from auditor.pack import container, keys, publishing, seal
from auditor.pack.forms import INDEX, SEAL, SIGNER, index_of, statement_of
from auditor.probing import Column, Probe
from auditor.record_reader import parse
from auditor.record_v1 import RecordV1
from auditor.rollup import judge

PROFILE = """\
schema: urn:audit:profile:v1
id: small
version: "1"
title: {vi: Bộ tiêu chí thử, en: Trial criteria}
decision: {vi: Không có, en: None}
issuer: {vi: Người thử, en: Tester}
parameters:
  wanted: {default: 1, meaning: {vi: Số máy, en: Machines}, source: tool_default}
  documents_needed: {default: 1, meaning: {vi: Số văn bản, en: Papers}, source: tool_default}
  told: {default: true, meaning: {vi: Có nêu, en: Told}, source: tool_default}
document_kinds:
  plan: {vi: Kế hoạch, en: Plan}
declared_values: {}
groups:
  - id: first
    name: {vi: Nhóm, en: Group}
    indicators:
      - id: "1"
        name: {vi: Có máy, en: A machine}
        checks:
          - id: machine
            title: {vi: Máy, en: Machine}
            basis: measured
            reads: {machines: {probe: machine_identity}}
            value: machines.map(m, m.hostname)
            expect: {exists: told}
        requires: [[machine]]
      - id: "2"
        name: {vi: Dịch vụ, en: Services}
        checks:
          - id: services
            title: {vi: Dịch vụ thấy trên mạng, en: Services seen}
            basis: measured
            reads: {seen: {probe: lan_services}}
            value: seen.map(s, s.product + ' ' + s.version)
            expect: {exists: told}
        requires: [[services]]
      - id: "3"
        name: {vi: Văn bản, en: Paper}
        documents: [{kind: plan}]
        requires: [[plan]]
      - id: "4"
        name: {vi: Không đo được, en: Not measured}
        checks:
          - id: failed
            title: {vi: Gói phần mềm, en: Packages}
            basis: measured
            reads: {seen: {probe: packages}}
            value: seen.size()
            expect: {at_least: wanted}
        requires: [[failed]]
"""

CENTRE = "Trung tâm đổi mới sáng tạo Thử Nghiệm"
DECISION = "57/QĐ-SKHCN"
SYSTEM = "cong-thong-tin"
HOST = "srv-ketoan-01"
FQDN = "SRV-KeToan-01.noibo.example.vn"
VIETNAMESE_HOST = "máy-kế-toán-hai"
USER = "bivn.quantri"
PERSON = "Nguyễn Văn Bí"
MAC, MAC_REST = "3c:52:82:aa:bb:0c", "aa:bb:0c"
V4, V4_NETWORK = "10.77.31.5", "10.77.31.0/24"
V6 = "2001:db8:77:31::5"
V6_LONG = "2001:0DB8:0077:0031:0000:0000:0000:0005"
FILE = f"/srv/ho-so/{USER}/bang-luong-bi.pdf"
URL = f"https://{USER}@{FQDN}:8443/nhan-su/bi?id=7#x"
CVE, VERSION, TOKEN = "CVE-2024-6387", "OpenSSH_8.4p1", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"

IDENTITIES = (HOST, FQDN, VIETNAMESE_HOST, USER, PERSON, MAC, V4, V6, FILE, URL)
WRITINGS = (
    *IDENTITIES,
    V4_NETWORK,
    V6_LONG,
    MAC.upper().replace(":", "-"),
    HOST.upper(),
    unicodedata.normalize("NFD", PERSON).upper(),
    unicodedata.normalize("NFD", VIETNAMESE_HOST),
    "Nguyen Van Bi",
    quote(PERSON),
    quote(FILE, safe=""),
    base64.b64encode(HOST.encode()).decode(),
    "3C52.82AA.BB0C",
    MAC.replace(":", ""),
    "/sao-luu/bi",
    r"C:\Users\bi\4.18.24090.11\agent.exe",
    CVE.lower(),
    TOKEN,
)
"""Every identity in several writings, with what may stand in no column."""

CANARIES = (
    *("srv-ketoan", "noibo.example", "máy-kế-toán", "bivn", "Văn Bí", "Van Bi", quote("ễn Văn")),
    *(
        MAC_REST,
        MAC_REST.replace(":", "-"),
        MAC[9:].replace(":", ""),
        "82aa.bb0c",
        "10.77.31",
        "db8:77:31",
        "0db8:0077",
        "bang-luong",
    ),
    *("nhan-su", base64.b64encode(HOST.encode()).decode()[:12], CVE, VERSION, TOKEN[:12]),
    *("/sao-luu", "users\\bi", "4.18.24090"),
)
"""What none of it may leave behind, in whatever case and Unicode form."""

SENTENCE = f"Máy {' ; '.join(WRITINGS)} ; {VERSION} trả lời"
_START = datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)
_OF_KIND = {
    Hides.HOST: (HOST, FQDN, VIETNAMESE_HOST),
    Hides.PERSON: (PERSON, USER),
    Hides.MAC: (MAC,),
    Hides.ADDRESS: (V4, V6),
    Hides.URL: (URL,),
    Hides.FILE: (FILE,),
    Hides.NOTHING: (" ; ".join(WRITINGS),),
}


@dataclass(frozen=True)
class Published:
    """A run with its full pack and a public copy of it."""

    run: Path
    key: keys.PrivateKey
    full: bytes
    copy: bytes
    secret: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """What lies in the public copy."""
        return dict(container.read(self.copy).files)

    @property
    def full_files(self) -> dict[str, bytes]:
        """What lies in the full pack."""
        return dict(container.read(self.full).files)


def _cell(column: Column, number: int) -> Value:
    if column.kind in {int, float}:
        return 7
    if column.kind is bool:
        return True
    texts = _OF_KIND.get(column.hides or Hides.TEXT, (SENTENCE,))
    return texts if column.kind is tuple else texts[number % len(texts)]


def row_of(probe: Probe, number: int) -> Row:
    """Return a row with an identity, or all of them, in every column of text."""
    return {column.name: _cell(column, number) for column in probe.columns}


def _observations(evidence: Path) -> list[Observation]:
    told = Text(vi=f"Không đọc được {SENTENCE}", en=f"Not readable {SENTENCE}")
    made = []
    for place, probe in enumerate(catalogue.probes().values()):
        captures = []
        for raw in (f"{SENTENCE} {probe.id} ".encode() * 20, f"{HOST}\n{probe.id}".encode()):
            atomic.write(evidence / sha256(raw), raw)
            captures.append(
                Capture(request=f"digest {FILE} {V4}", sha256=sha256(raw), size_bytes=len(raw))
            )
        result: Measured | NotMeasured = Measured(
            rows=tuple(row_of(probe, number) for number in range(3)), limitations=(told,)
        )
        if probe.id == "packages":
            result = NotMeasured(failure=Failure.UNREACHABLE, detail=SENTENCE)
        made.append(
            Observation(
                measurement=Measurement(
                    probe=probe.id,
                    target=(HOST, FQDN, PERSON)[place % 3],
                    params={"path": FILE} if probe.id == "processes" else {},
                ),
                probe_version=1,
                vantage=FQDN,
                started_at=_START,
                duration_s=1.5,
                result=result,
                captures=tuple(captures),
            )
        )
    return made


def run(folder: Path) -> Path:
    """Write a finished run folder in which the canaries are everywhere."""
    folder.mkdir()
    (folder / "evidence").mkdir()
    data = yamlfile.parse(PROFILE.encode(), "p").data
    criteria = profile.from_document(yamlfile.parse(PROFILE.encode(), "p"), ()).profile
    site = {
        "centre": {"id": "thu-nghiem", "name": CENTRE},
        "information_systems": [{"id": SYSTEM, "name": "Cổng thông tin"}],
        "documents": [{"number": DECISION, "file": FILE, "by": PERSON}],
        "targets": [{"name": HOST, "url": f"ssh://{USER}@{V4}:2222"}],
    }
    observations = tuple(_observations(folder / "evidence"))
    targets = tuple(
        Target(name=name, url=url, roles=("server",), information_systems=(SYSTEM,))
        for name, url in (
            (HOST, f"ssh://{USER}@{V4}:2222"),
            (FQDN, f"winrm://{FQDN}"),
            (PERSON, f"facts:{FILE}"),
        )
    )
    plan = tuple(item.measurement for item in observations)
    judged = judge(Case(criteria, targets, plan, observations))
    record = AuditRecord(
        tool_version=__version__,
        run_id="b0a3f7a2-0000-4000-8000-0123456789ab",
        started_at=_START,
        finished_at=_START,
        vantage=FQDN,
        centre=CENTRE,
        profile=criteria,
        profile_sha256=runfolder.write_yaml(folder / runfolder.PROFILE, data),
        profile_files=(),
        site_sha256=runfolder.write_yaml(folder / runfolder.SITE, site),
        authorisation_sha256="",
        clock_offset_s=None,
        targets=targets,
        plan=plan,
        observations=observations,
        findings=judged.findings,
        groups=judged.groups,
    )
    runfolder.write_record(folder, record)
    for name in publishing.REPORTS:
        atomic.write(folder / f"report.{name}", catalogue.render(name, record, Language("vi")))
    runfolder.write_sums(folder)
    return folder


def packed(folder: Path, key: keys.PrivateKey) -> bytes:
    """Seal such a run as it is: its rows were written, so no evidence would give them again."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != runfolder.SUMS
    }
    return sealed(files, parse(files[runfolder.RECORD], runfolder.RECORD), key)


def sealed(files: Mapping[str, bytes], record: RecordV1, key: keys.PrivateKey) -> bytes:
    """Index and sign files, as whoever holds the key can."""
    listed = {name: content for name, content in files.items() if name not in {INDEX, SEAL}}
    listed[SIGNER] = keys.pem(key.public_key())
    index = index_of(listed)
    return container.build(
        {**listed, INDEX: index, SEAL: seal.seal(statement_of(index, record), key)}
    )


def published(folder: Path, secret: bytes) -> Published:
    """Pack such a run and make its public copy."""
    key = keys.generate(keys.Kind.ED25519)
    full = packed(run(folder), key)
    copy = publishing.publish(full, key, secret, Language("vi"))
    return Published(folder, key, full, copy, secret)
