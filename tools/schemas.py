"""Write the JSON Schemas from the model; with --check, fail where the files differ."""

import sys
from pathlib import Path

from pydantic import TypeAdapter

from auditor.canonical import dumps
from auditor.model import Profile, Site
from auditor.record_v1 import RecordV1

FOLDER = Path(__file__).parent.parent / "auditor" / "schemas"
SHAPES: dict[str, TypeAdapter[object]] = {
    "profile": TypeAdapter(Profile),
    "site": TypeAdapter(Site),
    "record": TypeAdapter(RecordV1),
}


def main() -> int:
    """Write or check; return the number of files that differ."""
    differ = 0
    for name, adapter in SHAPES.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:audit:{name}:v1",
            **adapter.json_schema(),
        }
        if name == "profile":
            schema["properties"]["extends"] = {
                "type": "string",
                "description": "a profile's name or file; this file is laid over it",
            }
        path, content = FOLDER / f"{name}.v1.json", dumps(schema, indent=2)
        if "--check" in sys.argv:
            differ += not path.exists() or path.read_bytes() != content
        else:
            path.write_bytes(content)
    if differ:
        sys.stderr.write("auditor/schemas is out of date: run `make docs`\n")
    return differ


if __name__ == "__main__":
    sys.exit(main())
