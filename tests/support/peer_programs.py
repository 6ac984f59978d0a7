"""Run in the Python of `.venv/peers`: other people's programs, each several times in one process.

Reads from standard input `{"trestle": [[argument, …], …], "oscal": [file, …]}` and writes
`{"trestle": [exit code, …], "oscal": [[error, …], …]}` into the pipe whose number is the argument.
"""

import importlib
import json
import os
import sys
from typing import Any


def trestle(commands: list[list[str]]) -> list[int]:
    """Run compliance-trestle as its console script does."""
    program = importlib.import_module("trestle.cli").Trestle
    codes = []
    for arguments in commands:
        sys.argv = ["trestle", *arguments]
        try:
            codes.append(int(program().run() or 0))
        except SystemExit as ended:
            codes.append(int(ended.code or 0))
    return codes


def oscal(files: list[str]) -> list[list[str]]:
    """Hold documents against NIST's metaschema: structure, types, allowed values, cardinality."""
    if not files:
        return []
    load = importlib.import_module("oscal").OSCAL.load
    return [_errors(load(file)) for file in files]


def _errors(document: Any) -> list[str]:  # noqa: ANN401 - a library without types
    if not document.validation_status.get("structure"):
        return [
            f"not validated: {document.validation_status}",
            *map(str, document.validation_errors),
        ]
    return [str(error) for error in document.validation_errors]


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    with os.fdopen(int(sys.argv[1]), "w", encoding="utf-8") as answer:
        answer.write(
            json.dumps({"trestle": trestle(asked["trestle"]), "oscal": oscal(asked["oscal"])})
        )
