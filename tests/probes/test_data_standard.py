"""Exports held to a mapping: each fault is found, none is invented, no value is told."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from auditor.model import CentreData, DataExport, Measured, Row
from auditor.pack.stored_stores import StoredStores
from auditor.probing import Probe
from auditor.stores.mapping import FieldKind, FieldMapping, FieldRule, PlatformField, PlatformSchema
from auditor.stores.standard import check, compare
from auditor.stores.table import ExportTable
from auditor.stores.words import FAULTS, TROUBLES
from auditor.transports.net import GatedNetwork

CANARY, PHONE = "Trần Văn Bí Mật", "0912345678"
MAPPING = """
fields:
  - {field: ma, platform_field: id, required: true, is_identifier: true}
  - {field: ten, platform_field: name, required: true}
  - {field: ngay, kind: date}
  - {field: tinh, kind: code, codes: ["12", "11"]}
"""
GOOD = f"ma,ten,ngay,tinh\nA1,{CANARY},2026-01-31,12\nA2,Lê Thị C,2026-02-28T08:00:00+07:00,11\n"


@pytest.fixture
def seen(
    probes: Mapping[str, Probe],
    data_network: Callable[..., GatedNetwork],
    conforms: Callable[[Probe, Measured], bool],
    tmp_path: Path,
) -> Callable[..., Row]:
    """Check one export as a run does; search what came out for values."""

    def measure(content: bytes, name: str = "xuat.csv", mapping: str = MAPPING) -> Row:
        (tmp_path / name).write_bytes(content)
        (tmp_path / "anh-xa.yaml").write_text(mapping, "utf-8")
        export = DataExport(name="chuyen-gia", file=name, mapping="anh-xa.yaml")
        kept: list[tuple[str, bytes]] = []
        opened = data_network(tmp_path, kept, CentreData(exports=(export,)))
        result = probes["data_standard"].measure(opened)
        assert conforms(probes["data_standard"], result)
        assert probes["data_standard"].measure(StoredStores(opened.site, kept)) == result
        said = repr(result) + "".join(content.decode() for _request, content in kept)
        assert CANARY not in said
        assert PHONE not in said
        return result.rows[0]

    return measure


def test_good_data(seen: Callable[..., Row]) -> None:
    """Nothing is wrong; what the platform wants is not known, so it is not answered."""
    row = seen(GOOD.encode())
    assert (row["checked"], row["faulty"], row["valid_pct"]) == (2, 0, 100.0)
    assert (row["utf8_nfc_ok"], row["trouble"], row["examples"]) == (True, None, ())
    assert (row["platform_schema_valid_pct"], row["export_schema_ok"]) == (None, None)


def test_formats_agree(seen: Callable[..., Row]) -> None:
    """CSV with semicolons, JSON and XLSX give the same figures; XLSX cannot show its encoding."""
    lines = [line.split(",") for line in GOOD.splitlines()]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    objects = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    rows = [
        seen(("\ufeff" + GOOD).replace(",", ";").encode()),
        seen(json.dumps({"data": objects}).encode(), "xuat.json"),
        seen(_bytes(book), "xuat.xlsx"),
    ]
    assert [(row["checked"], row["valid_pct"]) for row in rows] == [(2, 100.0)] * 3
    assert [row["utf8_nfc_ok"] for row in rows] == [True, True, None]


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"A9,{CANARY},31/01/2026,12", "record 3: ngay: not_a_date"),
        (f"A9,{CANARY},2026-02-30,12", "record 3: ngay: not_a_date"),
        (f"A9,{CANARY},20260131,12", "record 3: ngay: not_a_date"),
        (f"A9,{CANARY},,{PHONE}", "record 3: tinh: not_in_code_list"),
        ("A9, ,,12", "record 3: ten: missing"),
        (f"A1,{CANARY},,12", "record 3: ma: repeated_identifier"),
        ("A9,Nguye\u0302\u0303n,,12", "record 3: ten: not_nfc"),
        ("A9,Nguy\ufffdn,,12", "record 3: ten: lost_character"),
    ],
)
def test_each_fault_is_told_without_its_value(
    seen: Callable[..., Row], line: str, fault: str
) -> None:
    """One bad record of three, by its number, field and kind."""
    row = seen((GOOD + line + "\n").encode())
    assert (row["checked"], row["faulty"], row["valid_pct"]) == (3, 1, 66.66)
    assert row["examples"] == (fault,)


def test_repeated_records_and_many_faults(seen: Callable[..., Row]) -> None:
    """Ten examples at most; the counts are whole."""
    row = seen((GOOD + "A1,x,x,x\n" * 30).encode())
    assert isinstance(row["examples"], tuple)
    assert (len(row["examples"]), row["faulty"], row["repeated"]) == (10, 30, 30)


def test_a_file_without_header_tells_no_value(seen: Callable[..., Row]) -> None:
    """Its first record is taken for names, and is not repeated anywhere."""
    row = seen(f"B1,{CANARY},{PHONE}\nB2,Nguye\u0302n,1\n".encode())
    assert (row["valid_pct"], row["absent_fields"]) == (0.0, ("ma", "ten", "ngay", "tinh"))


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16"])
def test_what_is_not_utf8_is_valid_nowhere(seen: Callable[..., Row], encoding: str) -> None:
    """Each record breaks the rule; the records are still counted."""
    row = seen(GOOD.replace(CANARY, "Trân Van B").replace("ị", "i").encode(encoding))
    assert (row["checked"], row["valid_pct"], row["utf8_nfc_ok"]) == (2, 0.0, False)


@pytest.mark.parametrize(
    ("content", "name", "trouble"),
    [
        (b"", "x.csv", "file_broken"),
        (b"[" * 100_000, "x.json", "file_broken"),
        (b'{"a": 1}', "x.json", "file_broken"),
        (b"a,a\n1,2\n", "x.csv", "file_broken"),
        (b'a,b\n"open', "x.csv", "file_broken"),
        (b"a,b\n1,2,3\n", "x.csv", "file_broken"),
        (b"PK\x03\x04 no zip", "x.xlsx", "file_broken"),
    ],
)
def test_broken_files_have_a_name(
    seen: Callable[..., Row], content: bytes, name: str, trouble: str
) -> None:
    """No traceback and no rate."""
    row = seen(content, name)
    assert (row["trouble"], row["checked"], row["valid_pct"]) == (trouble, None, None)


@pytest.mark.parametrize(
    ("mapping", "trouble"),
    [
        ("fields: []", "mapping_without_identifier"),
        ("fields: [{field: ma}]", "mapping_without_identifier"),
        ("fields: [{field: ma, kind: word}]", "mapping_broken"),
        ("fields: [{field: ma, is_identifier: true}, {field: ma}]", "mapping_broken"),
        ("fields: [{field: ma, is_identifier: true, kind: code}]", "mapping_without_codes"),
    ],
)
def test_a_mapping_must_say_enough(seen: Callable[..., Row], mapping: str, trouble: str) -> None:
    """Without an identifier or a code list nothing would be checked."""
    assert seen(GOOD.encode(), mapping=mapping)["trouble"] == trouble


def test_a_mapping_may_be_csv(
    probes: Mapping[str, Probe], data_network: Callable[..., GatedNetwork], tmp_path: Path
) -> None:
    """The same words as columns; a file that is missing is told apart from a missing export."""
    (tmp_path / "m.csv").write_text(
        "field,required,kind,codes,is_identifier\nma,x,,,x\ntinh,,code,12|11,\n", "utf-8"
    )
    (tmp_path / "x.csv").write_text(GOOD, "utf-8")
    exports = tuple(
        DataExport(name=name, file=file, mapping=mapping)
        for name, file, mapping in (
            ("a", "x.csv", "m.csv"), ("b", "no.csv", "m.csv"), ("c", "x.csv", "no.csv"),
        )
    )  # fmt: skip
    rows = (
        probes["data_standard"]
        .measure(data_network(tmp_path, [], CentreData(exports=exports)))
        .rows
    )
    assert [row["trouble"] for row in rows] == [None, "file_missing", "mapping_missing"]
    assert rows[0]["valid_pct"] == 100.0


def test_a_platform_schema_is_compared() -> None:
    """Once there is one: every record, every demanded field, and no field that it has not."""
    table = ExportTable(("ma", "ten"), (("1", "a"), ("2", "")), is_utf8=True, keeps_form=True)
    rules: tuple[Any, ...] = (
        FieldRule(field="ma", platform_field="id", is_identifier=True),
        FieldRule(field="ten", platform_field="name"),
    )
    mapping = FieldMapping(fields=rules)
    names = PlatformField(name="name", required=True)
    schema = PlatformSchema(
        source="x", fields=(PlatformField(name="id", kind=FieldKind.INTEGER), names)
    )
    found = compare(table, mapping, schema)
    assert (found.valid, found.is_export_ok, check(table, mapping).faulty) == (1, False, 0)
    whole = ExportTable(("ma", "ten"), (("1", "a"),), is_utf8=True, keeps_form=True)
    assert compare(whole, mapping, schema).is_export_ok
    lacking = PlatformSchema(
        source="x", fields=(*schema.fields, PlatformField(name="org", required=True))
    )
    assert not compare(whole, mapping, lacking).is_export_ok


def test_every_trouble_and_fault_has_its_words() -> None:
    """In both languages, once."""
    texts = [*TROUBLES.values(), *FAULTS.values()]
    assert all(text.vi and text.en for text in texts)
    assert len({text.vi for text in texts}) == len(texts)
