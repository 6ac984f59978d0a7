"""A run in which everything that identifies stands everywhere that text can stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import changes_made
from planted import (
    CENTRE,
    DECISION,
    FILE,
    FQDN,
    HOST,
    MAC,
    PERSON,
    SENTENCE,
    SYSTEM,
    URL,
    USER,
    V4,
    V6,
    VIETNAMESE_HOST,
    WRITINGS,
)

from auditor import atomic, catalogue, profile, runfolder, waivers, yamlfile
from auditor.canonical import dumps, rfc8785, sha256
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


def ledger() -> bytes:
    """Return a ledger with one exception; a reason and two people are in it."""
    entry = {
        "indicator": "2",
        "system": "",
        "reason": f"Chờ thay {SENTENCE}",
        "applicant": PERSON,
        "approver": "Bàn Thị Bí",
        "document": {"number": DECISION, "file": FILE, "sha256": "a" * 64},
        "recorded_on": "2026-11-01",
        "until": "2026-12-31",
        "previous": "",
    }
    chain = {"schema": waivers.SCHEMA, "head": sha256(rfc8785(entry)), "waivers": [entry]}
    return dumps(chain, indent=1)


def run(folder: Path) -> Path:
    """Write a finished run folder in which the canaries are everywhere."""
    folder.mkdir()
    (folder / "evidence").mkdir()
    data = yamlfile.parse(PROFILE.encode(), "p").data
    criteria = profile.from_document(yamlfile.parse(PROFILE.encode(), "p"), ()).profile
    places = (
        (HOST, f"ssh://{USER}@{V4}:2222"), (FQDN, f"winrm://{FQDN}"), (PERSON, f"facts:{FILE}"),
    )  # fmt: skip
    site = {
        "schema": "urn:audit:site:v1",
        "centre": {"id": "thu-nghiem", "name": CENTRE},
        "information_systems": [{"id": SYSTEM, "name": "Cổng thông tin"}],
        "documents": [
            {
                "kind": "plan",
                "number": DECISION,
                "file": FILE,
                "confirmation": {
                    "by": PERSON,
                    "position": "Giám đốc",
                    "on": "2026-11-01",
                    "statement": "đúng",
                },
            }
        ],
        "targets": [
            {"name": name, "url": url, "roles": ["server"], "information_systems": [SYSTEM]}
            for name, url in places
        ],
    }
    observations = tuple(_observations(folder / "evidence"))
    targets = tuple(
        Target(name=name, url=url, roles=("server",), information_systems=(SYSTEM,))
        for name, url in places
    )
    plan = tuple(item.measurement for item in observations)
    judged = judge(Case(criteria, targets, plan, observations))
    record = AuditRecord(
        tool_version="0.0.1",  # which planned otherwise: every probe was asked
        run_id="b0a3f7a2-0000-4000-8000-0123456789ab",
        started_at=_START,
        finished_at=_START + timedelta(seconds=1.5),
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
    gone = Measurement(probe="processes", target=VIETNAMESE_HOST, params={"path": FILE})
    record = replace(record, previous=changes_made.fallen(record, gone.key))
    atomic.write(folder / waivers.NAME, ledger())
    record = replace(record, waivers=waivers.parse(ledger(), waivers.NAME).layer(record))
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
