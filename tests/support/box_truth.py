"""What the centre in a box said, and what is true of it."""

from pathlib import Path
from typing import Any

import yaml
from collected import facts_of

from auditor.collection import whole
from auditor.recognition import MachineFacts

TESTS = Path(__file__).parents[1]


def machine(name: str, account: str = "root") -> MachineFacts:
    """Return what a machine of the box said to an account."""
    captured = TESTS / "captures" / "box" / f"{account}-{name}.txt"
    return facts_of(whole(captured.read_bytes()), name)


def truth(name: str) -> dict[str, Any]:
    """Return what truth.yaml says of a machine."""
    content = yaml.safe_load((TESTS / "lab" / "box" / "truth.yaml").read_text("utf-8"))
    return dict(content[name])
