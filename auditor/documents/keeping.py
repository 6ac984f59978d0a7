"""What a document says, as plain data: for evidence, and for `--format json`."""

from dataclasses import asdict

from auditor.documents.said import Said


def as_json(said: Said) -> dict[str, object]:
    """Turn every field into JSON values; days are ISO 8601."""
    plain = asdict(said)
    plain["valid_until"] = said.valid_until.isoformat() if said.valid_until else None
    return plain
