"""Verify a pack as `audit verify --no-evidence --no-reports` does, and tell judging from the rest.

`python tests/bench/pack_rest.py PACK` prints two numbers after what the command prints: seconds of
the processor for the rest, from the start of this process on, and for judging.
"""

import gc
import json
import sys
import time
from typing import Any

from auditor import cli


def main(pack: str) -> None:
    """Count judging inside of verifying, where it finds the memory as it does for a user."""
    gc.set_threshold(cli.NEW_OBJECTS)  # as the command does before it loads anything
    import auditor.pack.rejudging as place  # noqa: PLC0415

    judge: Any = vars(place)["judge"]
    spent: list[float] = []

    def timed(case: object) -> object:
        began = time.process_time()
        judgement = judge(case)
        spent.append(time.process_time() - began)
        return judgement

    vars(place)["judge"] = timed
    sys.argv = ["audit", "verify", pack, "--no-evidence", "--no-reports"]
    try:
        cli.main()
    except SystemExit as ended:
        if ended.code or not spent:
            raise
    sys.stdout.write(f"\n{json.dumps([time.process_time() - sum(spent), sum(spent)])}\n")


if __name__ == "__main__":
    main(sys.argv[1])
