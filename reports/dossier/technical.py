"""Phụ lục kỹ thuật: addresses, machines and the list of evidence. Restricted, not for the dossier.

“Tài liệu lưu hành hạn chế” is our label and no marking of state secrets (domain research 10).
"""

from collections.abc import Iterator
from dataclasses import replace

from ..brief import shortened
from ..view import EvidenceRow, MachineRow
from . import plan, review
from .paper import Block, Form, Line, Paper, Table, body, heading, items, or_none
from .source import VIETNAMESE, Source

NAME = "phu-luc-ky-thuat-han-che"
MOST_CODES = 8
"""Codes of evidence beside one check: their column takes one on a line."""

RESTRICTED = "TÀI LIỆU LƯU HÀNH HẠN CHẾ"
_ASIDE = ("(bổ trợ)", "(khuyến nghị)", "(tồn tại)", "(tham khảo)")
"""How titles of checks that decide nothing end."""


def technical(source: Source) -> Paper:
    """Return the annex."""
    return Paper(
        name=NAME,
        head=None,
        label=f"{source.label} – {RESTRICTED}",
        title="PHỤ LỤC KỸ THUẬT",
        subject=review.enclosed(source),
        blocks=tuple(_blocks(_shortened(source))),
        annexes=(),
        stamp=source.stamp,
    )


def _shortened(source: Source) -> Source:
    """Cut lists as the report does: of a thousand machines, a thousand pages say nothing more."""
    return replace(source, report=shortened(source.report, VIETNAMESE))


def _blocks(source: Source) -> Iterator[Block]:
    report = source.report
    yield Line(
        Form.NOTE,
        "Phụ lục này ghi địa chỉ mạng, tên máy và chi tiết kỹ thuật; không đưa vào phần hồ sơ gửi"
        " Hội đồng. Nhãn lưu hành hạn chế là nhãn của đơn vị, không phải dấu chỉ độ mật.",
    )
    yield heading("1. Điều kiện đo")
    networks = (*source.site.scope.networks, *source.site.scope.names)
    yield from items(
        *(f"{label}: {value}" for label, value in report.methods),
        f"Phạm vi được phép: {or_none('; '.join(networks))}",
        f"Loại trừ: {'; '.join(source.site.scope.exclusions) or 'không có'}",
    )
    yield body("Những điều hạn chế kết quả:")
    yield from items(*(text.rstrip(".") for text in report.limitations))
    yield heading("2. Tệp đầu vào (SHA-256)")
    yield _table(("Tệp", "SHA-256"), (57, 108), report.digests)
    yield heading("3. Máy và thiết bị đã biết")
    if coverage := report.machines.coverage:
        yield body(coverage)
    if report.machines.rows or not coverage:
        yield _machines(source)
    yield heading("4. Nội dung không đo được")
    yield _table(
        ("Mã", "Phép đo", "Đối tượng", "Nguyên nhân"),
        (18, 44, 38, 65),
        tuple(
            (
                *(row.code, source.names.measurement(row.probe), row.target),
                "; ".join(filter(None, (row.failure, row.detail))),
            )
            for row in report.unmeasured
        ),
    )
    yield heading("5. Chi tiết kiểm tra theo từng chỉ số")
    yield body(
        "Nội dung ghi (bổ trợ), (khuyến nghị), (tồn tại) hoặc (tham khảo) chỉ để tham khảo, không"
        " quyết định kết quả."
    )
    yield _table(
        ("Chỉ số", "Nội dung kiểm tra", "Kết quả thực tế", "Yêu cầu", "Đánh giá", "Minh chứng"),
        (15, 35, 46, 31, 21, 17),
        tuple(_checks(source)),
    )
    yield heading("6. Danh mục minh chứng")
    yield body(
        "Mỗi tệp nằm trong gói minh chứng tại evidence/, tên tệp là SHA-256 của nội dung. Tên phép"
        " đo, đối tượng và lệnh ghi đúng như trong gói minh chứng."
    )
    yield _table(
        ("Mã", "Phép đo và đối tượng", "Tệp giữ lại (SHA-256)"),
        (18, 42, 105),
        tuple(row for kept in report.evidence for row in _kept(kept)),
    )
    yield heading("7. Kế hoạch khắc phục")
    yield from plan.in_full(source)


def _table(
    columns: tuple[str, ...], widths: tuple[int, ...], rows: tuple[tuple[str, ...], ...]
) -> Table | Line:
    return Table(columns, widths, rows) if rows else body("Không có.")


def _machines(source: Source) -> Table | Line:
    return _table(
        ("Máy", "Địa chỉ", "Biết từ", "Hệ thống thông tin", "Tình trạng rà soát"),
        (34, 36, 30, 29, 36),
        tuple(
            (
                or_none(m.name),
                or_none(m.addresses),
                m.known_from,
                or_none(source.names.listed(m.systems)),
                _noted(m),
            )
            for m in source.report.machines.rows
        ),
    )


def _noted(machine: MachineRow) -> str:
    return f"{machine.state} ({machine.note})" if machine.note else machine.state


def _checks(source: Source) -> Iterator[tuple[str, ...]]:
    for line in source.indicators:
        for check in line.checks:
            place = f" [{source.names.system(check.system)}]" if check.system else ""
            is_marked = check.decides or check.title.endswith(_ASIDE)
            role = "" if is_marked else " (tham khảo)"
            codes = check.evidence[:MOST_CODES]
            rest = len(check.evidence) - len(codes)
            more = f" và {rest} mã khác" if rest > 0 else ""
            yield (
                line.id,
                f"{check.title}{place}{role}",
                check.actual,
                f"{check.expected} ({check.source})",
                check.badge.word,
                or_none(", ".join(codes) + more),
            )


def _kept(kept: EvidenceRow) -> Iterator[tuple[str, ...]]:
    seen = kept.seen
    what = " · ".join(filter(None, (seen.probe, seen.target, seen.outcome)))
    if not kept.captures:
        yield (seen.code, what, "(không giữ tệp nào)" if seen.outcome else "")
    for place, capture in enumerate(kept.captures):
        size = f" ({capture.size})" if capture.size else ""
        told = f"{capture.sha256} – {capture.request}{size}"
        yield (seen.code, what if place == 0 else "", told)
