"""Search everything that an audit wrote for words that must not be there, however they are written.

A word is looked for as UTF-8, decomposed, without white space (lines are broken anywhere), as JSON
and HTML and addresses escape it, as hex, as base64 and as UTF-16. Zip files, databases and PDF are
searched by what is in them as well as by their bytes.
"""

import base64
import html
import io
import json
import sqlite3
import subprocess
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote


def forms(word: str) -> Mapping[str, bytes]:
    """Return the ways in which a word may be written. A form of white space has none."""
    plain = word.encode()
    return {
        "UTF-8": plain,
        "decomposed": unicodedata.normalize("NFD", word).encode(),
        "JSON": json.dumps(word)[1:-1].encode(),
        "HTML": "".join(f"&#{ord(sign)};" if ord(sign) > 127 else sign for sign in word).encode(),
        "address": quote(word).encode(),
        "hex": plain.hex().encode(),
        "UTF-16": word.encode("utf-16-le"),
        **{f"base64 after {skip}": _base64(plain, skip) for skip in range(3)},
    }


def _base64(plain: bytes, skip: int) -> bytes:
    """Encode what begins after `skip` other bytes, without the signs that those or others touch."""
    whole = base64.b64encode(bytes(skip) + plain)
    first = -(-skip * 8 // 6)
    return whole[first : (skip + len(plain)) * 8 // 6]


def found(content: bytes, words: Iterable[str]) -> set[tuple[str, str]]:
    """Return which words stand in a content, and in which form."""
    text = unicodedata.normalize("NFC", html.unescape(content.decode("utf-8", "ignore")))
    squeezed = "".join(text.split())
    seen = set()
    for word in words:
        if "".join(word.split()) in squeezed:
            seen.add((word, "squeezed"))
        seen |= {(word, form) for form, written in forms(word).items() if written in content}
    return seen


def contents(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a content and, with names of their own, what is inside it."""
    yield name, content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            for inner in opened.namelist():
                yield from contents(f"{name}/{inner}", opened.read(inner))
    elif content.startswith(b"SQLite format 3"):
        yield f"{name} (dump)", _dumped(content)
    elif content.startswith(b"%PDF"):
        yield f"{name} (text)", _text_of(content)


def _dumped(content: bytes) -> bytes:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(content)
        return "\n".join(connection.iterdump()).encode()
    finally:
        connection.close()


def _text_of(content: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        told = subprocess.run(["pdftotext", file.name, "-"], capture_output=True, check=True)
        return told.stdout


def of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a folder, and what is inside it. A journal's log is joined to it first.

    The folder is changed: give a copy.
    """
    for journal in folder.rglob("*.sqlite"):
        connection = sqlite3.connect(journal)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.close()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from contents(str(path.relative_to(folder)), path.read_bytes())
