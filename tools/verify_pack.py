"""A second verifier of evidence packs (docs/pack.md): the standard library and `openssl` alone.

Usage: verify_pack.py PACK [KEYS.pem CHALLENGE.json ROOTS.pem]. Exit: 0 intact, 2 usage, 12 fault.
"""

import base64
import hashlib
import json
import re
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from subprocess import DEVNULL, call
from typing import Any

INDEX, SEAL, KEY = "index.json", "statement.dsse.json", "signer.pem"
STAMP, STAMP_SEAL, STAMPED = "statement.tsr", "timestamp.dsse.json", "urn:audit:timestamp:v1"
RECORD, KIND, STATEMENT = "record.json", "urn:audit:pack:v1", "https://in-toto.io/Statement/v1"
COPY, TYPE, NONE = "dossier.json", "application/vnd.in-toto+json", {"nonce_sha256": None}
NAMED = {"profile": "profile.yaml", "site": "site.yaml", "waivers": "waivers.json"}
CONTAINER, ORDER, MOST = "container", ("not_met", "undetermined", "met", "not_applicable"), 65534
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
KEY_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----")
ED25519 = bytes.fromhex("302a300506032b6570032100")  # how DER forms of public keys begin
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
Files = dict[str, Any]  # bytes, or a view of them: what is large is not held twice


class Damaged(Exception):
    """Something that hinders from reading on: the file and what is wrong with it."""


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: object) -> bytes:
    """Write the JSON of index and envelope: objects, lists, ASCII texts and small integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def unpacked(data: bytes) -> Files:
    """Walk the container from its first byte to its last; each is what the format says it is."""
    files, table, at, last = Files(), bytearray(), 0, ""
    while data[at : at + 4] == b"PK\x03\x04" and len(files) < MOST:
        size, length = struct.unpack("<IH", data[at + 22 : at + 28].ljust(6, b"\0"))
        start = at + 30 + length
        name, body = data[at + 30 : start].decode("latin-1"), memoryview(data)[start : start + size]
        head = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, zlib.crc32(body), size, size, length, 0)
        if data[at + 4 : at + 30] != head or not NAME.fullmatch(name) or name <= last:
            raise Damaged(ascii(name)[1:-1], "altered, or name or header not in the one form")
        central = struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, at)
        table += b"PK\x01\x02\x14\x03" + head + central + name.encode("ascii")
        files[name], last, at = bytes(body) if size < 1 << 16 else body, name, start + size
    end = struct.pack("<4H2IH", 0, 0, len(files), len(files), len(table), at, 0)
    if not files or data[at:] != table + b"PK\x05\x06" + end:
        raise Damaged(CONTAINER, "no evidence pack, or data follow its end")
    return files


def parsed(files: Files, name: str) -> Any:  # noqa: ANN401 - JSON
    """Read JSON in which no name stands twice; what was measured is not kept."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _value in pairs}) < len(pairs):
            raise Damaged(name, "a field stands twice")
        return {key: value for key, value in pairs if key != "rows"}  # much, and not needed here

    try:
        return json.loads(str(files.get(name, b""), "utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Damaged(name, "missing, or not JSON") from None


def check_index(files: Files) -> Iterator[tuple[str, str]]:
    """Compare every file with the index."""
    paths = sorted(set(files) - {INDEX, SEAL, STAMP, STAMP_SEAL})
    right = [{"path": p, "sha256": digest(files[p]), "size": len(files[p])} for p in paths]
    needed = {"profile.yaml", RECORD, KEY, COPY if COPY in files else "site.yaml"}
    yield from ((name, "missing") for name in sorted(needed - set(files)))
    if canonical({"schema": KIND, "files": right}) == files.get(INDEX):
        return
    yield INDEX, "is not the canonical index of these files"
    told = re.findall(rb'\{"path":"[^}]*\}', files.get(INDEX, b""))
    for entry in {canonical(entry) for entry in right} ^ set(told):
        yield ascii(entry.split(b'"')[3].decode("latin-1"))[1:-1], "altered, added or missing"


def der_of(pem: bytes) -> bytes:
    """Return the DER form of a public key of a kind that signs packs."""
    der = base64.b64decode(b"".join(pem.split()[3:-3]), validate=True)
    if not der.startswith((ED25519, P256)):
        raise Damaged(KEY, "not a public key of kind Ed25519 or P-256")
    return der


def stated(files: Files, name: str) -> bytes:
    """Return what an envelope states if it is in its one form and signed by the key in the pack."""
    der, envelope = der_of(files[KEY]), parsed(files, name)
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
    except (KeyError, IndexError, TypeError, ValueError):
        raise Damaged(name, "not a readable envelope") from None
    sig = {"keyid": f"sha256:{digest(der)}", "sig": base64.b64encode(signature).decode()}
    body = base64.b64encode(payload).decode()
    if canonical({"payload": body, "payloadType": TYPE, "signatures": [sig]}) != files[name]:
        raise Damaged(name, "not in its one form")
    message = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
    how = "dgst -sha256 -verify key -signature sign text"
    if der.startswith(ED25519):
        how = "pkeyutl -verify -rawin -pubin -inkey key -in text -sigfile sign"
    if not openssl(how, key=files[KEY], text=message, sign=signature):
        raise Damaged(name, "the signature is not that of the key in the pack")
    return payload


def openssl(words: str, **given: bytes) -> bool:
    """Ask openssl about files in a folder of their own; say whether it is content."""
    with tempfile.TemporaryDirectory() as at:
        for name, content in given.items():
            Path(at, name).write_bytes(content)
        return not call(["openssl", *words.split()], cwd=at, stdout=DEVNULL, stderr=DEVNULL)


def check_seal(files: Files) -> Iterator[tuple[str, str]]:
    """Check that the statement is about this index and run."""
    record, statement = parsed(files, RECORD), json.loads(stated(files, SEAL))
    body = re.sub(rb"(.{64})(?=.)", rb"\1\n", base64.b64encode(der_of(files[KEY])))
    if files[KEY] != b"-----BEGIN PUBLIC KEY-----\n%b\n-----END PUBLIC KEY-----\n" % body:
        yield KEY, "not in its one form"
    told = {x: record[x] for x in ("run_id", "started_at", "finished_at", "tool")}
    told |= {"challenge": record["challenge"]["nonce_sha256"]} if "challenge" in record else {}
    clock = statement["predicate"]["clock"] | {"offset_s": record["clock_offset_s"]}
    about = [{"name": INDEX, "digest": {"sha256": digest(files[INDEX])}}]
    right = {"_type": STATEMENT, "subject": about, "predicateType": KIND}
    if statement != right | {"predicate": told | {"clock": clock}}:
        yield SEAL, "is about another index or another run"


def check_stamp(files: Files, roots: bytes) -> Iterator[tuple[str, str]]:
    """Check that the signer vouches for the time-stamp, and with roots that it holds."""
    about = [{"name": n, "digest": {"sha256": digest(files.get(n, b""))}} for n in (SEAL, STAMP)]
    right = {"_type": STATEMENT, "predicate": {}, "predicateType": STAMPED, "subject": about}
    if {STAMP, STAMP_SEAL} & set(files) and stated(files, STAMP_SEAL) != canonical(right):
        yield STAMP_SEAL, "is about something else than this time-stamp"
    elif roots and STAMP in files:
        how = f"ts -verify -in t -data seal -CAfile ca -attime {stamped_at(files).timestamp():.0f}"
        if not openssl(how, t=files[STAMP], seal=files[SEAL], ca=roots):
            yield STAMP, "is not an authority's that you trust, over this statement"


def stamped_at(files: Files) -> datetime:
    """Return the time in a time-stamp: the first GeneralizedTime of its DER."""
    found = re.search(rb"\x18.(\d{14})(?:\.\d+)?Z", files[STAMP], re.DOTALL)
    if not found:
        raise Damaged(STAMP, "names no time")
    return datetime.strptime(f"{found[1].decode()}Z", "%Y%m%d%H%M%S%z")


def check_record(files: Files, nonces: set[str]) -> Iterator[tuple[str, str]]:
    """Check that the record speaks of these files and does not contradict itself."""
    record = parsed(files, RECORD)
    if not isinstance(record, dict) or record.get("schema") != "urn:audit:record:v1":
        raise Damaged(RECORD, "no record of version 1")
    try:
        told = parsed(files, COPY) if COPY in files else None
        mark = told and {"of_index_sha256": told["of_index_sha256"], "hidden": len(told["hidden"])}
        if record.get("public_copy") != mark:
            yield RECORD, f"does not say of itself what {COPY} says"
        seen = {item["key"]: item for item in record["observations"]}
        captures = [capture for item in seen.values() for capture in item["captures"] if not told]
        shas = {c[name] for c in captures for name in ("sha256", "stderr_sha256")} - {None}
        right = {f"evidence/{sha}": sha for sha in shas}
        named = {"profile": NAMED["profile"]} if told else NAMED
        right |= {name: record[part]["sha256"] for part, name in named.items() if part in record}
        parts = (p for p in files if p in NAMED.values() or p.startswith("evidence/"))
        for path, _sha in right.items() ^ {path: digest(files[path]) for path in parts}.items():
            yield path, "cited, but missing; kept, but not cited; or of another digest"
        under = {item.get("challenge") for item in seen.values()}
        under.add(record.get("challenge", NONE)["nonce_sha256"])
        if len(under - {None}) > 1 or (nonces and under != nonces):
            yield RECORD, "not measured, or not all of it, under this challenge: an old run?"
        yield from ((RECORD, text) for i in record["findings"] for text in doubts(i, set(seen)))
        for group in record["groups"]:
            words = {word for word, n in group["counts"].items() if n} or {ORDER[-1]}
            if min(words, key=ORDER.index) != group["verdict"]:
                yield RECORD, f"group {group['group']!a}: its verdict disagrees with its counts"
    except (KeyError, TypeError, AttributeError, ValueError):
        yield RECORD, "not a record of version 1"


def doubts(finding: Any, seen: set[str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Say how a finding contradicts itself."""
    name, verdict = ascii(finding["indicator"]), finding["verdict"]
    parts, checks = ({x["verdict"] for x in finding[part]} for part in ("systems", "checks"))
    if parts and min(parts, key=ORDER.index) != verdict:
        yield f"{name}: its verdict is not the lowest of its systems"
    if checks and verdict in {"met", "not_met"} - checks:
        yield f"{name}: no check carries its verdict"
    if not {key for check in finding["checks"] for key in check["observations"]} <= seen:
        yield f"{name}: rests on an observation that is not there"


def faults(
    data: bytes, trusted: bytes | None = None, nonces: set[str] | None = None, roots: bytes = b""
) -> list[tuple[str, str]]:
    """Return all faults; keys and roots are PEM in a row, `nonces` digests of the challenge's."""
    try:
        files = unpacked(data)
        found = [*check_index(files)] or [*check_seal(files)] or [*check_stamp(files, roots)]
        found = found or [*check_record(files, nonces or set())]
        known = set(map(der_of, KEY_BLOCK.findall(trusted or b"")))
        alone = not KEY_BLOCK.sub(b"", trusted or b"").strip()  # no pack that vouches for itself
        if trusted is not None and not (alone and der_of(files.get(KEY, b"")) in known):
            found.append((KEY, "not a key that you trust"))
    except (FileNotFoundError, LookupError, TypeError, ValueError, RecursionError) as problem:
        return [(SEAL, f"cannot be checked: {problem!r}")]
    except Damaged as problem:
        return [(str(problem.args[0]), str(problem.args[1]))]
    return found


def main(arguments: list[str]) -> int:
    """Verify one pack and say what is wrong."""
    try:
        data, *more = (Path(name).read_bytes() for name in arguments[1:])
        asked = {json.loads(c)["nonce_sha256"] for c in more if c.startswith(b"{")}
    except (OSError, ValueError, KeyError) as error:
        print(error, __doc__, sep="\n", file=sys.stderr)
        return 2
    roots = b"".join(c for c in more if b"BEGIN CERTIFICATE" in c)
    keys = [c for c in more if not c.startswith(b"{") and b"BEGIN CERTIFICATE" not in c]
    found = faults(data, b"\n".join(keys) if keys else None, asked, roots)
    print("".join(f"{file}: {problem}\n" for file, problem in found), end="")
    if not found:
        files, trust = unpacked(data), "(trusted)" if roots else "(not checked)"
        print(f"intact: sha256 {digest(data)}" + " (public copy, parts hidden)" * (COPY in files))
        print(f"key: sha256:{digest(der_of(files[KEY]))}" + " (trusted)" * bool(keys))
        print("time-stamp:", *((stamped_at(files), trust) if STAMP in files else ("none",)))
    return 12 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
