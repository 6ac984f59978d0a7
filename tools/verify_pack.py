#!/usr/bin/env python3
"""A second verifier of evidence packs: the standard library and `openssl`, nothing else.

It shares no code with the product (format: docs/pack.md). It checks every byte, every digest, the
signature, the signer, and that verdicts agree with each other; it does not judge again.
Usage: verify_pack.py PACK [TRUSTED_KEYS.pem]. Exit codes: 0 intact, 2 wrong usage, 12 a fault.
"""

import base64
import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

INDEX, SEAL, KEY = "index.json", "statement.dsse.json", "signer.pem"
RECORD, CONTAINER, COPY = "record.json", "container", "dossier.json"
KINDS = ("https://in-toto.io/Statement/v1", "urn:audit:pack:v1")
PAYLOAD_TYPE = "application/vnd.in-toto+json"
ORDER, MOST_PARTS = ("not_met", "undetermined", "met", "not_applicable"), 65534
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
KEY_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----")
ED25519 = bytes.fromhex("302a300506032b6570032100")
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
"""How the DER forms of the two kinds of public key begin."""

USAGE, FAULTY = 2, 12
Fault = tuple[str, str]
Files = dict[str, bytes]


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
    while data[at : at + 4] == b"PK\x03\x04" and len(files) < MOST_PARTS:
        head = data[at + 4 : at + 30]
        crc, packed, size, length, _extra = struct.unpack("<3I2H", head[10:].ljust(16, b"\0"))
        name = data[at + 30 : at + 30 + length].decode("latin-1")
        body = data[at + 30 + length : at + 30 + length + size]
        if not NAME.fullmatch(name) or name <= last:
            raise Damaged(ascii(name), "a name that is unsafe, doubled or out of order")
        if packed != size or len(body) != size or zlib.crc32(body) != crc:
            raise Damaged(name, "content and header of the container disagree")
        common = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, crc, size, size, length, 0)
        if head != common:
            raise Damaged(name, "a header that is not in the one form (compressed, dated, ...)")
        central = struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, at)
        table += b"PK\x01\x02\x14\x03" + common + central + name.encode("ascii")
        files[name], last = body, name
        at += 30 + length + size
    if not files:
        raise Damaged(CONTAINER, "no evidence pack")
    n, contents = len(files), bytes(table)
    end = struct.pack("<4H2IH", 0, 0, n, n, len(contents), at, 0)
    if data[at:] != contents + b"PK\x05\x06" + end:
        raise Damaged(CONTAINER, "the table of contents disagrees, or data follow the end")
    return files


def parsed(files: Files, name: str) -> Any:  # noqa: ANN401 - JSON
    """Read JSON in which no name stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _value in pairs}) < len(pairs):
            raise Damaged(name, "a field stands twice")
        return dict(pairs)

    try:
        return json.loads(files.get(name, b""), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Damaged(name, "missing, or not JSON") from None


def check_index(files: Files) -> Iterator[Fault]:
    """Compare every file with the index."""
    paths = sorted(set(files) - {INDEX, SEAL})
    right = [{"path": p, "sha256": digest(files[p]), "size": len(files[p])} for p in paths]
    needed = {"profile.yaml", RECORD, KEY, COPY if COPY in files else "site.yaml"}
    yield from ((name, "missing") for name in sorted(needed - set(files)))
    if canonical({"schema": KINDS[1], "files": right}) == files.get(INDEX):
        return
    yield INDEX, "is not the canonical index of these files"
    if isinstance(index := parsed(files, INDEX), dict) and isinstance(
        listed := index.get("files"), list
    ):
        pairs = zip(paths, right, strict=True)
        yield from (
            (p, "altered, or not in the index") for p, entry in pairs if entry not in listed
        )
        told = {str(entry.get("path")) for entry in listed if isinstance(entry, dict)}
        yield from ((ascii(path), "listed, but not in the pack") for path in told - set(paths))


def der_of(pem: bytes) -> bytes:
    """Return the DER form of a public key of a kind that signs packs."""
    try:
        der = base64.b64decode(b"".join(pem.split()[3:-3]), validate=True)
    except ValueError:
        der = b""
    if not der.startswith((ED25519, P256)):
        raise Damaged(KEY, "not a public key of kind Ed25519 or P-256")
    return der


def check_seal(files: Files) -> Iterator[Fault]:
    """Check that the envelope is about this index and run, and signed by the key in the pack."""
    envelope, record, pem = parsed(files, SEAL), parsed(files, RECORD), files[KEY]
    der = der_of(pem)
    body = re.sub(rb"(.{64})(?=.)", rb"\1\n", base64.b64encode(der))
    if pem != b"-----BEGIN PUBLIC KEY-----\n%b\n-----END PUBLIC KEY-----\n" % body:
        yield KEY, "not in its one form"
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
        statement = json.loads(payload)
        told = statement["predicate"]
        same = all(told[n] == record[n] for n in ("run_id", "started_at", "finished_at", "tool"))
        same = same and told["clock"]["offset_s"] == record["clock_offset_s"]
        about = [{"name": INDEX, "digest": {"sha256": digest(files[INDEX])}}]
        kinds = (statement["_type"], statement["predicateType"])
    except (KeyError, IndexError, TypeError, ValueError, RecursionError):
        raise Damaged(SEAL, "not a readable envelope") from None
    signed = {"keyid": f"sha256:{digest(der)}", "sig": base64.b64encode(signature).decode()}
    body = base64.b64encode(payload)
    one_form = {"payload": body.decode(), "payloadType": PAYLOAD_TYPE, "signatures": [signed]}
    message = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    holds = {
        "not in its one form": canonical(one_form) == files[SEAL],
        "about something else than this index": statement["subject"] == about and kinds == KINDS,
        "about another run than record.json": same,
        "not signed with the key in the pack": is_signed(pem, der, message, signature),
    }
    yield from ((SEAL, text) for text, is_so in holds.items() if not is_so)


def is_signed(pem: bytes, der: bytes, message: bytes, signature: bytes) -> bool:
    """Ask openssl."""
    if (openssl := shutil.which("openssl")) is None:
        raise Damaged(SEAL, "cannot be checked: the program openssl is missing")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("key", pem), ("text", message), ("sign", signature)):
            Path(folder, name).write_bytes(content)
        how = "dgst -sha256 -verify key -signature sign text"
        if der.startswith(ED25519):
            how = "pkeyutl -verify -rawin -pubin -inkey key -in text -sigfile sign"
        done = subprocess.run([openssl, *how.split()], cwd=folder, capture_output=True, check=False)
        return done.returncode == 0


def lowest(verdicts: set[str]) -> str:
    """Return the verdict of a whole: the lowest of its parts, without what does not apply."""
    return min(verdicts, key=ORDER.index, default=ORDER[-1])


def check_record(files: Files) -> Iterator[Fault]:
    """Check that the record speaks of these files and does not contradict itself."""
    record = parsed(files, RECORD)
    try:
        if record["schema"] != "urn:audit:record:v1":
            yield RECORD, "of another version; use a newer verifier"
            return
        told = parsed(files, COPY) if COPY in files else None
        mark = told and {"of_index_sha256": told["of_index_sha256"], "hidden": len(told["hidden"])}
        if record.get("public_copy") != mark:
            yield RECORD, f"does not say of itself what {COPY} says"
        for part in {"profile.yaml", "site.yaml"} & set(files):
            if (part == "site.yaml" and told) or digest(files[part]) != record[part[:-5]]["sha256"]:
                yield part, "not the file that the record was made with, or not to be public"
        seen = {item["key"]: item for item in record["observations"]}
        captures = [c for item in seen.values() for c in item["captures"] if COPY not in files]
        cited = {f"evidence/{c[sha]}" for c in captures for sha in ("sha256", "stderr_sha256")}
        kept = {path for path in files if path.startswith("evidence/")}
        odd = (cited - {"evidence/None"}) ^ kept
        yield from ((path, "cited, but missing; or the other way round") for path in odd)
        named = {f"evidence/{digest(files[path])}" for path in kept}
        yield from ((path, "not named by its own digest") for path in kept - named)
        for item in record["findings"]:
            yield from ((RECORD, text) for text in doubts(item, set(seen)))
        for group in record["groups"]:
            if lowest({word for word, n in group["counts"].items() if n}) != group["verdict"]:
                yield RECORD, f"group {group['group']!a}: its verdict disagrees with its counts"
    except (KeyError, TypeError, AttributeError, ValueError):
        yield RECORD, "not a record of version 1"


def doubts(finding: Any, seen: set[str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Say how a finding contradicts itself."""
    name, verdict, checks = f"{finding['indicator']!a}", finding["verdict"], finding["checks"]
    parts = {part["verdict"] for part in finding["systems"]}
    if parts and lowest(parts) != verdict:
        yield f"{name}: its verdict is not the lowest of its systems"
    if checks and verdict in {"met", "not_met"} - {check["verdict"] for check in checks}:
        yield f"{name}: no check carries its verdict"
    if not {key for check in checks for key in check["observations"]} <= seen:
        yield f"{name}: rests on an observation that is not there"


def faults(data: bytes, trusted: bytes | None = None) -> list[Fault]:
    """Return everything wrong with a pack; `trusted` is PEM, keys one after the other."""
    try:
        files = unpacked(data)
        found = [*check_index(files)] or [*check_seal(files)] or [*check_record(files)]
        known = set(map(der_of, KEY_BLOCK.findall(trusted or b"")))
        alone = not KEY_BLOCK.sub(b"", trusted or b"").strip()  # no pack that vouches for itself
        if trusted is not None and not (alone and der_of(files.get(KEY, b"")) in known):
            found.append((KEY, "not a key that you trust"))
    except Damaged as problem:
        return [(str(problem.args[0]), str(problem.args[1]))]
    return found


def main(arguments: list[str]) -> int:
    """Verify one pack and say what is wrong."""
    try:
        data, *keys = (Path(name).read_bytes() for name in arguments[1:])
    except (OSError, ValueError) as error:
        print(error, __doc__, sep="\n", file=sys.stderr)
        return USAGE
    found = faults(data, b"\n".join(keys) if keys else None)
    print("".join(f"{file}: {problem}\n" for file, problem in found), end="")
    if not found:
        files = unpacked(data)
        print(f"intact: sha256 {digest(data)}" + " (public copy, parts hidden)" * (COPY in files))
        print(f"key: sha256:{digest(der_of(files[KEY]))}" + " (trusted)" * bool(keys))
    return FAULTY if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
