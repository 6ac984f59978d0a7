"""What all documents are written from: the view of the record, and what the site file says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from auditor.language import Language
from auditor.model import AuditRecord, Authorisation, LegalForm, Method, Profile, Site

from ..clean import clipped
from ..compose import compose
from ..steps import step_rows
from ..systems import names_of
from ..view import EvidenceRow, IndicatorRow, Report
from ..wording import Wording
from .names import Names
from .paper import NONE_YET, Head, Stamp

VIETNAMESE = Language("vi")

METHODS = {
    Method.DISCOVERY: "phát hiện thiết bị trên mạng",
    Method.SERVICE_PROBES: "nhận biết dịch vụ mạng",
    Method.HOST_LOGIN: "đăng nhập máy chủ, máy trạm để đọc cấu hình",
    Method.SPEED_TEST: "đo tốc độ kết nối Internet",
    Method.PLATFORM_ACCESS: "truy cập nền tảng số, thư viện số",
    Method.TIME_QUERY: "hỏi giờ máy chủ thời gian",
}
"""What an authorisation letter may allow, as a report says it."""


@dataclass(frozen=True)  # no slots: what is asked for each line is kept
class Source:
    """A finished run, ready to be written about."""

    record: AuditRecord
    site: Site
    report: Report
    stamp: Stamp
    names: Names

    @classmethod
    def of(
        cls, record: AuditRecord, site: Site, stamp: Stamp, measurements: Mapping[str, str]
    ) -> "Source":
        """Compose the view of the record; the site file says who is responsible.

        `measurements` gives each one's title by its id.
        """
        steps = step_rows(record, Wording.of(VIETNAMESE, names_of(record)), site)
        report = replace(compose(record, VIETNAMESE), steps=steps)
        return cls(record, site, report, stamp, Names(record.profile, site, measurements))

    @property
    def profile(self) -> Profile:
        """The criteria."""
        return self.record.profile

    @property
    def is_for_recognition(self) -> bool:
        """Whether the criteria are those of the recognition dossier, not of something else."""
        return self.profile.purpose is None

    @property
    def is_public(self) -> bool:
        """Whether the record is a public copy, with no site file behind it."""
        return self.record.public_copy is not None

    @property
    def label(self) -> str:
        """What stands above every document."""
        return "DỰ THẢO – BẢN CÔNG KHAI" if self.is_public else "DỰ THẢO"

    @property
    def unsaid(self) -> str:
        """Stand for what the site file would have said."""
        return "(không nêu trong bản công khai)" if self.is_public else NONE_YET

    @property
    def centre(self) -> str:
        """The centre's name."""
        return self.report.centre

    @property
    def owner(self) -> str:
        """The body above the centre; empty where an enterprise has none."""
        return clipped(self.site.centre.owner)

    @property
    def letter(self) -> Authorisation | None:
        """The letter that allows the review."""
        return self.site.scope.authorisation

    @property
    def indicators(self) -> tuple[IndicatorRow, ...]:
        """All lines of the decision, in its order."""
        return tuple(line for group in self.report.groups for line in group.indicators)

    def parts(self, line: IndicatorRow) -> str:
        """Return the numbers of the lines that a line consists of; nothing for most lines."""
        return ", ".join(part.id for part in self.indicators if part.part_of == line.id)

    @cached_property
    def evidence(self) -> dict[str, EvidenceRow]:
        """What was kept, by its code."""
        return {row.seen.code: row for row in self.report.evidence}

    def head(self, symbol: str, *, is_dated: bool = True) -> Head:
        """Return the agency block of a document of this type."""
        parent = self.owner
        if not parent and self.site.centre.legal_form is LegalForm.PUBLIC:
            parent = self.unsaid if self.is_public else "(chưa có tên cơ quan chủ quản)"
        return Head(_place(parent.upper()), _place(self.centre.upper()), symbol, is_dated)

    def counted(self) -> str:
        """Return how many indicators have which proposed verdict."""
        parts = (
            f"{badge.word}: {count}"
            for badge, count in zip(self.report.verdicts, self.report.totals, strict=True)
        )
        return f"tổng số {self.report.total} chỉ số; {'; '.join(parts)}"


def _place(name: str) -> str:
    """Keep the name of a province, of at most three words, on one line."""
    return re.sub(r"(TỈNH|THÀNH PHỐ)((?: [^\W\d_]+){1,3})$", _on_one_line, name)


def _on_one_line(found: re.Match[str]) -> str:
    return found[1] + found[2].replace(" ", "\N{NO-BREAK SPACE}")
