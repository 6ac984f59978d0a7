"""One record with every verdict, every failure and the worst strings that a network can send."""

import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from types import ModuleType

import pytest
from builders import summary
from changes_made import by_every_cause
from dossier_read import Files, made

from auditor.language import CODES, Language
from auditor.model import (
    AuditRecord,
    Basis,
    Capture,
    CheckFinding,
    Confidence,
    DeclaredKind,
    DeclaredValue,
    DocumentNeed,
    Failure,
    FileDigest,
    Finding,
    Group,
    Indicator,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Operator,
    Per,
    Profile,
    Reference,
    Row,
    Scalar,
    Source,
    SystemFinding,
    Target,
    Text,
    Verdict,
)

START = datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TYPST = '#eval("1+1") #read("/etc/passwd") $x^2$ *đậm* @nhãn <nhãn> \\ //chú thích'
RICH = "[red]đỏ[/red] [link=http://evil.example]x[/link] :bomb:"
CONTROLS = "a\x1b[31m\x07\x9b2Jb\u202egnp.exe\u2066\u200bc\ud800 {{7*7}} {% raw %} 中😀"
LONG = "/srv/" + "x" * 180 + "/tệp"
HOSTILE = (SCRIPT, TYPST, RICH, CONTROLS, LONG)

DECISION = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))
EXPECTED: dict[Operator, tuple[Scalar | tuple[Scalar, ...], str]] = {
    Operator.AT_LEAST: (0.8, ""),
    Operator.AT_MOST: (72, "giờ"),
    Operator.EQUALS: (100.0, "%"),
    Operator.CONTAINS: ("máy chủ", ""),
    Operator.ONE_OF: ((1, 2, 3), ""),
    Operator.EXISTS: (True, ""),
}


def bilingual(vi: str, en: str = "") -> Text:
    """Return a text in both languages; English says which sentence it stands for."""
    return Text(vi=vi, en=en or f"[en] {vi}")


def indicator(key: str, name: str, number: int) -> Indicator:
    """Return one line of the decision with all that a profile can say about it."""
    return Indicator(
        id=key,
        name=bilingual(name),
        footnote=bilingual("Không gian bố trí các phòng làm việc.") if number % 5 == 0 else None,
        optional="(nếu có)" in name,
        part_of=key[:-1] if key[-1].isalpha() else "",
        per=Per.INFORMATION_SYSTEM if number % 2 else Per.CENTRE,
        threshold=bilingual("Quyết định không quy định ngưỡng.", "The decision gives none."),
        machine=(bilingual("tốc độ tải xuống, trung vị của các lần đo"),),
        declared=("internet_contract_mbps", "unknown_value"),
        documents=(DocumentNeed(kind="contract"), DocumentNeed(kind="diagram", optional=True)),
        references=(
            Reference(citation="Nghị định 268/2025/NĐ-CP, Điều 29.3.b", kind=Source.LAW,
                      confidence=Confidence.READ),
            Reference(citation="Văn bản chưa ai đọc", kind=Source.LAW,
                      confidence=Confidence.UNCERTAIN),
        ),
        caution=bilingual("0,8 là mặc định của công cụ; không ghi là quy chuẩn."),
        remedy=bilingual("Bổ sung hợp đồng Internet còn hiệu lực rồi chạy lại."),
    )  # fmt: skip


def check(number: int, verdict: Verdict, evidence: tuple[str, ...], actual: str) -> CheckFinding:
    """Return a check of one indicator; operators, sources and confidences take turns."""
    operator = tuple(Operator)[number % len(Operator)]
    source = tuple(Source)[number % len(Source)]
    expected, unit = EXPECTED[operator]
    return CheckFinding(
        check=f"kiem_tra_{number}",
        title=bilingual("Tốc độ đo được so với hợp đồng"),
        system="Cổng thông tin" if number % 3 == 0 else "",
        verdict=verdict,
        basis=tuple(Basis)[number % 3],
        decides=number % 4 != 0,
        actual=None if verdict is Verdict.UNDETERMINED else (actual, "hai"),
        operator=operator,
        expected=expected,
        parameter="min_ratio",
        unit=bilingual(unit, unit),
        source=source,
        citation="" if source is Source.TOOL_DEFAULT else "Luật 116/2025/QH15, Điều 40.1.b",
        confidence=None if source is Source.TOOL_DEFAULT else tuple(Confidence)[number % 4],
        reason=bilingual("Giá trị đo được thấp hơn ngưỡng của công cụ."),
        observations=evidence,
    )


def observations() -> tuple[Observation, ...]:
    """Return one failure of each kind, and successes whose captures carry hostile names."""
    made = [
        Observation(
            measurement=Measurement(probe="storage", target=f"máy {n}", params={"path": text}),
            probe_version=2,
            vantage="máy đo",
            started_at=START + timedelta(seconds=n),
            duration_s=0.25 * n,
            result=Measured(rows=({"mount": "/"},) * n, limitations=(bilingual(f"Chỉ {text}"),)),
            captures=(
                Capture(request=text, sha256=f"{n:064x}", size_bytes=1234567, exit_code=n,
                        stderr_sha256="e" * 64),
            ),
        )
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    for n, failure in enumerate(Failure):
        made.append(
            Observation(
                measurement=Measurement(probe="identity", target=f"máy chủ {failure}"),
                probe_version=1,
                vantage="máy đo",
                started_at=START + timedelta(minutes=n),
                duration_s=20.0,
                result=NotMeasured(failure=failure, detail=f"{failure}: {HOSTILE[n % 5]}"),
            )
        )
    return (*made, *papers())


def papers() -> tuple[Observation, ...]:
    """Return what a centre may hand in and state: hostile, absent, missing, of wrong types."""
    whole = {"exists": True, "is_present": True, "is_confirmed": True, "is_expired": False}
    contracts: list[Row] = [
        {**whole, "kind": "contract", "file": text, "number": text, "issuer": text,
         "issued_on": "2026-01-05", "valid_until": text, "information_systems": (text,),
         "confirmed_by": text, "confirmed_on": "2026-11-21", "sha256": f"{n:x}" * 64}
        for n, text in enumerate(HOSTILE, start=10)
    ]  # fmt: skip
    diagrams: list[Row] = [
        {**whole, "kind": "diagram", "file": "", "exists": False, "is_present": None,
         "confirmed_by": "Lò Thị Hoa", "confirmed_on": "2026-11-20"},
        {**whole, "kind": "diagram", "file": "mất.pdf", "is_present": False,
         "is_confirmed": False, "is_expired": True, "valid_until": "2025-12-31"},
        {**whole, "kind": "diagram", "file": "khác.pdf", "is_confirmed": False,
         "confirmed_by": "Lò Thị Hoa", "confirmed_on": "2026-11-20", "sha256": "f" * 64},
        {"kind": "diagram", "file": 7, "exists": "không", "is_present": "có", "number": 1.5,
         "is_confirmed": "có", "is_expired": "có", "issued_on": 20260105, "issuer": ("x",),
         "valid_until": False, "information_systems": "x", "confirmed_by": 3, "sha256": 4},
        {"kind": "diagram"},
        {**whole, "kind": "unasked", "file": "không-ai-hỏi.pdf"},
    ]  # fmt: skip
    values: tuple[Row, ...] = (
        {"id": "internet_contract_mbps", "number": 500.0, "text": None, "yes_no": None,
         "declared_by": SCRIPT, "declared_on": "2026-11-21"},
        {"id": "unasked", "number": 77777.0},
    )  # fmt: skip
    kept = tuple(
        Capture(request=f"digest {text}", sha256=f"d{n:063x}", size_bytes=n)
        for n, text in enumerate((*HOSTILE, "mất.pdf"))
    )
    return tuple(
        Observation(
            measurement=Measurement(probe=probe, target="văn bản"),
            probe_version=1,
            vantage="máy đo",
            started_at=START,
            duration_s=0.5,
            result=Measured(rows=rows),
            captures=captures,
        )
        for probe, rows, captures in (
            ("documents", (*contracts, *diagrams), kept),
            ("declared_values", values, ()),
        )
    )


@pytest.fixture(scope="session")
def record() -> AuditRecord:
    """Return the record of the module's docstring; 30 indicators and four parts."""
    verdicts, seen = cycle(Verdict), observations()
    keys = tuple(o.measurement.key for o in seen)
    findings, groups = [], []
    for group in DECISION:
        lines = group["indicators"]
        for n, key in enumerate(lines):
            verdict, evidence = next(verdicts), keys[n % 5 :: 5][:3]
            findings.append(
                Finding(
                    indicator=key,
                    verdict=verdict,
                    basis=tuple(Basis)[n % 3],
                    reason=bilingual(f"Thiếu hợp đồng Internet còn hiệu lực. {HOSTILE[n % 5]}"),
                    systems=(SystemFinding(system="Cổng <b>thông tin</b>", verdict=verdict,
                                           reason=bilingual("Chưa có quyết định phê duyệt.")),),
                    checks=(check(n, verdict, evidence, HOSTILE[n % 5]),
                            check(n + 1, verdict, (), "1")),
                )
            )  # fmt: skip
        groups.append(
            Group(
                id=group["id"],
                name=bilingual(group["vi"], group["en"]),
                indicators=tuple(indicator(k, v, n) for n, (k, v) in enumerate(lines.items())),
            )
        )
    made_of = AuditRecord(
        tool_version="0.1.0",
        run_id="20261121T010203Z-lai-chau",
        started_at=START,
        finished_at=START + timedelta(minutes=5),
        vantage="máy đo",
        centre="Trung tâm Đổi mới sáng tạo và Chuyển đổi số tỉnh Lai Châu",
        profile=profile(tuple(groups)),
        profile_files=(FileDigest(name="lai-chau-2026.yaml", sha256="a" * 64),),
        site_sha256="b" * 64,
        authorisation_sha256="",
        clock_offset_s=None,
        targets=(Target(name="máy này", url="local:"), Target(name="văn bản", url="doc:")),
        plan=(*(o.measurement for o in seen), Measurement(probe="clock", target="máy này")),
        observations=seen,
        findings=tuple(findings),
        groups=tuple(summary(group, findings) for group in groups),
    )
    return replace(made_of, previous=by_every_cause(made_of, HOSTILE))


def profile(groups: tuple[Group, ...]) -> Profile:
    """Return a profile around these groups."""
    return Profile(
        schema="profile/1",
        id="lai-chau-2026",
        version="1",
        title=bilingual("Bộ tiêu chí về hạ tầng kỹ thuật của Trung tâm đổi mới sáng tạo cấp tỉnh"),
        decision=bilingual("Quyết định của Ủy ban nhân dân tỉnh Lai Châu, tháng 6 năm 2026"),
        issuer=bilingual("Ủy ban nhân dân tỉnh Lai Châu"),
        parameters={},
        document_kinds={
            "contract": bilingual("hợp đồng Internet còn hiệu lực"),
            "diagram": bilingual("sơ đồ mạng"),
        },
        groups=groups,
        declared_values={
            "internet_contract_mbps": DeclaredValue(
                name=bilingual("tốc độ theo hợp đồng"),
                kind=DeclaredKind.NUMBER,
                unit=bilingual("Mb/s", "Mb/s"),
            )
        },
        notes=(bilingual("Số của Quyết định để trống trong bản đọc."),),
    )


@pytest.fixture(params=CODES)
def language(request: pytest.FixtureRequest) -> Language:
    """Return each language in turn."""
    return Language(request.param)


@pytest.fixture(scope="session")
def report() -> Callable[[str], ModuleType]:
    """Return how to load a module of the mapped folder, whose name static tools cannot see."""
    return lambda name: importlib.import_module(f"auditor.reports.{name}")


@pytest.fixture(scope="session")
def files(record: AuditRecord) -> Files:
    """Return the documents of the hostile record."""
    return made(record)
