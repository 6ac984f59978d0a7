"""Signatures of documents as the probe tells them, through the reader's own process."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from signing import Authority, paper, signed, stripped

from auditor.model import Document, Measured
from auditor.probing import Papers, Probe

Run = Callable[..., Measured]
UNTRUSTED = "chữ ký số hợp lệ về toàn vẹn, chưa tin cậy chuỗi chứng thư"


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Return the one that the trust folder holds."""
    return Authority()


@pytest.fixture
def run(
    probes: Mapping[str, Probe],
    papers: Callable[..., Papers],
    conforms: Callable[[Probe, Measured], bool],
    authority: Authority,
    tmp_path: Path,
) -> Run:
    """Measure files of these contents, and see that none of them changed."""

    def measured(*contents: bytes, **fields: Any) -> Measured:  # noqa: ANN401 - fields of Site
        (tmp_path / "tin-cay").mkdir()
        (tmp_path / "tin-cay" / "ca.pem").write_bytes(authority.pem)
        names = [f"{number}.pdf" for number in range(len(contents))]
        for name, content in zip(names, contents, strict=True):
            (tmp_path / name).write_bytes(content)
        documents = tuple(Document(kind="a", file=name) for name in names)
        probe = probes["document_signature"]
        result = probe.measure(papers(tmp_path, documents=documents, **fields))
        assert conforms(probe, result)
        for name, content in zip(names, contents, strict=True):
            assert sha256((tmp_path / name).read_bytes()).digest() == sha256(content).digest()
        return result

    return measured


def test_genuine_tampered_unsigned_and_hostile(run: Run, authority: Authority) -> None:
    """One row for each; the reasons stand in the limitations."""
    who = authority.signer()
    genuine = signed(paper(), who)
    result = run(
        genuine,
        genuine[:300] + b"\xff" + genuine[301:],
        stripped(genuine),
        paper(),
        b"%PDF-1.7\n/ByteRange" + b"[" * 200_000,
        signed(genuine, who, "ChuKy2"),
        trust_folder="tin-cay",
    )
    columns = (
        *("signature_present", "signature_count", "signature_valid"),
        *("changed_after_signing", "chain_trusted"),
    )
    assert [tuple(row[name] for name in columns) for row in result.rows] == [
        (True, 1, True, False, True),
        (True, 1, False, True, None),
        (True, 0, False, True, None),
        (False, 0, None, None, None),
        (None, None, None, None, None),
        (True, 2, True, False, True),
    ]
    told = [text.vi for text in result.limitations]
    assert [text.partition(":")[0] for text in told[:-1]] == ["1.pdf", "2.pdf", "4.pdf"]
    assert "KHÔNG hợp lệ: nội dung đã bị sửa" in told[0]
    assert "đã bị gỡ" in told[1]


def test_a_chain_without_a_trust_folder_is_said(run: Run, authority: Authority) -> None:
    """The words of the issue stand in the result, and nothing is trusted."""
    result = run(signed(paper(), authority.signer()))
    assert (result.rows[0]["signature_valid"], result.rows[0]["chain_trusted"]) == (True, None)
    assert UNTRUSTED in result.limitations[0].vi
